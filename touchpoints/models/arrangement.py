from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import models

from accounts.ids import new_id

if TYPE_CHECKING:
    from accounts.models import Member
    from touchpoints.models.scheduled_touchpoint import ScheduledTouchpoint


class ArrangementQuerySet(models.QuerySet["Arrangement"]):
    def of(self, row: ScheduledTouchpoint) -> ArrangementQuerySet:
        return self.filter(enrolment=row.enrolment_id, cycle=row.cycle, spot=row.spot, occurrence=row.occurrence)

    def arrange(self, row: ScheduledTouchpoint, fields: dict[str, Any], *, by: Member, at: datetime) -> None:
        """Keep these fields of what is arranged about that touchpoint; one about which nothing is arranged any more has none."""
        key: dict[str, Any] = {
            "enrolment_id": row.enrolment_id,
            "cycle": row.cycle,
            "spot": row.spot,
            "occurrence": row.occurrence,
        }
        made, _ = self.update_or_create({**fields, "by": by, "at": at}, **key)
        if made.due_on is None and made.member_id is None:
            made.delete()


class Arrangement(models.Model):
    """What people have arranged about one touchpoint of a customer otherwise than the map says: which day it is, or who does it.
    Planning reads it and never writes it, so it is there again when the plan comes back to what it was."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    enrolment = models.ForeignKey("customers.Enrolment", on_delete=models.CASCADE, related_name="+", db_index=False)
    cycle = models.PositiveSmallIntegerField()
    spot = models.UUIDField()
    occurrence = models.PositiveSmallIntegerField(default=0)
    due_on = models.DateField(null=True)
    #: the day that the plan said then: where it says another one, this one has lost its reason
    instead_of = models.DateField(null=True)
    member = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ArrangementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "cycle", "spot", "occurrence"], name="arrangement_once"),
            models.CheckConstraint(
                condition=models.Q(due_on=None, instead_of=None) | models.Q(due_on__isnull=False, instead_of__isnull=False),
                name="arrangement_of_both_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.spot}: {self.due_on or self.member}"

    def holds(self, day: date) -> bool:
        """Whether what is due on that day is due then because of this."""
        return self.due_on == day
