"""Local mornings as instants, where clocks are put forward and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Member
from tests.reminding.cast import wants, work
from touchpoints.models import Reminder
from touchpoints.reminding.mornings import after_quiet, instant_of, next_morning
from touchpoints.reminding.owing import owe

#: a day and a time that is not there, and the first instant after; a day and a time that comes twice, and the first of the two
CHANGES = {
    "Europe/Berlin": (date(2027, 3, 28), time(2, 30), "2027-03-28T01:00Z", date(2027, 10, 31), time(2, 30), "2027-10-31T00:30Z"),
    "America/New_York": (date(2027, 3, 14), time(2, 0), "2027-03-14T07:00Z", date(2027, 11, 7), time(1, 15), "2027-11-07T05:15Z"),
    "Australia/Lord_Howe": (
        date(2027, 10, 3),
        time(2, 10),
        "2027-10-02T15:30Z",
        date(2027, 4, 4),
        time(1, 45),
        "2027-04-03T14:45Z",
    ),
}


@pytest.mark.parametrize("zone", CHANGES)
def test_a_time_that_is_not_there_is_the_first_after_and_one_that_comes_twice_the_first_of_the_two(zone):
    gone, at, after, twice, when, first = CHANGES[zone]
    assert instant_of(gone, at, ZoneInfo(zone)) == datetime.fromisoformat(after)
    assert instant_of(twice, when, ZoneInfo(zone)) == datetime.fromisoformat(first)


@given(st.sampled_from(sorted(CHANGES)), st.dates(date(2026, 1, 1), date(2028, 12, 31)), st.times())
def test_a_morning_is_on_its_day_and_never_before_its_time(zone, day, clock):
    local = instant_of(day, clock.replace(microsecond=0), ZoneInfo(zone)).astimezone(ZoneInfo(zone))
    assert local.date() == day
    assert local.time() >= clock.replace(microsecond=0)


@given(st.sampled_from(sorted(CHANGES)), st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)), st.times(), st.times())
def test_after_the_quiet_hours_it_is_not_quiet(zone, at, start, end):
    start, end, zone = start.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0), ZoneInfo(zone)
    at = at.replace(tzinfo=UTC)
    found = after_quiet(at, zone, start, end)
    assert at <= found <= at + timedelta(hours=26)
    if found > at:
        assert found.astimezone(zone).time() >= end or found.astimezone(zone).utcoffset() != at.astimezone(zone).utcoffset()


def test_a_night_that_goes_past_midnight_is_over_in_the_morning():
    zone, told = ZoneInfo("UTC"), (time(22), time(7))
    assert after_quiet(datetime(2026, 11, 30, 23, tzinfo=UTC), zone, *told) == datetime(2026, 12, 1, 7, tzinfo=UTC)
    assert after_quiet(datetime(2026, 12, 1, 3, tzinfo=UTC), zone, *told) == datetime(2026, 12, 1, 7, tzinfo=UTC)
    assert after_quiet(datetime(2026, 12, 1, 7, tzinfo=UTC), zone, *told) == datetime(2026, 12, 1, 7, tzinfo=UTC)
    assert next_morning(zone, time(8), at=datetime(2026, 12, 1, 7, tzinfo=UTC), told_on=date(2026, 12, 1)).day == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", ["forward", "back"])
@pytest.mark.parametrize("zone", CHANGES)
def test_over_a_change_of_the_clock_each_day_is_told_once_and_at_its_local_time(owner, zone, change):
    gone, at, _, twice, when, _ = CHANGES[zone]
    day, clock = (gone, at) if change == "forward" else (twice, when)
    owner.workspace.set_calendar(range(7), "", "", by=owner, at=datetime(2026, 11, 1, tzinfo=UTC))
    owner.user.edit_profile(name="Olga", time_zone=zone)
    owner = Member.objects.get(pk=owner.pk)
    start = instant_of(day - timedelta(days=2), time(0), ZoneInfo(zone))
    wants(owner, at=start, morning=clock, days_after=0, digest=False)
    days = [day + timedelta(days=n) for n in range(-2, 3)]
    work(owner, *days)
    for half_hour in range(5 * 48):
        owe(at=start + timedelta(minutes=30 * half_hour))
    told = {row.due_on: row.owed_at for row in Reminder.objects.all()}
    assert Reminder.objects.count() == 5
    for on in days:
        wanted = instant_of(on, clock, ZoneInfo(zone))
        assert timedelta() <= told[on] - wanted < timedelta(minutes=30)
