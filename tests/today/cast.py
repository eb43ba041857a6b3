"""A member with a day's work: the five stages published, and customers that travel them whose owner it is."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from accounts.models import Role
from tests.touchpoints.sheets import customer, published
from touchpoints.models import ScheduledTouchpoint
from touchpoints.planning.reconcile import reconcile


def today_of(member):
    return member.workspace.today(timezone.now())


def with_work(member, *, name="Contoso", days=0, version=None):
    """An enrolment that began so many days ago, all of whose cards are that member's. Returns (enrolment, its open rows)."""
    from customers.models import Enrolment

    version = version or published("five-stages", member)[1]
    made = customer(member, version.journey.segment, name=name, owner=member, renewal_on=today_of(member) + timedelta(300))
    start = today_of(member) - timedelta(days)
    for role in Role.objects.visible_to(member):
        made.assign(role, member, from_on=start - timedelta(30), by=member, at=timezone.now())
    enrolment = Enrolment.objects.enrol(made, version, start, by=member, at=timezone.now())
    reconcile([enrolment.pk], at=timezone.now())
    rows = ScheduledTouchpoint.objects.of(enrolment).planned().filter(member=member, by_person=True).in_order()
    return enrolment, list(rows.select_related("enrolment", "customer"))


def put(row, due_on, **fields):
    """That row on that day, because somebody arranged it so; `fields` are what a plan might have said otherwise."""
    held = ScheduledTouchpoint.objects.select_related("enrolment", "customer").get(pk=row.pk)
    held.reschedule(due_on, by=held.member, at=timezone.now())
    if fields:
        ScheduledTouchpoint.objects.filter(pk=row.pk).update(**fields)
    row.due_on = due_on
    return row
