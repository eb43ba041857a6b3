from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from accounts.models.member import Member
    from accounts.models.workspace import Workspace


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def visible_to(self, member: Member) -> AuditEntryQuerySet:
        return self.filter(workspace_id=member.workspace_id).select_related("actor__user").order_by("-at", "-id")

    def note(self, workspace: Workspace, actor: Member | None, verb: str, detail: str, *, at: datetime) -> AuditEntry:
        return self.create(workspace=workspace, actor=actor, verb=verb, detail=detail[:300], at=at)


class AuditEntry(models.Model):
    """Who let whom in, and when."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+")
    actor = models.ForeignKey("accounts.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    verb = models.CharField(max_length=60)
    detail = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField()

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["workspace", "-at", "-id"], name="audit_latest")]

    def __str__(self) -> str:
        return f"{self.verb} {self.detail}"
