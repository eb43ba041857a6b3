from __future__ import annotations

from uuid import UUID

from django.http import Http404
from rest_framework.response import Response

from accounts.api.paging import listed
from accounts.api.views import ApiRequest, ApiView
from accounts.models import Access
from journeys.models import Segment

FIELDS = ("id", "name", "description", "expected_customers")


class Segments(ApiView):
    doors = {"GET": Access.VIEWER}

    def get(self, request: ApiRequest) -> Response:
        return listed(request, Segment.objects.visible_to(request.member), FIELDS, {"name": "name", "id": "pk"})


class OneSegment(ApiView):
    doors = {"GET": Access.VIEWER}

    def get(self, request: ApiRequest, pk: UUID) -> Response:
        found = Segment.objects.visible_to(request.member).filter(pk=pk).values(*FIELDS).first()
        if found is None:
            raise Http404
        return Response(found)
