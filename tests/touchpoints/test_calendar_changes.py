"""When other days are worked on, what is planned moves; what was done stays."""

from __future__ import annotations

import time
from datetime import date

import pytest
from django.utils import timezone

from accounts.models import OwnDay
from customers.models import Enrolment
from tests.journeys.test_import_page import start_worker
from tests.touchpoints.sheets import NOW, START, enrolled, published
from tests.touchpoints.test_enrolling import people
from touchpoints import tasks
from touchpoints.models import ScheduledTouchpoint
from touchpoints.tasks import plan_workspace, sweep_calendars

pytestmark = pytest.mark.django_db(transaction=True)


def days(enrolment):
    return [row.due_on for row in ScheduledTouchpoint.objects.of(enrolment).in_order()]


@pytest.fixture
def version(owner):
    return published("five-stages", owner)[1]


def test_what_is_planned_moves_off_a_day_and_back_again_and_what_was_done_stays(owner, version):
    enrolment = enrolled(version, owner)
    before = days(enrolment)
    busy = before[1]
    assert busy == date(2026, 12, 7)
    first = ScheduledTouchpoint.objects.of(enrolment).in_order().first()
    ScheduledTouchpoint.objects.filter(pk=first.pk).update(state="done", settled_on=START, settled_at=NOW, settled_by=owner)
    for day in (START, busy):
        OwnDay.objects.add(owner.workspace, day, "Away", is_worked=False, by=owner, at=timezone.now())
    plan_workspace(str(owner.workspace_id))
    moved = days(enrolment)
    assert moved[0] == START
    assert busy not in moved
    assert date(2026, 12, 8) in moved
    for day in OwnDay.objects.all():
        day.remove(by=owner, at=timezone.now())
    plan_workspace(str(owner.workspace_id))
    assert days(enrolment) == before


def test_every_batch_is_planned_and_a_worker_that_comes_later_goes_on(owner, version, monkeypatch):
    monkeypatch.setattr(tasks, "BATCH", 2)
    ids = people(version.journey.segment, 5)
    made = Enrolment.objects.enrol_many(ids, version, START, by=owner, at=NOW)
    busy = days(made[0])[1]
    OwnDay.objects.add(owner.workspace, busy, "Away", is_worked=False, by=owner, at=timezone.now())
    tasks.reconcile(made[:3], at=NOW)  # as far as the first had come
    plan_workspace(str(owner.workspace_id))
    assert not ScheduledTouchpoint.objects.filter(due_on=busy).exists()
    assert Enrolment.objects.values("planned_from").distinct().count() == 1  # all five rest on the same calendar


def test_who_has_left_and_other_workspaces_are_let_be(owner, stranger, version):
    gone = enrolled(version, owner)
    gone.leave(START, "", by=owner, at=NOW)
    theirs = enrolled(published("five-stages", stranger)[1], stranger)
    before = days(theirs)
    OwnDay.objects.add(owner.workspace, before[1], "Away", is_worked=False, by=owner, at=timezone.now())
    plan_workspace(str(owner.workspace_id))
    assert (days(gone), days(theirs)) == ([], before)


def test_a_worker_does_it_and_the_sweep_finds_what_a_lost_message_left(owner, version):
    enrolment = enrolled(version, owner)
    busy = days(enrolment)[1]
    OwnDay.objects.add(owner.workspace, busy, "Away", is_worked=False, by=owner, at=timezone.now())
    tasks.plan_workspace.app.control.purge()  # the message is lost
    worker = start_worker()
    try:
        sweep_calendars.delay()
        waited = 0.0
        while busy in days(enrolment) and waited < 60:
            waited += 0.1
            time.sleep(0.1)
    finally:
        worker.kill()
        worker.wait()
    assert busy not in days(enrolment)
