"""The whole map in one document, and what has happened to it."""

from __future__ import annotations

import re
from uuid import UUID

from django.db.models import F, Func, IntegerField
from django.http import Http404
from rest_framework.response import Response

from accounts.api.paging import flag_of, know_all, listed, refused
from accounts.api.problems import Problem
from accounts.api.views import ApiRequest, ApiView
from accounts.models import Access
from journeys.models import Change, Journey
from journeys.models.element import ActRefused
from journeys.portable import NotPortable
from journeys.replacing import Stale, document_of, replace, tag_of

#: fields of a change as the log tells them
CHANGE = ("revision", "at", "by", "kind", "label", "patches")
#: those of an import hold a whole map
PATCHES_BYTES = Func(F("patches"), template="octet_length(%(expressions)s::text)", output_field=IntegerField())
#: our own tags; a proxy that packs the answer puts a word of its own behind one ("…-gzip"), or calls it weak
ONE_TAG = re.compile(r'(?:W/)?"(\d{1,9}-[0-9a-f]{16})(?:[-;]\w+)?"')


class JourneyDocument(ApiView):
    doors = {"GET": Access.VIEWER, "PUT": Access.EDITOR}

    def get(self, request: ApiRequest, pk: UUID) -> Response:
        """With `If-None-Match`, 304 as long as it is the same."""
        tag = tag_of(request.member, pk)
        if tag is None:
            raise Http404
        if tag in ONE_TAG.findall(request.headers.get("If-None-Match", "")):
            return Response(status=304, headers={"ETag": f'"{tag}"'})
        # Read after the tag: should somebody draw in between, the tag is too old, and never too young.
        return Response(document_of(Journey(pk=pk), request.member.workspace_id), headers={"ETag": f'"{tag}"'})

    def put(self, request: ApiRequest, pk: UUID) -> Response:
        """One act that touches only what differs. `?dry_run=true` says what it would be."""
        know_all(request, ["dry_run"])
        only_look = flag_of(request, "dry_run")
        journey = Journey.objects.seen_by(request.member, pk)
        if journey is None:
            raise Http404
        said = ONE_TAG.fullmatch(request.headers.get("If-Match", ""))
        if said is None:
            hint = "Send “If-Match: ” and the ETag of the document that you have changed. “*” is not taken."
            raise Problem(428, "if-match-missing", "It must be said what was changed", hint=hint)
        try:
            done = replace(journey, request.data, tag=said[1], by=request.member, at=request.at, only_look=only_look)
        except Stale as stale:
            raise Problem(
                412, "changed-since", "Somebody has changed the map since",
                hint="Read the document again, bring your changes in, and put it back with its ETag.",
                more={"revision": stale.revision, "ids": stale.ids}, headers={"ETag": f'"{stale.tag}"'},
            ) from stale  # fmt: skip
        except (NotPortable, ActRefused) as refusal:
            raise Problem(422, "invalid", "Something in the document is not right", str(refusal)) from refusal
        body = {"revision": done.revision, "dry_run": only_look, "changes": done.told(), "ids": done.ids}
        return Response(body, headers={"ETag": f'"{done.tag}"'})


class JourneyChanges(ApiView):
    """The log of a map, from `after` on: applied one after the other, the patches turn the map of then into that of now."""

    doors = {"GET": Access.VIEWER}

    def get(self, request: ApiRequest, pk: UUID) -> Response:
        journey = Journey.objects.seen_by(request.member, pk)
        if journey is None:
            raise Http404
        after = request.query_params.get("after", "0")
        if not after.isascii() or not after.isdigit() or len(after) > 9:
            raise refused("after", "It is a revision, 0 for all of them.")
        rows = Change.objects.of(journey).filter(revision__gt=int(after))
        answer = listed(request, rows, CHANGE, {"revision": "revision"}, filters=("after",), weight=PATCHES_BYTES)
        answer.data["revision"] = journey.revision
        return answer
