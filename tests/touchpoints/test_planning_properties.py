"""What holds of every plan: whatever the map, the calendar, the traveller and what has been done."""

from __future__ import annotations

import time
from datetime import date
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.touchpoints.travels import (
    CHILD,
    USUAL,
    Travel,
    calendars,
    compiled,
    days_of_travel,
    document_of,
    documents,
    maps,
    row,
    travels,
)
from touchpoints.planning.plan import LAST_DAY, Traveller, plan
from touchpoints.planning.route import compile_route

often = settings(max_examples=300, deadline=None)


def nowhere(_):
    return None


def told(planned):
    """The plan without its cards: (spot, occurrence, day)."""
    return sorted((card.spot, occurrence, day) for card, occurrence, day in planned)


def starts(travel):
    """Spot -> the day of its first occurrence, of those on the map itself: planned, or on which it was settled."""
    settled = {spot: done for (spot, n), (_, done) in travel.traveller.settled.items() if n == 0}
    return settled | {card.spot: day for card, n, day in travel.plan() if n == 0}


def is_travelled(travel, stage):
    """Whether the customer is in it, was, or has still to come into it, in this cycle."""
    index = {one.id: one.index for one in travel.route.stages}
    current = index.get(travel.traveller.stage or "", 0)
    first = index.get(travel.traveller.first_stage or "", 0)
    return stage.index >= first and (stage.index >= current or stage.id in travel.traveller.entered)


@often
@given(travels())
def test_nothing_is_planned_twice_and_what_was_settled_never_again(travel):
    planned = [(card.spot, occurrence) for card, occurrence, _ in travel.plan()]
    assert len(planned) == len(set(planned))
    assert not set(planned) & set(travel.traveller.settled)


@often
@given(travels())
def test_every_date_is_a_working_day(travel):
    assert [day for _, _, day in travel.plan() if not travel.days.are(day)] == []


@often
@given(travels())
def test_no_card_of_a_travelled_stage_is_lost_if_its_anchor_is_known(travel):
    there = {card.spot for card, n, _ in travel.plan() if n == 0} | {spot for spot, n in travel.traveller.settled if n == 0}
    for card in travel.route.cards:
        if card.on_event or not card.is_due or not is_travelled(travel, travel.route.stages[card.stage]):
            continue
        if card.anchor != "renewal" or travel.traveller.renewal is not None:
            assert card.spot in there, card


@often
@given(travels())
def test_of_a_drill_down_that_is_travelled_no_card_is_lost_either(travel):
    there = {card.spot for card, _, _ in travel.plan()} | {spot for spot, _ in travel.traveller.settled}
    for card in travel.route.cards:
        if card.inner and card.spot in there and not card.on_event:
            for inner in card.inner.cards:
                if inner.is_due and not inner.on_event and inner.anchor != "renewal":
                    assert inner.spot in there, inner


@often
@given(travels())
def test_nothing_is_planned_before_what_an_arrow_leads_from(travel):
    first = starts(travel)
    planned = {card.spot for card, n, _ in travel.plan() if n == 0}
    for card in travel.route.cards:
        for before in card.before:
            if card.spot in planned and before.spot in first and not before.on_event and not card.on_event:
                assert first[card.spot] >= first[before.spot], (card, before)


@often
@given(travels())
def test_an_event_is_answered_once_each_time_it_is_logged(travel):
    answers = {card.spot for cards in travel.route.answers.values() for card in cards}
    logged = {(trigger, n) for trigger, n, _ in travel.traveller.events}
    due = {(card.spot, n) for trigger, n in logged for card in travel.route.answers[trigger] if card.is_due}
    settled = set(travel.traveller.settled)
    assert {(card.spot, n) for card, n, _ in travel.plan() if card.spot in answers} == due - settled
    without = [one for one in travel.plan(events=()) if one[0].spot in answers]
    assert without == []


@often
@given(travels())
def test_what_recurs_does_so_in_order_and_never_behind_what_was_done_last(travel):
    done = {}
    for (spot, _), (_, day) in travel.traveller.settled.items():
        done[spot] = max(day, done.get(spot, day))
    found = {}
    for card, n, day in travel.plan():
        if not card.on_event and card.repeat and card in travel.route.cards:
            found.setdefault(card.spot, []).append((n, day))
    for spot, occurrences in found.items():
        days = [day for _, day in sorted(occurrences)]
        assert days == sorted(set(days))
        assert all(day > done[spot] for n, day in occurrences if n and spot in done)


@often
@given(travels(history=False, renewed=False), st.randoms(use_true_random=False))
def test_who_does_everything_on_its_day_finds_the_rest_where_it_was(travel, random):
    planned = sorted(travel.plan(), key=lambda one: one[2])
    done = planned[: random.randrange(len(planned) + 1)]
    travel.settle(done)
    rest = told(planned[len(done) :])
    now = told(travel.plan())
    assert [one for one in rest if one not in now] == []
    # What recurs without an end is planned for a year since it was last done, so there may be more; nothing else may.
    endless = {card.spot for card in travel.route.every_card() if card.repeat}
    inside = {
        card.spot for outer in travel.route.every_card() if outer.repeat and outer.inner for card in outer.inner.every_card()
    }
    assert {spot for spot, n, day in now if (spot, n, day) not in rest} <= endless | inside


@often
@given(maps(), st.randoms(use_true_random=False), days_of_travel, calendars)
def test_a_plan_is_the_same_whatever_the_order_in_which_rows_come(found, random, started, days):
    def shuffled(document):
        return {key: dict(random.sample(list(rows.items()), len(rows))) for key, rows in document.items()}

    document, children = found
    other = compiled((shuffled(document), {id: (version, shuffled(inner)) for id, (version, inner) in children.items()}))
    route = compiled(found)
    events = tuple((card.id, n, started + n) for n, card in enumerate(route.triggers))
    planned = plan(route, Traveller(started, started + 300, events=events), days)
    settled = {(card.spot, n): (day, day + 3) for card, n, day in planned[::3]}
    backwards = dict(reversed(settled.items()))
    before = told(plan(route, Traveller(started, started + 300, events=events, settled=settled), days))
    assert told(plan(other, Traveller(started, started + 300, events=events, settled=backwards), days)) == before


@often
@given(travels(), st.none() | days_of_travel, calendars)
def test_put_back_as_it_was_it_is_planned_as_it_was(travel, elsewhere, other):
    before, usual = told(travel.plan()), travel.days
    travel.plan(renewal=elsewhere, started=travel.traveller.started + 400, stage=None)
    travel.days = other
    travel.plan()
    travel.days = usual
    assert told(travel.plan()) == before


@settings(max_examples=60, deadline=None)
@given(documents(most=20), days_of_travel)
def test_a_card_does_not_wait_for_a_stage_that_waits_for_it(document, started):
    """Arrows back to an earlier stage make circles between stages and cards: nobody gets lost in them."""
    travel = Travel(compile_route("version", document, nowhere), Traveller(started, started + 365), USUAL)
    there = {card.spot for card, _, _ in travel.plan()}
    assert {card.spot for card in travel.route.cards if card.is_due and not card.on_event} <= there


A, B, C = (str(UUID(int=n)) for n in (100, 101, 102))


def ids(count):
    return [str(UUID(int=1000 + n)) for n in range(count)]


@pytest.mark.parametrize("repeat", [None, 1, 3650])
@pytest.mark.parametrize("offset", [-3650, 0, 3650])
@pytest.mark.parametrize("anchor", ["after", "enrolment", "stage", "event"])
def test_a_chain_of_a_thousand_cards_is_planned_with_days_that_there_are(anchor, offset, repeat):
    cards = ids(1000)
    rows = {id: row(A, n, anchor if n else "enrolment", offset, repeat_days=repeat) for n, id in enumerate(cards)}
    began = time.monotonic()
    route = compile_route("version", document_of({A: None, B: None}, rows, list(pairwise(cards))), nowhere)
    planned = plan(route, Traveller(date(2028, 2, 29).toordinal(), date(2029, 2, 28).toordinal()), USUAL)
    assert time.monotonic() - began < 20
    assert len({(card.spot, n) for card, n, _ in planned}) == len(planned) >= (1 if anchor == "event" else 1000)
    assert max((day for _, _, day in planned), default=0) <= LAST_DAY


def test_a_map_of_empty_stages_and_a_map_of_none_plan_nothing():
    for lengths in ({A: None, B: 30, C: None}, {}):
        route = compile_route("version", document_of(lengths, {}), nowhere)
        assert plan(route, Traveller(date(2028, 2, 29).toordinal()), USUAL) == []


def test_a_map_that_is_a_drill_down_of_itself_is_planned_some_levels_down():
    document = document_of({A: None}, {B: row(A, 0, child_id=CHILD)})
    route = compile_route("version", document, {CHILD: ("version", document)}.get)
    assert len(plan(route, Traveller(date(2028, 2, 29).toordinal()), USUAL)) == 5


def days(*texts):
    return [date.fromisoformat(text) for text in texts]


@pytest.mark.parametrize(
    ("offset", "repeat", "started", "due"),
    [
        (1, None, "2028-02-28", days("2028-02-29")),
        (366, None, "2028-02-29", days("2029-03-01")),
        (0, 365, "2028-02-29", days("2028-02-29")),
        (0, 182, "2028-02-29", days("2028-02-29", "2028-08-29", "2029-02-27")),
        (-1, None, "2028-03-01", days("2028-02-29")),
        (-1, None, "2028-01-03", days("2027-12-31")),
        (1, None, "2027-12-31", days("2028-01-03")),
    ],
)
def test_leap_days_and_ends_of_years_are_days_like_any_other(offset, repeat, started, due):
    route = compile_route("version", document_of({A: None}, {B: row(A, 0, "enrolment", offset, repeat_days=repeat)}), nowhere)
    planned = plan(route, Traveller(date.fromisoformat(started).toordinal()), USUAL)
    assert [date.fromordinal(day) for _, _, day in planned] == due
