"""What messages to webhooks are about, by name. They hold ids; the apps above are asked what they know by them, and answer in
modules of this name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.dispatch import Signal

if TYPE_CHECKING:
    from accounts.models import Member

#: member, ids: which of these things an app has, as {id: (name, address)}, as far as the member sees them
names_asked = Signal()
#: what people look for in a log, in this order
KINDS = ("customer", "journey")
Named = tuple[str, str]


def names_in(told: Sequence[dict[str, Any]], member: Member) -> list[list[Named]]:
    """Of each message the names and addresses of the customer and the map that it is about, as far as they are still there.
    However many there are, each app asks once."""
    # One that was written down before kind and id stood beside the data has them in it.
    rows = [{**message["data"], **message} for message in told]
    ids = [[UUID(id) for kind in KINDS if (id := row["id"] if row["kind"] == kind else row.get(kind))] for row in rows]
    asked = {id for some in ids for id in some}
    found: dict[UUID, Named] = {}
    answers: list[tuple[Any, Any]] = names_asked.send(None, member=member, ids=asked) if asked else []
    for _, said in answers:
        found |= said
    return [[found[id] for id in some if id in found] for some in ids]
