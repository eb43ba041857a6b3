"""A customer's journey on the map it travels: how each card stands, on a real enrolment of the sample sheets."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from customers.models import LoggedEvent
from journeys.models import Touchpoint
from tests.touchpoints.sheets import NOW, START, enrolled, published
from touchpoints.models import ScheduledTouchpoint
from touchpoints.timeline.reading import timeline_of
from touchpoints.timeline.standing import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def travelled(owner):
    """(the enrolment, title of a card -> its spot) of the journey of five weeks."""
    _, version = published("gitlab-onboarding", owner)
    enrolment = enrolled(version, owner)
    return enrolment, spots(version.journey)


def spots(journey):
    return dict(Touchpoint.objects.filter(journey=journey).values_list("title", "pk"))


def rows(enrolment, spot=None):
    found = ScheduledTouchpoint.objects.of(enrolment).in_order()
    return found.filter(spot=spot) if spot else found


def settle(row, state="done", on=START, **fields):
    ScheduledTouchpoint.objects.filter(pk=row.pk).update(state=state, settled_on=on, settled_at=NOW, **fields)


def standings(enrolment, today):
    return timeline_of(enrolment, today).standings


def test_a_card_is_planned_then_next_then_due_then_overdue_then_done(travelled):
    enrolment, _ = travelled
    first, *_, last = rows(enrolment)
    assert standings(enrolment, START - timedelta(7))[first.spot].state is State.NEXT
    assert standings(enrolment, START - timedelta(7))[last.spot].state is State.PLANNED
    assert standings(enrolment, first.due_on)[first.spot].state is State.TODAY
    late = standings(enrolment, first.due_on + timedelta(1))[first.spot]
    assert (late.state, late.on) == (State.OVERDUE, first.due_on)
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


def rows_at(spot):
    return ScheduledTouchpoint.objects.filter(spot=spot).exists()
