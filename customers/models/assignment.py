from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import models

from accounts.ids import new_id

if TYPE_CHECKING:
    from accounts.models import Member, Role
    from customers.models.customer import Customer


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def visible_to(self, member: Member) -> AssignmentQuerySet:
        return self.filter(customer__workspace=member.workspace_id).select_related("customer", "role", "member__user")

    def of(self, customer: Customer) -> AssignmentQuerySet:
        return self.filter(customer=customer)

    def with_names(self) -> AssignmentQuerySet:
        """By role, the latest first."""
        return self.select_related("role", "member__user").order_by("role__name", "role_id", "-from_on", "id")

    def by_time(self, today: date) -> dict[str, list[Assignment]]:
        """What `with_names` gives, as "now", "to_come" and "earlier"."""
        found: dict[str, list[Assignment]] = {"now": [], "to_come": [], "earlier": []}
        filled = set()
        for one in self:
            if one.from_on > today:
                found["to_come"].append(one)
            elif one.role_id in filled:
                found["earlier"].append(one)
            else:
                filled.add(one.role_id)
                found["now"].append(one)
        return found

    def held_by(self, member: Member, *, on: date, role: Role | None = None) -> AssignmentQuerySet:
        """What that member fills on that day, and what they are to fill later."""
        newer = AssignmentQuerySet(Assignment).filter(
            customer=models.OuterRef("customer"), role=models.OuterRef("role"), from_on__lte=on,
            from_on__gt=models.OuterRef("from_on"),
        )  # fmt: skip
        held = self.filter(models.Q(from_on__gt=on) | ~models.Exists(newer), member=member)
        return held.filter(role=role) if role else held

    def givers_of(self, member: Member) -> Any:
        """The members of that member's workspace who can have something to hand over, be they gone or not."""
        from accounts.models import Member
        from customers.models.customer import Customer

        has = models.Exists(self.filter(member=models.OuterRef("pk"))) | models.Exists(
            Customer.objects.filter(owner=models.OuterRef("pk"))
        )
        return Member.objects.filter(models.Q(removed_at=None) | has, workspace=member.workspace_id).in_order()

    def give(self, rows: list[Assignment], member: Member, *, from_on: date, by: Member, at: datetime) -> None:
        """Have another member fill these from that day on; those that begin later as planned, but under the new name."""
        given = [
            Assignment(
                customer_id=row.customer_id, role_id=row.role_id, member=member, by=by, at=at, from_on=max(row.from_on, from_on)
            )
            for row in rows
        ]  # fmt: skip
        unique, changed = ["customer", "role", "from_on"], ["member", "by", "at"]
        Assignment.objects.bulk_create(given, update_conflicts=True, unique_fields=unique, update_fields=changed)

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
