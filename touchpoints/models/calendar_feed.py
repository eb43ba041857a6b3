from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models

from accounts.ids import new_id

if TYPE_CHECKING:
    from accounts.models import Member


def _hashed(token: str) -> str:
    """A token is long and random: nothing slower than this is needed to keep it."""
    return hashlib.sha256(token.encode()).hexdigest()


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def of(self, member: Member) -> CalendarFeed | None:
        return self.filter(member=member).first()

    def open(self, member: Member, *, at: datetime) -> tuple[CalendarFeed, str]:
        """The member's feed at a new address; the old one leads nowhere from now on. (the feed, the token, which is not kept)."""
        token = secrets.token_urlsafe(32)
        feed, _ = self.update_or_create({"token_hash": _hashed(token), "made_at": at, "read_at": None}, member=member)
        return feed, token

    def at_address(self, token: str) -> CalendarFeed | None:
        """Of a member who is here still."""
        found = self.filter(token_hash=_hashed(token), member__removed_at=None, member__user__is_active=True)
        return found.select_related("member__user", "member__workspace").first()


class CalendarFeed(models.Model):
    """A member's touchpoints for their calendar, at a private address that they can revoke."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    member = models.OneToOneField("accounts.Member", on_delete=models.CASCADE, related_name="calendar_feed")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    #: when a calendar has fetched it last
    read_at = models.DateTimeField(null=True)

    objects = CalendarFeedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"calendar of {self.member_id}"


class FedEvent(models.Model):
    """An event as a feed has said it last: a calendar takes a change only with a higher sequence, and a cancellation only if it
    is told one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    feed = models.ForeignKey(CalendarFeed, on_delete=models.CASCADE, related_name="events", db_index=False)
    #: stays the same however often planning makes the row anew
    uid = models.CharField(max_length=60)
    #: what it said: {"day", "title", "text", "url"}
    said = models.JSONField()
    sequence = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feed", "uid"], name="fed_event_once")]

    def __str__(self) -> str:
        return self.uid
