"""The handoffs of a version, at the spots where its travellers meet them: those of its drill-downs as well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from journeys.models import Version
from journeys.publishing import whole
from touchpoints.planning.route import Card, Route, within
from touchpoints.planning.routes import route_of


@dataclass(frozen=True, slots=True)
class Handed:
    """A handoff: the spot of the card it starts at, and what a customer's passage takes along from the map."""

    spot: UUID
    handoff: UUID
    title: str
    to_title: str
    from_role: UUID | None
    to_role: UUID | None
    #: the handoff's fields, as the version has them
    fields: dict[str, Any]


def handoffs_of(version: UUID) -> tuple[Handed, ...]:
    # The print names the versions of the drill-downs: one may have been published since.
    return _handoffs(version, route_of(version).print)


@lru_cache(maxsize=64)
def _handoffs(version: UUID, print: str) -> tuple[Handed, ...]:
    return tuple(_along(route_of(version), None))


def _along(route: Route, inside: UUID | None) -> Iterator[Handed]:
    document = whole(Version.objects.get(pk=UUID(route.version)))
    cards = {card.id: card for card in route.cards}
    for id, row in sorted(document["handoffs"].items()):
        if (card := cards.get(row["touchpoint_id"])) is None:
            continue
        to = cards.get(row["to_touchpoint_id"] or "")
        yield Handed(
            card.spot, within(inside, id), card.fields["title"], to.fields["title"] if to else "",
            _owner(card, document), _uuid(row["to_role_id"]), row,
        )  # fmt: skip
    for card in route.cards:
        if card.inner:
            yield from _along(card.inner, card.spot)


def _owner(card: Card, document: dict[str, Any]) -> UUID | None:
    """The role that owns a card: its own, or that of its lane."""
    return _uuid(card.role or document["lanes"].get(card.fields["lane_id"], {}).get("role_id"))


def _uuid(id: str | None) -> UUID | None:
    return UUID(id) if id else None
