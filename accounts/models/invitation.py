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
from accounts.models.workspace import Workspace

if TYPE_CHECKING:
    from accounts.models.user import User

LIFETIME = timedelta(days=14)


class AlreadyMember(Exception):
    """The address belongs to somebody who is in the workspace."""


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
        """An invitation and its token, which only the mail ever holds. Inviting an address again renews the first one.

        Raises NotAllowed above the actor's own level, AlreadyMember where no seat is needed.
        """
        with transaction.atomic():
            # A button pressed twice sends twice: the second waits here and then renews what the first has made.
            Workspace.objects.select_for_update().get(pk=workspace.pk)
            invitation = self.filter(workspace=workspace, email__iexact=email, closed_at=None).first() or Invitation(
                workspace=workspace, email=email
            )
            invitation.access = access
            token = invitation._renew(by, at)
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

    @property
    def rank(self) -> int:
        return Access(self.access).rank

    @property
    def expires_at(self) -> datetime:
        return self.sent_at + LIFETIME

    def send_again(self, *, by: Member, at: datetime) -> str:
        """A new token and a new date; the link of the earlier mail stops working.

        Raises NotAllowed above the actor's own level or when the seat is no longer open, AlreadyMember.
        """
        with transaction.atomic():
            self.refresh_from_db(from_queryset=Invitation.objects.select_for_update())
            if self.closed_at:
                raise NotAllowed("This invitation has been used or taken back.")
            token = self._renew(by, at)
            AuditEntry.objects.note(self.workspace, by, "sent again the invitation of", self.email, at=at)
        return token

    def _renew(self, by: Member, at: datetime) -> str:
        if self.rank > by.rank:
            raise NotAllowed(f"Only an owner can invite an {self.get_access_display().lower()}.")
        if person := Member.objects.active().filter(workspace=self.workspace, user__email__iexact=self.email).first():
            raise AlreadyMember(f"{person} is a member already.")
        token = secrets.token_urlsafe(32)
        self.token_hash, self.invited_by, self.sent_at = _hashed(token), by, at
        self.save()
        return token

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
            if not made and (member.removed_at or member.rank < self.rank):
                member.access, member.removed_at = self.access, None
                member.save(update_fields=["access", "removed_at"])
            member.roles.add(*self.roles.all())
            AuditEntry.objects.note(self.workspace, member, "joined", str(user), at=at)
        return member

    def revoke(self, *, by: Member, at: datetime) -> None:
        self.closed_at = at
        self.save(update_fields=["closed_at"])
        AuditEntry.objects.note(self.workspace, by, "revoked the invitation of", self.email, at=at)
