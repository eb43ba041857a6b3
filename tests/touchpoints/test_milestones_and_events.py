"""Milestones are ticked, by a person, by their day or by what they wait for; what happens outside is logged and answered."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from customers.models import Activity, LoggedEvent
from journeys.models import Connector, Touchpoint
from journeys.publishing import publish
from tests.touchpoints.sheets import NOW, START, enrolled, published
from touchpoints.milestones import milestones_of
from touchpoints.models import ScheduledTouchpoint
from touchpoints.models.scheduled_touchpoints import NotOpen
from touchpoints.planning.routes import route_of
from touchpoints.tasks import tick_milestones

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def journey(owner):
    found, _ = published("saas-lifecycle", owner)
    return found


def milestone(journey, owner, **fields):
    first = Touchpoint.objects.filter(journey=journey).order_by("stage__position", "slot").first()
    made = Touchpoint.catch(journey, "Sees value", first.stage, first.lane, first.slot, by=owner, at=NOW)
    made.edit({"kind": "milestone", "delivery": "automated", **fields}, by=owner, at=NOW)
    return made, first


def row_of(enrolment, card):
    return ScheduledTouchpoint.objects.of(enrolment).get(spot=card.pk, occurrence=0)


def test_a_person_ticks_a_milestone_and_takes_it_back(client_for, owner, contributor, journey):
    made, _ = milestone(journey, owner, delivery="person")
    enrolment = enrolled(publish(journey, "", by=owner, at=NOW), owner)
    client, row = client_for(contributor), row_of(enrolment, made)
    page = reverse("touchpoints:travel", args=[owner.workspace.slug, enrolment.pk])
    assert "Reached: Sees value" in client.get(page).content.decode()
    client.post(reverse("touchpoints:finish", args=[owner.workspace.slug, row.pk]))
    row.refresh_from_db()
    assert (row.state, row.settled_on, row.settled_by) == ("done", NOW.date(), contributor)
    assert [one.is_reached for one in milestones_of(enrolment) if one.card.id == str(made.pk)] == [True]
    assert Activity.objects.of_travel(enrolment).latest_first().first().text == "reached Sees value"
    client.post(reverse("touchpoints:reopen", args=[owner.workspace.slug, row.pk]))
    row.refresh_from_db()
    assert (row.state, row.settled_on) == ("planned", None)


def test_a_milestone_ticks_itself_on_its_day_and_not_before(owner, journey, today):
    made, _ = milestone(journey, owner, anchor="enrolment", offset_days=10)
    enrolment = enrolled(publish(journey, "", by=owner, at=NOW), owner)
    row = row_of(enrolment, made)
    assert row.ticks_itself
    assert row.due_on == START + timedelta(10)
    today.move_to(NOW + timedelta(14), tick=False)
    tick_milestones()
    assert row_of(enrolment, made).state == "planned"
    today.move_to(NOW + timedelta(15), tick=False)
    tick_milestones()
    tick_milestones()
    row.refresh_from_db()
    assert (row.state, row.settled_on, row.settled_by) == ("done", START + timedelta(10), None)


def test_the_day_begins_where_the_workspace_is(owner, journey, today):
    owner.workspace.describe(name="Northwind", time_zone="Pacific/Auckland", by=owner, at=NOW)
    made, _ = milestone(journey, owner, anchor="enrolment", offset_days=0)
    enrolment = enrolled(publish(journey, "", by=owner, at=NOW), owner)
    today.move_to("2026-11-29 10:59+00:00", tick=False)
    tick_milestones()
    assert row_of(enrolment, made).state == "planned"
    today.move_to("2026-11-29 11:01+00:00", tick=False)
    tick_milestones()
    assert row_of(enrolment, made).state == "done"


def test_a_milestone_waits_for_what_is_done_before_it(owner, journey, today):
    made, first = milestone(journey, owner, anchor="after", offset_days=0)
    Connector.join(first, made, "sequence", by=owner, at=NOW)
    enrolment = enrolled(publish(journey, "", by=owner, at=NOW), owner)
    card = route_of(enrolment.version_id).by_spot[made.pk]
    assert card.before
    today.move_to(NOW + timedelta(400), tick=False)
    tick_milestones()
    assert row_of(enrolment, made).state == "planned"  # its day has passed, but nobody has done what it waits for
    for before in card.before:
        row = ScheduledTouchpoint.objects.of(enrolment).get(spot=before.spot, occurrence=0)
        row.finish(date(2027, 12, 20), by=owner, at=NOW, today=date(2027, 12, 30))
    row = row_of(enrolment, made)
    assert (row.state, row.settled_on) == ("done", date(2027, 12, 20))


def test_what_is_done_is_not_done_again(owner, journey):
    enrolment = enrolled(publish_same(journey), owner)
    row = ScheduledTouchpoint.objects.of(enrolment).in_order().first()
    row.finish(START, by=owner, at=NOW)
    with pytest.raises(NotOpen, match="done already"):
        row.finish(START, by=owner, at=NOW)
    row.reopen(by=owner, at=NOW, today=START)
    with pytest.raises(NotOpen, match="open already"):
        row.reopen(by=owner, at=NOW, today=START)


def publish_same(journey):
    return journey.versions.get()


def test_an_event_is_logged_and_its_answer_planned_at_once_and_taken_back(client_for, owner, contributor, journey):
    enrolment = enrolled(publish_same(journey), owner)
    triggers = route_of(enrolment.version_id).triggers
    assert triggers
    trigger = triggers[0]
    client = client_for(contributor)
    given = {"event": trigger.id, "happened_on": "2026-11-24", "note": "From the press"}
    answer = client.post(reverse("touchpoints:log_event", args=[owner.workspace.slug, enrolment.pk]), given, follow=True)
    assert "planned" in answer.content.decode()
    assert "From the press" in answer.content.decode()
    event = LoggedEvent.objects.of(enrolment).get()
    answers = {card.spot for card in route_of(enrolment.version_id).answers[trigger.id] if card.is_due}
    rows = ScheduledTouchpoint.objects.of(enrolment).at_spots(answers)
    assert {row.spot for row in rows} == answers
    assert {row.state for row in rows} == {"planned"}
    first = rows.in_order().first()
    first.finish(date(2026, 11, 25), by=contributor, at=NOW)
    client.post(reverse("touchpoints:take_back_event", args=[owner.workspace.slug, event.pk]))
    assert [row.pk for row in ScheduledTouchpoint.objects.of(enrolment).at_spots(answers)] == [first.pk]
    client.post(reverse("touchpoints:log_event", args=[owner.workspace.slug, enrolment.pk]), given)
    again = ScheduledTouchpoint.objects.of(enrolment).at_spots(answers).planned()
    assert {row.occurrence for row in again} == {1}  # not the number of the one that was taken back


@pytest.mark.parametrize(
    "given", [{}, {"event": "x"}, {"happened_on": "2026-11-26"}, {"happened_on": "0001-01-01"}, {"note": "x" * 5000}]
)
def test_an_odd_event_is_refused_beside_its_field(client_for, owner, contributor, journey, given):
    enrolment = enrolled(publish_same(journey), owner)
    trigger = route_of(enrolment.version_id).triggers[0]
    whole = {"event": trigger.id, "happened_on": "2026-11-24", "note": "kept"} | given if given else {}
    answer = client_for(contributor).post(reverse("touchpoints:log_event", args=[owner.workspace.slug, enrolment.pk]), whole)
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert not LoggedEvent.objects.of(enrolment)
