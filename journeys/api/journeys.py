from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.api.bodies import Body, Said, a_day, an_id, of_model
from accounts.api.own_ids import refuse_another, taken
from accounts.api.paging import id_of, know_all
from accounts.api.resources import Listed, One
from accounts.api.shapes import ID, TEXT
from accounts.api.tags import refuse_stale, tagged
from accounts.api.views import ApiRequest
from accounts.models import Access, Member
from journeys.api.acting import acting, refused
from journeys.api.documents import refuse_bad_address
from journeys.beginning import begin_empty
from journeys.models import Journey, Segment
from journeys.models.element import ActRefused

FIELDS = ("id", "segment", "title", "summary", "owner", "review_on", "revision", "made_at", "changed_at")


NEW = Body({"id": an_id, "segment": an_id, "title": of_model(Journey, "title")}, ["segment", "title"])


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
    bodies = {"POST": NEW.schema}

    def post(self, request: ApiRequest) -> Response:
        """Begin an empty map. With an `id` of one's own a retried request is the same request."""
        know_all(request, ())
        said = NEW.of(request)
        segment = Segment.objects.visible_to(request.member).filter(pk=said["segment"]).first()
        if segment is None:
            raise ValidationError({"segment": ["There is no such segment."]})
        try:
            with transaction.atomic():
                made = begin_empty(segment, said["title"], id=said.get("id"), by=request.member, at=request.at)
        except ActRefused as refusal:
            raise refused(refusal) from refusal
        except IntegrityError as trouble:  # the same id was sent to two segments at once
            raise taken(trouble, "map") from trouble
        row = OneJourney().read(request, made.pk)
        refuse_another(said, row)
        return tagged(row, 201, {"Location": f"/api/v1/journeys/{made.pk}"})


class JourneysOfSource(Maps):
    """The maps, each with the `external_id` by which that source calls it: its own id where it has no other."""

    fields = (*FIELDS, "external_id")
    known = {"external_id": TEXT}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        refuse_bad_address(self.kwargs["source"])
        found: Any = super().rows(request)
        rows: QuerySet[Any] = found.called_by(self.kwargs["source"])
        return rows


def _review(value: Any) -> date | None:
    day: date | None = a_day.or_null.read(value)
    if day and not 2000 <= day.year <= 2199:
        raise ValueError("A year between 2000 and 2199, please.")
    return day


CHANGED = Body(
    {
        "title": of_model(Journey, "title"), "summary": of_model(Journey, "summary"), "segment": an_id, "owner": an_id.or_null,
        "review_on": Said(a_day.or_null.schema, _review),
    }
)  # fmt: skip


class OneJourney(One):
    """What a map says about itself; its parts have addresses of their own."""

    doors = {"GET": Access.VIEWER, "PATCH": Access.EDITOR}
    model = Journey
    fields = FIELDS
    bodies = {"PATCH": CHANGED.schema}
    refusals = {"PATCH": [412]}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        return Journey.objects.visible_to(request.member)

    def patch(self, request: ApiRequest, pk: UUID) -> Response:
        """Change what is said, and nothing else, as one act. With `If-Match`, only where nobody has drawn since."""
        know_all(request, ())
        self.read(request, pk)  # what is not there has no body to be read
        said = CHANGED.of(request)
        with acting(request, pk) as journey:
            refuse_stale(request, self.read(request, pk))
            fields = {self.ATTRIBUTES.get(name, name): value for name, value in said.items()}
            self._refuse_unknown(request, said)
            differing = {name: value for name, value in fields.items() if getattr(journey, name) != value}
            if differing:
                journey.edit(differing, by=request.member, at=request.at)
            row = self.read(request, pk)
        return tagged(row)

    ATTRIBUTES: ClassVar[dict[str, str]] = {"segment": "segment_id", "owner": "owner_id"}

    @staticmethod
    def _refuse_unknown(request: ApiRequest, said: dict[str, Any]) -> None:
        wrong = {}
        if "segment" in said and not Segment.objects.visible_to(request.member).filter(pk=said["segment"]).exists():
            wrong["segment"] = ["There is no such segment."]
        if said.get("owner") and not Member.objects.visible_to(request.member).filter(pk=said["owner"]).exists():
            wrong["owner"] = ["There is no such member."]
        if wrong:
            raise ValidationError(wrong)
