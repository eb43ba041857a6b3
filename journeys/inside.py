"""The journeys inside of the cards of a map that is put back as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from journeys.document import Document
from journeys.models import Journey
from journeys.nesting import BUSY, misplaced
from journeys.portable import NotPortable, as_uuid

if TYPE_CHECKING:
    from accounts.models import Member
    from journeys.recording import Act


class Busy(Exception):
    """Somebody draws on a journey that is to come inside of a card."""


def take_children(data: dict[str, Any], then: Document, now: Document, *, by: Member) -> None:
    """Let the cards of `then` hold the journeys that the data say: "child" is the id of one, or null for none; a card that does
    not say keeps what it has in `now`. Raises NotPortable."""
    for number, (row, (id, card)) in enumerate(zip(data.get("touchpoints", []), then["touchpoints"].items(), strict=True), 1):
        has = now["touchpoints"].get(id, {}).get("child_id")
        said = row.get("child", has) or None
        if said is not None and (not isinstance(said, str) or not as_uuid(said)):
            raise _refused(number)
        card["child_id"] = as_uuid(said) if said else None
        if card["child_id"] not in (None, has) and not Journey.objects.visible_to(by).filter(pk=UUID(card["child_id"])).exists():
            raise _refused(number)


def refuse_misplaced(act: Act, then: Document) -> None:
    """Raises NotPortable, Busy where a card of `then` cannot hold the journey that it is to hold."""
    for card, why in misplaced(act).items():
        if why == BUSY:
            raise Busy
        number = list(then["touchpoints"]).index(card) + 1
        raise NotPortable(f"touchpoints, number {number}: “child” {why}.")


def _refused(number: int) -> NotPortable:
    return NotPortable(f"touchpoints, number {number}: “child” is the id of a journey of this workspace, or null.")
