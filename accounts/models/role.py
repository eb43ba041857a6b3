from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models, transaction
from django.db.models.functions import Lower

from accounts.facts import roles_changed
from accounts.ids import new_id

if TYPE_CHECKING:
    from accounts.models.member import Member
    from accounts.models.workspace import Workspace


class RoleQuerySet(models.QuerySet["Role"]):
    def visible_to(self, member: Member) -> RoleQuerySet:
        return self.filter(workspace_id=member.workspace_id)

    def in_order(self) -> RoleQuerySet:
        return self.order_by(Lower("name"), "id")

    def as_made(self) -> RoleQuerySet:
        """The order in which they were made: the usual ones then follow the customer's way, from sale to support."""
        return self.order_by("id")

    def ids_by_name(self) -> dict[str, UUID]:
        """By casefolded name: how what comes from outside speaks of roles."""
        return {name.casefold(): pk for pk, name in self.values_list("pk", "name")}

    def add(self, workspace: Workspace, name: str) -> Role:
        """Raises IntegrityError (role_name_once) if the workspace has it already."""
        role = self.create(workspace=workspace, name=name.strip())
        role.say_so()
        return role


class Role(models.Model):
    """A job. Touchpoints are owned by roles; members fill them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="roles")
    name = models.CharField(max_length=120)

    objects = RoleQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("workspace", Lower("name"), name="role_name_once")]

    def __str__(self) -> str:
        return self.name

    def rename(self, name: str) -> None:
        self.name = name.strip()
        self.save(update_fields=["name"])
        self.say_so()

    def remove(self) -> None:
        """Raises ProtectedError while a map uses it."""
        self.delete()
        self.say_so()

    def say_so(self) -> None:
        transaction.on_commit(lambda: roles_changed.send(Role, workspace_id=self.workspace_id))
