"""What a reminder says, and whether it is owed still: read for a chunk of them at once, right before they go out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from accounts.models import Absence, Member
from touchpoints.models import Reminder, Reminding, ScheduledTouchpoint
from touchpoints.models.reminders import ReminderKind
from touchpoints.models.scheduled_touchpoints import ScheduledState
from touchpoints.planning.routes import routes_of

#: lines of a part of a digest; how many more there are is said
MOST_LINES = 20
#: what is said of a card that the version has no longer, as `ScheduledTouchpoint.title` does
EARLIER = "a card of an earlier version"


@dataclass(slots=True)
class Line:
    """A touchpoint in a digest."""

    title: str
    customer: str
    due_on: date
    address: str
    must: bool
    #: whose work it is, if not the reader's
    whose: str


@dataclass(slots=True)
class Part:
    title: str
    lines: list[Line] = field(default_factory=list)
    more: int = 0


@dataclass(slots=True)
class Letter:
    """A reminder with all that is needed to send it. `path` and `address` lead to what it is about."""

    reminder: Reminder
    reading: Reminding
    text: str = ""
    path: str = ""
    facts: dict[str, object] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    is_owed_no_more: bool = False
    #: it is the reader's quiet hours, until then
    wakes_at: datetime | None = None

    @property
    def address(self) -> str:
        return f"{settings.SITE_URL}{self.path}"


class Told(NamedTuple):
    """A scheduled touchpoint, as far as a reminder speaks of it."""

    state: str
    by_person: bool
    due_on: date
    snoozed_until: datetime | None
    member: UUID | None
    must: bool
    customer: str
    title: str


def letters_of(pks: list[UUID], *, at: datetime) -> list[Letter]:
    """Those of these that are there still, in their order. A handful of questions, however many they are: every reader is read
    once, and of what it is about no more than is said (whole rows took half the time that sending does)."""
    reminders = {row.pk: row for row in Reminder.objects.filter(pk__in=pks)}
    members = _members({pk for row in reminders.values() for pk in (row.member_id, row.subject_id)})
    for row in reminders.values():
        row.member, row.subject = members[row.member_id], members[row.subject_id]
    readings = _readings({row.member_id: row.member for row in reminders.values()})
    newer = Reminder.objects.newest_digests({row.member_id for row in reminders.values() if row.kind == ReminderKind.DIGEST})
    about = _told({row.scheduled_id for row in reminders.values() if row.scheduled_id})
    there = (reminders[pk] for pk in pks if pk in reminders)
    letters = [Letter(one, readings[one.member_id]) for one in there]
    for letter in letters:
        one = letter.reminder
        if one.kind == ReminderKind.DIGEST and newer[one.member_id, one.channel] > one.day:
            letter.is_owed_no_more = True  # what was away for days is not to be told the same for each of them
        else:
            _write(letter, about.get(one.scheduled_id), at)
    return letters


def _members(pks: Iterable[UUID]) -> dict[UUID, Member]:
    return {one.pk: one for one in Member.objects.filter(pk__in=pks).select_related("user", "workspace")}


def _readings(members: dict[UUID, Member]) -> dict[UUID, Reminding]:
    found = {row.pk: row for row in Reminding.objects.filter(pk__in=members)}
    for pk, member in members.items():
        found.setdefault(pk, Reminding(member=member)).member = member
    return found


def _told(pks: Iterable[UUID]) -> dict[UUID | None, Told]:
    names = ("pk", "state", "by_person", "due_on", "snoozed_until", "member", "must", "customer__name")
    rows = ScheduledTouchpoint.objects.filter(pk__in=pks).values_list(*names, "spot", "enrolment__version")
    found = list(rows)
    routes = routes_of({version for *_, version in found})
    told: dict[UUID | None, Told] = {}
    for pk, *fields, spot, version in found:
        card = routes[version].by_spot.get(spot)
        told[pk] = Told._make([*fields, card.fields["title"] if card else EARLIER])
    return told


def _write(letter: Letter, row: Told | None, at: datetime) -> None:
    reminder, reading, member = letter.reminder, letter.reading, letter.reminder.member
    is_here = member.removed_at is None and member.user.is_active
    is_wanted = reminder.channel in reading.channels(reminder.kind)
    if not is_here or not is_wanted or (reminder.scheduled_id and not _is_as_it_was(reminder, row, at)):
        letter.is_owed_no_more = True
    elif (awake := reading.awake_at(at)) > at:
        letter.wakes_at = awake
    elif row is None:
        _write_digest(letter, at)
    else:
        _write_one(letter, row, at)


def _is_as_it_was(reminder: Reminder, row: Told | None, at: datetime) -> bool:
    if row is None or row.state != ScheduledState.PLANNED or not row.by_person:
        return False
    is_awake = reminder.kind == ReminderKind.ESCALATION or row.snoozed_until is None or row.snoozed_until <= at
    return row.due_on == reminder.due_on and row.member == reminder.subject_id and is_awake


def _write_one(letter: Letter, row: Told, at: datetime) -> None:
    reminder, today = letter.reminder, letter.reading.today(at)
    letter.path = reverse("touchpoints:delivery", args=[reminder.member.workspace.slug, reminder.scheduled_id])
    letter.text = f"{_when(row.due_on, today)}: {row.title} for {row.customer}"
    if reminder.kind == ReminderKind.ESCALATION:
        letter.text = f"{reminder.subject} has an overdue must, due {_day(row.due_on)}: {row.title} for {row.customer}"
    elif reminder.is_for_another:
        letter.text += f" (you stand in for {reminder.subject})"
    letter.facts = {
        "kind": reminder.kind, "touchpoint": row.title, "customer": row.customer, "due_on": row.due_on.isoformat(),
        "must": row.must, "member": str(reminder.subject),
    }  # fmt: skip


def _write_digest(letter: Letter, at: datetime) -> None:
    """What is overdue and what is due today, as it is now. Nothing of either: it is not owed."""
    member, today = letter.reminder.member, letter.reading.today(at)
    covered = [one.member for one in Absence.objects.covered_by(member, on=today).with_names()]
    people = {one.pk: one for one in (member, *covered)}
    work = ScheduledTouchpoint.objects.work_of_any(people, until=today).awake(at=at)
    late, due = Part("Overdue"), Part("Today")
    for part, rows in ((late, work.due_before(today)), (due, work.due_on_day(today))):
        _fill(part, rows, people, member.workspace.slug, letter.reminder.member_id)
    letter.parts = [part for part in (late, due) if part.lines]
    if not letter.parts:
        letter.is_owed_no_more = True
        return
    counts = [f"{len(part.lines) + part.more} {word}" for part, word in ((late, "overdue"), (due, "due today")) if part.lines]
    letter.text = f"Your day: {' and '.join(counts)}"
    letter.path = reverse("touchpoints:today", args=[member.workspace.slug])
    letter.facts = {"kind": "digest"}


def _fill(part: Part, rows: Any, people: dict[UUID, Any], slug: str, reader: UUID) -> None:
    for row in rows.select_related("customer", "enrolment")[:MOST_LINES].with_cards():
        address = settings.SITE_URL + reverse("touchpoints:delivery", args=[slug, row.pk])
        whose = "" if row.member_id == reader else str(people[row.member_id])
        part.lines.append(Line(row.title, str(row.customer), row.due_on, address, row.must, whose))
    if len(part.lines) == MOST_LINES:
        part.more = rows.count() - MOST_LINES


def _when(due: date, today: date) -> str:
    away = (due - today).days
    if away == 0:
        return "Due today"
    if away == 1:
        return "Due tomorrow"
    return f"Due {_day(due)}" if away > 0 else f"Overdue since {_day(due)}"


def _day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"
