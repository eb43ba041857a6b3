from __future__ import annotations

from datetime import date, datetime

from django.db import models

from accounts.models import Workspace
from customers.models import Enrolment


class HandoffDayQuerySet(models.QuerySet["HandoffDay"]):
    def to_come(self, at: datetime) -> list[Workspace]:
        """The workspaces in which somebody travels and another day has come."""
        travelled = models.Exists(Enrolment.objects.active().filter(workspace=models.OuterRef("pk")))
        found = Workspace.objects.filter(travelled).select_related("handoff_day").order_by("pk")
        return [one for one in found if not hasattr(one, "handoff_day") or one.handoff_day.on < one.today(at)]

    def has_come(self, workspace: Workspace, on: date) -> None:
        """All handoffs that are reached with that day are there."""
        self.update_or_create(workspace=workspace, defaults={"on": on})


class HandoffDay(models.Model):
    """The last day whose handoffs have been opened in a workspace: everybody who travels is looked at once a day."""

    workspace = models.OneToOneField("accounts.Workspace", on_delete=models.CASCADE, primary_key=True, related_name="handoff_day")
    on = models.DateField()

    objects = HandoffDayQuerySet.as_manager()

    def __str__(self) -> str:
        return f"handoffs of {self.on}"
