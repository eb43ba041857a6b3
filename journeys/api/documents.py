"""The whole map in one document, and what has happened to it."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.db.models import F, Func, IntegerField, QuerySet
from django.http import Http404
from rest_framework.response import Response

from accounts.api.paging import flag_of, id_of, know_all, refused
from accounts.api.problems import Problem, pointer_to
from accounts.api.resources import Listed
from accounts.api.shapes import FLAG, ID, SWITCH, TEXT, WHOLE, Schema, list_of, one_of, or_null, thing
from accounts.api.views import ApiRequest, ApiView
from accounts.models import Access
from journeys.api.document_schema import document_schema
from journeys.bringing_in import TakenMeanwhile, WithoutSegment, bring, journey_called, refuse_bad_name
from journeys.document import KEYS
from journeys.faults import NotPortable
from journeys.inside import Busy
from journeys.models import Change, Journey, Segment
from journeys.models.element import ActRefused
from journeys.replacing import Replaced, Stale, document_of, replace, tag_of
from journeys.unpacking import outside_name

#: fields of a change as the log tells them
CHANGE = ("revision", "at", "by", "kind", "label", "patches")
#: those of an import hold a whole map
PATCHES_BYTES = Func(F("patches"), template="octet_length(%(expressions)s::text)", output_field=IntegerField())
#: our own tags; a proxy that packs the answer puts a word of its own behind one ("…-gzip"), or calls it weak
ONE_TAG = re.compile(r'(?:W/)?"(\d{1,9}-[0-9a-f]{16})(?:[-;]\w+)?"')


#: what a document that was put back has changed
PUT = thing(
    id=or_null(ID),
    revision=WHOLE,
    dry_run=FLAG,
    changes=list_of(thing(kind=TEXT, id=TEXT, how=one_of("made", "changed", "deleted"), fields=list_of(TEXT))),
    ids={"type": "object", "additionalProperties": ID},
)


class JourneyDocument(ApiView):
    doors = {"GET": Access.VIEWER, "PUT": Access.EDITOR}
    queries = {"PUT": {"dry_run": SWITCH}}
    headers_taken = {"GET": {"If-None-Match": TEXT}, "PUT": {"If-Match": {**TEXT, "required": True}}}
    also_answers = {"GET": {304: None}}
    refusals = {"PUT": [409, 412, 428]}
    bodies = {"PUT": document_schema()}
    answers = {"GET": (200, document_schema()), "PUT": (200, PUT)}

    def get(self, request: ApiRequest, pk: UUID) -> Response:
        """With `If-None-Match`, 304 as long as it is the same."""
        know_all(request, ())
        return told(request, pk)

    def put(self, request: ApiRequest, pk: UUID) -> Response:
        """One act that touches only what differs. `?dry_run=true` says what it would be."""
        know_all(request, ["dry_run"])
        journey = Journey.objects.seen_by(request.member, pk)
        if journey is None:
            raise Http404
        return put(request, journey)


class ExternalDocument(ApiView):
    """The map that a source (any name of 1 to 50 letters, digits, - and _) calls by this id; all that is on it bears the ids of
    the source, too. What the source has not named has its own id there."""

    doors = {"GET": Access.VIEWER, "PUT": Access.EDITOR}
    queries = {"PUT": {"dry_run": SWITCH, "segment": ID}}
    headers_taken = {"GET": {"If-None-Match": TEXT}, "PUT": {"If-Match": TEXT}}
    also_answers = {"GET": {304: None}, "PUT": {201: PUT}}
    refusals = {"PUT": [409, 412, 428]}
    bodies = {"PUT": document_schema()}
    answers = {"GET": (200, document_schema()), "PUT": (200, PUT)}

    def get(self, request: ApiRequest, source: str, external_id: str) -> Response:
        """With `If-None-Match`, 304 as long as it is the same."""
        know_all(request, ())
        refuse_bad_address(source, external_id)
        journey = journey_called(request.member, source, external_id)
        if journey is None:
            raise Http404
        return told(request, journey.pk, source)

    def put(self, request: ApiRequest, source: str, external_id: str) -> Response:
        """Made if there is none (without `If-Match`), of the segment that the document names or else of `segment`; else changed
        as any document is."""
        know_all(request, ["dry_run", "segment"])
        refuse_bad_address(source, external_id)
        segment = self._segment(request)  # also where it is not needed: a mistake is told at once, not when the next map is new
        journey = journey_called(request.member, source, external_id)
        if journey is not None:
            return put(request, journey, source)
        if "If-Match" in request.headers:
            raise Problem(412, "changed-since", "There is no such map", hint="Leave If-Match out to make it.")
        only_look = flag_of(request, "dry_run")
        try:
            done = bring(source, external_id, request.data, segment, by=request.member, at=request.at, only_look=only_look)
        except (TakenMeanwhile, IntegrityError, Busy) as trouble:
            raise busy() from trouble
        except WithoutSegment as trouble:
            raise refused("segment", "The map is new: say which segment it is of.") from trouble
        except (NotPortable, ActRefused) as refusal:
            raise invalid(refusal) from refusal
        answered = answer(done, only_look, 200 if only_look else 201)
        if only_look:
            answered.data["id"] = None  # it would get one
        return answered

    @staticmethod
    def _segment(request: ApiRequest) -> Segment | None:
        """None where the address says none. Raises Problem for one that is not there, whether it is needed or not."""
        if (said := request.query_params.get("segment")) is None:
            return None
        found = Segment.objects.visible_to(request.member).filter(pk=id_of(said, "segment")).first()
        if found is None:
            raise refused("segment", "There is no such segment.")
        return found


def refuse_bad_address(source: str, external_id: str = "x") -> None:
    """Raise Problem for what no source can be called, or no map there."""
    try:
        refuse_bad_name(source, external_id)
    except ActRefused as refusal:
        raise refused(refusal.field, refusal.message) from refusal


def told(request: ApiRequest, pk: UUID, source: str = "") -> Response:
    """The document of a map. Raises Http404."""
    tag = tag_of(request.member, pk, source)
    if tag is None:
        raise Http404
    if tag in ONE_TAG.findall(request.headers.get("If-None-Match", "")):
        return Response(status=304, headers={"ETag": f'"{tag}"'})
    # Read after the tag: should somebody draw in between, the tag is too old, and never too young.
    return Response(document_of(Journey(pk=pk), request.member.workspace_id, source), headers={"ETag": f'"{tag}"'})


def put(request: ApiRequest, journey: Journey, source: str = "") -> Response:
    """Let the map be what the body says. Raises Problem."""
    only_look = flag_of(request, "dry_run")
    said = request.headers.get("If-Match", "").strip()
    if said in ("", "*"):
        hint = "Send “If-Match: ” and the ETag of the document that you have changed. “*” is not taken."
        raise Problem(428, "if-match-missing", "It must be said what was changed", hint=hint)
    tags = ONE_TAG.findall(said)  # what is no tag of ours is none that the map has
    by, at, tag = request.member, request.at, tags[0] if tags else ""
    if len(tags) > 1 and (current := tag_of(by, journey.pk, source)) in tags:
        tag = current
    try:
        done = replace(journey, request.data, tag=tag, by=by, at=at, only_look=only_look, source=source)
    except Stale as stale:
        raise changed_since(stale, tag) from stale
    except (NotPortable, ActRefused) as refusal:
        raise invalid(refusal) from refusal
    except (IntegrityError, Busy) as trouble:  # the same new ids came to another map, or a map inside is being drawn on
        raise busy() from trouble
    return answer(done, only_look)


def changed_since(stale: Stale, tag: str) -> Problem:
    title = "Somebody has changed the map since"
    if tag.partition("-")[0] == str(stale.revision):
        title = "A name that the document says has changed since: of its segment, a role, a playbook, or an external id"
    hint = "Read the document again, bring your changes in, and put it back with its ETag."
    more = {"revision": stale.revision, "ids": stale.ids}
    return Problem(412, "changed-since", title, hint=hint, more=more, headers={"ETag": f'"{stale.tag}"'})


def busy() -> Problem:
    return Problem(409, "busy", "Others bring in the same just now", hint="Send it again in a moment.")


def invalid(refusal: NotPortable | ActRefused) -> Problem:
    hint = "“errors” says what, and where: /touchpoints/3/title is the title of the fourth touchpoint."
    faults = (
        refusal.faults if isinstance(refusal, NotPortable) else [((refusal.field,) if refusal.field else (), refusal.message)]
    )
    errors = [(pointer_to(place), said) for place, said in faults]
    return Problem(422, "invalid", "Something in the document is not right", str(refusal), hint=hint, errors=errors)


def answer(done: Replaced, only_look: bool, status: int = 200) -> Response:
    id = str(done.journey)
    body = {"id": id, "revision": done.revision, "dry_run": only_look, "changes": done.told(), "ids": done.ids}
    headers = {"Location": f"/api/v1/journeys/{id}"} if status == 201 else {}
    return Response(body, status=status, headers={"ETag": f'"{done.tag}"', **headers})


def _outside(patch: dict[str, Any]) -> dict[str, Any]:
    """By the names of outside."""
    sides = ((side, patch[side]) for side in ("before", "after"))
    return patch | {side: fields and {outside_name(name): value for name, value in fields.items()} for side, fields in sides}


FIELDS: Schema = {"type": "object"}
PATCH: Schema = thing(
    kind={**one_of("journey", *KEYS), "description": "What it is: the map itself, or a part of it."},
    id=TEXT,
    before=or_null({**FIELDS, "description": "What the fields said that were changed or deleted; null where it was made."}),
    after=or_null({**FIELDS, "description": "What they say now; null where it was deleted."}),
)


class JourneyChanges(Listed):
    """The log of a map, from `after` on: applied one after the other, the patches turn the map of then into that of now. Their
    fields are those of the resources, with ids; `position` says where a stage or a lane stands among the others."""

    model = Change
    fields = CHANGE
    weight = PATCHES_BYTES
    known = {"patches": list_of(PATCH)}
    orders = {"revision": "revision"}
    filters = {"after": {"type": "integer", "minimum": 0}}

    @classmethod
    def answer_schema(cls, method: str) -> tuple[int, Schema | None]:
        status, page = super().answer_schema(method)
        return status, {**page, "properties": {**page["properties"], "revision": WHOLE}} if page else None

    @classmethod
    def shape(cls, row: dict[str, Any]) -> dict[str, Any]:
        return row | {"patches": [_outside(patch) for patch in row["patches"]]} if "patches" in row else row

    def get(self, request: ApiRequest, **parts: Any) -> Response:
        answer = super().get(request, **parts)
        answer.data["revision"] = self.journey.revision
        return answer

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        journey = Journey.objects.seen_by(request.member, self.kwargs["pk"])
        if journey is None:
            raise Http404
        after = request.query_params.get("after", "0")
        if not after.isascii() or not after.isdigit() or len(after) > 9:
            raise refused("after", "It is a revision, 0 for all of them.")
        self.journey = journey
        return Change.objects.of(journey).filter(revision__gt=int(after))
