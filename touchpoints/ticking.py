"""Milestones that nobody ticks: their day does, or the touchpoint that they wait for.

On the map that is a milestone whose delivery is "automated". One that is anchored after other cards waits until these are done;
any other one ticks on the day that it is planned for.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from accounts.models import Workspace
from touchpoints.models import ScheduledTouchpoint
from touchpoints.models.scheduled_touchpoints import NotOpen

#: looked at with one query
BATCH = 500


def tick(enrolments: Iterable[UUID], *, today: date, at: datetime) -> int:
    """Tick what may be ticked for these enrolments. How many were."""
    due = ScheduledTouchpoint.objects.ticking(until=today).filter(enrolment__in=list(enrolments)).with_names().in_order()
    return sum(_tick(row, at=at) for row in due)


def tick_all(*, at: datetime) -> int:
    """The same for everybody. A batch at a time, in order: those that wait are passed over."""
    zones = {pk: ZoneInfo(zone) for pk, zone in Workspace.objects.values_list("pk", "time_zone")}
    # Where a day begins first it is up to 14 hours ahead.
    rows = ScheduledTouchpoint.objects.ticking(until=(at + timedelta(hours=14)).date()).with_names().order_by("id")
    ticked, last = 0, UUID(int=0)
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        ticked += sum(_tick(row, at=at) for row in batch if row.due_on <= at.astimezone(zones[row.workspace_id]).date())
        last = batch[-1].pk
    return ticked


def _tick(row: ScheduledTouchpoint, *, at: datetime) -> bool:
    if row.card is None or _waits(row):
        return False
    try:
        row.finish(row.due_on, by=None, at=at)
    except NotOpen:
        return False  # another worker was quicker
    return True


def _waits(row: ScheduledTouchpoint) -> bool:
    card = row.card
    if card is None or card.anchor != "after":
        return False
    before = {one.spot for one in card.before}
    rows = ScheduledTouchpoint.objects.of(row.enrolment).in_cycle(row.cycle).at_spots(before)
    done = rows.filter(state=ScheduledTouchpoint.State.DONE)
    return bool(before - set(done.values_list("spot", flat=True)))
