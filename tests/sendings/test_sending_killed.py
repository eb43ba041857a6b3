"""A worker is killed with SIGKILL in the middle of sending: nothing is lost, and what is sent twice says so by its Message-ID."""

from __future__ import annotations

import signal
from collections import Counter
from datetime import date

import pytest
from django.utils import timezone

from accounts.calendars import working_days_of
from customers.models import Contact, Customer, Enrolment
from tests.sendings.conftest import to_send, until
from touchpoints.models import Automation, Sending
from touchpoints.tasks import send_automated

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.alone]

MANY = 12


def test_killed_in_the_middle_all_arrive_and_at_most_one_twice_under_the_same_id(owner, sink, work):
    now = timezone.now()
    today = owner.workspace.today(now)
    day = date.fromordinal(working_days_of(owner.workspace_id).on_or_before(today.toordinal()))
    first = to_send(owner, start=day)
    version = first.enrolment.version
    for number in range(1, MANY):
        one = Customer.objects.add(owner.workspace, f"Number {number}", first.customer.segment, by=owner, at=now, owner=owner)
        Contact.objects.add(one, name="Pat", job="", email=f"pat@number{number}.example", phone="", by=owner, at=now)
        Enrolment.objects.enrol(one, version, day, by=owner, at=now)
    Automation.objects.of(owner.workspace).switch("on", by=owner, at=now)
    sink.pauses = 0.4
    killed = work("first")
    send_automated.delay()
    until(lambda: len(sink.letters) >= 4)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    sink.pauses = 0
    left = Sending.objects.filter(state="waiting")
    assert 0 < left.count() < MANY
    left.update(owed_at=timezone.now())  # as if the lease were over
    work("second")
    send_automated.delay()
    until(lambda: Sending.objects.filter(state="sent").exclude(told_at=None).count() == MANY)
    ids = Counter(sink.ids)
    assert len(ids) == MANY
    assert sorted(ids.values())[:-1] == [1] * (MANY - 1)
    assert max(ids.values()) <= 2
