"""Whose morning it is, and when the night is over: local times as instants. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def instant_of(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """When it is that time on that day there: where the clock is put forward past it, the first instant after; where it comes
    twice, the first of the two."""
    wall = datetime.combine(day, clock)
    early, late = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (1, 0))
    if early >= late:
        return late  # it is there once, or twice: fold 0 is the first
    # It is not there. Between the two readings the clock jumps: look for the second in which it does.
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=int((late - early).total_seconds()) // 2)
        early, late = (early, middle) if middle.astimezone(zone).replace(tzinfo=None) >= wall else (middle, late)
    return late


def next_morning(zone: ZoneInfo, clock: time, *, at: datetime, told_on: date | None) -> datetime:
    """The next local morning that has not been seen to: it may have been already, where nobody looked in time. A day on which one
    was told something has no other morning, whatever zone one has gone to meanwhile."""
    today = at.astimezone(zone).date()
    return instant_of(max(today, told_on + timedelta(1)) if told_on else today, clock, zone)


def after_quiet(at: datetime, zone: ZoneInfo, start: time | None, end: time | None) -> datetime:
    """The first instant from then on that is not in the quiet hours, which may go past midnight."""
    if start is None or end is None or start == end:
        return at
    local = at.astimezone(zone)
    now = local.time()
    if start < end:
        return instant_of(local.date(), end, zone) if start <= now < end else at
    if now < end:
        return max(at, instant_of(local.date(), end, zone))
    return instant_of(local.date() + timedelta(1), end, zone) if now >= start else at
