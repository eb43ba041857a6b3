from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.api.resources import Listed, One
from accounts.api.views import ApiRequest
from journeys.models import Segment

FIELDS = ("id", "name", "description", "expected_customers")


class Segments(Listed):
    model = Segment
    fields = FIELDS
    orders = {"name": "name", "id": "pk"}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        return Segment.objects.visible_to(request.member)


class OneSegment(One):
    model = Segment
    fields = FIELDS

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        return Segment.objects.visible_to(request.member)
