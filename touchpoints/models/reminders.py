"""Reminders, many of them: who may see them, which are due, and how a run takes some for itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection, models

if TYPE_CHECKING:
    from accounts.models import Member
    from touchpoints.models.reminder import Reminder  # noqa: F401 (mypy reads it below)


#: for so long it is tried, before it is given up and shown to the admins
TOO_LATE = timedelta(days=3)


#: for how long one can see what was sent
KEPT = timedelta(days=180)


class Channel(models.TextChoices):
    BELL = "bell", "Bell"
    EMAIL = "email", "E-mail"
    WEBHOOK = "webhook", "Webhook"


class ReminderKind(models.TextChoices):
    BEFORE = "before", "Before it is due"
    DUE = "due", "On the day"
    OVERDUE = "overdue", "Overdue"
    DIGEST = "digest", "Digest of the day"
    ESCALATION = "escalation", "A must of the team is overdue"


class ReminderState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    SENT = "sent", "Sent"
    TAKEN_BACK = "taken_back", "Taken back"
    FAILED = "failed", "Given up"


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def visible_to(self, member: Member) -> ReminderQuerySet:
        return self.filter(workspace_id=member.workspace_id)

    def waiting(self) -> ReminderQuerySet:
        return self.filter(state=ReminderState.WAITING)

    def undelivered(self) -> ReminderQuerySet:
        """Those given up, and those that could not be sent so far."""
        failed = models.Q(state=ReminderState.FAILED)
        return self.filter(failed | (models.Q(state=ReminderState.WAITING) & ~models.Q(error="")))

    def in_state(self, state: str) -> ReminderQuerySet:
        return self.filter(state=state)

    def to(self, member: Member | UUID) -> ReminderQuerySet:
        return self.filter(member=member)

    def about(self, rows: Iterable[UUID]) -> ReminderQuerySet:
        return self.filter(scheduled__in=list(rows))

    def with_names(self) -> ReminderQuerySet:
        return self.select_related("member__user", "subject__user", "workspace", "scheduled__customer", "scheduled__enrolment")

    def latest_first(self) -> ReminderQuerySet:
        return self.order_by("-owed_at", "-id")

    def claim(self, channel: str, run: UUID, *, at: datetime, lease: timedelta, most: int) -> list[UUID]:
        """Those that are due by this channel, for this run alone until the lease is over. Longest due first. `most` bounds how
        much lies idle if the run dies."""
        with connection.cursor() as cursor:
            cursor.execute(CLAIM, {"channel": channel, "run": run, "at": at, "until": at + lease, "most": most})
            return [pk for _, pk in sorted(cursor.fetchall())]

    def hold(self, pks: list[UUID], run: UUID, *, until: datetime) -> set[UUID]:
        """Of those that this run has claimed: which it still has the say of, now until then."""
        with connection.cursor() as cursor:
            cursor.execute(HOLD, {"run": run, "until": until, "pks": pks})
            return {pk for (pk,) in cursor.fetchall()}

    def newest_digests(self, members: Iterable[UUID]) -> dict[tuple[UUID, str], date]:
        """The day of the latest digest, by member and channel."""
        digests = self.filter(member__in=list(members), kind=ReminderKind.DIGEST).order_by()
        return {(pk, by): day for pk, by, day in digests.values_list("member", "channel").annotate(day=models.Max("day"))}

    def put_off(self, pks: Iterable[UUID], until: datetime) -> None:
        """Send these later: it is no failure of theirs."""
        self.waiting().filter(pk__in=list(pks)).update(remind_at=until, claim=None)

    def wait_for_an_answer(self, pks: Iterable[UUID], until: datetime, because: str, *, at: datetime) -> None:
        """Nobody answers where these are to go. They are tried again then; for how long, is bounded."""
        rows = self.waiting().filter(pk__in=list(pks))
        rows.filter(owed_at__lte=at - TOO_LATE).update(state=ReminderState.FAILED, error=because[:500], claim=None)
        rows.update(remind_at=until, error=because[:500], claim=None)

    def take_back(self) -> int:
        """These are not owed any more, as far as they have not been sent."""
        return self.waiting().update(state=ReminderState.TAKEN_BACK, claim=None)

    def forget(self, *, at: datetime) -> int:
        """What went out, was taken back or given up long ago; nothing looks back that far."""
        return self.exclude(state=ReminderState.WAITING).filter(remind_at__lt=at - KEPT).delete()[0]


# A plan of its own for the same index each time: ordered and limited, so that a generic plan takes it, too (stack.md).
CLAIM = """
    UPDATE touchpoints_reminder AS reminder SET remind_at = %(until)s, claim = %(run)s
    FROM (
        SELECT id, remind_at FROM touchpoints_reminder
        WHERE state = 'waiting' AND channel = %(channel)s AND remind_at <= %(at)s
        ORDER BY remind_at, id LIMIT %(most)s FOR NO KEY UPDATE SKIP LOCKED) AS due
    WHERE reminder.id = due.id RETURNING due.remind_at, reminder.id"""
HOLD = """
    UPDATE touchpoints_reminder SET remind_at = %(until)s
    WHERE id = ANY(%(pks)s) AND state = 'waiting' AND claim = %(run)s RETURNING id"""
