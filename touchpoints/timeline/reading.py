"""What stands in the database about an enrolment's timeline: as many questions whatever the size of its map."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from customers.models import Enrolment, LoggedEvent
from touchpoints.models import ScheduledTouchpoint
from touchpoints.planning.route import Card, Route
from touchpoints.planning.routes import route_of
from touchpoints.timeline.standing import (
    Lived,
    Settled,
    StageStanding,
    Standing,
    State,
    Tally,
    stand,
    stand_in_stages,
    stand_inside,
)


@dataclass
class Timeline:
    route: Route
    tallies: dict[UUID, Tally]
    lived: Lived
    entered: dict[str, date]

    @cached_property
    def standings(self) -> dict[UUID, Standing]:
        return stand(self.route, self.tallies, self.lived)

    @cached_property
    def stages(self) -> dict[str, StageStanding]:
        return stand_in_stages(self.route, self.tallies, self.lived, self.entered)

    def inside(self, card: Card) -> list[tuple[Card, Standing]]:
        return stand_inside(card, self.tallies, self.lived)

    @property
    def has_felt(self) -> bool:
        return any(standing.felt is not None for standing in self.standings.values())

    @property
    def done(self) -> int:
        return sum(tally.done for tally in self.tallies.values())

    @property
    def late(self) -> int:
        return sum(tally.late for tally in self.tallies.values())


def timeline_of(enrolment: Enrolment, today: date) -> Timeline:
    """The enrolment comes with its customer. Only its present cycle counts."""
    route = route_of(enrolment.version_id)
    index = {stage.id: stage.index for stage in route.stages}
    lived = Lived(
        today=today,
        stage=index.get(str(enrolment.stage_id), -1),
        first=index.get(str(enrolment.cycle_stage_id), 0),
        has_renewal=enrolment.customer.renewal_on is not None,
        has_left=enrolment.left_on is not None,
        events={str(one.touchpoint_id): one.happened_on for one in LoggedEvent.objects.of(enrolment).standing().in_order()},
    )
    entered = {id: date.fromisoformat(day) for id, day in enrolment.entered.items() if id in index}
    return Timeline(route, _tallies(enrolment, today), lived, entered)


def _tallies(enrolment: Enrolment, today: date) -> dict[UUID, Tally]:
    rows = ScheduledTouchpoint.objects.of(enrolment).in_cycle(enrolment.cycle)
    last = {
        spot: Settled(State(state), on, felt)
        for spot, state, on, felt in rows.last_settled().values_list("spot", "state", "settled_on", "felt")
        if on is not None
    }
    return {row["spot"]: _tally(row, last.get(row["spot"])) for row in rows.tallied(on=today)}


def _tally(row: dict[str, Any], last: Settled | None) -> Tally:
    return Tally(row["done"], row["open"], row["late"], row["first_open_on"], row["next_on"], last)


def with_cards(route: Route, rows: Iterable[ScheduledTouchpoint]) -> list[tuple[ScheduledTouchpoint, Card | None]]:
    """Rows, each with the card that says what it is; None where the version has no such card any more."""
    return [(row, route.by_spot.get(row.spot)) for row in rows]
