"""The calendar feed, read back as a calendar reads it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from customers.models import Enrolment
from tests.today.cast import today_of, with_work
from touchpoints.feeding import read_feed
from touchpoints.models import CalendarFeed, Offer, ScheduledTouchpoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(editor):
    return with_work(editor)


def subscribe(client, member):
    """The address of that member's feed, as the page shows it once."""
    page = reverse("touchpoints:calendar_feed", args=[member.workspace.slug])
    shown = client.post(reverse("touchpoints:open_calendar_feed", args=[member.workspace.slug]), follow=True)
    address = shown.content.decode().split('id="address" value="')[1].split('"')[0]
    assert address not in client.get(page).content.decode(), "it is shown once"
    return address.removeprefix("http://testserver")


def events(client, address):
    """By uid, as an RFC 5545 parser reads them."""
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    assert b"\n" not in answer.content.replace(b"\r\n", b"")
    return {str(one["uid"]): one for one in Calendar.from_ical(answer.content).walk("VEVENT")}


def test_each_planned_touchpoint_is_an_event_on_its_day(client_for, editor, work):
    client = client_for(editor)
    found = events(client_for(None), subscribe(client, editor))
    rows = [row for row in work[1] if row.due_on <= today_of(editor) + timedelta(180)]
    assert len(rows) > 5
    assert sorted((one["dtstart"].dt, str(one["summary"])) for one in found.values()) == sorted(
        (row.due_on, f"{row.title}: Contoso") for row in rows
    )
    one = next(iter(found.values()))
    assert (one["dtend"].dt - one["dtstart"].dt, one["status"], one["sequence"]) == (timedelta(1), "CONFIRMED", 0)
    assert str(one["url"]).startswith("http")
    assert str(one["url"]) in str(one["description"])


def test_nothing_changes_where_nothing_has_and_a_calendar_is_told_so(client_for, editor, work):
    address = subscribe(client_for(editor), editor)
    client = client_for(None)
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(address).content == first.content


def test_a_change_bears_a_higher_sequence_and_the_same_uid(client_for, editor, work):
    address, client = subscribe(client_for(editor), editor), client_for(None)
    before, row = events(client, address), work[1][0]
    uid = next(uid for uid, one in before.items() if str(one["summary"]) == f"{row.title}: Contoso")
    row.reschedule(row.due_on + timedelta(2), by=editor, at=timezone.now())
    after = events(client, address)
    assert set(after) >= set(before)
    assert (after[uid]["dtstart"].dt, after[uid]["sequence"]) == (row.due_on + timedelta(2), 1)
    assert after[uid]["last-modified"].dt > before[uid]["last-modified"].dt or after[uid]["sequence"] > before[uid]["sequence"]


def test_what_is_done_stays_and_what_is_skipped_handed_over_or_left_is_cancelled(client_for, editor, owner, work):
    address, client = subscribe(client_for(editor), editor), client_for(None)
    enrolment, (first, second, third, *_) = work
    before = events(client, address)
    uids = {str(one["summary"]): uid for uid, one in before.items()}
    mine = {row.pk: uids[f"{row.title}: Contoso"] for row in (first, second, third)}
    first.finish(today_of(editor), by=editor, at=timezone.now())
    fresh(second).skip(today_of(editor), "no need", by=editor, at=timezone.now())
    Offer.objects.offer(fresh(third), owner, "", by=editor, at=timezone.now()).accept(by=owner, at=timezone.now())
    after = events(client, address)
    assert str(after[mine[first.pk]]["summary"]).startswith("✓ ")
    assert [after[mine[row.pk]]["status"] for row in (first, second, third)] == ["CONFIRMED", "CANCELLED", "CANCELLED"]
    Enrolment.objects.get(pk=enrolment.pk).leave(today_of(editor), "gone", by=editor, at=timezone.now())
    left = events(client, address)
    assert {one["status"] for uid, one in left.items() if uid != mine[first.pk]} == {"CANCELLED"}
    feed = CalendarFeed.objects.select_related("member__workspace").get()
    later = Calendar.from_ical(read_feed(feed, at=timezone.now() + timedelta(31))).walk("VEVENT")
    assert "CANCELLED" not in {str(one["status"]) for one in later}, "a month is long enough"


def fresh(row):
    return ScheduledTouchpoint.objects.select_related("enrolment", "customer").get(pk=row.pk)


def test_another_address_or_revoking_ends_the_old_one_and_a_member_who_has_gone_has_none(client_for, editor, owner, work):
    client, anybody = client_for(editor), client_for(None)
    old = subscribe(client, editor)
    new = subscribe(client, editor)
    assert anybody.get(old).status_code == 404
    assert anybody.get(new).status_code == 200
    editor.remove(by=owner, at=timezone.now())
    assert anybody.get(new).status_code == 404
    mine = subscribe(client_for(owner), owner)
    client_for(owner).post(reverse("touchpoints:revoke_calendar_feed", args=["northwind"]))
    assert anybody.get(mine).status_code == 404
    assert anybody.get("/calendar/%00%ff.ics").status_code == 404


ACTS = st.lists(st.tuples(st.sampled_from(["finish", "skip", "reopen", "reschedule", "read"]), st.integers(0, 9)), max_size=14)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_whatever_is_done_a_calendar_that_follows_has_what_the_plan_says(editor, work, acts):
    """A calendar that takes an event if its sequence is not lower, and drops what is cancelled, ends up with the plan."""
    enrolment, rows = work
    with transaction.atomic():
        feed, _ = CalendarFeed.objects.open(editor, at=timezone.now())
        calendar, now = {}, timezone.now()
        for act, which in [*acts, ("read", 0)]:
            now += timedelta(minutes=1)
            if act == "read":
                _follow(calendar, read_feed(feed, at=now))
            else:
                _do(act, rows[which % len(rows)], which, editor, now)
        found = ScheduledTouchpoint.objects.of(enrolment).filter(
            member=editor, by_person=True, due_on__lte=today_of(editor) + timedelta(180)
        )
        days = [row.settled_on or row.due_on for row in found.filter(state__in=["planned", "done"])]
        assert sorted(day for day, _ in calendar.values()) == sorted(days)
        transaction.set_rollback(True)


def _do(act, row, which, member, now):
    if not ScheduledTouchpoint.objects.filter(pk=row.pk).exists():
        return
    row, today = fresh(row), today_of(member)
    if row.is_open and act == "finish":
        row.finish(today, by=member, at=now)
    elif row.is_open and act == "skip":
        row.skip(today, "x", by=member, at=now)
    elif row.is_open and act == "reschedule":
        row.reschedule(today + timedelta(which + 1), by=member, at=now)
    elif act == "reopen" and row.state in ("done", "skipped"):
        row.reopen(by=member, at=now, today=today)


def _follow(calendar: dict[str, tuple[date, int]], body: bytes) -> None:
    for one in Calendar.from_ical(body).walk("VEVENT"):
        uid, sequence = str(one["uid"]), int(one["sequence"])
        if uid in calendar and sequence < calendar[uid][1]:
            raise AssertionError("a sequence that goes down is not taken")
        if one["status"] == "CANCELLED":
            calendar.pop(uid, None)
        else:
            calendar[uid] = (one["dtstart"].dt, sequence)
