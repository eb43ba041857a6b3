from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import Http404
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.api.paging import id_of
from accounts.api.resources import Listed, One
from accounts.api.shapes import ID, TEXT, Schema
from accounts.api.views import ApiRequest
from accounts.models import Access
from journeys.beginning import begin_empty
from journeys.models import Journey, Segment, Version
from journeys.models.element import ActRefused

FIELDS = ("id", "segment", "title", "summary", "owner", "review_on", "revision", "made_at", "changed_at")


class NewJourney(serializers.Serializer[Any]):
    segment = serializers.UUIDField()
    title = serializers.CharField(max_length=200)
    id = serializers.UUIDField(required=False)

    def validate_segment(self, pk: UUID) -> Segment:
        found = Segment.objects.visible_to(self.context["member"]).filter(pk=pk).first()
        if found is None:
            raise ValidationError("There is no such segment.")
        return found


class Maps(Listed):
    """The maps, without what is on them."""

    model = Journey
    fields: ClassVar[Sequence[str]] = FIELDS
    orders = {"changed_at": "changed_at", "title": "title", "id": "pk"}
    filters = {"segment": ID, "search": TEXT}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        rows = Journey.objects.visible_to(request.member)
        if (segment := request.query_params.get("segment")) is not None:
            rows = rows.filter(segment=id_of(segment, "segment"))
        return rows.matching(request.query_params.get("search", "")[:200])


class Journeys(Maps):
    doors = {"GET": Access.VIEWER, "POST": Access.EDITOR}
    bodies = {"POST": NewJourney}

    @classmethod
    def answer_schema(cls, method: str) -> tuple[int, Schema | None]:
        return super().answer_schema(method) if method == "GET" else (201, cls.row_schema())

    def post(self, request: ApiRequest) -> Response:
        """Begin an empty map. With an `id` of one's own a retried request is the same request."""
        given = NewJourney(data=request.data, context={"member": request.member})
        given.is_valid(raise_exception=True)
        said = given.validated_data
        try:
            with transaction.atomic():
                made = begin_empty(said["segment"], said["title"], id=said.get("id"), by=request.member, at=request.at)
        except ActRefused as refusal:
            raise ValidationError({refusal.field: [refusal.message]}) from refusal
        except IntegrityError as trouble:  # the same id was sent to two segments at once
            raise ValidationError({"id": ["That id is in use already."]}) from trouble
        body = OneJourney().read(request, made.pk)
        return Response(body, status=201, headers={"Location": f"/api/v1/journeys/{made.pk}"})


class JourneysOfSource(Maps):
    """The maps, each with the `external_id` by which that source calls it: its own id where it has no other."""

    fields = (*FIELDS, "external_id")
    known = {"external_id": TEXT}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        found: Any = super().rows(request)
        rows: QuerySet[Any] = found.called_by(self.kwargs["source"])
        return rows


class OneJourney(One):
    model = Journey
    fields = FIELDS

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        return Journey.objects.visible_to(request.member)


class Versions(Listed):
    """What has been published of a map, without the maps themselves."""

    model = Version
    fields = ("id", "number", "revision", "note", "by", "at")
    orders = {"number": "number"}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        journey = Journey.objects.seen_by(request.member, self.kwargs["pk"])
        if journey is None:
            raise Http404
        return Version.objects.of(journey)
