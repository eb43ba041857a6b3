"""Everybody on a journey is moved over to a newer version: foreseen, done by a worker's batches, one by one undone."""

from __future__ import annotations

import pytest
from django.urls import reverse

from customers.models import Activity, Enrolment
from customers.undoing import undo
from journeys.models import Touchpoint
from journeys.publishing import publish
from tests.touchpoints.sheets import NOW, START, customer, published
from touchpoints.models import PlanningJob, ScheduledTouchpoint
from touchpoints.tasks import enrol

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def journey(owner):
    """Twelve customers on version 1, the first with something done; version 2 has a card more, another offset, and one less."""
    found, version = published("five-stages", owner)
    ids = [customer(owner, found.segment, f"Customer {n}").pk for n in range(12)]
    Enrolment.objects.enrol_many(ids, version, START, by=owner, at=NOW)
    first = ScheduledTouchpoint.objects.filter(customer=ids[0]).in_order().first()
    first.finish(first.due_on, by=owner, at=NOW)
    cards = list(Touchpoint.objects.filter(journey=found, kind="touchpoint", anchor="stage").order_by("stage__position", "slot"))
    Touchpoint.catch(found, "A word of thanks", cards[0].stage, cards[0].lane, cards[0].slot, by=owner, at=NOW)
    cards[1].edit({"offset_days": cards[1].offset_days + 14}, by=owner, at=NOW)
    cards[-1].remove(by=owner, at=NOW)
    publish(found, "", by=owner, at=NOW)
    return found


def plans(journey):
    rows = ScheduledTouchpoint.objects.filter(enrolment__journey=journey)
    return {(row.customer_id, row.spot, row.occurrence): (row.due_on, row.state) for row in rows}


def test_the_forecast_is_what_happens_and_what_was_done_stays(client_for, editor, journey):
    client = client_for(editor)
    address = reverse("touchpoints:move_all_over", args=[editor.workspace.slug, journey.pk])
    offered = client.get(reverse("touchpoints:move_over_offer", args=[editor.workspace.slug, journey.pk])).content.decode()
    assert "12 customers travel an earlier one" in offered
    before, shown = plans(journey), client.get(address)
    forecast = shown.context["forecast"]
    assert (forecast.behind, forecast.looked_at, forecast.unchanged) == (12, 12, 0)
    assert ("A word of thanks", "new", 12) in forecast.most
    answer = client.post(address, {"version": "2"})
    job = PlanningJob.objects.get(kind="move_over")
    assert answer["Location"].endswith(f"/enrol/jobs/{job.pk}/")
    enrol(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.seen, job.enrolled) == ("done", 12, 12)
    after = plans(journey)
    assert {one.version.number for one in Enrolment.objects.on(journey).with_names()} == {2}
    assert forecast.touchpoints["new"] == len(after.keys() - before.keys())
    assert forecast.touchpoints["no longer"] == len(before.keys() - after.keys())
    assert forecast.touchpoints["moved"] == sum(before[key] != after[key] for key in before.keys() & after.keys())
    assert [one for one in before if before[one][1] == "done"] == [one for one in after if after[one][1] == "done"]
    enrol(str(job.pk))
    assert plans(journey) == after
    assert (
        "travel"
        not in client.get(reverse("touchpoints:move_over_offer", args=[editor.workspace.slug, journey.pk])).content.decode()
    )


def test_each_may_be_taken_back(owner, journey):
    before = plans(journey)
    version = journey.versions.get(number=2)
    Enrolment.objects.move_many_over([one.customer_id for one in Enrolment.objects.on(journey)], version, START, by=owner, at=NOW)
    assert plans(journey) != before
    for one in Activity.objects.filter(enrolment__journey=journey, text__startswith="moved over"):
        undo(one, by=owner, at=NOW)
    assert plans(journey) == before


def test_a_version_published_meanwhile_is_looked_at_first(client_for, editor, owner, journey):
    client = client_for(editor)
    address = reverse("touchpoints:move_all_over", args=[editor.workspace.slug, journey.pk])
    Touchpoint.objects.filter(journey=journey).first().edit({"title": "Another"}, by=owner, at=NOW)
    publish(journey, "", by=owner, at=NOW)
    answer = client.post(address, {"version": "2"})
    assert answer.status_code == 200
    assert "published meanwhile" in answer.content.decode()
    assert not PlanningJob.objects.filter(kind="move_over")
