from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection, models

if TYPE_CHECKING:
    from accounts.models import Member

#: a page that has waited longer than that for its connection may do an act twice
KEPT = timedelta(days=30)


class SentActQuerySet(models.QuerySet["SentAct"]):
    def take(self, id: UUID, *, by: Member, at: datetime) -> bool:
        """Whether this act of that member comes for the first time. In the transaction that does it: where that fails, it has not
        come."""
        with connection.cursor() as cursor:
            cursor.execute(TAKE, [id, by.pk, at])
            return bool(cursor.rowcount)

    def has(self, id: UUID, *, by: Member) -> bool:
        return self.filter(pk=id, member=by).exists()

    def forget(self, *, at: datetime) -> int:
        return self.filter(at__lt=at - KEPT).delete()[0]


TAKE = "INSERT INTO touchpoints_sentact (id, member_id, at) VALUES (%s, %s, %s) ON CONFLICT (id) DO NOTHING"


class SentAct(models.Model):
    """An act that a page has sent, by the id the page gave it: sent again over a bad line, it is not done again."""

    id = models.UUIDField(primary_key=True, editable=False)
    member = models.ForeignKey("accounts.Member", on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField(db_index=True)

    objects = SentActQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.id} of {self.member_id}"
