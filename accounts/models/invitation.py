from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models.functions import Lower

from accounts.ids import new_id
from accounts.models.audit import AuditEntry
from accounts.models.member import Access, Member, NotAllowed

if TYPE_CHECKING:
    from accounts.models.user import User
    from accounts.models.workspace import Workspace

LIFETIME = timedelta(days=14)


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, *, at: datetime) -> InvitationQuerySet:
        return self.filter(closed_at=None, sent_at__gt=at - LIFETIME)

    def pending_in(self, workspace: Workspace) -> InvitationQuerySet:
        return self.filter(workspace=workspace, closed_at=None).order_by("email", "id")

    def by_token(self, token: str) -> InvitationQuerySet:
        return self.filter(token_hash=_hashed(token)).select_related("workspace", "invited_by__user")

    def send(
        self, workspace: Workspace, email: str, access: str, roles: Iterable[Any], *, by: Member, at: datetime
    ) -> tuple[Invitation, str]:
        """An invitation and its token, which only the mail ever holds. Inviting an address again renews the first one."""
        if Access(access).rank > by.rank:
            raise NotAllowed(f"Only an owner can invite an {Access(access).label.lower()}.")
        token = secrets.token_urlsafe(32)
        with transaction.atomic():
            invitation = self.filter(workspace=workspace, email__iexact=email, closed_at=None).first() or Invitation(
                workspace=workspace, email=email
            )
            invitation.access, invitation.invited_by, invitation.sent_at = access, by, at
            invitation.token_hash = _hashed(token)
            invitation.save()
            invitation.roles.set(roles)
            AuditEntry.objects.note(workspace, by, "invited", f"{email} as {Access(access).label}", at=at)
        return invitation, token


class Invitation(models.Model):
    """A seat kept for an address. The token travels by mail only; here is its hash."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254)
    access = models.CharField(max_length=12, choices=Access.choices)
    roles = models.ManyToManyField("accounts.Role", blank=True, related_name="+")
    token_hash = models.CharField(max_length=64)
    invited_by = models.ForeignKey("accounts.Member", on_delete=models.CASCADE, related_name="+")
    sent_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("workspace", Lower("email"), condition=models.Q(closed_at=None), name="invitation_open_once"),
            models.UniqueConstraint(fields=["token_hash"], name="invitation_token_once"),
        ]

    def __str__(self) -> str:
        return self.email

    def accept(self, user: User, *, at: datetime) -> Member:
        """Give the seat to `user`. Who was a member before comes back; nobody's access is lowered by accepting."""
        with transaction.atomic():
            seat = Invitation.objects.select_for_update().get(pk=self.pk)
            if seat.closed_at:
                raise NotAllowed("This invitation has been used.")
            seat.closed_at = at
            seat.save(update_fields=["closed_at"])
            member, made = Member.objects.get_or_create(
                workspace=self.workspace, user=user, defaults={"access": self.access, "joined_at": at}
            )
            if not made and (member.removed_at or member.rank < Access(self.access).rank):
                member.access, member.removed_at = self.access, None
                member.save(update_fields=["access", "removed_at"])
            member.roles.add(*self.roles.all())
            AuditEntry.objects.note(self.workspace, member, "joined", str(user), at=at)
        return member

    def revoke(self, *, by: Member, at: datetime) -> None:
        self.closed_at = at
        self.save(update_fields=["closed_at"])
        AuditEntry.objects.note(self.workspace, by, "revoked the invitation of", self.email, at=at)
