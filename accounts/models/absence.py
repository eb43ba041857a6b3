from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models

from accounts.ids import new_id

if TYPE_CHECKING:
    from accounts.models.member import Member


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def visible_to(self, member: Member) -> AbsenceQuerySet:
        return self.filter(member__workspace=member.workspace_id)

    def of(self, member: Member) -> AbsenceQuerySet:
        return self.filter(member=member)

    def on(self, day: date) -> AbsenceQuerySet:
        return self.filter(first_on__lte=day, last_on__gte=day)

    def not_over(self, *, today: date) -> AbsenceQuerySet:
        return self.filter(last_on__gte=today)

    def covered_by(self, member: Member, *, on: date) -> AbsenceQuerySet:
        """Those whose work that member stands in for on that day."""
        return self.on(on).filter(stand_in=member, member__removed_at=None)

    def stand_ins(self, *, on: date) -> dict[UUID, UUID | None]:
        """Of those who are away on that day: who stands in for them; None: nobody, or somebody who is gone."""
        rows = (
            self.on(on)
            .filter(member__removed_at=None)
            .order_by("first_on", "id")
            .values_list("member", "stand_in", "stand_in__removed_at")
        )
        return {member: None if gone else stand_in for member, stand_in, gone in rows}

    def in_order(self) -> AbsenceQuerySet:
        return self.order_by("first_on", "id")

    def with_names(self) -> AbsenceQuerySet:
        return self.select_related("member__user", "stand_in__user")

    def add(self, member: Member, first_on: date, last_on: date, stand_in: Member | None, *, by: Member, at: datetime) -> Absence:
        """Raises IntegrityError (absence_in_order, absence_by_somebody_else)."""
        return self.create(member=member, first_on=first_on, last_on=last_on, stand_in=stand_in, by=by, at=at)


class Absence(models.Model):
    """Days on which a member is away, first and last included, and who looks after their work meanwhile. It stays theirs."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    member = models.ForeignKey("accounts.Member", on_delete=models.CASCADE, related_name="absences", db_index=False)
    first_on = models.DateField()
    last_on = models.DateField()
    stand_in = models.ForeignKey("accounts.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(first_on__lte=models.F("last_on")), name="absence_in_order"),
            models.CheckConstraint(
                condition=models.Q(stand_in=None) | ~models.Q(stand_in=models.F("member")), name="absence_by_somebody_else"
            ),
        ]
        indexes = [models.Index(fields=["member", "last_on", "id"], name="absence_of_member")]

    def __str__(self) -> str:
        return f"{self.member} from {self.first_on} to {self.last_on}"

    def remove(self) -> None:
        self.delete()
