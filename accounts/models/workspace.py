from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils.text import slugify

from accounts.ids import new_id
from accounts.models.user import check_time_zone

if TYPE_CHECKING:
    from accounts.models.invitation import Invitation
    from accounts.models.member import Member
    from accounts.models.user import User

STANDARD_ROLES = (
    "Account executive",
    "Solutions engineer",
    "Onboarding specialist",
    "Customer success manager",
    "Support",
    "Executive sponsor",
    "Operations",
)


class WorkspaceQuerySet(models.QuerySet["Workspace"]):
    def of(self, user: User) -> WorkspaceQuerySet:
        return self.filter(members__user=user, members__removed_at=None).order_by("name", "id")


class WorkspaceManager(models.Manager.from_queryset(WorkspaceQuerySet)):  # type: ignore[misc]
    def found(self, name: str, founder: User, *, at: datetime) -> Workspace:
        """A new room with its founder as owner and the usual roles."""
        from accounts.models.audit import AuditEntry
        from accounts.models.member import Access, Member
        from accounts.models.role import Role

        name = name.strip()
        slug = slugify(name)[:50] or "workspace"
        with transaction.atomic():
            if self.filter(slug=slug).exists():
                slug = f"{slug}-{secrets.token_hex(3)}"
            workspace = self.create(name=name, slug=slug, time_zone=founder.time_zone, made_at=at)
            owner = Member.objects.create(workspace=workspace, user=founder, access=Access.OWNER, joined_at=at)
            Role.objects.bulk_create(Role(workspace=workspace, name=role) for role in STANDARD_ROLES)
            AuditEntry.objects.note(workspace, owner, "founded", name, at=at)
        return workspace


class Workspace(models.Model):
    """One company's room. Everything belongs to exactly one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[check_time_zone])
    made_at = models.DateTimeField()

    objects = WorkspaceManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug"], name="workspace_slug_once")]

    def __str__(self) -> str:
        return self.name

    def describe(self, *, name: str, time_zone: str, by: Member, at: datetime) -> None:
        from accounts.models.audit import AuditEntry

        self.name, self.time_zone = name.strip(), time_zone
        self.save(update_fields=["name", "time_zone"])
        AuditEntry.objects.note(self, by, "changed the workspace", self.name, at=at)

    def invite(self, email: str, access: str, roles: Any, *, by: Member, at: datetime) -> tuple[Invitation, str]:
        from accounts.models.invitation import Invitation

        return Invitation.objects.send(self, email, access, roles, by=by, at=at)
