"""What people say about a map. Nothing of it is drawn: it is no act on the map, and whoever may comment may.

A text is plain, with mentions as they are kept: `@[Name](id of the member)`. Whom it mentions is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.api.bodies import Body, a_flag, an_id, some_of, some_text
from accounts.api.paging import id_of, know_all, refused
from accounts.api.problems import Problem
from accounts.api.resources import Listed, One
from accounts.api.shapes import ID, INSTANT, SWITCH, TEXT, WHOLE, list_of, one_of, or_null, thing
from accounts.api.tags import refuse_stale, tagged
from accounts.api.views import ApiRequest
from accounts.ids import new_id
from accounts.models import Access
from journeys.api import acting
from journeys.calling import called
from journeys.models import Comment, Journey, Thread
from journeys.models.comment import LONGEST, NotTheirs
from journeys.models.element import ActRefused
from journeys.models.thread import KINDS

#: comments that a thread shows of itself; all of them are its replies
LAST = 20

TEXT_SAID = some_text(LONGEST)
BEGUN = Body({"id": an_id, "text": TEXT_SAID, "kind": some_of(*KINDS), "element": an_id}, ["text"])
REPLIED = Body({"id": an_id, "text": TEXT_SAID}, ["text"])
SETTLED = Body({"resolved": a_flag}, ["resolved"])
REWORDED = Body({"text": TEXT_SAID}, ["text"])

FIELDS = (
    "id", "element_kind", "element_id", "called", "begun_by", "begun_at", "last_at", "resolved_by", "resolved_at",
    "comment_count", "last_comments",
)  # fmt: skip
NAMES = {"element_kind": "kind", "element_id": "element", "last_comments": "comments"}
COMMENT = thing(id=ID, text=TEXT, by=ID, at=INSTANT, edited_at=or_null(INSTANT), deleted_at=or_null(INSTANT))
SHOWN = {"kind": one_of("", *KINDS), "comment_count": WHOLE, "comments": list_of(COMMENT)}


def _journey(request: ApiRequest, pk: UUID) -> Journey:
    found = Journey.objects.seen_by(request.member, pk)
    if found is None:
        raise Http404
    return found


def _thread(request: ApiRequest, pk: UUID, thread: UUID) -> Thread:
    found = Thread.objects.of(_journey(request, pk)).filter(pk=thread).select_related("journey").first()
    if found is None:
        raise Http404
    return found


@contextmanager
def _talking() -> Iterator[None]:
    try:
        yield
    except NotTheirs as refusal:
        raise Problem(403, "not-allowed", "That is not allowed", refusal.message, hint="Reply to it instead.") from refusal
    except ActRefused as refusal:
        raise acting.refused(refusal) from refusal


def _in_order(row: dict[str, Any]) -> dict[str, Any]:
    if "last_comments" in row:
        row["last_comments"] = row["last_comments"][::-1]
    return {NAMES.get(name, name): value for name, value in row.items()}


class Threads(Listed):
    """Talks about an element of a map, or about the whole of it, each with the last 20 of its comments."""

    doors = {"GET": Access.VIEWER, "POST": Access.CONTRIBUTOR}
    model, fields, names, known = Thread, FIELDS, NAMES, SHOWN
    bodies = {"POST": BEGUN.schema}
    orders = {"last_at": "last_at", "begun_at": "begun_at", "id": "pk"}
    filters = {"open": SWITCH, "element": {"anyOf": [ID, one_of("none")]}}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        rows, said = Thread.objects.of(_journey(request, self.kwargs["pk"])).whole(LAST), request.query_params
        if (is_open := said.get("open")) is not None:
            if is_open not in ("true", "false"):
                raise refused("open", "It is true or false.")
            rows = rows.open() if is_open == "true" else rows.resolved()
        if (element := said.get("element")) is not None:
            rows = rows.filter(element_id=None if element == "none" else id_of(element, "element"))
        return rows

    @classmethod
    def shape(cls, row: dict[str, Any]) -> dict[str, Any]:
        return _in_order(row)

    def post(self, request: ApiRequest, pk: UUID) -> Response:
        """Begin a talk: about the `element` of a `kind`, or about the map as a whole."""
        know_all(request, ())
        journey = _journey(request, pk)
        said = BEGUN.of(request)
        about, name = self._about(journey, said)
        # Its first comment bears its id: what is sent again says nothing twice.
        id = said.get("id") or new_id()
        ids = {"id": id, "comment_id": id}
        with _talking():
            made = Thread.objects.begin(journey, about, name, said["text"], by=request.member, at=request.at, **ids)
        row = self.shape(self.rows(request).filter(pk=made.pk).values(*FIELDS).get())
        return tagged(row, 201, {"Location": f"{request.path}/{made.pk}"})

    @staticmethod
    def _about(journey: Journey, said: dict[str, Any]) -> tuple[tuple[str, UUID] | None, str]:
        """(kind, id) and what it is called. Raises ValidationError."""
        if ("kind" in said) != ("element" in said):
            missing = "element" if "kind" in said else "kind"
            raise ValidationError({missing: ["An element is named by its kind and its id."]})
        if "kind" not in said:
            return None, ""
        about = said["kind"], said["element"]
        # As on a page: of an element that is gone, the thread that began there earlier says what it was called.
        name = called(journey, [about]).get(about) or Thread.objects.of(journey).name_of(about)
        if not name:
            raise ValidationError({"element": [f"There is no such {said['kind']} on this map."]})
        return about, name


class OneThread(One):
    """A talk, with the last 20 of its comments."""

    called = "thread"
    doors = {"GET": Access.VIEWER, "PATCH": Access.CONTRIBUTOR}
    model, fields, names, known = Thread, FIELDS, NAMES, SHOWN
    bodies = {"PATCH": SETTLED.schema}
    refusals = {"PATCH": [412]}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        return Thread.objects.of(_journey(request, self.kwargs["pk"])).whole(LAST)

    @classmethod
    def shape(cls, row: dict[str, Any]) -> dict[str, Any]:
        return _in_order(row)

    def patch(self, request: ApiRequest, pk: UUID, thread: UUID) -> Response:
        """Settle it, or open it again. A reply opens it by itself. With `If-Match`, only where nobody has said more since."""
        know_all(request, ())
        found = _thread(request, pk, thread)
        said = SETTLED.of(request)
        with _talking(), transaction.atomic():
            found.hold()
            refuse_stale(request, self.read(request, thread))
            if said["resolved"]:
                found.resolve(by=request.member, at=request.at)
            else:
                found.reopen()
        return tagged(self.read(request, thread))


class Replies(Listed):
    """All that was said in a talk, from its first comment on. One that was taken back has no text any more, and `deleted_at`."""

    doors = {"GET": Access.VIEWER, "POST": Access.CONTRIBUTOR}
    model = Comment
    fields = ("id", "by", "text", "at", "edited_at", "deleted_at")
    bodies = {"POST": REPLIED.schema}
    orders = {"at": "at", "id": "pk"}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        return Comment.objects.filter(thread=_thread(request, self.kwargs["pk"], self.kwargs["thread"]))

    def post(self, request: ApiRequest, pk: UUID, thread: UUID) -> Response:
        """Say something more. With an `id` of one's own a request that is sent again says it once."""
        know_all(request, ())
        found = _thread(request, pk, thread)
        said = REPLIED.of(request)
        with _talking():
            made = found.reply(said["text"], id=said.get("id"), by=request.member, at=request.at)
        row = Comment.objects.filter(pk=made.pk).values(*self.fields).get()
        return tagged(row, 201, {"Location": f"{request.path}/{made.pk}"})


class OneReply(One):
    """A comment. Only who wrote it changes it or takes it back."""

    called = "comment"
    doors = {"GET": Access.VIEWER, "PATCH": Access.CONTRIBUTOR, "DELETE": Access.CONTRIBUTOR}
    model, fields = Comment, Replies.fields
    bodies = {"PATCH": REWORDED.schema}
    refusals = {"PATCH": [412], "DELETE": [412]}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        return Comment.objects.filter(thread=_thread(request, self.kwargs["pk"], self.kwargs["thread"]))

    def patch(self, request: ApiRequest, pk: UUID, thread: UUID, comment: UUID) -> Response:
        """Say it better. Who is mentioned for the first time is told."""
        know_all(request, ())
        self.read(request, comment)  # what is not there has no body to be read
        said = REWORDED.of(request)
        with _talking(), transaction.atomic():
            self._seen(request, comment).edit(said["text"], by=request.member, at=request.at)
        return tagged(self.read(request, comment))

    def delete(self, request: ApiRequest, pk: UUID, thread: UUID, comment: UUID) -> Response:
        """Take it back. Where others have answered it leaves its place; a talk in which nothing is said any more goes. What is
        taken back already stays so."""
        know_all(request, ())
        with _talking(), transaction.atomic():
            found = self._seen(request, comment)
            if not (found.deleted_at and found.by_id == request.member.pk):
                found.remove(by=request.member, at=request.at)
        return Response(status=204)

    def _seen(self, request: ApiRequest, pk: UUID) -> Comment:
        """It, as the request has seen it; its thread is locked. Raises Http404, ActRefused, Problem."""
        found: Comment | None = self.rows(request).filter(pk=pk).select_related("thread__journey").first()
        if found is None:
            raise Http404
        try:
            found.thread.hold()
        except ActRefused as gone:  # in this very moment
            raise Http404 from gone
        refuse_stale(request, self.read(request, pk))
        return found
