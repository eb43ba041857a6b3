"""Things that are listed and read one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Expression, Model, QuerySet
from django.http import Http404
from rest_framework.response import Response

from accounts.api.paging import MOST, USUAL, know_all, listed
from accounts.api.shapes import SOME_TEXT, Schema, list_of, one_of, or_null, rows_of, thing
from accounts.api.tags import KNOWN, SEEN, is_known, refuse_stale, tagged
from accounts.api.views import ApiRequest, ApiView
from accounts.models import Access, Member, Role


class Shown(ApiView):
    """Rows of a model as a client sees them: the fields, what they are called outside, and what is to be said of those that
    their field does not describe (name outside -> JSON Schema)."""

    doors = {"GET": Access.VIEWER}
    model: ClassVar[type[Model]]
    fields: ClassVar[Sequence[str]]
    names: ClassVar[Mapping[str, str]] = {}
    known: ClassVar[Mapping[str, Schema]] = {}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        """Those that the member may see and the address asks for. Raises Http404, Problem."""
        raise NotImplementedError

    @classmethod
    def shape(cls, row: dict[str, Any]) -> dict[str, Any]:
        """What becomes of the values of a row."""
        return {cls.names.get(name, name): value for name, value in row.items()}

    @classmethod
    def row_schema(cls) -> Schema:
        return rows_of(cls.model, cls.fields, cls.names, cls.known)


class Listed(Shown):
    """A list, to which a POST adds one and answers with its row. `orders`: name in the address -> field; `filters`: parameter
    -> what it takes; `weight`: see `listed`."""

    orders: ClassVar[Mapping[str, str]] = {"id": "pk"}
    filters: ClassVar[Mapping[str, Schema]] = {}
    weight: ClassVar[Expression | None] = None

    def get(self, request: ApiRequest, **parts: Any) -> Response:
        shown = [self.names.get(name, name) for name in self.fields]
        rows = self.rows(request)
        return listed(
            request, rows, self.fields, self.orders,
            filters=self.filters, shape=self.shape, shown=shown, weight=self.weight,
        )  # fmt: skip

    @classmethod
    def answer_schema(cls, method: str) -> tuple[int, Schema | None]:
        row = cls.row_schema()
        if method == "POST":
            return 201, row
        return 200, thing(results=list_of({**row, "required": []}), next=or_null({"type": "string", "format": "uri"}))

    @classmethod
    def parameters(cls, method: str) -> Mapping[str, Schema]:
        if method != "GET":
            return super().parameters(method)
        shown = [cls.names.get(name, name) for name in cls.fields]
        own: dict[str, Schema] = {
            "limit": {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
            "order": {**one_of(*cls.orders, *(f"-{name}" for name in cls.orders)), "default": next(iter(cls.orders))},
            "cursor": {**SOME_TEXT, "description": "From “next” of the page before, which is a whole address."},
            "fields": {**SOME_TEXT, "description": f"Only these of each, with commas between them: {', '.join(shown)}."},
        }
        return {**cls.filters, **own}


class One(Shown):
    """One of them, by its id; `called` is what that is called in the address. With `If-None-Match`, 304 as long as it is the
    same."""

    called: ClassVar[str] = "pk"
    headers_taken = {"GET": KNOWN, "PATCH": SEEN, "DELETE": SEEN}
    also_answers = {"GET": {304: None}}

    def get(self, request: ApiRequest, **ids: UUID) -> Response:
        know_all(request, ())
        row = self.read(request, ids[self.called])
        answer = tagged(row)
        return Response(status=304, headers={"ETag": answer["ETag"]}) if is_known(request, row) else answer

    def read(self, request: ApiRequest, pk: UUID) -> dict[str, Any]:
        found = self.rows(request).filter(pk=pk).values(*self.fields).first()
        if found is None:
            raise Http404
        return self.shape(found)

    def held(self, request: ApiRequest, pk: UUID) -> Any:
        """Locked, as the request has seen it. Raises Http404, Problem."""
        found = self.rows(request).select_for_update().filter(pk=pk).first()
        if found is None:
            raise Http404
        refuse_stale(request, self.read(request, pk))
        return found

    @classmethod
    def answer_schema(cls, method: str) -> tuple[int, Schema | None]:
        return (204, None) if method == "DELETE" else (200, cls.row_schema())


class Roles(Listed):
    model = Role
    fields = ("id", "name")
    orders = {"name": "name", "id": "pk"}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        return Role.objects.visible_to(request.member)


class Members(Listed):
    """Those who are here; who has left stays in the history under their id."""

    model = Member
    fields = ("id", "user__name", "user__email", "access", "joined_at")
    names = {"user__name": "name", "user__email": "email"}
    orders = {"id": "pk", "joined_at": "joined_at"}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        return Member.objects.visible_to(request.member)
