from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models, transaction

from accounts.ids import new_id
from accounts.models.audit import AuditEntry

if TYPE_CHECKING:
    from accounts.models.member import Member
    from accounts.models.workspace import Workspace


class OwnDayQuerySet(models.QuerySet["OwnDay"]):
    def visible_to(self, member: Member) -> OwnDayQuerySet:
        return self.filter(workspace_id=member.workspace_id)

    def latest_first(self) -> OwnDayQuerySet:
        return self.order_by("-on")

    def in_year(self, year: int) -> OwnDayQuerySet:
        return self.filter(on__year=year).order_by("on")

    def add(self, workspace: Workspace, on: date, name: str, *, is_worked: bool, by: Member, at: datetime) -> OwnDay:
        """Raises IntegrityError (own_day_once) if that day has been added before."""
        with transaction.atomic():
            day = self.create(workspace=workspace, on=on, name=name.strip(), is_worked=is_worked)
            AuditEntry.objects.note(workspace, by, f"added a day {day.state}", str(day), at=at)
            workspace.note_calendar_changed(at=at)
        return day


class OwnDay(models.Model):
    """A day on which a workspace does otherwise than its week and its holidays say: off, or worked on nevertheless."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="own_days")
    on = models.DateField()
    name = models.CharField(max_length=120)
    is_worked = models.BooleanField(default=False)

    objects = OwnDayQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "on"], name="own_day_once")]

    def __str__(self) -> str:
        return f"{self.on:%-d %B %Y}: {self.name}"

    @property
    def state(self) -> str:
        return "worked on" if self.is_worked else "off"

    def remove(self, *, by: Member, at: datetime) -> None:
        with transaction.atomic():
            AuditEntry.objects.note(self.workspace, by, f"removed a day {self.state}", str(self), at=at)
            self.delete()
            self.workspace.note_calendar_changed(at=at)
