from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.core.validators import MaxValueValidator
from django.db import models, transaction

from accounts.facts import access_changed
from accounts.ids import new_id
from accounts.rows import read_row

if TYPE_CHECKING:
    from accounts.models.user import User
    from accounts.models.workspace import Workspace


class Access(models.TextChoices):
    """What a member may do, from most to least."""

    OWNER = "owner", "Owner"
    ADMIN = "admin", "Admin"
    EDITOR = "editor", "Editor"
    CONTRIBUTOR = "contributor", "Contributor"
    VIEWER = "viewer", "Viewer"

    @property
    def rank(self) -> int:
        return len(Access) - list(Access).index(self)


class LastOwner(Exception):
    """A workspace keeps at least one owner."""


class NotAllowed(Exception):
    """The actor's access does not reach that far."""


class MemberQuerySet(models.QuerySet["Member"]):
    def active(self) -> MemberQuerySet:
        return self.filter(removed_at=None)

    def visible_to(self, member: Member) -> MemberQuerySet:
        return self.filter(workspace_id=member.workspace_id).active()

    def entering(self, slug: str, user: User) -> Member | None:
        """The active membership of `user` in the workspace of that slug; None where there is none."""
        member = read_row(Member, ENTERING, [slug, user.pk])
        if member is not None:
            member.user = user
        return member

    def of(self, user: User) -> MemberQuerySet:
        """The seats of one person, by the name of the workspace."""
        return self.active().filter(user=user).select_related("workspace").order_by("workspace__name", "workspace_id")

    def with_address(self, email: str, slug: str) -> Member | None:
        """Who is in the workspace of that slug and signs in with that address."""
        found = self.active().filter(user__email__iexact=email.strip(), workspace__slug=slug)
        return found.select_related("user", "workspace").first()

    def is_or_was(self, pk: UUID, user: User) -> bool:
        """Whether that membership is this person's, be it over or not."""
        return self.filter(pk=pk, user=user).exists()

    def who_can_work(self) -> MemberQuerySet:
        """Those who deliver touchpoints: all but viewers."""
        return self.exclude(access=Access.VIEWER)

    def with_access(self, access: str) -> MemberQuerySet:
        return self.filter(access=access)

    def bearing(self, role: UUID) -> MemberQuerySet:
        return self.filter(roles=role)

    def with_role_ids(self) -> MemberQuerySet:
        """With `role_ids`, for those who read values."""
        borne = Member.roles.through.objects.filter(member=models.OuterRef("pk")).order_by("role")
        return self.annotate(role_ids=ArraySubquery(borne.values("role")))

    def in_order(self) -> MemberQuerySet:
        return self.select_related("user").prefetch_related("roles").order_by("user__name", "user__email", "id")

    def owners(self) -> MemberQuerySet:
        return self.active().filter(access=Access.OWNER)


ENTERING = "workspace_id = (SELECT id FROM accounts_workspace WHERE slug = %s) AND user_id = %s AND removed_at IS NULL"


class Member(models.Model):
    """A user in a workspace, with an access level and the roles they fill. Removal is soft: history keeps its names."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="memberships")
    access = models.CharField(max_length=12, choices=Access.choices)
    roles = models.ManyToManyField("accounts.Role", blank=True, related_name="members")
    #: minutes of planned work a day that this member has room for
    capacity = models.PositiveSmallIntegerField(default=300, db_default=300, validators=[MaxValueValidator(1440)])
    #: who is told when a must is overdue, and sees this member's load
    manager = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="team")
    joined_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="member_once")]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def rank(self) -> int:
        return Access(self.access).rank

    @property
    def can_edit(self) -> bool:
        return self.rank >= Access.EDITOR.rank

    @property
    def can_comment(self) -> bool:
        return self.rank >= Access.CONTRIBUTOR.rank

    @property
    def can_administer(self) -> bool:
        return self.rank >= Access.ADMIN.rank

    @property
    def is_owner(self) -> bool:
        return self.access == Access.OWNER

    def manages(self, other: Member) -> bool:
        """Whether that one reports to this member, directly or through others."""
        seen = {self.pk}
        above: Member | None = other.manager
        while above and above.pk not in seen:
            seen.add(above.pk)
            above = above.manager
        return above is not None and above.pk == self.pk

    def set_capacity(self, minutes: int, manager: Member | None, *, by: Member, at: datetime) -> None:
        """How many minutes of planned work a day there is room for, and who is above."""
        with transaction.atomic():
            self.capacity, self.manager = minutes, manager
            self.save(update_fields=["capacity", "manager"])
            self._note(by, "set capacity", f"{self}: {minutes} minutes a day, reports to {manager or 'nobody'}", at)

    def change_access(self, access: str, *, by: Member, at: datetime) -> None:
        """Raises NotAllowed above the actor's own level, LastOwner where nobody would be left."""
        with transaction.atomic():
            self._guard(by)
            if Access(access).rank > by.rank:
                raise NotAllowed(f"Only an owner can make somebody {Access(access).label.lower()}.")
            if self.is_owner and access != Access.OWNER:
                self._refuse_last_owner()
            self.access = access
            self.save(update_fields=["access"])
            self._note(by, "changed access", f"{self}: {Access(access).label}", at)
            self._say_so()

    def remove(self, *, by: Member, at: datetime) -> None:
        """Take the member out at once. Raises NotAllowed or LastOwner."""
        self._guard(by)
        self._go(by, "removed", at)

    def leave(self, *, at: datetime) -> None:
        """Go of one's own accord. Raises LastOwner where nobody would be left to look after the workspace."""
        self._go(self, "left", at)

    def _go(self, by: Member, verb: str, at: datetime) -> None:
        with transaction.atomic():
            if self.is_owner:
                self._refuse_last_owner()
            self.removed_at = at
            self.save(update_fields=["removed_at"])
            # For good: who is invited again some day makes new ones.
            self.api_tokens.filter(revoked_at=None).update(revoked_at=at)
            self._note(by, verb, str(self), at)
            self._say_so()

    def set_roles(self, roles: Iterable[Any], *, by: Member, at: datetime) -> None:
        with transaction.atomic():
            self._guard(by)
            self.roles.set(roles)
            self._note(by, "changed roles", str(self), at)

    def _say_so(self) -> None:
        transaction.on_commit(lambda: access_changed.send(Member, member=self))

    def _guard(self, by: Member) -> None:
        if self.is_owner and not by.is_owner:
            raise NotAllowed("Only an owner can change an owner.")

    def _refuse_last_owner(self) -> None:
        # Locking the workspace row makes two owners who leave at once take turns.
        from accounts.models.workspace import Workspace

        Workspace.objects.select_for_update().get(pk=self.workspace_id)
        if not Member.objects.owners().filter(workspace=self.workspace_id).exclude(pk=self.pk).exists():
            raise LastOwner("A workspace needs an owner. Make somebody else owner first.")

    def _note(self, by: Member, verb: str, detail: str, at: datetime) -> None:
        from accounts.models.audit import AuditEntry

        workspace: Workspace = self.workspace
        AuditEntry.objects.note(workspace, by, verb, detail, at=at)
