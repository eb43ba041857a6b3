"""The journeys inside of the cards of a map that is put back as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from journeys.document import Document
from journeys.faults import Faults
from journeys.models import Journey
from journeys.nesting import BUSY, misplaced
from journeys.portable import as_uuid

if TYPE_CHECKING:
    from accounts.models import Member
    from journeys.recording import Act


NO_CHILD = "It is the id of a journey of this workspace, or null."


class Busy(Exception):
    """Somebody draws on a journey that is to come inside of a card."""


def take_children(data: dict[str, Any], then: Document, now: Document, faults: Faults, *, by: Member) -> None:
    """Let the cards of `then` hold the journeys that the data say: "child" is the id of one, or null for none; a card that does
    not say keeps what it has in `now`."""
    new: dict[int, str] = {}
    for number, (row, (id, card)) in enumerate(zip(data.get("touchpoints", []), then["touchpoints"].items(), strict=True)):
        has = now["touchpoints"].get(id, {}).get("child_id")
        said = row.get("child", has) or None
        card["child_id"] = as_uuid(said) or None if isinstance(said, str) else None
        if said is not None and card["child_id"] is None:
            faults.add(NO_CHILD, "touchpoints", number, "child")
        elif card["child_id"] not in (None, has):
            new[number] = card["child_id"]
    if new:
        there = Journey.objects.visible_to(by).filter(pk__in={UUID(child) for child in new.values()}).values_list("pk", flat=True)
        seen = {str(pk) for pk in there}
        for number in [number for number, child in new.items() if child not in seen]:
            faults.add(NO_CHILD, "touchpoints", number, "child")


def refuse_misplaced(act: Act, then: Document) -> None:
    """Raises NotPortable, Busy where a card of `then` cannot hold the journey that it is to hold."""
    faults = Faults()
    found = misplaced(act)
    if BUSY in found.values():
        raise Busy
    for number, card in enumerate(then["touchpoints"]) if found else ():
        if card in found:
            faults.add(f"The journey {found[card]}.", "touchpoints", number, "child")
    faults.refuse()
