from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, QuerySet
from django.http import Http404
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.api.bodies import Body, of_model
from accounts.api.paging import know_all
from accounts.api.problems import Problem
from accounts.api.resources import Listed, One
from accounts.api.shapes import Schema
from accounts.api.views import ApiRequest
from accounts.models import Access
from journeys.models import Segment

FIELDS = ("id", "name", "description", "expected_customers")
SAID = {name: of_model(Segment, name) for name in ("name", "description", "expected_customers")}
NEW, CHANGED = Body(SAID, ["name"]), Body(SAID)


class Segments(Listed):
    doors = {"GET": Access.VIEWER, "POST": Access.EDITOR}
    model = Segment
    fields = FIELDS
    bodies = {"POST": NEW.schema}
    orders = {"name": "name", "id": "pk"}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        return Segment.objects.visible_to(request.member)

    @classmethod
    def answer_schema(cls, method: str) -> tuple[int, Schema | None]:
        return super().answer_schema(method) if method == "GET" else (201, cls.row_schema())

    def post(self, request: ApiRequest) -> Response:
        """A new one, at the end of the list."""
        know_all(request, ())
        said = {"description": "", "expected_customers": None, **NEW.read(request.data)}
        try:
            with transaction.atomic():
                made = Segment.objects.make(request.member.workspace, said["name"], at=request.at)
                made.describe(**said)
        except IntegrityError as trouble:
            raise _taken() from trouble
        row = OneSegment().read(request, made.pk)
        return Response(row, status=201, headers={"Location": f"/api/v1/segments/{made.pk}"})


class OneSegment(One):
    doors = {"GET": Access.VIEWER, "PATCH": Access.EDITOR, "DELETE": Access.EDITOR}
    model = Segment
    fields = FIELDS
    bodies = {"PATCH": CHANGED.schema}
    refusals = {"DELETE": [409]}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        return Segment.objects.visible_to(request.member)

    @classmethod
    def answer_schema(cls, method: str) -> tuple[int, Schema | None]:
        return (204, None) if method == "DELETE" else (200, cls.row_schema())

    def patch(self, request: ApiRequest, pk: UUID) -> Response:
        """Change what is said, and nothing else."""
        know_all(request, ())
        self.read(request, pk)  # what is not there has no body to be read
        said = CHANGED.read(request.data)
        try:
            with transaction.atomic():
                found = self._held(request, pk)
                found.describe(**{name: getattr(found, name) for name in SAID} | said)
        except IntegrityError as trouble:
            raise _taken() from trouble
        return Response(self.read(request, pk))

    def delete(self, request: ApiRequest, pk: UUID) -> Response:
        """One that has no map and no customer."""
        know_all(request, ())
        try:
            with transaction.atomic():
                self._held(request, pk).remove()
        except ProtectedError as trouble:
            hint = "Move them to another segment first."
            raise Problem(409, "in-use", "It is in use", "A map or a customer is of this segment.", hint=hint) from trouble
        return Response(status=204)

    def _held(self, request: ApiRequest, pk: UUID) -> Segment:
        found: Segment | None = self.rows(request).select_for_update().filter(pk=pk).first()
        if found is None:
            raise Http404
        return found


def _taken() -> ValidationError:
    return ValidationError({"name": ["There is a segment of that name already."]})
