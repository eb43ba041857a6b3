"""What follows here from what happens below. To customers: their plans are made anew and
the handoffs they have reached are there, in the same transaction. To the calendar of
a workspace: a worker plans all that travel in it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.dispatch import receiver
from kombu.exceptions import OperationalError

from accounts.facts import calendar_changed
from customers.facts import travel_changed
from touchpoints.facts import settled
from touchpoints.passing import open_passages
from touchpoints.planning.reconcile import reconcile
from touchpoints.tasks import plan_workspace
from touchpoints.ticking import tick


@receiver(travel_changed)
def plan_anew(sender: Any, *, enrolments: list[UUID], at: datetime, **_: Any) -> None:
    reconcile(enrolments, at=at)
    open_passages(enrolments, at=at)


@receiver(settled)
def tick_and_hand_on(sender: Any, *, enrolment: UUID, today: date, at: datetime, **_: Any) -> None:
    tick([enrolment], today=today, at=at)
    open_passages([enrolment], at=at)


@receiver(calendar_changed)
def plan_all_anew(sender: Any, *, workspace_id: UUID, **_: Any) -> None:
    try:
        plan_workspace.delay(str(workspace_id))
    except OperationalError:
        return  # the broker is down; the sweep sends it again
