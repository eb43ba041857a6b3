"""How the cards of a route stand for one customer. Pure: from what the table says of each spot to a state and its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from touchpoints.planning.route import Card, Route


class State(StrEnum):
    DONE = "done"
    SKIPPED = "skipped"
    MISSED = "missed"
    OVERDUE = "overdue"
    TODAY = "today"
    #: of what is still to come, that which comes first
    NEXT = "next"
    PLANNED = "planned"
    #: bound to an event that has not happened
    WAITS = "waits"
    HAPPENED = "happened"
    #: bound to a renewal date that nobody has said
    UNDATED = "undated"
    #: the customer was taken past it, or has left
    PASSED = "passed"
    #: nothing is to be done about it
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Settled:
    """The last time it was settled: how, on which day, and what the customer felt."""

    state: State
    on: date
    felt: int | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """What the table says of one spot in one cycle."""

    done: int = 0
    #: planned, and of these overdue
    open: int = 0
    late: int = 0
    first_open_on: date | None = None
    #: after today
    next_on: date | None = None
    last: Settled | None = None

    @property
    def is_done(self) -> bool:
        """Done, and nothing of it is to come. What was skipped or missed is over, and not done."""
        return self.last is not None and self.last.state is State.DONE and not self.open


@dataclass(frozen=True, slots=True)
class Standing:
    state: State
    #: when it is due; when it was settled; when it happened
    on: date | None = None
    felt: int | None = None
    done: int = 0
    late: int = 0
    #: of the cards in its drill-down, how many are done and how many are planned at all; and how often one is overdue
    inside: tuple[int, int] | None = None
    late_inside: int = 0

    @property
    def is_open(self) -> bool:
        return self.state in (State.OVERDUE, State.TODAY, State.NEXT, State.PLANNED)


@dataclass(frozen=True, slots=True)
class Lived:
    """What is known of an enrolment, besides the tallies of its cycle by spot."""

    today: date
    #: index of the stage in which it is, -1 for one that is not on the map; of that in which its cycle began
    stage: int = 0
    first: int = 0
    has_renewal: bool = False
    has_left: bool = False
    #: of the events that were logged, the last day by the id of their card
    events: Mapping[str, date] = field(default_factory=dict)


NONE = Tally()


def stand(route: Route, tallies: Mapping[UUID, Tally], lived: Lived) -> dict[UUID, Standing]:
    """The standing of every card of the map, by spot; those inside of its drill-downs are counted at the card they are in."""
    next_on = min((tally.next_on for tally in tallies.values() if tally.next_on), default=None)
    return {card.spot: _standing(card, tallies, lived, next_on) for card in route.cards}


def stand_inside(card: Card, tallies: Mapping[UUID, Tally], lived: Lived) -> list[tuple[Card, Standing]]:
    """Of the cards in a drill-down, one level down, as they are read."""
    if not card.inner:
        return []
    inside = replace(lived, stage=0, first=0)  # its stages are not those of the map around it
    return [(one, _standing(one, tallies, inside, None)) for one in card.inner.cards]


def _standing(card: Card, tallies: Mapping[UUID, Tally], lived: Lived, next_on: date | None) -> Standing:
    tally = tallies.get(card.spot, NONE)
    state, on = _state(card, tally, lived, next_on)
    felt = tally.last.felt if tally.last and not tally.open else None
    if not card.inner:
        return Standing(state, on, felt, tally.done, tally.late)
    inside = [tallies[one.spot] for one in card.inner.every_card() if one.spot in tallies]
    counts = (sum(one.is_done for one in inside), len(inside))
    return Standing(state, on, felt, tally.done, tally.late, counts, sum(one.late for one in inside))


def _state(card: Card, tally: Tally, lived: Lived, next_on: date | None) -> tuple[State, date | None]:
    if (due := tally.first_open_on) is not None:
        if due < lived.today:
            return State.OVERDUE, due
        if due == lived.today:
            return State.TODAY, due
        return (State.NEXT if due == next_on else State.PLANNED), due
    if tally.last:
        return tally.last.state, tally.last.on
    if happened := lived.events.get(card.id):
        return State.HAPPENED, happened
    if lived.has_left:
        return State.PASSED, None
    if card.on_event:
        return State.WAITS, None
    if not card.is_due:
        return State.NOTHING, None
    if card.stage < max(lived.stage, lived.first):
        return State.PASSED, None
    if card.anchor == "renewal" and not lived.has_renewal:
        return State.UNDATED, None
    return State.PASSED, None


@dataclass(frozen=True, slots=True)
class StageStanding:
    id: str
    #: when the customer came into it, where it has been in it
    entered: date | None
    is_now: bool
    #: the customer is beyond it
    is_past: bool
    #: cards that have been planned, and of these done
    total: int
    done: int

    @property
    def is_complete(self) -> bool:
        return self.is_past and 0 < self.total == self.done


def stand_in_stages(
    route: Route, tallies: Mapping[UUID, Tally], lived: Lived, entered: Mapping[str, date]
) -> dict[str, StageStanding]:
    found = {}
    for stage in route.stages:
        planned = [tallies[card.spot] for card in stage.cards if card.spot in tallies]
        found[stage.id] = StageStanding(
            stage.id, entered.get(stage.id), stage.index == lived.stage and not lived.has_left, stage.index < lived.stage,
            len(planned), sum(tally.is_done for tally in planned),
        )  # fmt: skip
    return found
