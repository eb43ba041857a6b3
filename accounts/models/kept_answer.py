from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, models

from accounts.ids import new_id

if TYPE_CHECKING:
    from accounts.models.member import Member

#: for so long the same key is the same request
KEPT = timedelta(hours=24)
#: a process that has been at a request for longer is dead
LEASE = timedelta(minutes=10)

# Taken anew where what was kept is too old, or whoever was at it has died: who began it is told by `run`.
TAKE = """
    INSERT INTO accounts_keptanswer AS kept (id, run, member_id, key, print, at)
    VALUES (%(id)s, %(run)s, %(member)s, %(key)s, %(print)s, %(at)s)
    ON CONFLICT (member_id, key) DO UPDATE SET run = excluded.run, print = excluded.print, at = excluded.at, status = NULL,
        body = NULL, headers = '{}'
    WHERE kept.at <= %(old)s OR (kept.status IS NULL AND kept.at <= %(dead)s)"""


class KeptAnswerQuerySet(models.QuerySet["KeptAnswer"]):
    def take(self, member: Member, key: str, print: bytes, *, at: datetime) -> tuple[KeptAnswer, bool]:
        """(what is kept of the request of that key, whether it is new: then it is the caller's to do)."""
        run = new_id()
        given: dict[str, Any] = {
            "id": new_id(), "run": run, "member": member.pk, "key": key, "print": print, "at": at, "old": at - KEPT,
            "dead": at - LEASE,
        }  # fmt: skip
        while True:
            with connection.cursor() as cursor:
                cursor.execute(TAKE, given)
            # It is gone again where whoever was at it has just come to nothing: then it is this one's turn.
            if found := self.filter(member=member, key=key).first():
                return found, found.run == run

    def forget(self, *, at: datetime) -> int:
        return self.filter(at__lte=at - KEPT).delete()[0]


class KeptAnswer(models.Model):
    """What a client was answered that gave its request a key, so that it may send it again without having it done again."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    #: of whoever is doing it, or did
    run = models.UUIDField()
    member = models.ForeignKey("accounts.Member", on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=200)
    #: SHA-256 of the whole request
    print = models.BinaryField(max_length=32)
    #: None while it is being done
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(null=True)
    #: those that the door itself had given
    headers = models.JSONField(default=dict, db_default=models.Value({}, output_field=models.JSONField()))
    at = models.DateTimeField(db_index=True)

    objects = KeptAnswerQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "key"], name="kept_answer_once")]

    def __str__(self) -> str:
        return f"{self.key} of {self.member_id}"

    def keep(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        """In the transaction of the act itself: both are there, or neither is."""
        rows = KeptAnswer.objects.filter(pk=self.pk, run=self.run)
        if not rows.update(status=status, body=body, headers=dict(headers)):
            raise Overtaken

    def release(self) -> None:
        """It came to nothing, and may be tried again."""
        KeptAnswer.objects.filter(pk=self.pk, run=self.run, status=None).delete()


class Overtaken(Exception):
    """Another process has taken this request over, as if this one had died."""
