from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models, transaction

from accounts.ids import new_id

if TYPE_CHECKING:
    from accounts.models.member import Member

#: a worker that has claimed a mail and died gives it up after this; a mail that could not be sent is tried again then
LEASE = timedelta(minutes=10)
#: a mail that could not be sent for so long is not sent any more: the notice is in the app all the same
TOO_LATE = timedelta(days=1)
MENTION = "mention"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def of(self, member: Member) -> NoticeQuerySet:
        return self.filter(member=member)

    def unread(self) -> NoticeQuerySet:
        return self.filter(read_at=None)

    def about(self, keys: Iterable[str]) -> NoticeQuerySet:
        return self.filter(key__in=list(keys))

    def newest_first(self) -> NoticeQuerySet:
        return self.order_by("-at", "-id")

    def give(
        self,
        member: Member,
        *,
        kind: str,
        text: str,
        url: str,
        key: str,
        at: datetime,
        excerpt: str = "",
        mail_at: datetime | None = None,
    ) -> Notice:
        """Tell a member something once: a second notice of the same key is the first one.

        `url` is a path of ours that the notice leads to. From `mail_at` on it is owed by mail as well, unless it has been read by
        then; None: it is not mailed.
        """
        what = {"kind": kind, "text": _shortened(text, 300), "url": url, "excerpt": _shortened(excerpt, 500)}
        notice, _ = self.get_or_create(member=member, key=key, defaults={**what, "at": at, "mail_at": mail_at})
        return notice

    def read(self, *, at: datetime) -> int:
        """Mark these as read; what is read is not mailed. How many were not before."""
        return self.unread().update(read_at=at, mail_at=None)

    def withdraw(self) -> None:
        """Take these back, as far as nobody has read them: what they are about is gone."""
        self.unread().delete()

    def claim_mail(self, *, at: datetime, most: int = 50) -> list[Notice]:
        """Those owed by mail, for this worker alone until the lease is over. Longest owed first."""
        with transaction.atomic():
            owed = self.filter(mail_at__lte=at).select_for_update(skip_locked=True).order_by("mail_at", "id")
            claimed = list(owed.values_list("pk", flat=True)[:most])
            self.filter(pk__in=claimed).update(mail_at=at + LEASE)
        return list(self.filter(pk__in=claimed).select_related("member__user", "member__workspace").order_by("at", "id"))


class Notice(models.Model):
    """Something a member is told once: in the app under the bell, and by mail where it is owed. The row comes first; a message
    to a worker may be lost, a row is not."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    member = models.ForeignKey("accounts.Member", on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=20)
    text = models.CharField(max_length=300)
    excerpt = models.CharField(max_length=500, blank=True, default="")
    url = models.CharField(max_length=500)
    key = models.CharField(max_length=100)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    #: from when on a mail is owed; a claim puts it off by the lease; None: none is owed
    mail_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "key"], name="notice_once"),
            models.CheckConstraint(condition=models.Q(url__startswith="/"), name="notice_leads_to_us"),
            models.CheckConstraint(
                condition=models.Q(mail_at=None) | models.Q(read_at=None, mailed_at=None), name="notice_mail_owed_until_read"
            ),
        ]
        indexes = [
            models.Index(fields=["member", "-at", "-id"], name="notice_latest"),
            models.Index(fields=["member"], condition=models.Q(read_at=None), name="notice_unread"),
            models.Index(fields=["mail_at", "id"], condition=models.Q(mail_at__isnull=False), name="notice_mail_owed"),
        ]

    def __str__(self) -> str:
        return self.text

    def read(self, *, at: datetime) -> None:
        Notice.objects.filter(pk=self.pk).read(at=at)

    def is_still_owed(self, *, at: datetime) -> bool:
        """Whether the mail still makes sense: it is not read, not too late, and its reader is here and wants it."""
        member, user = self.member, self.member.user
        wanted = user.mention_mails if self.kind == MENTION else True
        if member.removed_at or not user.is_active or not wanted or at - self.at > TOO_LATE:
            return False
        return Notice.objects.filter(pk=self.pk, mail_at__isnull=False).exists()

    def owe_no_mail(self) -> None:
        Notice.objects.filter(pk=self.pk).update(mail_at=None)

    def note_mailed(self, *, at: datetime) -> None:
        Notice.objects.filter(pk=self.pk).update(mail_at=None, mailed_at=at)


def _shortened(text: str, most: int) -> str:
    text = text.strip()
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
