from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.api.paging import id_of, listed
from accounts.api.views import ApiRequest, ApiView
from accounts.models import Access
from journeys.beginning import begin_empty
from journeys.models import Journey, Segment
from journeys.models.element import ActRefused

FIELDS = ("id", "segment", "title", "summary", "owner", "review_on", "revision", "made_at", "changed_at")
ORDERS = {"changed_at": "changed_at", "title": "title", "id": "pk"}


class NewJourney(serializers.Serializer[Any]):
    segment = serializers.UUIDField()
    title = serializers.CharField(max_length=200)
    id = serializers.UUIDField(required=False)

    def validate_segment(self, pk: UUID) -> Segment:
        found = Segment.objects.visible_to(self.context["member"]).filter(pk=pk).first()
        if found is None:
            raise ValidationError("There is no such segment.")
        return found


class Journeys(ApiView):
    """The maps, without what is on them."""

    doors = {"GET": Access.VIEWER, "POST": Access.EDITOR}

    def get(self, request: ApiRequest) -> Response:
        rows = Journey.objects.visible_to(request.member)
        if segment := request.query_params.get("segment"):
            rows = rows.filter(segment=id_of(segment, "segment"))
        if words := request.query_params.get("search"):
            rows = rows.matching(words)
        return listed(request, rows, FIELDS, ORDERS, filters=("segment", "search"))

    def post(self, request: ApiRequest) -> Response:
        """Begin an empty map. With an `id` of one's own a retried request is the same request."""
        given = NewJourney(data=request.data, context={"member": request.member})
        given.is_valid(raise_exception=True)
        said = given.validated_data
        try:
            made = begin_empty(said["segment"], said["title"], id=said.get("id"), by=request.member, at=request.at)
        except ActRefused as refusal:
            raise ValidationError({refusal.field: [refusal.message]}) from refusal
        return Response(one(made.pk, request), status=201, headers={"Location": f"/api/v1/journeys/{made.pk}"})


class OneJourney(ApiView):
    doors = {"GET": Access.VIEWER}

    def get(self, request: ApiRequest, pk: UUID) -> Response:
        return Response(one(pk, request))


def one(pk: UUID, request: ApiRequest) -> dict[str, Any]:
    found = Journey.objects.visible_to(request.member).filter(pk=pk).values(*FIELDS).first()
    if found is None:
        raise Http404
    return found
