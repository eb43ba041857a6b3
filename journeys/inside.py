"""The journeys inside of the cards of a map that is put back as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from journeys.breaking_down import ancestors, refuse_too_deep
from journeys.document import Document
from journeys.models import Journey, Touchpoint
from journeys.models.element import ActRefused
from journeys.portable import NotPortable, as_uuid

if TYPE_CHECKING:
    from accounts.models import Member


def put_inside(journey: Journey, data: dict[str, Any], then: Document, now: Document, *, by: Member) -> None:
    """Let the cards of `then` hold the journeys that the data say: "child" is the id of one, or null for none; a card that does
    not say keeps what it has in `now`. Raises NotPortable."""
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
    elsewhere = Touchpoint.objects.filter(child__in=list(new)).exclude(journey=journey)
    if elsewhere.exists():
        raise NotPortable("touchpoints: a journey is inside of one card at most, and another map has this one.")
    try:
        refuse_too_deep(journey)
    except ActRefused as refusal:
        raise NotPortable(refusal.message) from refusal


def _refused(number: int) -> NotPortable:
    return NotPortable(f"touchpoints, number {number}: “child” is the id of a journey of this workspace, or null.")
