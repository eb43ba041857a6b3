"""What has been published of a map: listed, read one by one, and as the map that it was."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from rest_framework.response import Response

from accounts.api.bodies import Body, Said, a_whole, some_text
from accounts.api.paging import know_all
from accounts.api.problems import Problem
from accounts.api.resources import Listed, One, Shown
from accounts.api.shapes import WHOLE
from accounts.api.tags import KNOWN, is_known, tagged
from accounts.api.views import ApiRequest, ApiView
from accounts.models import Access
from journeys.api.acting import acting
from journeys.api.document_schema import document_schema
from journeys.models import Journey, Version
from journeys.models.version import LONGEST_NOTE
from journeys.publishing import NothingNew, SeenOtherwise
from journeys.replacing import document_published

PUBLISHED = Body({
    "note": some_text(LONGEST_NOTE, least=0),
    "seen": Said({**WHOLE, "minimum": 0, "description": "The revision that was looked at."}, a_whole.read),
})  # fmt: skip


class ShownVersion(Shown):
    model = Version
    fields = ("id", "number", "revision", "note", "by", "at")

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        return versions_of(request, self.kwargs["pk"])


class Versions(ShownVersion, Listed):
    """What has been published of a map, without the maps themselves."""

    doors = {"GET": Access.VIEWER, "POST": Access.EDITOR}
    bodies = {"POST": PUBLISHED.schema}
    may_say_nothing = ("POST",)
    orders = {"number": "number"}
    refusals = {"POST": [412]}

    def post(self, request: ApiRequest, pk: UUID) -> Response:
        """Publish the map as it is now. With `seen`, only what was looked at: else 412, with the revision of now."""
        know_all(request, ())
        rows = self.rows(request)
        said = PUBLISHED.of(request, or_nothing=True)
        with acting(request, pk) as journey:
            try:
                made = journey.publish(said.get("note", ""), seen=said.get("seen"), by=request.member, at=request.at)
            except SeenOtherwise as stale:
                raise _seen_otherwise(stale) from stale
            except NothingNew as refusal:
                raise _nothing_new(refusal) from refusal
        row = rows.filter(pk=made.pk).values(*self.fields).get()
        return tagged(row, 201, {"Location": f"/api/v1/journeys/{pk}/versions/{made.pk}"})


def _seen_otherwise(stale: SeenOtherwise) -> Problem:
    hint = (
        "Read the map again; if it is what you want to publish, send its “revision” as “seen”. Without “seen” it is not compared."
    )
    return Problem(
        412, "changed-since", "The map has changed since", f"It is at revision {stale.revision} now.",
        hint=hint, more={"revision": stale.revision},
    )  # fmt: skip


def _nothing_new(refusal: NothingNew) -> Problem:
    title = "Something in the request is not right"
    hint = "The newest version is what you want: GET it from this address with “?order=-number&limit=1”."
    return Problem(422, "invalid", title, hint=hint, errors=[("", refusal.message)])


class OneVersion(ShownVersion, One):
    """By its id or its number. It never changes."""

    def get(self, request: ApiRequest, **parts: Any) -> Response:
        found = versions_of(request, parts["pk"]).called(parts["version"]).values_list("pk", flat=True).first()
        if found is None:
            raise Http404
        return super().get(request, pk=found)


class VersionDocument(ApiView):
    """The map as a version has published it, in the shape of the document of the map as it is now. Roles and playbooks are called
    as they are now, those that are gone as they were then. It is only read; who puts it back as the document of the map brings
    the map back to it."""

    doors = {"GET": Access.VIEWER}
    headers_taken = {"GET": KNOWN}
    also_answers = {"GET": {304: None}}
    answers = {"GET": (200, document_schema())}

    def get(self, request: ApiRequest, pk: UUID, version: str) -> Response:
        """With `If-None-Match`, 304 as long as it is the same."""
        know_all(request, ())
        found = versions_of(request, pk).called(version).first()
        if found is None:
            raise Http404
        answer = tagged(told := document_published(found, request.member.workspace_id))
        return Response(status=304, headers={"ETag": answer["ETag"]}) if is_known(request, told) else answer


def versions_of(request: ApiRequest, pk: UUID) -> Any:
    """Those of a map that the member may see. Raises Http404."""
    journey = Journey.objects.seen_by(request.member, pk)
    if journey is None:
        raise Http404
    return Version.objects.of(journey)
