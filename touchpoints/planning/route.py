"""What a version says of when things are due, made ready for planning: compiled once a version, whoever travels it.

A card's day rests on its anchor, on the cards before it (sequence arrows), and on its stage; a stage's on the one before it. The
route holds cards and stages in an order in which each comes after what it rests on. Where a map goes round in a circle the last
link is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID, uuid5

from customers.models.enrolments import stage_order
from journeys.document import Document

#: gives the version of a drill-down that a traveller of this version goes: (its journey's id) -> (version's id, document)
Look = Callable[[str], tuple[str, Document] | None]
#: a map in a map in a map … further down nobody looks
DEEPEST = 4


@dataclass(slots=True, eq=False)
class Card:
    """A touchpoint, milestone or event of the version, at a spot of the plan."""

    spot: UUID
    id: str
    #: its fields, as the version has them
    fields: dict[str, Any]
    #: index of its stage
    stage: int
    anchor: str
    offset: int
    repeat: int
    role: str | None
    by_person: bool
    must: bool
    #: whether it is something to be done at all: an event without a playbook only says when its answers are due
    is_due: bool
    #: a milestone that nobody ticks: its day does, or what it waits for
    ticks_itself: bool = False
    #: a touchpoint that Touchline delivers by a message from its playbook
    sends_itself: bool = False
    stage_name: str = ""
    before: tuple[Card, ...] = ()
    #: bound to events: planned when one is logged
    on_event: bool = False
    inner: Route | None = None


@dataclass(slots=True, eq=False)
class StageOf:
    """A column: how long it lasts if it says so, and what its beginning is told from where nobody has said it."""

    id: str
    index: int
    length: int | None
    cards: list[Card] = field(default_factory=list)
    #: those by which it ends, where it does not say how long it lasts
    lasting: list[Card] = field(default_factory=list)


@dataclass(eq=False)
class Route:
    """A version, ready to be planned. `order` has stages and cards, each after what it rests on; `answers` the cards bound to an
    event by the card that logs it, in such an order."""

    version: str
    stages: list[StageOf]
    cards: list[Card]
    order: list[StageOf | Card]
    answers: dict[str, list[Card]]

    @cached_property
    def print(self) -> str:
        """Another one for other versions, of its own or of its drill-downs."""
        return " ".join([self.version, *(card.inner.version for card in self.every_card() if card.inner)])

    @cached_property
    def by_spot(self) -> dict[UUID, Card]:
        return {card.spot: card for card in self.every_card()}

    def every_card(self) -> Iterator[Card]:
        """Those of its drill-downs as well."""
        for card in self.cards:
            yield card
            if card.inner:
                yield from card.inner.every_card()

    @property
    def triggers(self) -> list[Card]:
        """The cards whose event one can log for a customer."""
        return [card for card in self.cards if str(card.id) in self.answers]


def compile_route(version: str, document: Document, look: Look, *, inside: UUID | None = None, depth: int = 0) -> Route:
    """The route of a version. `inside` is the spot of the card that this map is the drill-down of."""
    order = stage_order(document)
    stages = [StageOf(id, index, document["stages"][id]["length_days"]) for index, id in enumerate(order)]
    at = {stage.id: stage for stage in stages}
    cards: dict[str, Card] = {}
    for id, row in sorted(document["touchpoints"].items(), key=lambda pair: _as_read(document, order, *pair)):
        lane = document["lanes"].get(row["lane_id"], {})
        card = Card(
            spot=within(inside, id), id=id, fields=row, stage=at[row["stage_id"]].index, anchor=row["anchor"],
            offset=row["offset_days"], repeat=row["repeat_days"] or 0, role=row["owner_id"],
            by_person=row["delivery"] == "person" and bool(row["owner_id"] or lane.get("kind") == "role"),
            must=row["importance"] == "must", is_due=row["kind"] != "event" or bool(row["playbook_id"]),
            ticks_itself=row["kind"] == "milestone" and row["delivery"] == "automated",
            stage_name=document["stages"][row["stage_id"]].get("name", ""),
            sends_itself=row["kind"] == "touchpoint" and row["delivery"] == "automated",
        )  # fmt: skip
        cards[id] = card
        at[row["stage_id"]].cards.append(card)
    _link(document, cards)
    latest = _latest_stages(list(cards.values()))
    for stage in stages:
        # One that waits for a later stage cannot be what that stage waits for.
        stage.lasting = [card for card in stage.cards if not card.repeat and not card.on_event and latest[card] <= stage.index]
    for card in cards.values() if depth < DEEPEST else ():
        if (child := card.fields["child_id"]) and (found := look(child)):
            card.inner = compile_route(found[0], found[1], look, inside=card.spot, depth=depth + 1)
    events = {card.id: _answers_to(card, list(cards.values())) for card in cards.values() if _is_trigger(card)}
    return Route(version, stages, list(cards.values()), _in_turn(stages, list(cards.values())), events)


def within(inside: UUID | None, id: str) -> UUID:
    """The spot of a card: its id, or of a card in a drill-down an id made of that of the card it is in and its own."""
    return UUID(id) if inside is None else uuid5(inside, id)


def _as_read(document: Document, order: list[str], id: str, row: dict[str, Any]) -> tuple[Any, ...]:
    return (order.index(row["stage_id"]), row["slot"], document["lanes"].get(row["lane_id"], {}).get("position", 0), id)


def _link(document: Document, cards: dict[str, Card]) -> None:
    """Give each card those before it, and find out which are bound to an event."""
    before: dict[str, list[Card]] = {}
    for arrow in document["connectors"].values():
        if arrow["kind"] == "sequence" and arrow["source_id"] in cards and arrow["target_id"] in cards:
            before.setdefault(arrow["target_id"], []).append(cards[arrow["source_id"]])
    last: Card | None = None
    place = {card: number for number, card in enumerate(cards.values())}
    for id, card in cards.items():
        found = sorted(before.get(id, []), key=lambda one: place[one])  # where a circle is cut must not depend on the rows
        if card.anchor == "after" and not found and last is not None:
            found = [last]  # "the touchpoint before": the one that stands before it, where no arrow says another
        card.before = tuple(found)
        card.on_event = card.anchor == "event"
        last = card
    grown = True
    while grown:
        grown = False
        for card in cards.values():
            if not card.on_event and card.anchor == "after" and any(one.on_event for one in card.before):
                card.on_event = grown = True


def _latest_stages(cards: list[Card]) -> dict[Card, int]:
    """The last stage without whose beginning a card has no day: its own, or that of a card before it. -1: it needs none."""
    latest = {card: card.stage if card.anchor == "stage" else -1 for card in cards}
    following: dict[Card, list[Card]] = {}
    for card in cards:
        for before in card.before:
            if not before.on_event:
                following.setdefault(before, []).append(card)
    stack = list(cards)
    while stack:
        one = stack.pop()
        for card in following.get(one, ()):
            if latest[card] < latest[one]:
                latest[card] = latest[one]
                stack.append(card)
    return latest


def _is_trigger(card: Card) -> bool:
    return card.on_event and not any(one.on_event for one in card.before)


def _answers_to(trigger: Card, cards: list[Card]) -> list[Card]:
    """The trigger and the cards that follow from it, each after those before it."""
    found, grown = [trigger], True
    while grown:
        grown = False
        for card in cards:
            if card.on_event and card not in found and any(one in found for one in card.before):
                waits = [one for one in card.before if one.on_event and one not in found and _follows(one, trigger)]
                if not waits or card in waits:
                    found.append(card)
                    grown = True
    return found


def _follows(card: Card, trigger: Card) -> bool:
    seen: set[int] = set()
    stack = [card]
    while stack:
        one = stack.pop()
        if one is trigger:
            return True
        if id(one) not in seen:
            seen.add(id(one))
            stack += one.before
    return False


def _in_turn(stages: list[StageOf], cards: list[Card]) -> list[StageOf | Card]:
    """Depth first, so that what something rests on comes before it; a link that closes a circle is taken out. Not recursive: a
    chain may be as long as the map."""

    def rests_on(one: StageOf | Card) -> list[StageOf | Card]:
        if isinstance(one, StageOf):
            return [stages[one.index - 1], *stages[one.index - 1].lasting] if one.index else []
        anchored: list[StageOf | Card] = [stages[one.stage]] if one.anchor == "stage" else []
        return [*anchored, *(other for other in one.before if not other.on_event)]

    done: list[StageOf | Card] = []
    placed: set[StageOf | Card] = set()
    under_way: set[StageOf | Card] = set()
    roots: list[StageOf | Card] = [*stages, *(card for card in cards if not card.on_event)]
    for root in roots:
        stack: list[tuple[StageOf | Card, Iterator[StageOf | Card]]] = []
        if root not in placed:
            stack.append((root, iter(rests_on(root))))
        under_way.update(one for one, _ in stack)
        while stack:
            one, rest = stack[-1]
            for other in rest:
                if other in under_way:
                    if isinstance(one, Card) and isinstance(other, Card):
                        one.before = tuple(card for card in one.before if card is not other)
                elif other not in placed:
                    stack.append((other, iter(rests_on(other))))
                    under_way.add(other)
                    break
            else:
                stack.pop()
                under_way.discard(one)
                placed.add(one)
                done.append(one)
    return done
