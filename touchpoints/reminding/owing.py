"""What is owed to whom: each member is told on their own morning what is due; what comes to be due later that day is told then.

On a day on which nobody works nothing is owed. Who is away is told nothing, the one who stands in for them is; where nobody does,
the digest after their return speaks of all that is overdue by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from accounts.calendars import working_days_of
from accounts.models import Absence, Access, Member
from accounts.working_days import WorkingDays
from touchpoints.models import Reminding
from touchpoints.models.reminders import ReminderKind
from touchpoints.reminding.mornings import instant_of

#: members seen to in one transaction
BATCH = 200
#: working days after which a must that is overdue is told to the manager
ESCALATES_AFTER = 2
#: days back at most that somebody who comes back is told of the overdue musts of their team
FARTHEST_BACK = 30


@dataclass(slots=True)
class Window:
    """What is due within these days for one member is told to one reader, by one channel. Dates and instants are the reader's."""

    reader: UUID
    subject: UUID
    channel: str
    kind: str
    first: date
    last: date
    day: date
    remind_at: datetime
    #: what is snoozed until then or longer is not told
    day_ends: datetime


def owe(*, at: datetime) -> int:
    """Write what is owed to those whose morning has come; each has one a day. How many members these were. It may run beside
    itself, and hours late: then it owes for today, once."""
    has_come, is_new = Reminding.objects.news(at=at)
    if is_new:
        Reminding.objects.greet(at=at)
    seen = 0
    while has_come and (batch := _owe_some(at)):
        seen += batch
    return seen


def _owe_some(at: datetime) -> int:
    with transaction.atomic():
        rows = list(Reminding.objects.morning_has_come(at=at)[:BATCH])
        if not rows:
            return 0
        mornings = Mornings([row for row in rows if row.member.removed_at is None and row.member.user.is_active], at)
        windows = [window for row in mornings.rows for window in mornings.of(row)]
        _write(windows, at)
        for row in rows:
            row.morning_is_over(mornings.is_told(row), at=at)
    return len(rows)


class Mornings:
    """What the mornings of a batch of members need to know, each read once."""

    def __init__(self, rows: list[Reminding], at: datetime):
        self.rows, self.at = rows, at
        workspaces = {row.member.workspace_id for row in rows}
        self.days: dict[UUID, WorkingDays] = {pk: working_days_of(pk) for pk in workspaces}
        self.away: dict[date, dict[UUID, UUID | None]] = {}

    @cached_property
    def team(self) -> dict[UUID | None, list[Member]]:
        """By manager, None those without one."""
        found: dict[UUID | None, list[Member]] = {}
        for member in Member.objects.active().filter(workspace__in=self.days).order_by("pk"):
            found.setdefault(member.manager_id, []).append(member)
        return found

    @cached_property
    def here(self) -> set[UUID]:
        return {member.pk for members in self.team.values() for member in members}

    def away_on(self, day: date) -> dict[UUID, UUID | None]:
        if day not in self.away:
            self.away[day] = Absence.objects.filter(member__workspace__in=self.days).stand_ins(on=day)
        return self.away[day]

    def is_told(self, row: Reminding) -> bool:
        today = row.today(self.at)
        if row.member.workspace_id not in self.days:
            return False
        return self.days[row.member.workspace_id].are(today.toordinal()) and row.pk not in self.away_on(today)

    def of(self, row: Reminding) -> Iterator[Window]:
        if not self.is_told(row):
            return
        today, days = row.today(self.at), self.days[row.member.workspace_id]
        covered = self._covered(row, today)
        for kind, (first, last) in self._due(row, today, days).items():
            for channel in row.channels(kind):
                for subject in (row.pk, *covered):
                    yield self._window(row, subject, channel, kind, first, last, today)
        since = max(row.told_on or _back(today, 1, days), today - timedelta(FARTHEST_BACK))
        first, last = _back(since, ESCALATES_AFTER, days) + timedelta(1), _back(today, ESCALATES_AFTER, days)
        for channel in row.channels(ReminderKind.ESCALATION):
            for subject in self._reports(row, covered):
                yield self._window(row, subject, channel, ReminderKind.ESCALATION, first, last, today)
        for channel in row.channels(ReminderKind.DIGEST):
            yield self._window(row, row.pk, channel, ReminderKind.DIGEST, date.min, today, today)
            for subject in covered:
                yield self._window(row, subject, channel, ReminderKind.DIGEST, date.min, today, today)

    def due_today(self, row: Reminding) -> Iterator[Window]:
        """What is told of what comes to be due on a day whose morning is over."""
        today = row.today(self.at)
        if row.told_on == today and self.is_told(row):
            for channel in row.channels(ReminderKind.DUE):
                for subject in (row.pk, *self._covered(row, today)):
                    yield self._window(row, subject, channel, ReminderKind.DUE, today, today, today)

    def _covered(self, row: Reminding, today: date) -> list[UUID]:
        return [away for away, stand_in in self.away_on(today).items() if stand_in == row.pk]

    def _due(self, row: Reminding, today: date, days: WorkingDays) -> dict[str, tuple[date, date]]:
        """By kind, the days on which something may be due to be told today. Each day falls to one morning, so that nobody who
        changes their mind about it is told of everything at once."""
        found = {ReminderKind.DUE.value: (today, today)}
        if row.days_before:
            found[ReminderKind.BEFORE] = (today + timedelta(1), _forth(today, row.days_before, days))
        if row.days_after:
            before = _back(today, 1, days)
            found[ReminderKind.OVERDUE] = (_back(before, row.days_after, days) + timedelta(1), _back(today, row.days_after, days))
        return found

    def _reports(self, row: Reminding, covered: list[UUID]) -> list[UUID]:
        """Whose overdue musts concern that member: those of their team, and of the team of whom they stand in for; to an owner
        also those of whom nobody manages."""
        found = [member.pk for manager in (row.pk, *covered) for member in self.team.get(manager, [])]
        if row.member.access == Access.OWNER:
            workspace = row.member.workspace_id
            # A manager who has left manages nobody.
            for manager, members in self.team.items():
                if manager is None or manager not in self.here:
                    found += [member.pk for member in members if member.workspace_id == workspace]
        return [pk for pk in dict.fromkeys(found) if pk != row.pk]

    def _window(self, row: Reminding, subject: UUID, channel: str, kind: str, first: date, last: date, today: date) -> Window:
        ends = instant_of(today + timedelta(1), time(0), row.zone)
        return Window(row.pk, subject, channel, kind, first, last, today, row.awake_at(self.at), ends)


def _back(day: date, count: int, days: WorkingDays) -> date:
    """The working day so many before that day."""
    found = day.toordinal()
    for _ in range(count):
        found = days.on_or_before(found - 1)
    return date.fromordinal(found)


def _forth(day: date, count: int, days: WorkingDays) -> date:
    found = day.toordinal()
    for _ in range(count):
        found = days.on_or_after(found + 1)
    return date.fromordinal(found)


def _write(windows: list[Window], at: datetime, rows: list[UUID] | None = None) -> None:
    """Owe what lies in these windows; of these rows alone, if any are given."""
    single = SINGLE if rows is None else SINGLE_OF
    for statement, some in (
        (single, [window for window in windows if window.kind != ReminderKind.DIGEST]),
        (DIGEST, [window for window in windows if window.kind == ReminderKind.DIGEST]),
    ):
        if some:
            given: dict[str, Any] = {name: [getattr(one, name) for one in some] for name in Window.__slots__}
            with connection.cursor() as cursor:
                cursor.execute(statement, {**given, "at": at, "rows": rows or []})


def follow(rows: Iterable[UUID], *, at: datetime) -> None:
    """These scheduled touchpoints are planned otherwise now, or not at all: what was owed about them as they were is taken back,
    and where one has come to be due on a day whose morning is over, that is owed."""
    pks = list(rows)
    if not pks:
        return
    with connection.cursor() as cursor:
        cursor.execute(STALE, {"rows": pks, "at": at})
    _owe_today(pks, at)


def _owe_today(pks: list[UUID], at: datetime) -> None:
    with connection.cursor() as cursor:
        today = at.astimezone(UTC).date()
        near: dict[str, Any] = {"rows": pks, "first": today - timedelta(1), "last": today + timedelta(1)}
        cursor.execute(NEAR, near)
        subjects = {subject for (subject,) in cursor.fetchall()}
    if not subjects:
        return
    away = Absence.objects.filter(member__in=subjects)
    told = Reminding.objects.filter(pk__in=[*subjects, *away.values("stand_in")]).select_related("member__user")
    mornings = Mornings([row for row in told if row.member.removed_at is None], at)
    # Whose morning is yet to come is told then.
    windows = [window for row in mornings.rows for window in mornings.due_today(row) if window.subject in subjects]
    _write(windows, at, pks)


WINDOWS = """
    FROM unnest(%(reader)s::uuid[], %(subject)s::uuid[], %(channel)s::text[], %(kind)s::text[], %(first)s::date[],
        %(last)s::date[], %(day)s::date[], %(remind_at)s::timestamptz[], %(day_ends)s::timestamptz[])
        AS told(reader, subject, channel, kind, first, last, day, remind_at, day_ends)"""
INSERT = """
    INSERT INTO touchpoints_reminder (id, workspace_id, member_id, subject_id, channel, kind, scheduled_id, due_on, day, owed_at,
        remind_at, state, attempts, error)"""
# Snoozed until later today: told when it wakes. A must that is overdue is told to the manager, snoozed or not.
SINGLE = f"""{INSERT}
    SELECT uuidv7(), row.workspace_id, told.reader, told.subject, told.channel, told.kind, row.id, row.due_on, told.day, %(at)s,
        CASE WHEN told.kind = 'escalation' THEN told.remind_at ELSE GREATEST(told.remind_at, row.snoozed_until) END,
        'waiting', 0, ''
    {WINDOWS}
    JOIN touchpoints_scheduledtouchpoint AS row ON row.member_id = told.subject AND row.state = 'planned' AND row.by_person
        AND row.due_on BETWEEN told.first AND told.last
    WHERE CASE WHEN told.kind = 'escalation' THEN row.must
        ELSE row.snoozed_until IS NULL OR row.snoozed_until < told.day_ends END
    ORDER BY told.reader, told.channel, told.kind, row.id
    ON CONFLICT (member_id, channel, kind, scheduled_id, due_on) DO UPDATE
    SET state = 'waiting', remind_at = excluded.remind_at, owed_at = excluded.owed_at, day = excluded.day, attempts = 0,
        error = '', claim = NULL
    WHERE touchpoints_reminder.state = 'taken_back'"""  # noqa: S608  # nosec: our own words
SINGLE_OF = SINGLE.replace("    ORDER BY told", "        AND row.id = ANY(%(rows)s::uuid[])\n    ORDER BY told", 1)
# One a reader, channel and day, and only if there is something to say.
DIGEST = f"""{INSERT}
    SELECT uuidv7(), member.workspace_id, told.reader, told.reader, told.channel, 'digest', NULL, NULL, told.day, %(at)s,
        min(told.remind_at), 'waiting', 0, ''
    {WINDOWS}
    JOIN accounts_member AS member ON member.id = told.reader
    WHERE EXISTS (
        SELECT FROM touchpoints_scheduledtouchpoint AS row
        WHERE row.member_id = told.subject AND row.state = 'planned' AND row.by_person
            AND row.due_on BETWEEN told.first AND told.last AND (row.snoozed_until IS NULL OR row.snoozed_until <= %(at)s))
    GROUP BY member.workspace_id, told.reader, told.channel, told.day
    ORDER BY told.reader, told.channel
    ON CONFLICT DO NOTHING"""  # noqa: S608  # nosec: our own words
#: of the rows that are given: what is owed of them as they are not any more
STALE = """
    UPDATE touchpoints_reminder AS reminder SET state = 'taken_back', claim = NULL
    FROM touchpoints_scheduledtouchpoint AS row
    WHERE reminder.scheduled_id = ANY(%(rows)s::uuid[]) AND reminder.state = 'waiting' AND row.id = reminder.scheduled_id
        AND NOT (row.state = 'planned' AND row.by_person AND row.due_on = reminder.due_on
            AND row.member_id IS NOT DISTINCT FROM reminder.subject_id
            AND (reminder.kind = 'escalation' OR row.snoozed_until IS NULL OR row.snoozed_until <= %(at)s))"""
NEAR = """
    SELECT DISTINCT member_id FROM touchpoints_scheduledtouchpoint
    WHERE id = ANY(%(rows)s::uuid[]) AND state = 'planned' AND by_person AND member_id IS NOT NULL
        AND due_on BETWEEN %(first)s AND %(last)s"""
