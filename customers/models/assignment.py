from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models

from accounts.ids import new_id

if TYPE_CHECKING:
    from customers.models.customer import Customer


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def of(self, customer: Customer) -> AssignmentQuerySet:
        return self.filter(customer=customer)

    def with_names(self) -> AssignmentQuerySet:
        """By role, the latest first."""
        return self.select_related("role", "member__user").order_by("role__name", "role_id", "-from_on", "id")

    def in_order(self) -> AssignmentQuerySet:
        return self.order_by("role_id", "from_on", "id")


class Assignment(models.Model):
    """Who fills a role for a customer, from a day on until the next assignment of that role. No member: nobody does."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="assignments")
    role = models.ForeignKey("accounts.Role", on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, null=True, related_name="assignments")
    from_on = models.DateField(default=date.min)
    by = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "role", "from_on"], name="assignment_once_a_day")]
        indexes = [models.Index(fields=["member", "customer"], name="assignment_of_member")]

    def __str__(self) -> str:
        return f"{self.role_id} of {self.customer_id} from {self.from_on}"
