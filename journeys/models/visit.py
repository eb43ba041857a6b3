from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models.functions import Greatest

if TYPE_CHECKING:
    from accounts.models import Member
    from journeys.models.journey import Journey


class VisitQuerySet(models.QuerySet["Visit"]):
    def of(self, member: Member, journey: Journey) -> Visit | None:
        return self.filter(member=member, journey=journey).first()

    def renew(self, member: Member, journey: Journey, revision: int, *, at: datetime) -> None:
        """The member has the map before them as it is at `revision`. A page that is behind takes nothing back."""
        seen = min(revision, journey.revision)
        mine = self.filter(member=member, journey=journey)
        if not mine.update(revision=Greatest("revision", models.Value(seen)), at=at):
            self.bulk_create([self.model(member=member, journey=journey, revision=seen, at=at)], ignore_conflicts=True)


class Visit(models.Model):
    """Up to which revision a member has seen a map, and when they were last there."""

    member = models.ForeignKey("accounts.Member", on_delete=models.CASCADE, related_name="+")
    journey = models.ForeignKey("journeys.Journey", on_delete=models.CASCADE, related_name="+")
    revision = models.PositiveIntegerField()
    at = models.DateTimeField()

    objects = VisitQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "journey"], name="visit_once")]

    def __str__(self) -> str:
        return f"{self.member_id} at {self.revision}"
