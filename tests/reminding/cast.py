"""Work that somebody is to be reminded of, and mornings at which they are."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from customers.models import Customer
from tests.touchpoints.sheets import START, enrolled, published
from touchpoints.models import Reminder, Reminding, ScheduledTouchpoint
from touchpoints.reminding.owing import owe

#: the Monday on which what `work` makes is due, eight o'clock
MORNING = datetime(START.year, START.month, START.day, 8, tzinfo=UTC)
BEFORE = MORNING - timedelta(hours=1)


def many(owner, count, **fields):
    """So many touchpoints that are due on the Monday, the owner's; they are there, however it was planned."""
    [one] = work(owner, START)
    rows = [
        ScheduledTouchpoint(
            workspace_id=one.workspace_id, customer_id=one.customer_id, enrolment_id=one.enrolment_id, cycle=one.cycle,
            spot=one.spot, occurrence=n, due_on=one.due_on, member=owner, role_id=one.role_id, **fields,
        )
        for n in range(1, count)
    ]  # fmt: skip
    ScheduledTouchpoint.objects.bulk_create(rows)


def version_for(owner):
    return published("five-stages", owner)[1]


def work(owner, *days: date, member=None, version=None, must=True):
    """Touchpoints of a customer, one due on each of these days, that are this member's: nothing else of that customer is due."""
    enrolment = enrolled(version or version_for(owner), owner, name=f"Customer {Customer.objects.count()}")
    rows = list(ScheduledTouchpoint.objects.of(enrolment).in_order())
    assert len(rows) >= len(days)
    for row, day in zip(rows, days, strict=False):
        fields = {"member": member or owner, "due_on": day, "by_person": True, "must": must}
        ScheduledTouchpoint.objects.filter(pk=row.pk).update(**fields)
    ScheduledTouchpoint.objects.filter(pk__in=[row.pk for row in rows[len(days) :]]).update(member=None)
    # Planning must not look at it again: these days are ours.
    return list(ScheduledTouchpoint.objects.filter(pk__in=[row.pk for row in rows[: len(days)]]).order_by("due_on", "id"))


def wants(member, *, at=BEFORE, **fields):
    Reminding.objects.of(member).choose(fields, at=at)


def morning(at=MORNING):
    owe(at=at)


def owed(member=None, **fields):
    """(kind, channel, due on) of what waits, in order."""
    rows = Reminder.objects.waiting().filter(**fields)
    rows = rows.to(member) if member else rows
    return sorted((row.kind, row.channel, row.due_on) for row in rows)
