"""When everything on a route is due for one traveller. Pure: from data to data, no clock and no database.

The rules, in the words of docs/decisions/021:

- A card is due its offset of days after its anchor. The anchor "the touchpoint before" is the latest of those that an arrow leads
  from; without an arrow, the card that stands before it on the map.
- It falls on a working day: the next one, or the last one before for an offset that is negative ("90 days before the renewal").
- It is never due before a card that a solid arrow leads from. For a card that was done that is the day on which it was done.
- A stage begins when the customer came into it. One still to come begins at the earliest card in it that is bound to
  the renewal; without one, when the stage before it has lasted as long as it says; without that, at the earliest card that is
  bound to the enrolment; without that, with the last card of the stage before.
- What recurs does so until the next stage begins, or else until the renewal, or else for a year since it was last done.
- Stages that the customer was taken past without being in them are not travelled.
- A card that is bound to an event is due when the event is logged, once each time.
- A drill-down is travelled from the day of its card.
- What somebody put on another day is due on that, whatever kind of day it is and whatever comes before it, as long as the plan
  says the day that it was put off from.

Days are ordinals (date.toordinal).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from accounts.working_days import WorkingDays
from touchpoints.planning.route import Card, Route, StageOf

#: days that something without an end is planned ahead, and how often at most
YEAR, MOST = 365, 400
#: the day on which all falls that a chain of offsets would take further: there must be such a day, here and in the database
LAST_DAY = date(2399, 12, 31).toordinal()


@dataclass(slots=True)
class Traveller:
    """What is known of an enrolment. `entered` is stage id -> day, `settled` (spot, occurrence) -> (when it was due, the day it
    was done, skipped or missed), `events` the logged ones: (id of the card, number, day)."""

    started: int
    renewal: int | None = None
    entered: Mapping[str, int] = field(default_factory=dict)
    stage: str | None = None
    #: the stage at which a later cycle began; `started` is then the day on which it did
    first_stage: str | None = None
    settled: Mapping[tuple[UUID, int], tuple[int, int]] = field(default_factory=dict)
    events: tuple[tuple[str, int, int], ...] = ()
    #: (spot, occurrence) -> (the day somebody put it on, the day that the plan said when they did)
    arranged: Mapping[tuple[UUID, int], tuple[int, int]] = field(default_factory=dict)

    def arranged_day(self, spot: UUID, number: int, day: int) -> int:
        """The day it was put on, as long as the plan says what it said then; where that changed, so did the reason."""
        other = self.arranged.get((spot, number))
        return other[0] if other and other[1] == day else day


#: (the card, which occurrence of it, the day it is due)
Planned = tuple[Card, int, int]


def plan(route: Route, traveller: Traveller, days: WorkingDays) -> list[Planned]:
    """What is to be done, as far as it has not been settled: each (spot, occurrence) once."""
    last_done: dict[UUID, int] = {}
    for (spot, _), (_, day) in traveller.settled.items():
        last_done[spot] = max(day, last_done.get(spot, day))
    planned: list[Planned] = []
    _travel(route, traveller, days, last_done, planned, only=None)
    return planned


def _travel(
    route: Route,
    traveller: Traveller,
    days: WorkingDays,
    last_done: dict[UUID, int],
    planned: list[Planned],
    only: int | None,
) -> None:
    """Add what a route brings. `only`: it is the drill-down of a card that recurs, on its occurrence of that number."""
    index = {stage.id: stage.index for stage in route.stages}
    current = index.get(traveller.stage or "", 0)
    first = index.get(traveller.first_stage or "", 0)
    # Not travelled: what lies before the cycle, and what the customer was taken past.
    closed = [
        stage.index < first or (stage.index < current and stage.id not in traveller.entered and stage.index > 0)
        or (stage.index == 0 and current > 0 and stage.id not in traveller.entered)
        for stage in route.stages
    ]  # fmt: skip
    begins: list[int | None] = [None] * len(route.stages)
    due: dict[Card, int] = {}
    #: of what recurs, when it is due first by the plan: that it was put on another day moves that one only
    rhythms: dict[Card, int] = {}
    settled = traveller.settled
    number = only or 0
    for one in route.order:
        if isinstance(one, StageOf):
            begins[one.index] = _begin(one, route, traveller, days, begins, due, first)
            continue
        base, was = _base(one, traveller, begins, due), settled.get((one.spot, number))
        if base is None or closed[one.stage]:
            if was:
                due[one] = was[1]  # nobody plans it, but it was done: what follows does not come before it
            continue
        day = days.on_or_before(base) if one.offset < 0 else days.on_or_after(base)
        for before in one.before:
            if before in due and due[before] > day:
                day = days.on_or_after(due[before])
        if day > LAST_DAY:
            day = days.on_or_before(LAST_DAY)
        rhythm, day = day, traveller.arranged_day(one.spot, number, day)
        due[one] = was[1] if was else day
        if not was and one.repeat:
            rhythms[one] = rhythm
        if not was and one.is_due:
            planned.append((one, number, day))
        if one.inner:
            _drill_down(one, was[0] if was else day, traveller, days, last_done, planned, only)
    for card in route.cards:
        if card.repeat and only is None and card in due:
            _recur(card, rhythms.get(card, due[card]), _end(card, begins, traveller), traveller, days, last_done, planned)
    if only is None:
        _answer_events(route, traveller, days, due, planned)


def _base(card: Card, traveller: Traveller, begins: list[int | None], due: dict[Card, int]) -> int | None:
    """The day that a card's anchor and offset name; None if the anchor is not known."""
    if card.anchor == "enrolment":
        return traveller.started + card.offset
    if card.anchor == "stage":
        begun = begins[card.stage]
        return None if begun is None else begun + card.offset
    if card.anchor == "renewal":
        return None if traveller.renewal is None else traveller.renewal + card.offset
    found = [due[other] for other in card.before if other in due]
    if found:
        return max(found) + card.offset
    # Nothing before it is known: then it goes by its stage, or by the beginning of all.
    begun = begins[card.stage]
    return (traveller.started if begun is None else begun) + card.offset


def _begin(
    stage: StageOf,
    route: Route,
    traveller: Traveller,
    days: WorkingDays,
    begins: list[int | None],
    due: dict[Card, int],
    first: int,
) -> int | None:
    if (day := traveller.entered.get(stage.id)) is not None:
        return day
    if stage.index <= first:
        return traveller.started
    if traveller.renewal is not None:
        bound = [card.offset for card in stage.cards if card.anchor == "renewal"]
        if bound:
            return days.on_or_before(traveller.renewal + min(bound))
    before = route.stages[stage.index - 1]
    begun = begins[before.index]
    if begun is not None and before.length:
        return begun + before.length
    bound = [card.offset for card in stage.cards if card.anchor == "enrolment" and not card.on_event]
    if bound:
        return days.on_or_after(traveller.started + min(bound))
    ends = [due[card] for card in before.lasting if card in due]
    return max(ends) if ends else begun


def _end(card: Card, begins: list[int | None], traveller: Traveller) -> int | None:
    """The day from which a card no longer recurs."""
    begun = begins[card.stage]
    if card.stage + 1 < len(begins) and (next_begins := begins[card.stage + 1]) is not None and next_begins > (begun or 0):
        return next_begins
    return traveller.renewal


def _recur(
    card: Card,
    first: int,
    end: int | None,
    traveller: Traveller,
    days: WorkingDays,
    last_done: dict[UUID, int],
    planned: list[Planned],
) -> None:
    """The occurrences after the first. One that would fall on the day of another, or behind what was done last, is left out."""
    settled, spot = traveller.settled, card.spot
    was, put = settled.get((spot, 0)), traveller.arranged.get((spot, 0))
    rhythm = first if not was else put[1] if put and put[0] == was[0] else was[0]
    done = last_done.get(spot)
    if end is None or end <= rhythm:
        end = max(rhythm, done or rhythm) + YEAR
    last = rhythm
    for occurrence in range(1, MOST):
        day = rhythm + occurrence * card.repeat
        if day >= end or day > LAST_DAY:
            break
        day = days.on_or_after(day)
        if was := settled.get((spot, occurrence)):
            last = day
            if card.inner:
                _drill_down(card, was[0], traveller, days, last_done, planned, occurrence)
            continue
        if day <= last or (done is not None and day <= done):
            continue
        last = day
        day = traveller.arranged_day(spot, occurrence, day)
        if card.is_due:
            planned.append((card, occurrence, day))
        if card.inner:
            _drill_down(card, day, traveller, days, last_done, planned, occurrence)


def _drill_down(
    card: Card,
    day: int,
    traveller: Traveller,
    days: WorkingDays,
    last_done: dict[UUID, int],
    planned: list[Planned],
    only: int | None,
) -> None:
    assert card.inner is not None  # noqa: S101  # nosec: the callers ask
    inside = Traveller(day, traveller.renewal, settled=traveller.settled, arranged=traveller.arranged)
    _travel(card.inner, inside, days, last_done, planned, (only or 0) if card.repeat or only is not None else None)


def _answer_events(route: Route, traveller: Traveller, days: WorkingDays, due: dict[Card, int], planned: list[Planned]) -> None:
    for trigger, number, happened in traveller.events:
        answered: dict[Card, int] = {}
        for card in route.answers.get(trigger, ()):
            since = [day for other in card.before if (day := answered.get(other, due.get(other))) is not None]
            base = (max(since) if since and card.anchor == "after" else happened) + card.offset
            day = days.on_or_before(base) if card.offset < 0 else days.on_or_after(base)
            if since and max(since) > day:
                day = days.on_or_after(max(since))
            if day > LAST_DAY:
                day = days.on_or_before(LAST_DAY)
            day = traveller.arranged_day(card.spot, number, day)
            was = traveller.settled.get((card.spot, number))
            answered[card] = was[1] if was else day
            if not was and card.is_due:
                planned.append((card, number, day))
