from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.api.bodies import Body, Said, a_list, an_id, some_text
from accounts.api.own_ids import refuse_another, taken
from accounts.api.paging import day_of, flag_of, id_of, know_all, refused
from accounts.api.problem_types import ERROR
from accounts.api.problems import Problem
from accounts.api.resources import Listed, One
from accounts.api.shapes import DAY, FLAG, ID, SWITCH, TEXT, WHOLE, Schema, list_of, one_of, or_null, thing
from accounts.api.tags import refuse_stale, tagged
from accounts.api.views import ApiRequest, ApiView
from accounts.models import Access
from customers.models import Customer
from customers.upserting import AMOUNT, HEALTH, MOST, NAMES, Busy, Item, Reader, Refused, upsert
from journeys.models import Segment

FIELDS = ("id", "external_id", "name", "segment", "owner", "renewal_on", "value", "health", "made_at", "changed_at")

WORDS = one_of(*HEALTH.values())
KNOWN = {"health": or_null(WORDS)}
TOLD_AMOUNT: Schema = {"type": "string", "pattern": f"^{AMOUNT}$"}
ITEM: Schema = {
    "type": "object",
    "required": ["external_id"],
    "properties": {
        "external_id": {"type": "string", "minLength": 1, "maxLength": 200},
        "name": {"type": "string", "minLength": 1, "maxLength": 200},
        "segment": ID,
        "owner": or_null(ID),
        "renewal_on": or_null(DAY),
        "value": {"anyOf": [{"type": "number", "minimum": 0, "exclusiveMaximum": 10**12}, TOLD_AMOUNT, {"type": "null"}]},
        "health": or_null(WORDS),
        "notes": {"type": ["string", "null"], "maxLength": 20_000},
    },
    "additionalProperties": False,
}
#: of one that is made or changed alone
SAID: dict[str, Schema] = {**ITEM["properties"], "external_id": {**TEXT, "maxLength": 200}}
RESULT: Schema = {
    "type": "object",
    "required": ["external_id", "result", "id"],
    "properties": {
        "external_id": TEXT, "result": one_of("new", "updated", "unchanged", "bad"), "id": or_null(ID),
        "changed": list_of(TEXT), "errors": list_of(ERROR),
    },
}  # fmt: skip


class Customers(Listed):
    """Without their notes, which each has alone."""

    doors = {"GET": Access.VIEWER, "POST": Access.EDITOR}
    model = Customer
    bodies = {"POST": {**thing(**{"id": ID, **SAID}), "required": ["name", "segment"], "additionalProperties": False}}
    fields = FIELDS
    known = KNOWN
    orders = {"name": "name_key", "changed_at": "changed_at", "id": "pk"}
    filters = {
        "segment": ID, "owner": {"anyOf": [ID, one_of("none")]}, "health": WORDS, "external_id": TEXT, "search": TEXT,
        "renewal_from": DAY, "renewal_to": DAY,
    }  # fmt: skip

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        rows, said = Customer.objects.visible_to(request.member), request.query_params
        if (segment := said.get("segment")) is not None:
            rows = rows.in_segment(id_of(segment, "segment"))
        if (owner := said.get("owner")) is not None:
            rows = rows.owned_by(None if owner == "none" else id_of(owner, "owner"))
        if (health := said.get("health")) is not None:
            rows = rows.of_health(_health(health))
        if (external_id := said.get("external_id")) is not None:
            rows = rows.bearing(external_id.replace("\0", ""))
        rows = rows.matching(said.get("search", "")[:200])
        return rows.renewing(day_of(said, "renewal_from"), day_of(said, "renewal_to"))

    @classmethod
    def shape(cls, row: dict[str, Any]) -> dict[str, Any]:
        return _shown(row)

    @classmethod
    def answer_schema(cls, method: str) -> tuple[int, Schema | None]:
        return super().answer_schema(method) if method == "GET" else (201, OneCustomer.row_schema())

    def post(self, request: ApiRequest) -> Response:
        """A new one. With an `id` of one's own a request that is sent again is the same request."""
        know_all(request, ())
        said = _body(request, new=True).of(request)
        there = Customer.objects.visible_to(request.member).filter(pk=said["id"]).first() if "id" in said else None
        if there is None:
            there = self._made(request, said)
        row = OneCustomer().read(request, there.pk)
        refuse_another(_shown(said), row)
        return tagged(row, 201, {"Location": f"/api/v1/customers/{there.pk}"})

    @staticmethod
    def _made(request: ApiRequest, said: dict[str, Any]) -> Customer:
        fields = {NAMES.get(name, name): value for name, value in said.items() if name not in ("name", "segment")}
        with _once():
            segment = Segment.objects.visible_to(request.member).filter(pk=said["segment"]).first()
            if segment is None:
                raise ValidationError({"segment": ["There is no such segment."]})  # it was deleted just now
            return Customer.objects.add(
                request.member.workspace, said["name"], segment, by=request.member, at=request.at, **fields
            )


class OneCustomer(One):
    doors = {"GET": Access.VIEWER, "PATCH": Access.EDITOR}
    model = Customer
    fields = (*FIELDS, "notes")
    known = KNOWN
    bodies = {"PATCH": {**thing(**SAID), "required": [], "additionalProperties": False}}
    refusals = {"PATCH": [412]}

    @classmethod
    def shape(cls, row: dict[str, Any]) -> dict[str, Any]:
        return _shown(row)

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        return Customer.objects.visible_to(request.member)

    def patch(self, request: ApiRequest, pk: UUID) -> Response:
        """Change what is said, and nothing else; `null` empties. A renewal date that moves takes what is planned along."""
        know_all(request, ())
        self.read(request, pk)  # what is not there has no body to be read
        said = _body(request, new=False).of(request)
        fields = {NAMES.get(name, name): value for name, value in said.items()}
        with _once():
            if found := self.rows(request).select_for_update(no_key=True).filter(pk=pk).first():
                refuse_stale(request, self.read(request, pk))
                found.edit(fields, by=request.member, at=request.at)
        return tagged(self.read(request, pk))


def _body(request: ApiRequest, *, new: bool) -> Body:
    """What may be said of one, read as the items of many are."""
    reader = Reader(request.member)
    fields = {name: Said(SAID[name], read) for name, read in reader.reads.items()}
    own_id = some_text(200, least=0)
    fields["external_id"] = Said(SAID["external_id"], lambda value: own_id.read(value).strip())
    return Body({**fields, **({"id": an_id} if new else {})}, ["name", "segment"] if new else [])


@contextmanager
def _once() -> Iterator[None]:
    """What is there only once, and was there already, is told at its place."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as trouble:
        raise taken(trouble, "customer") from trouble


MANY = Body({"customers": a_list(ITEM, MOST)}, ["customers"])


class ManyCustomers(ApiView):
    """Up to 5,000 customers by the ids of another system: made where they are not there, changed where they differ."""

    doors = {"POST": Access.EDITOR}
    queries = {"POST": {"dry_run": SWITCH, "all_or_nothing": SWITCH}}
    bodies = {"POST": MANY.schema}
    answers = {
        "POST": (200, thing(counts={"type": "object", "additionalProperties": WHOLE}, dry_run=FLAG, results=list_of(RESULT)))
    }

    def post(self, request: ApiRequest) -> Response:
        know_all(request, ("dry_run", "all_or_nothing"))
        only_look, all_or_nothing = flag_of(request, "dry_run"), flag_of(request, "all_or_nothing")
        said = MANY.of(request)["customers"]
        try:
            items = upsert(said, by=request.member, at=request.at, all_or_nothing=all_or_nothing, only_look=only_look)
        except Busy as busy:
            raise Problem(409, "busy", "Others bring in the same customers just now") from busy
        except Refused as refusal:
            errors = [(f"/customers/{number}{at}", told) for number, item in enumerate(refusal.items) for at, told in item.errors]
            raise Problem(422, "invalid", "Some of them are not right, and none was taken", errors=errors[:1000]) from refusal
        counts = Counter(item.result for item in items)
        results = [_told(number, item) for number, item in enumerate(items)]
        return Response({"counts": counts, "dry_run": only_look, "results": results})


def _told(number: int, item: Item) -> dict[str, Any]:
    told: dict[str, Any] = {"external_id": item.external_id, "result": item.result, "id": item.pk}
    if item.errors:
        return told | {"errors": [{"pointer": f"/customers/{number}{at}", "detail": detail} for at, detail in item.errors]}
    return told | {"changed": item.changed}


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "health": HEALTH.get(row["health"])} if "health" in row else row


def _health(said: str) -> int:
    found = next((value for value, name in HEALTH.items() if name == said), None)
    if found is None:
        raise refused("health", f"It is one of {', '.join(HEALTH.values())}.")
    return found
