"""Which journey is inside of which: each in one card at most, none inside of itself, and not too deep to find the way back.

Whatever lets a card hold a journey that was there before (a document, undo, redo, a restored map, a card brought back) asks here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from journeys.document import Patch
from journeys.models import Journey, Touchpoint
from journeys.models.element import ActRefused

if TYPE_CHECKING:
    from journeys.recording import Act

#: deeper than this nobody finds the way back
DEEPEST = 5

GONE = "is gone for good"
AROUND = "has this map inside"
ELSEWHERE = "is inside of another card"
BUSY = "is being drawn on just now"
TOO_DEEP = f"would be more than {DEEPEST} levels deep"


def ancestors(journey: Journey) -> list[Journey]:
    """The journeys this one is inside of, the outermost first. Each map has at most one card that opens it."""
    found: list[Journey] = []
    here: Journey | None = journey
    while here is not None and len(found) <= DEEPEST:
        card = Touchpoint.objects.filter(child=here).select_related("journey__segment").order_by("id").first()
        here = card.journey if card and all(card.journey_id != one.pk for one in (journey, *found)) else None
        if here is not None:
            found.append(here)
    return found[::-1]


def refuse_too_deep(journey: Journey) -> None:
    if len(ancestors(journey)) >= DEEPEST:
        raise ActRefused(f"This map is {DEEPEST} levels deep already.")


def put_inside(patches: Iterable[Patch]) -> dict[str, str]:
    """Card -> the journey that patches let it hold."""
    cards = (patch for patch in patches if patch["kind"] == "touchpoint" and patch["after"])
    return {patch["id"]: patch["after"]["child_id"] for patch in cards if patch["after"].get("child_id")}


def misplaced(act: Act) -> dict[str, str]:
    """The cards that this act lets hold a journey which cannot be inside of them -> why, in words.

    The other journeys are held from now on, so that no other map takes them meanwhile. None is waited for: whoever draws on one
    of them may want ours.
    """
    new = put_inside(act.patches())
    if not new:
        return {}
    above = ancestors(act.journey)
    around = {str(act.journey.pk), *(str(one.pk) for one in above)}
    there = {str(pk) for pk in Journey.objects.filter(pk__in=set(new.values())).values_list("pk", flat=True)}
    free = Journey.objects.filter(pk__in=there - around).select_for_update(skip_locked=True, no_key=True).order_by("pk")
    held = {str(journey.pk) for journey in free}
    others = Touchpoint.objects.filter(child__in=sorted(held)).exclude(journey=act.journey)
    elsewhere = {str(pk) for pk in others.values_list("child", flat=True)}
    # Cards that held theirs before come first: theirs it stays.
    mine = sorted((row for row in act.rows(Touchpoint) if row.child_id), key=lambda row: str(row.pk) in new)
    first: dict[str, str] = {}
    for row in mine:
        first.setdefault(str(row.child_id), str(row.pk))
    found: dict[str, str] = {}
    for card, child in new.items():
        if child not in there:
            found[card] = GONE
        elif child in around:
            found[card] = AROUND
        elif child not in held:
            found[card] = BUSY
        elif child in elsewhere or first[child] != card:
            found[card] = ELSEWHERE
        elif len(above) + _height([UUID(child)]) > DEEPEST:
            found[card] = TOO_DEEP
    return found


def leave_misplaced_out(act: Act) -> list[str]:
    """Let the cards of this act that cannot hold the journey they held once hold none. Returns what is left out, in words.

    Raises ActRefused where that will be known in a moment.
    """
    wrong = misplaced(act)
    cards = act.those(Touchpoint, wrong)
    if busy := next((cards[id].title for id, why in wrong.items() if why == BUSY), None):
        raise ActRefused(f"Somebody draws on the journey inside of {busy} just now. Try it once more.")
    for card in cards.values():
        act.change(card, child_id=None)
    return [f"{card.title}: the journey that was inside {wrong[id]}" for id, card in cards.items()]


def _height(journeys: list[UUID]) -> int:
    """How many levels there are from these on downwards."""
    height = 0
    while journeys and height <= DEEPEST:
        height += 1
        below = Touchpoint.objects.filter(journey__in=journeys).exclude(child=None)
        journeys = list(below.values_list("child", flat=True))
    return height
