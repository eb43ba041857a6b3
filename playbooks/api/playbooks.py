from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.api.bodies import Body, Said, of_model
from accounts.api.paging import know_all
from accounts.api.problems import Problem
from accounts.api.resources import Listed, One
from accounts.api.shapes import ID, TEXT, Schema, one_of, or_null, thing
from accounts.api.tags import tagged
from accounts.api.views import ApiRequest
from accounts.models import Access, Role
from playbooks.body import (
    CHANNELS,
    LETTERS,
    MOST,
    MOST_LETTERS,
    MOST_MINUTES,
    NEEDED,
    blank_body,
    read_body,
)
from playbooks.models import Playbook

FIELDS = ("id", "title", "summary", "made_at", "changed_at")


def _item(part: str, *, sent: bool) -> Schema:
    """A step, message or link, as it is sent or as it is shown."""
    texts: dict[str, Schema] = {name: {**TEXT, "maxLength": most} for name, most in LETTERS[part].items()}
    texts[NEEDED[part]] |= {"minLength": 1, "pattern": r"\S"}
    if part == "links":
        texts["url"] |= {"pattern": "^(https?://|mailto:)", "format": "uri"}
    if part == "messages":
        texts["channel"] = one_of("", *CHANNELS)
    found = thing(id=ID, **texts, **({"role_id": or_null(ID)} if part == "steps" else {}))
    return {**found, "required": [NEEDED[part]], "additionalProperties": False} if sent else found


def _body(*, sent: bool) -> Schema:
    lists = {part: {"type": "array", "maxItems": most, "items": _item(part, sent=sent)} for part, most in MOST.items()}
    minutes: Schema = {"type": ["integer", "null"], "minimum": 1, "maximum": MOST_MINUTES}
    found = thing(**lists, talk_track={**TEXT, "maxLength": MOST_LETTERS["talk_track"]}, minutes=minutes)
    return {**found, "required": [], "additionalProperties": False} if sent else found


def _read_body(value: Any) -> dict[str, Any]:
    """Parts of a body, as they are kept. Raises ValueError, and ValidationError with the places inside."""
    if not isinstance(value, dict):
        raise ValueError("It is no object.")
    checked, faults = read_body(value)
    if faults:
        wrong: dict[str, Any] = {}
        for fault in faults:
            inner = wrong
            for step in fault.place:
                inner = inner.setdefault(str(step), {})
            inner.setdefault("non_field_errors", []).append(fault.message)
        raise ValidationError(wrong)
    return {name: checked[name] for name in value}


SAID = {
    "title": of_model(Playbook, "title"),
    "summary": of_model(Playbook, "summary"),
    "body": Said(_body(sent=True), _read_body),
}
NEW, CHANGED = Body(SAID, ["title"]), Body(SAID)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"body": {**blank_body(), **row["body"]}}


def _refuse_unknown_roles(request: ApiRequest, body: dict[str, Any]) -> None:
    ours = {str(pk) for pk in Role.objects.visible_to(request.member).values_list("pk", flat=True)}
    steps = enumerate(body.get("steps", ()))
    wrong = {
        str(number): {"role_id": ["There is no such role."]} for number, step in steps if step["role_id"] not in (None, *ours)
    }
    if wrong:
        raise ValidationError({"body": {"steps": wrong}})


def _taken() -> ValidationError:
    return ValidationError({"title": ["There is a playbook of that title already."]})


class Playbooks(Listed):
    """Without what they say, which each has alone."""

    doors = {"GET": Access.VIEWER, "POST": Access.EDITOR}
    model = Playbook
    fields = FIELDS
    bodies = {"POST": NEW.schema}
    orders = {"title": "title", "changed_at": "changed_at", "id": "pk"}
    filters = {"search": TEXT}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        return Playbook.objects.visible_to(request.member).matching(request.query_params.get("search", "")[:200])

    @classmethod
    def answer_schema(cls, method: str) -> tuple[int, Schema | None]:
        return super().answer_schema(method) if method == "GET" else (201, OnePlaybook.row_schema())

    def post(self, request: ApiRequest) -> Response:
        """A draft. One of which nothing but a ready-made title is said begins with what that says."""
        know_all(request, ())
        said = NEW.of(request)
        _refuse_unknown_roles(request, said.get("body", {}))
        title = said.pop("title")
        try:
            with transaction.atomic():
                if said:
                    made = Playbook.objects.draft(request.member.workspace, title, at=request.at, **said)
                else:
                    made = Playbook.objects.draft_by_title(request.member, title, at=request.at)
        except IntegrityError as trouble:
            raise _taken() from trouble
        row = OnePlaybook().read(request, made.pk)
        return tagged(row, 201, {"Location": f"/api/v1/playbooks/{made.pk}"})


class OnePlaybook(One):
    """`body`: its steps, messages, links and talk track."""

    doors = {"GET": Access.VIEWER, "PATCH": Access.EDITOR, "DELETE": Access.EDITOR}
    model = Playbook
    fields = (*FIELDS, "body")
    known = {"body": _body(sent=False)}
    bodies = {"PATCH": CHANGED.schema}
    refusals = {"PATCH": [412], "DELETE": [409, 412]}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        return Playbook.objects.visible_to(request.member)

    @classmethod
    def shape(cls, row: dict[str, Any]) -> dict[str, Any]:
        return _shown(row)

    def patch(self, request: ApiRequest, pk: UUID) -> Response:
        """Change what is said. A list of steps, messages or links is the whole list; parts of the body that are not said stay."""
        know_all(request, ())
        self.read(request, pk)  # what is not there has no body to be read
        said = CHANGED.of(request)
        body = said.pop("body", {})
        _refuse_unknown_roles(request, body)
        try:
            with transaction.atomic():
                self.held(request, pk).rewrite({**said, **body}, at=request.at)
        except IntegrityError as trouble:
            raise _taken() from trouble
        return tagged(self.read(request, pk))

    def delete(self, request: ApiRequest, pk: UUID) -> Response:
        """One that no card of a map and no delivery uses."""
        know_all(request, ())
        try:
            with transaction.atomic():
                self.held(request, pk).remove()
        except ProtectedError as trouble:
            hint = "Take it off the cards that name it first."
            raise Problem(409, "in-use", "It is in use", "A map or a delivery uses it.", hint=hint) from trouble
        return Response(status=204)
