from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.api.bodies import Body, of_model
from accounts.api.paging import know_all
from accounts.api.problems import Problem
from accounts.api.resources import Listed, One
from accounts.api.tags import tagged
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

    def post(self, request: ApiRequest) -> Response:
        """A new one, at the end of the list."""
        know_all(request, ())
        said = {"description": "", "expected_customers": None, **NEW.of(request)}
        try:
            with transaction.atomic():
                made = Segment.objects.make(request.member.workspace, said["name"], at=request.at)
                made.describe(**said)
        except IntegrityError as trouble:
            raise _taken() from trouble
        row = OneSegment().read(request, made.pk)
        return tagged(row, 201, {"Location": f"/api/v1/segments/{made.pk}"})


class OneSegment(One):
    doors = {"GET": Access.VIEWER, "PATCH": Access.EDITOR, "DELETE": Access.EDITOR}
    model = Segment
    fields = FIELDS
    bodies = {"PATCH": CHANGED.schema}
    refusals = {"PATCH": [412], "DELETE": [409, 412]}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        return Segment.objects.visible_to(request.member)

    def patch(self, request: ApiRequest, pk: UUID) -> Response:
        """Change what is said, and nothing else."""
        know_all(request, ())
        self.read(request, pk)  # what is not there has no body to be read
        said = CHANGED.of(request)
        try:
            with transaction.atomic():
                found = self.held(request, pk)
                found.describe(**{name: getattr(found, name) for name in SAID} | said)
        except IntegrityError as trouble:
            raise _taken() from trouble
        return tagged(self.read(request, pk))

    def delete(self, request: ApiRequest, pk: UUID) -> Response:
        """One that has no map and no customer."""
        know_all(request, ())
        try:
            with transaction.atomic():
                self.held(request, pk).remove()
        except ProtectedError as trouble:
            hint = "Move them to another segment first."
            raise Problem(409, "in-use", "It is in use", "A map or a customer is of this segment.", hint=hint) from trouble
        return Response(status=204)


def _taken() -> ValidationError:
    return ValidationError({"name": ["There is a segment of that name already."]})
