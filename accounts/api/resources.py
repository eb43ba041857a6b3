"""Things that are listed and read one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from rest_framework.response import Response

from accounts.api.paging import listed
from accounts.api.views import ApiRequest, ApiView
from accounts.models import Access, Member, Role


class Listed(ApiView):
    """A list. `fields`, `orders` and `filters` as `listed` takes them."""

    doors = {"GET": Access.VIEWER}
    fields: ClassVar[Sequence[str]]
    orders: ClassVar[Mapping[str, str]] = {"id": "pk"}
    filters: ClassVar[Sequence[str]] = ()

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        """Those that the member may see and the address asks for. Raises Http404, Problem."""
        raise NotImplementedError

    @staticmethod
    def shape(row: dict[str, Any]) -> dict[str, Any]:
        return row

    def get(self, request: ApiRequest, **parts: Any) -> Response:
        return listed(request, self.rows(request), self.fields, self.orders, filters=self.filters, shape=self.shape)


class One(ApiView):
    """One of them, by its id."""

    doors = {"GET": Access.VIEWER}
    fields: ClassVar[Sequence[str]]

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        raise NotImplementedError

    @staticmethod
    def shape(row: dict[str, Any]) -> dict[str, Any]:
        return row

    def get(self, request: ApiRequest, pk: UUID) -> Response:
        return Response(self.read(request, pk))

    def read(self, request: ApiRequest, pk: UUID) -> dict[str, Any]:
        found = self.rows(request).filter(pk=pk).values(*self.fields).first()
        if found is None:
            raise Http404
        return self.shape(found)


class Roles(Listed):
    fields = ("id", "name")
    orders = {"name": "name", "id": "pk"}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        return Role.objects.visible_to(request.member)


class Members(Listed):
    """Those who are here; who has left stays in the history under their id."""

    fields = ("id", "user__name", "user__email", "access", "joined_at")
    orders = {"id": "pk", "joined_at": "joined_at"}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        return Member.objects.visible_to(request.member)

    @staticmethod
    def shape(row: dict[str, Any]) -> dict[str, Any]:
        return {name.removeprefix("user__"): value for name, value in row.items()}
