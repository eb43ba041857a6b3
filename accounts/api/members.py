"""Who is here, and the jobs that they do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet

from accounts.api.paging import choice_of, id_of
from accounts.api.resources import Listed, One, Shown
from accounts.api.shapes import ID, Schema, list_of, one_of
from accounts.api.views import ApiRequest
from accounts.models import Access, Member, Role


class ShownRole(Shown):
    model = Role
    fields = ("id", "name")

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        return Role.objects.visible_to(request.member)


class Roles(ShownRole, Listed):
    orders = {"name": "name", "id": "pk"}


class OneRole(ShownRole, One):
    pass


class ShownMember(Shown):
    model = Member
    fields = ("id", "user__name", "user__email", "access", "role_ids", "joined_at")
    names = {"user__name": "name", "user__email": "email", "role_ids": "roles"}
    known: ClassVar[Mapping[str, Schema]] = {"roles": list_of(ID)}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        return Member.objects.visible_to(request.member).with_role_ids()


class Members(ShownMember, Listed):
    """Those who are here; who has left stays in the history under their id. `role`: those who bear it."""

    orders = {"id": "pk", "joined_at": "joined_at"}
    filters = {"access": one_of(*Access.values), "role": ID}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        rows, said = Member.objects.visible_to(request.member).with_role_ids(), request.query_params
        if (access := choice_of(said, "access", Access.values)) is not None:
            rows = rows.with_access(access)
        if (role := said.get("role")) is not None:
            rows = rows.bearing(id_of(role, "role"))
        return rows


class OneMember(ShownMember, One):
    """As long as they are here."""
