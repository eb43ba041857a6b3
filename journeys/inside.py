"""The journeys inside of the cards of a map that is put back as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from journeys.breaking_down import DEEPEST, ancestors
from journeys.document import Document
from journeys.models import Journey, Touchpoint
from journeys.portable import NotPortable, as_uuid

if TYPE_CHECKING:
    from accounts.models import Member


class Busy(Exception):
    """Somebody draws on a journey that is to come inside of a card."""


def put_inside(journey: Journey, data: dict[str, Any], then: Document, now: Document, *, by: Member) -> None:
    """Let the cards of `then` hold the journeys that the data say: "child" is the id of one, or null for none; a card that does
    not say keeps what it has in `now`. Raises NotPortable, Busy."""
    new: dict[str, str] = {}
    for number, (row, (id, card)) in enumerate(zip(data.get("touchpoints", []), then["touchpoints"].items(), strict=True), 1):
        has = now["touchpoints"].get(id, {}).get("child_id")
        said = row.get("child", has) or None
        if said is not None and (not isinstance(said, str) or not as_uuid(said)):
            raise _refused(number)
        card["child_id"] = as_uuid(said) if said else None
        if card["child_id"] not in (None, has):
            new[card["child_id"]] = id
            if not Journey.objects.visible_to(by).filter(pk=UUID(card["child_id"])).exists():
                raise _refused(number)
    held = [card["child_id"] for card in then["touchpoints"].values() if card["child_id"]]
    if len(held) != len(set(held)):
        raise NotPortable("touchpoints: a journey is inside of one card at most.")
    if new:
        _refuse_circles(journey, new)


def _refuse_circles(journey: Journey, new: dict[str, str]) -> None:
    above = {str(journey.pk), *(str(one.pk) for one in ancestors(journey))}
    if above & new.keys():
        raise NotPortable("touchpoints: a map cannot be inside of itself.")
    # Held, so that no other map takes them meanwhile; not waited for: whoever draws on one of them may want ours.
    held = Journey.objects.filter(pk__in=list(new)).select_for_update(skip_locked=True, no_key=True).order_by("pk")
    if len(held) < len(new):
        raise Busy
    elsewhere = Touchpoint.objects.filter(child__in=list(new)).exclude(journey=journey)
    if elsewhere.exists():
        raise NotPortable("touchpoints: a journey is inside of one card at most, and another map has this one.")
    if len(ancestors(journey)) + _height(list(new)) > DEEPEST:
        raise NotPortable(f"touchpoints: maps are inside of each other at most {DEEPEST} levels deep.")


def _height(journeys: list[Any]) -> int:
    """How many levels there are from these on downwards."""
    height = 0
    while journeys and height <= DEEPEST:
        height += 1
        below = Touchpoint.objects.filter(journey__in=journeys).exclude(child=None)
        journeys = list(below.values_list("child", flat=True))
    return height


def _refused(number: int) -> NotPortable:
    return NotPortable(f"touchpoints, number {number}: “child” is the id of a journey of this workspace, or null.")
