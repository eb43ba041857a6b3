from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models

from accounts.ids import new_id
from touchpoints.models.reminders import TOO_LATE, Channel, ReminderKind, ReminderQuerySet, ReminderState

#: so often it is tried before it is given up and shown to the admins
MOST_ATTEMPTS = 10


class Reminder(models.Model):
    """A message that is owed to a member through one channel. The row is there before anything is sent, so whatever dies, it is
    found again; the mail bears the row's id, so that one sent twice can be told from two."""

    Channel, Kind, State = Channel, ReminderKind, ReminderState

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False)
    #: who reads it
    member = models.ForeignKey("accounts.Member", on_delete=models.CASCADE, related_name="reminders", db_index=False)
    #: whose work it is about: the reader's own, a colleague's for whom they stand in, or a report's
    subject = models.ForeignKey("accounts.Member", on_delete=models.CASCADE, related_name="+", db_index=False)
    channel = models.CharField(max_length=7, choices=Channel.choices)
    kind = models.CharField(max_length=10, choices=ReminderKind.choices)
    #: None of a digest. The constraint is the migration's own: planning deletes rows by SQL, and the database what hangs on them
    scheduled = models.ForeignKey(
        "touchpoints.ScheduledTouchpoint", on_delete=models.CASCADE, null=True, related_name="reminders", db_constraint=False
    )
    #: when that was due as this was written; it is about no other day
    due_on = models.DateField(null=True)
    #: the reader's own day on which it is owed
    day = models.DateField()
    owed_at = models.DateTimeField()
    #: from when on it may be sent; a claim puts it off by the lease, a failure by the time until the next try
    remind_at = models.DateTimeField()
    #: by which run it was claimed: another one that has claimed it since has the say
    claim = models.UUIDField(null=True)
    state = models.CharField(max_length=10, choices=ReminderState.choices, default=ReminderState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    #: why the last try came to nothing, in words for people
    error = models.CharField(max_length=500, blank=True, default="")
    sent_at = models.DateTimeField(null=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "channel", "kind", "scheduled", "due_on"], name="reminder_once"),
            models.UniqueConstraint(fields=["member", "channel", "day"], condition=models.Q(kind="digest"), name="digest_once"),
            models.CheckConstraint(
                condition=models.Q(kind="digest", scheduled=None, due_on=None)
                | (~models.Q(kind="digest") & models.Q(scheduled__isnull=False, due_on__isnull=False)),
                name="reminder_about_something",
            ),
            models.CheckConstraint(
                condition=models.Q(state="sent", sent_at__isnull=False) | (~models.Q(state="sent") & models.Q(sent_at=None)),
                name="reminder_sent_at",
            ),
        ]
        indexes = [
            # The sweep: of millions of old ones it sees none.
            models.Index(fields=["channel", "remind_at", "id"], condition=models.Q(state="waiting"), name="reminder_waiting"),
            models.Index(
                fields=["workspace", "-owed_at", "-id"],
                condition=models.Q(state="failed") | (models.Q(state="waiting") & ~models.Q(error="")),
                name="reminder_undelivered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel} to {self.member_id}"

    @property
    def is_for_another(self) -> bool:
        return self.subject_id != self.member_id

    def is_too_late(self, *, at: datetime) -> bool:
        return self.attempts + 1 >= MOST_ATTEMPTS or at - self.owed_at >= TOO_LATE

    def note_not_sent(self, because: str, again_at: datetime | None, *, at: datetime) -> None:
        """It could not be sent, and is tried again then; None, or too late by now: it is given up."""
        fields: dict[str, Any] = {"attempts": self.attempts + 1, "error": because[:500]}
        if again_at is None or self.is_too_late(at=at):
            fields["state"] = ReminderState.FAILED
        else:
            fields["remind_at"] = again_at
        Reminder.objects.filter(pk=self.pk, state=ReminderState.WAITING, claim=self.claim).update(**fields)

    def try_again(self, *, at: datetime) -> bool:
        """Owe it anew, by an admin's word. Whether it had been waiting for that."""
        undelivered = Reminder.objects.filter(pk=self.pk).undelivered()
        return bool(undelivered.update(state=ReminderState.WAITING, remind_at=at, owed_at=at, attempts=0, claim=None))

    def give_up(self) -> bool:
        """Nobody is to try it any more."""
        return bool(Reminder.objects.filter(pk=self.pk).undelivered().update(state=ReminderState.TAKEN_BACK, claim=None))
