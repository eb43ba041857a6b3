"""Putting many customers on a journey: a worker does it, it can be watched, cancelled, and taken over from a dead one."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from customers.models import Activity, Customer, Enrolment
from journeys.models import Journey
from tests.journeys.test_import_page import start_worker
from tests.touchpoints.sheets import START, customer, published
from touchpoints.enrolling import enrol_next
from touchpoints.models import PlanningJob, ScheduledTouchpoint
from touchpoints.models.planning_job import BATCH, LEASE
from touchpoints.tasks import enrol, sweep_planning_jobs

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def version(owner):
    return published("gitlab-onboarding", owner)[1]


@pytest.fixture
def segment(version):
    return version.journey.segment


def people(segment, count):
    now = timezone.now()
    rows = [
        Customer(workspace_id=segment.workspace_id, segment=segment, name=f"Customer {n}", made_at=now, changed_at=now)
        for n in range(count)
    ]
    Customer.objects.bulk_create(rows)
    return [row.pk for row in rows]


def ask(ids, version, by):
    return PlanningJob.objects.ask_to_enrol(ids, version, START, by=by, at=timezone.now())


def until(pk, true, seconds=120):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true(found := PlanningJob.objects.defer("customers").get(pk=pk)):
            return found
        time.sleep(0.05)
    raise AssertionError(f"it is still {found.state}, {found.seen} of {found.total}")


def test_five_thousand_are_enrolled_though_the_worker_is_killed_in_the_middle(owner, client_for, version, segment):
    people(segment, 5000)
    customer(owner, segment, "Alone")
    client = client_for(owner)
    first = start_worker()
    try:
        address = reverse("touchpoints:enrol_segment", args=[owner.workspace.slug])
        page = client.post(address, {"journey": version.journey_id, "segment": segment.pk, "started_on": "2026-11-30"})[
            "Location"
        ]
        job = PlanningJob.objects.get()
        until(job.pk, lambda found: found.seen >= 2 * BATCH)
        watched = client.get(page, headers={"HX-Request": "true"}).content.decode()
        assert '<progress max="5001"' in watched
        assert "hx-trigger" in watched
    finally:
        first.kill()
        first.wait()
    half = PlanningJob.objects.get()
    assert half.state == "running"
    assert 0 < half.seen < 5001
    # What is there is whole: nobody is enrolled without a plan, and no plan is there twice.
    assert Enrolment.objects.count() == half.enrolled == half.seen
    assert ScheduledTouchpoint.objects.count() == half.planned
    PlanningJob.objects.update(heard_at=timezone.now() - LEASE - timedelta(seconds=1))
    second = start_worker()
    try:
        sweep_planning_jobs.delay()
        done = until(job.pk, lambda found: found.state == "done")
    finally:
        second.kill()
        second.wait()
    assert (done.seen, done.enrolled) == (5001, 5001)
    assert Enrolment.objects.values("customer").distinct().count() == Enrolment.objects.count() == 5001
    each = ScheduledTouchpoint.objects.count() / 5001
    assert each == ScheduledTouchpoint.objects.filter(enrolment=Enrolment.objects.first()).count()
    assert done.planned == ScheduledTouchpoint.objects.count()
    assert Activity.objects.filter(text__startswith="enrolled on").count() == 5001
    assert "hx-trigger" not in client.get(page, headers={"HX-Request": "true"}).content.decode()


def test_a_job_that_is_cancelled_stops_between_two_batches_and_goes_on_where_it_was(owner, client_for, version, segment):
    ids = people(segment, BATCH + 10)
    job = ask(ids, version, owner)
    claimed = PlanningJob.objects.claim(job.pk, at=timezone.now())
    assert PlanningJob.objects.claim(job.pk, at=timezone.now()) is None
    assert enrol_next(claimed, at=timezone.now())
    client, where = client_for(owner), [owner.workspace.slug, job.pk]
    client.post(reverse("touchpoints:cancel_planning_job", args=where))
    assert not enrol_next(claimed, at=timezone.now())
    assert Enrolment.objects.count() == BATCH
    page = client.get(reverse("touchpoints:planning_job", args=where)).content.decode()
    assert "Go on with the other 10" in page
    job.refresh_from_db()
    assert job.resume(at=timezone.now())
    enrol(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.enrolled) == ("done", BATCH + 10)
    assert not job.cancel(at=timezone.now())


def test_a_worker_that_was_silent_too_long_does_nothing_more(owner, version, segment):
    job = ask(people(segment, BATCH + 1), version, owner)
    slow = PlanningJob.objects.claim(job.pk, at=timezone.now())
    quick = PlanningJob.objects.claim(job.pk, at=timezone.now() + 2 * LEASE)
    assert not enrol_next(slow, at=timezone.now())
    assert enrol_next(quick, at=timezone.now())


def test_who_is_on_the_journey_already_stays_as_they_are(owner, version, segment):
    ids = people(segment, 3)
    Enrolment.objects.enrol(Customer.objects.get(pk=ids[0]), version, START + timedelta(7), by=owner, at=timezone.now())
    job = ask(ids, version, owner)
    enrol(str(job.pk))
    job.refresh_from_db()
    assert (job.enrolled, job.already_there) == (2, 1)
    assert Enrolment.objects.get(customer=ids[0]).started_on == START + timedelta(7)


def test_customers_of_another_workspace_are_not_enrolled(owner, stranger, version):
    segment = Journey.objects.get().segment.__class__.objects.make(stranger.workspace, "Theirs", at=timezone.now())
    theirs = customer(stranger, segment)
    assert Enrolment.objects.enrol_many([theirs.pk], version, START, by=owner, at=timezone.now()) == []


def test_one_customer_is_enrolled_at_once_and_told_when_it_is_there_already(owner, client_for, version, segment):
    found = customer(owner, segment)
    client, where = client_for(owner), [owner.workspace.slug, found.pk]
    page = client.get(reverse("touchpoints:enrol_customer", args=where)).content.decode()
    assert f'value="{timezone.localdate().isoformat()}"' in page
    form = {"journey": version.journey_id, "started_on": "2026-11-30"}
    answer = client.post(reverse("touchpoints:enrol_customer", args=where), form)
    plan = client.get(answer["Location"]).content.decode()
    assert "Internal handoff" in plan
    again = client.post(reverse("touchpoints:enrol_customer", args=where), form)
    assert again.status_code == 422
    assert "is on this journey already" in again.content.decode()
    assert client.post(reverse("touchpoints:enrol_customer", args=where), form | {"started_on": "9999-01-01"}).status_code == 422


def test_a_batch_takes_a_handful_of_statements_however_many_are_in_it(owner, version, segment, django_assert_max_num_queries):
    few, many = people(segment, 5), people(segment, 200)
    Enrolment.objects.enrol_many(few, version, START, by=owner, at=timezone.now())
    with django_assert_max_num_queries(25):
        Enrolment.objects.enrol_many(many, version, START, by=owner, at=timezone.now())
    assert connection.in_atomic_block is False
