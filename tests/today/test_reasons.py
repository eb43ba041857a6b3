"""Why something is due, in the words of the list; read from sheets that customers really travel."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from customers.models import Customer, Enrolment
from tests.touchpoints.sheets import NOW, enrolled, published
from touchpoints.models import ScheduledTouchpoint
from touchpoints.planning.routes import route_of
from touchpoints.today.item import Sections
from touchpoints.today.reading import read_items

pytestmark = pytest.mark.django_db

RENEWAL = date(2027, 11, 30)


@pytest.fixture
def enrolment(owner):
    _, version = published("five-stages", owner)
    return enrolled(version, owner, renewal_on=RENEWAL, health=1)


def items_of(enrolment, today=None):
    rows = ScheduledTouchpoint.objects.of(enrolment).planned().in_order()
    return read_items(rows, today=today or enrolment.started_on)


def test_every_touchpoint_says_why_it_is_due(enrolment):
    said = {item.why for item in items_of(enrolment)}
    assert all(said)
    assert any("before renewal" in why for why in said)
    assert any(why.startswith("every ") for why in said)


def test_what_is_bound_to_the_renewal_counts_the_days_that_are_left(enrolment):
    item = next(one for one in items_of(enrolment) if one.card.anchor == "renewal" and one.card.offset < -20)
    assert item.why == f"{(RENEWAL - item.due_on).days} days before renewal"
    late = next(one for one in items_of(enrolment, item.due_on + timedelta(10)) if one.pk == item.pk)
    assert late.why == f"{(RENEWAL - item.due_on).days - 10} days before renewal, planned for {-item.card.offset}"


def test_what_was_put_off_says_from_when(owner, enrolment):
    item = items_of(enrolment)[0]
    item.row.reschedule(item.due_on + timedelta(5), by=owner, at=NOW)
    again = next(one for one in items_of(enrolment) if one.pk == item.pk)
    assert again.why == f"{item.why}, put off from {item.due_on:%-d %B}"


def test_an_answer_names_its_event_and_the_day(owner, enrolment):
    trigger = route_of(enrolment.version_id).triggers[0]
    day = enrolment.started_on + timedelta(7)
    Enrolment.objects.get(pk=enrolment.pk).log_event(trigger.id, day, "", "x", by=owner, at=NOW)
    answers = [one for one in items_of(enrolment) if one.card.on_event]
    assert {one.why for one in answers} == {f"{trigger.fields['title']}, on {day:%A %-d %B}"}


def test_a_list_takes_as_many_questions_whatever_its_length(owner, enrolment, django_assert_max_num_queries):
    version = enrolment.version
    for n in range(4):
        enrolled(version, owner, name=f"Customer {n}")
    rows = ScheduledTouchpoint.objects.visible_to(owner).planned().in_order()
    with django_assert_max_num_queries(6):
        assert len(read_items(rows, today=enrolment.started_on)) == rows.count()
    assert {one.customer_name for one in read_items(rows, today=enrolment.started_on)} == set(
        Customer.objects.values_list("name", flat=True)
    )


def test_sections_are_by_day_and_of_a_day_the_musts_come_first(enrolment):
    today = items_of(enrolment)[5].due_on
    found = Sections.of(items_of(enrolment, today), today)
    assert found.overdue
    assert all(one.due_on < today for one in found.overdue)
    assert {one.due_on for one in found.today} == {today}
    assert [one.rank for one in found.today] == sorted(one.rank for one in found.today)
