from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models, transaction

from accounts.models import AuditEntry
from customers.models import Activity

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.models import Member, Workspace
    from customers.models import Customer


class AutomationQuerySet(models.QuerySet["Automation"]):
    def of(self, workspace: Workspace) -> Automation:
        """How it stands in a workspace; one that nobody has switched on is off."""
        return self.select_related("by__user").filter(workspace=workspace.pk).first() or Automation(workspace=workspace)

    def running(self) -> list[Workspace]:
        """The workspaces whose automated messages go out now."""
        on = self.filter(is_on=True, is_paused=False).select_related("workspace").order_by("workspace_id")
        return [one.workspace for one in on]


class Automation(models.Model):
    """Whether Touchline sends a workspace's automated messages by itself. Off until an admin switches it on: nobody wants the
    first start, or an import, to write to five hundred people."""

    workspace = models.OneToOneField("accounts.Workspace", on_delete=models.CASCADE, primary_key=True, related_name="+")
    is_on = models.BooleanField(default=False)
    is_paused = models.BooleanField(default=False)
    #: who said so last, and when
    by = models.ForeignKey("accounts.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(null=True)

    objects = AutomationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(is_paused=False) | models.Q(is_on=True), name="automation_paused_while_on")
        ]

    def __str__(self) -> str:
        return "paused" if self.is_paused else "on" if self.is_on else "off"

    def switch(self, to: str, *, by: Member, at: datetime) -> None:
        """To "on", "off" or "paused"."""
        with transaction.atomic():
            told = {"is_on": to != "off", "is_paused": to == "paused", "by": by, "at": at}
            Automation.objects.update_or_create(told, workspace=self.workspace)
            for name, value in told.items():
                setattr(self, name, value)
            AuditEntry.objects.note(self.workspace, by, "automated messages", to, at=at)


class SendingPauseQuerySet(models.QuerySet["SendingPause"]):
    def of(self, customer: Customer) -> SendingPause | None:
        return self.select_related("by__user").filter(customer=customer).first()

    def among(self, customers: set[UUID]) -> set[UUID]:
        return set(self.filter(customer__in=customers).values_list("customer", flat=True))

    def pause(self, customer: Customer, *, by: Member, at: datetime) -> None:
        """Send this customer nothing by ourselves from now on."""
        with transaction.atomic():
            _, is_new = self.get_or_create(customer=customer, defaults={"by": by, "at": at})
            if is_new:
                Activity.objects.note(customer, "paused automated messages", by=by, at=at)

    def resume(self, customer: Customer, *, by: Member, at: datetime) -> None:
        with transaction.atomic():
            if self.filter(customer=customer).delete()[0]:
                Activity.objects.note(customer, "resumed automated messages", by=by, at=at)


class SendingPause(models.Model):
    """A customer to whom Touchline sends nothing by itself."""

    customer = models.OneToOneField("customers.Customer", on_delete=models.CASCADE, primary_key=True, related_name="+")
    by = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = SendingPauseQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.customer_id} since {self.at}"
