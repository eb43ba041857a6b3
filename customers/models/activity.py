from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models

from accounts.ids import new_id

if TYPE_CHECKING:
    from accounts.models import Member
    from customers.models.customer import Customer
    from customers.models.enrolment import Enrolment


def plain(value: Any) -> Any:
    return str(value) if isinstance(value, (UUID, date, Decimal)) else value


class ActivityQuerySet(models.QuerySet["Activity"]):
    def of(self, customer: Customer) -> ActivityQuerySet:
        return self.filter(customer=customer)

    def visible_to(self, member: Member) -> ActivityQuerySet:
        return self.filter(customer__workspace=member.workspace_id)

    def of_travel(self, enrolment: Enrolment) -> ActivityQuerySet:
        return self.filter(enrolment=enrolment)

    def undone(self, activities: Iterable[Activity]) -> set[UUID]:
        """The ids of those of them that somebody has undone."""
        return set(self.filter(undoes__in=[one.pk for one in activities]).values_list("undoes", flat=True))

    def latest_first(self) -> ActivityQuerySet:
        return self.order_by("-at", "-id").select_related("by__user")

    def note(self, customer: Customer, text: str, **more: Any) -> Activity:
        """Keep it: see `telling`."""
        made = self.telling(customer.pk, text, **more)
        made.save(force_insert=True)
        return made

    def telling(
        self,
        customer: UUID,
        text: str,
        *,
        by: Member | None,
        at: datetime,
        enrolment: Enrolment | None = None,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
        undoes: Activity | None = None,
    ) -> Activity:
        """One that is not kept yet: for many at once."""
        return Activity(
            customer_id=customer, enrolment=enrolment, text=text[:500], by=by, at=at, undoes=undoes,
            before={name: plain(value) for name, value in (before or {}).items()},
            after={name: plain(value) for name, value in (after or {}).items()},
        )  # fmt: skip


class Activity(models.Model):
    """One thing that was done to a customer or to its travel, in words and as fields before and after: what undoing it needs."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="activities")
    enrolment = models.ForeignKey("customers.Enrolment", on_delete=models.CASCADE, null=True, related_name="+")
    text = models.CharField(max_length=500)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    by = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    undoes = models.OneToOneField("self", on_delete=models.CASCADE, null=True, related_name="undone_by")

    objects = ActivityQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["customer", "-at", "-id"], name="activity_latest")]
        verbose_name_plural = "activities"

    def __str__(self) -> str:
        return self.text
