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
from touchpoints.settling import Settlement, settle_all

#: looked at with one query
BATCH = 500


def tick(enrolments: Iterable[UUID], *, today: date, at: datetime) -> int:
    """Tick what may be ticked for these enrolments, which the transaction has locked; what waits for these is ticked with what
    follows from them. How many were."""
    due = ScheduledTouchpoint.objects.ticking(until=today).filter(enrolment__in=list(enrolments)).in_order().with_cards()
    ready = _ready(due)
    done = ScheduledTouchpoint.State.DONE
    settle_all([Settlement(row, done, row.due_on) for row in ready], by=None, at=at, today=today)
    return len(ready)


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
    if not _ready([row]):
        return False
    try:
        row.finish(row.due_on, by=None, at=at)
    except NotOpen:
        return False  # another worker was quicker
    return True


def _ready(due: list[ScheduledTouchpoint]) -> list[ScheduledTouchpoint]:
    """Those of them that wait for nothing any more; for one question."""
    waits_for = {row.pk: _before(row) for row in due}
    spots = {spot for before in waits_for.values() for spot in before}
    done: set[tuple[UUID, int, UUID]] = set()
    if spots:
        rows = ScheduledTouchpoint.objects.filter(enrolment__in={row.enrolment_id for row in due}).at_spots(spots)
        done = set(rows.filter(state=ScheduledTouchpoint.State.DONE).values_list("enrolment_id", "cycle", "spot"))
    return [
        row for row in due
        if row.card and all((row.enrolment_id, row.cycle, spot) in done for spot in waits_for[row.pk])
    ]  # fmt: skip


def _before(row: ScheduledTouchpoint) -> set[UUID]:
    card = row.card
    return {one.spot for one in card.before} if card and card.anchor == "after" else set()
