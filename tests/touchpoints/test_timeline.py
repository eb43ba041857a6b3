"""A customer's journey on the map it travels: how each card stands, on a real enrolment of the sample sheets."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from customers.facts import travel_changed
from customers.models import LoggedEvent
from customers.models.enrolments import stage_order
from journeys.models import Journey, Touchpoint
from journeys.publishing import publish
from tests.touchpoints.lived import recurring, rows, rows_at, settle, spots, standings
from tests.touchpoints.sheets import NOW, START, enrolled, published
from touchpoints.timeline.reading import timeline_of
from touchpoints.timeline.standing import State
from touchpoints.timeline.words import on_card

pytestmark = pytest.mark.django_db


@pytest.fixture
def travelled(owner):
    """(the enrolment, title of a card -> its spot) of the journey of five weeks."""
    _, version = published("gitlab-onboarding", owner)
    enrolment = enrolled(version, owner)
    return enrolment, spots(version.journey)


def test_a_card_is_planned_then_next_then_due_then_overdue_then_done(travelled):
    enrolment, _ = travelled
    first, *_, last = rows(enrolment)
    before = standings(enrolment, first.due_on - timedelta(7))
    assert (before[first.spot].state, before[last.spot].state) == (State.NEXT, State.PLANNED)
    assert standings(enrolment, first.due_on)[first.spot].state is State.TODAY
    late = standings(enrolment, first.due_on + timedelta(1))[first.spot]
    assert (late.state, late.on, late.late) == (State.OVERDUE, first.due_on, 1)
    settle(first, on=first.due_on + timedelta(2), felt=1)
    done = standings(enrolment, first.due_on + timedelta(30))[first.spot]
    assert (done.state, done.on, done.felt) == (State.DONE, first.due_on + timedelta(2), 1)


def test_what_was_skipped_or_missed_says_so(travelled):
    enrolment, _ = travelled
    one, other = rows(enrolment)[:2]
    settle(one, "skipped")
    settle(other, "missed")
    found = standings(enrolment, START + timedelta(100))
    assert [found[row.spot].state for row in (one, other)] == [State.SKIPPED, State.MISSED]
    settle(rows(enrolment)[2])
    timeline = timeline_of(enrolment, START + timedelta(100))
    assert sum(stage.done for stage in timeline.stages.values()) == 1  # over, but not done
    assert sum(stage.total for stage in timeline.stages.values()) == rows(enrolment).values("spot").distinct().count()


def test_every_card_of_every_sheet_has_a_standing(owner):
    for name in ("gitlab-onboarding", "saas-lifecycle", "five-stages"):
        journey, version = published(name, owner)
        found = standings(enrolled(version, owner, name=name), START)
        assert set(found) == set(Touchpoint.objects.filter(journey=journey).values_list("pk", flat=True))
        # Without a renewal date what hangs on it has no day; what hangs on an event waits for it.
        for card in Touchpoint.objects.filter(journey=journey):
            if card.anchor == "event":
                assert found[card.pk].state is State.WAITS, card.title
            if card.anchor == "renewal" and not rows_at(card.pk):
                assert found[card.pk].state is State.UNDATED, card.title


def test_what_recurs_says_how_often_it_was_done_and_when_it_comes_next(owner):
    _, version = published("five-stages", owner)
    enrolment = enrolled(version, owner, renewal_on=date(2027, 11, 30))
    spot, found = recurring(enrolment)
    for row in found[:3]:
        settle(row, on=row.due_on)
    standing = standings(enrolment, found[2].due_on + timedelta(1))[spot]
    assert (standing.done, standing.on) == (3, found[3].due_on)
    card = timeline_of(enrolment, START).route.by_spot[spot]
    assert on_card(card, standing, found[3].due_on) == f"3 done, next {found[3].due_on:%-d %b}"
    late = standings(enrolment, found[4].due_on + timedelta(1))[spot]
    assert on_card(card, late, found[4].due_on) == f"2 overdue, {found[3].due_on:%-d %b}"


def test_what_the_customer_was_taken_past_is_not_travelled(owner):
    _, version = published("five-stages", owner)
    enrolment = enrolled(version, owner)
    order = stage_order(version.document)
    enrolment.move_to_stage(UUID(order[2]), START + timedelta(10), by=owner, at=NOW)
    timeline = timeline_of(enrolment, START + timedelta(11))
    passed = [card for card in timeline.route.cards if card.stage == 1 and not card.on_event]
    assert passed
    assert {timeline.standings[card.spot].state for card in passed} == {State.PASSED}
    now = [stage for stage in timeline.stages.values() if stage.is_now]
    assert [(stage.id, stage.entered) for stage in now] == [(order[2], START + timedelta(10))]
    assert [timeline.stages[id].is_past for id in order[:4]] == [True, True, False, False]


def test_an_event_that_happened_says_when_and_its_answers_are_due(owner):
    journey, _ = published("five-stages", owner)
    event = Touchpoint.objects.get(journey=journey, kind="event")
    event.edit({"playbook_id": None}, by=owner, at=NOW)  # nothing is to be done but what follows from it
    enrolment = enrolled(publish(Journey.objects.select_related("segment").get(pk=journey.pk), "", by=owner, at=NOW), owner)
    trigger = timeline_of(enrolment, START).route.by_spot[event.pk]
    assert standings(enrolment, START)[trigger.spot].state is State.WAITS
    LoggedEvent.objects.create(enrolment=enrolment, touchpoint_id=trigger.id, number=0, happened_on=START, by=owner, at=NOW)
    travel_changed.send(None, enrolments=[enrolment.pk], at=NOW)
    timeline = timeline_of(enrolment, START)
    assert (timeline.standings[trigger.spot].state, timeline.standings[trigger.spot].on) == (State.HAPPENED, START)
    answers = [card for card in timeline.route.answers[trigger.id] if card is not trigger]
    assert answers
    assert all(timeline.standings[card.spot].is_open for card in answers)
