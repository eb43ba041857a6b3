from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models

from accounts.ids import new_id

if TYPE_CHECKING:
    from accounts.models import Member

#: a member's views stand in one menu
MOST = 20


class TooMany(Exception):
    """That many views fit in no menu. Says so to a person."""


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def of(self, member: Member) -> SavedViewQuerySet:
        return self.filter(member=member)

    def in_order(self) -> SavedViewQuerySet:
        return self.order_by("name", "id")

    def keep(self, member: Member, name: str, query: str, *, at: datetime) -> SavedView:
        """Under a name that the member has used already it takes that one's place. Raises TooMany."""
        name = name.strip()
        if self.of(member).exclude(name=name).count() >= MOST:
            raise TooMany(f"You have {MOST} views. Remove one first.")
        kept, _ = self.update_or_create({"query": query, "at": at}, member=member, name=name)
        return kept


class SavedView(models.Model):
    """What a member wants to see of Today, by a name: the query of the address."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    member = models.ForeignKey("accounts.Member", on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000)
    at = models.DateTimeField()

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "name"], name="saved_view_once")]

    def __str__(self) -> str:
        return self.name
