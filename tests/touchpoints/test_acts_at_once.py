"""Several change the travel of one customer at once: each act is done, in some order, and nobody waits in a circle."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

import pytest

from customers.models import Activity, Customer, Enrolment
from customers.models.enrolments import stage_order
from tests.touchpoints.sheets import NOW, START, enrolled, published
from tests.touchpoints.test_handoffs_at_once import at_once
from touchpoints.models import ScheduledTouchpoint
from touchpoints.models.scheduled_touchpoints import NotOpen
from touchpoints.planning.reconcile import reconcile

pytestmark = pytest.mark.django_db(transaction=True)

RENEWAL = date(2027, 11, 30)


def test_renewal_stage_roles_and_deliveries_at_once(owner):
    _, version = published("five-stages", owner)
    pk = enrolled(version, owner, renewal_on=RENEWAL).pk
    order, role = stage_order(version.document), owner.workspace.roles.get(name="Customer success manager")
    who = {"by": owner, "at": NOW}

    def travel():
        return Enrolment.objects.with_names().get(pk=pk)

    def times(act):
        return lambda: [act(n) for n in range(6)]

    def edit(n):
        Customer.objects.get().edit({"renewal_on": RENEWAL + timedelta(n + 1)}, **who)

    def renewal(n):
        travel().change({"renewal_on": RENEWAL - timedelta(n + 1)}, "moved the renewal", **who)

    def stage(n):
        travel().move_to_stage(order[n % 3], START + timedelta(n), **who)

    def assign(n):
        Customer.objects.get().assign(role, owner, from_on=START + timedelta(n), **who)

    def finish(n):
        while True:
            row = ScheduledTouchpoint.objects.planned().in_order().first()
            with suppress(NotOpen):  # it may have been moved away between looking and finishing
                return row.finish(row.due_on, **who)

    def plan(_):
        Enrolment.objects.filter(pk=pk).update(planned_from=b"")
        reconcile([pk], at=NOW)

    came_to = at_once(*(times(act) for act in (edit, renewal, stage, assign, finish, plan)))
    assert came_to == [None] * 6
    rows = ScheduledTouchpoint.objects.filter(enrolment=pk)
    assert rows.filter(state="done").count() == 6
    assert Activity.objects.filter(text__startswith="finished").count() == 6
    was = sorted((row.spot, row.occurrence, row.due_on, row.state) for row in rows)
    plan(0)
    assert sorted((row.spot, row.occurrence, row.due_on, row.state) for row in rows.all()) == was
