"""The demo workspace is lived in: customers over all segments, history, and work for its people today. Always the same."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from accounts.models import Workspace
from customers.models import Customer, Request
from journeys.demo import make_demo
from touchpoints.demo import populate
from touchpoints.models import Passage, ScheduledTouchpoint

pytestmark = pytest.mark.django_db

#: a Thursday
AT = datetime(2026, 11, 26, 9, tzinfo=UTC)


def told(workspace):
    """All that its customers have before them and behind them, without ids."""
    rows = ScheduledTouchpoint.objects.filter(workspace=workspace).select_related("customer", "enrolment", "member__user")
    return sorted(
        (row.customer.name, row.title, row.occurrence, row.due_on, row.state, str(row.settled_on), row.outcome, str(row.felt))
        for row in rows
    )


def asked(workspace):
    """What its customers have asked for, of whom, and what became of it."""
    rows = Request.objects.filter(workspace=workspace).with_names()
    return sorted(
        (row.customer.name, row.text, str(row.logged_by), str(row.holder), str(row.role), row.state, str(row.done_on))
        for row in rows
    )


def test_sixty_customers_with_history_and_work_for_everybody_today(time_machine):
    time_machine.move_to(AT, tick=False)
    workspace = make_demo(at=AT)
    populate(workspace, at=AT)
    customers = Customer.objects.filter(workspace=workspace).select_related("segment")
    assert Counter(one.segment.name for one in customers) == {"Enterprise": 15, "Mid-touch": 20, "Digital": 25}
    rows = ScheduledTouchpoint.objects.filter(workspace=workspace)
    assert (AT.date() - min(rows.history().values_list("settled_on", flat=True))).days > 200
    assert rows.filter(state="skipped", outcome__gt="").exists()
    for email in ("leader", "csm", "ae"):
        work = rows.due(on=AT.date()).filter(member__user__email=f"{email}@demo.test", by_person=True)
        assert 1 <= work.count() <= 30, email
    passages = Passage.objects.filter(workspace=workspace)
    assert passages.filter(state="accepted").exists()
    assert passages.exclude(state="accepted").exists()
    assert not any(one.accepted_on < one.reached_on for one in passages.filter(state="accepted"))
    requests = Request.objects.filter(workspace=workspace)
    assert (requests.count(), requests.open().count()) == (16, 3)
    first = told(workspace), asked(workspace)
    Workspace.objects.filter(pk=workspace.pk).update(slug="demo-before")
    again = make_demo(at=AT)
    populate(again, at=AT)
    assert again != workspace
    assert (told(again), asked(again)) == first
