"""What follows here from what happens below. To customers: their plans are made anew and
the handoffs they have reached are there, in the same transaction. To the calendar of
a workspace: a worker plans all that travel in it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.dispatch import receiver
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.facts import access_changed, calendar_changed, time_zone_changed
from customers.facts import travel_changed
from touchpoints.facts import planned, settled
from touchpoints.models import Reminder, Reminding
from touchpoints.passing import open_passages
from touchpoints.planning.reconcile import reconcile
from touchpoints.reminding.owing import follow
from touchpoints.tasks import plan_workspace
from touchpoints.ticking import tick


@receiver(travel_changed)
def plan_anew(sender: Any, *, enrolments: list[UUID], at: datetime, **_: Any) -> None:
    reconcile(enrolments, at=at)
    open_passages(enrolments, at=at)


@receiver(settled)
def tick_and_hand_on(sender: Any, *, enrolments: list[UUID], today: date, at: datetime, **_: Any) -> None:
    tick(enrolments, today=today, at=at)
    open_passages(enrolments, at=at)


@receiver(planned)
def remind_of_it_as_it_is(sender: Any, *, rows: list[UUID], at: datetime, **_: Any) -> None:
    follow(rows, at=at)


@receiver(settled)
def remind_of_it_no_more(sender: Any, *, rows: list[UUID], at: datetime, **_: Any) -> None:
    follow(rows, at=at)


@receiver(access_changed)
def remind_nobody_who_has_gone(sender: Any, *, member: Any, **_: Any) -> None:
    if member.removed_at:
        Reminder.objects.to(member).take_back()


@receiver(time_zone_changed)
def follow_to_another_zone(sender: Any, *, user: Any, **_: Any) -> None:
    Reminding.objects.follow_zone(user, at=timezone.now())


@receiver(calendar_changed)
def plan_all_anew(sender: Any, *, workspace_id: UUID, **_: Any) -> None:
    try:
        plan_workspace.delay(str(workspace_id))
    except OperationalError:
        return  # the broker is down; the sweep sends it again
