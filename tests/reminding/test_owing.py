"""What is owed on a morning, to whom, and what is taken back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from accounts.models import Absence, OwnDay
from tests.reminding.cast import BEFORE, MORNING, morning, owed, version_for, wants, work
from tests.touchpoints.sheets import START, enrolled
from tests.touchpoints.test_handoffs_at_once import at_once
from touchpoints.models import Offer, Reminder, Reminding, ScheduledTouchpoint
from touchpoints.reminding.owing import owe

pytestmark = pytest.mark.django_db(transaction=True)
FRIDAY, MONDAY, TUESDAY, WEDNESDAY = (START + timedelta(n) for n in (-3, 0, 1, 2))


@pytest.fixture(autouse=True)
def _everybody_was_here_before(owner):
    owe(at=BEFORE)


def test_a_morning_tells_of_what_is_due_what_is_overdue_and_sends_a_digest(owner):
    work(owner, FRIDAY, MONDAY, TUESDAY)
    morning()
    assert owed() == [("digest", "email", None), ("due", "bell", MONDAY), ("overdue", "bell", FRIDAY)]


def test_a_morning_with_nothing_to_say_says_nothing(owner):
    work(owner, TUESDAY)
    morning()
    assert not Reminder.objects.exists()


def test_before_it_is_due_counts_days_that_are_worked_on(owner):
    wants(owner, days_before=1, before_by=["bell"])
    next_monday = MONDAY + timedelta(days=7)
    work(owner, next_monday)
    for day in range(4):
        morning(MORNING + timedelta(days=day))
    assert owed(kind="before") == []
    for day in range(4, 7):
        morning(MORNING + timedelta(days=day))
    assert owed(kind="before") == [("before", "bell", next_monday)]
    assert Reminder.objects.get(kind="before").day == MONDAY + timedelta(days=4)


def test_a_day_is_told_once_however_often_beat_strikes(owner):
    work(owner, MONDAY)
    assert at_once(*[lambda: [morning() for _ in range(5)]] * 4) == [None] * 4
    assert owed() == [("digest", "email", None), ("due", "bell", MONDAY)]
    for later in (1, 60, 600, 15 * 60 + 59):
        morning(MORNING + timedelta(minutes=later))
    assert Reminder.objects.count() == 2


def test_a_beat_that_was_away_catches_up_with_today_and_not_with_the_days_before(owner):
    work(owner, MONDAY, WEDNESDAY)
    morning(MORNING + timedelta(days=2, hours=3))
    assert [row for row in owed() if row[0] == "due"] == [("due", "bell", WEDNESDAY)]


def test_on_a_day_on_which_nobody_works_nothing_is_owed(owner):
    OwnDay.objects.add(owner.workspace, on=MONDAY, name="Outing", is_worked=False, by=owner, at=BEFORE)
    work(owner, MONDAY)
    morning()
    assert not owed()
    morning(MORNING + timedelta(days=1))
    assert ("digest", "email", None) in owed()


def test_who_stands_in_is_reminded_for_whom(owner, editor):
    owe(at=BEFORE)
    Absence.objects.add(owner, MONDAY, TUESDAY, editor, by=owner, at=BEFORE)
    work(owner, MONDAY)
    morning()
    assert owed(owner) == []
    assert owed(editor, subject=owner) == [("due", "bell", MONDAY)]
    assert owed(editor, kind="digest") == [("digest", "email", None)]


def test_nobody_stands_in_and_the_digest_after_the_return_speaks_of_it(owner):
    Absence.objects.add(owner, MONDAY, TUESDAY, None, by=owner, at=BEFORE)
    work(owner, MONDAY)
    morning()
    morning(MORNING + timedelta(days=1))
    assert owed() == []
    morning(MORNING + timedelta(days=2))
    assert owed() == [("digest", "email", None)]


def test_an_overdue_must_is_told_to_the_manager_once(owner, editor, contributor):
    contributor.manager = editor
    contributor.save()
    owe(at=BEFORE)
    work(owner, MONDAY, member=contributor)
    for day in range(6):
        morning(MORNING + timedelta(days=day))
    assert owed(kind="escalation") == [("escalation", "bell", MONDAY), ("escalation", "email", MONDAY)]
    assert set(Reminder.objects.filter(kind="escalation").values_list("member", "day")) == {(editor.pk, WEDNESDAY)}


def test_without_a_manager_the_owners_are_told_and_of_a_should_nobody(owner, contributor):
    owe(at=BEFORE)
    version = work(owner, MONDAY, member=contributor)[0].enrolment.version
    work(owner, MONDAY, member=contributor, version=version, must=False)
    for day in range(3):
        morning(MORNING + timedelta(days=day))
    assert len(owed(owner, kind="escalation", channel="bell")) == 1


def test_quiet_hours_put_it_off_until_they_end(owner):
    wants(owner, quiet_from=time(20), quiet_to=time(9))
    work(owner, MONDAY)
    morning()
    assert set(Reminder.objects.values_list("remind_at", flat=True)) == {MORNING + timedelta(hours=1)}


def test_another_time_zone_is_another_morning_of_the_same_days(owner):
    owner.user.edit_profile(name="Olga", time_zone="America/New_York")
    Reminding.objects.follow_zone(owner.user, at=BEFORE)
    work(owner, MONDAY)
    morning()
    assert owed() == []
    morning(datetime(2026, 11, 30, 13, tzinfo=UTC))
    assert ("due", "bell", MONDAY) in owed()


ACTS = {
    "it is finished": lambda row, who: row.finish(MONDAY, **who),
    "it is skipped": lambda row, who: row.skip(MONDAY, "no need", **who),
    "it is snoozed until tomorrow": lambda row, who: row.snooze(MORNING + timedelta(days=1), at=who["at"]),
    "it is put on another day": lambda row, who: row.reschedule(WEDNESDAY, **who),
    "the customer leaves": lambda row, who: row.enrolment.leave(MONDAY, "", **who),
}


def planned_today(owner):
    """A row that is due on Monday as planning says it."""

    version = version_for(owner)
    enrolment = enrolled(version, owner)
    for role in owner.workspace.roles.all():
        enrolment.customer.assign(role, owner, from_on=date(2026, 1, 1), by=owner, at=BEFORE)
    row = ScheduledTouchpoint.objects.filter(member=owner, by_person=True, due_on=MONDAY).first()
    assert row is not None
    return row


@pytest.mark.parametrize("act", ACTS)
def test_what_waits_is_taken_back_when(owner, act):
    row = planned_today(owner)
    morning()
    assert owed(scheduled=row) == [("due", "bell", MONDAY)]
    ACTS[act](row, {"by": owner, "at": MORNING})
    assert owed(scheduled=row.pk) == []


def test_what_is_handed_over_is_owed_to_whom_it_was_handed(owner, editor):
    owe(at=BEFORE)
    row = planned_today(owner)
    morning()
    Offer.objects.offer(row, editor, "", by=owner, at=MORNING).accept(by=editor, at=MORNING)
    assert owed(owner, scheduled=row) == []
    assert owed(editor, scheduled=row) == [("due", "bell", MONDAY)]


def test_what_comes_to_be_due_later_the_same_day_is_owed_then(owner):
    morning()
    assert owed() == []
    row = planned_today(owner)
    assert owed(scheduled=row) == [("due", "bell", MONDAY)]
    later = MORNING + timedelta(hours=2)
    row.reschedule(WEDNESDAY, by=owner, at=later)
    assert owed(scheduled=row) == []
    row.reschedule(MONDAY, by=owner, at=later)
    assert owed(scheduled=row) == [("due", "bell", MONDAY)]


def test_snoozed_until_the_afternoon_it_is_owed_in_the_afternoon(owner):
    row = planned_today(owner)
    afternoon = MORNING + timedelta(hours=6)
    row.snooze(afternoon, at=BEFORE)
    morning()
    assert Reminder.objects.get(scheduled=row).remind_at == afternoon


def test_finished_by_mistake_it_is_owed_again(owner):
    row = planned_today(owner)
    morning()
    row.finish(MONDAY, by=owner, at=MORNING)
    row.reopen(by=owner, at=MORNING, today=MONDAY)
    assert owed(scheduled=row) == [("due", "bell", MONDAY)]


def test_who_has_gone_is_owed_nothing(owner, editor):
    owe(at=BEFORE)
    work(owner, MONDAY, member=editor)
    morning()
    assert owed(editor)
    editor.remove(by=owner, at=MORNING)
    assert owed(editor) == []
