from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.api.paging import flag_of, id_of, know_all, refused
from accounts.api.problems import Problem
from accounts.api.resources import Listed, One
from accounts.api.shapes import DAY, DECIMAL, FLAG, ID, SWITCH, TEXT, WHOLE, Schema, list_of, one_of, or_null, thing
from accounts.api.views import ApiRequest, ApiView
from accounts.models import Access
from customers.models import Customer, Enrolment
from customers.upserting import HEALTH, MOST, Busy, Item, Refused, upsert

FIELDS = ("id", "external_id", "name", "segment", "owner", "renewal_on", "value", "health", "made_at", "changed_at")

WORDS = one_of(*HEALTH.values())
KNOWN = {"health": or_null(WORDS)}
ITEM: Schema = {
    "type": "object",
    "required": ["external_id"],
    "properties": {
        "external_id": {"type": "string", "minLength": 1, "maxLength": 200},
        "name": {"type": "string", "minLength": 1, "maxLength": 200},
        "segment": ID,
        "owner": or_null(ID),
        "renewal_on": or_null(DAY),
        "value": {"anyOf": [{"type": "number", "minimum": 0}, DECIMAL, {"type": "null"}]},
        "health": or_null(WORDS),
        "notes": {"type": ["string", "null"], "maxLength": 20_000},
    },
    "additionalProperties": False,
}
ERROR = thing(pointer=TEXT, detail=TEXT)
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

    model = Customer
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
        return rows.renewing(_day(said, "renewal_from"), _day(said, "renewal_to"))

    @classmethod
    def shape(cls, row: dict[str, Any]) -> dict[str, Any]:
        return _shown(row)


class OneCustomer(One):
    model = Customer
    fields = (*FIELDS, "notes")
    known = KNOWN

    @classmethod
    def shape(cls, row: dict[str, Any]) -> dict[str, Any]:
        return _shown(row)

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        return Customer.objects.visible_to(request.member)


class Enrolments(Listed):
    """Who travels which version of which map, and where they are."""

    model = Enrolment
    fields = ("id", "customer", "journey", "version", "started_on", "stage_id", "cycle", "left_on", "left_because")
    names = {"stage_id": "stage"}
    filters = {"customer": ID, "journey": ID}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        rows, said = Enrolment.objects.visible_to(request.member), request.query_params
        named = {name: id_of(said[name], name) for name in self.filters if name in said}
        return rows.filter(**named)


class ManyCustomers(ApiView):
    """Up to 5,000 customers by the ids of another system: made where they are not there, changed where they differ."""

    doors = {"POST": Access.EDITOR}
    queries = {"POST": {"dry_run": SWITCH, "all_or_nothing": SWITCH}}
    bodies = {"POST": thing(customers={"type": "array", "minItems": 1, "maxItems": MOST, "items": ITEM})}
    answers = {
        "POST": (200, thing(counts={"type": "object", "additionalProperties": WHOLE}, dry_run=FLAG, results=list_of(RESULT)))
    }

    def post(self, request: ApiRequest) -> Response:
        said = request.data.get("customers") if isinstance(request.data, dict) else None
        if not isinstance(said, list) or not 1 <= len(said) <= MOST:
            raise ValidationError({"customers": [f"It is a list of 1 to {MOST:,}."]})
        know_all(request, ("dry_run", "all_or_nothing"))
        only_look, all_or_nothing = flag_of(request, "dry_run"), flag_of(request, "all_or_nothing")
        try:
            items = upsert(said, by=request.member, at=request.at, all_or_nothing=all_or_nothing, only_look=only_look)
        except Busy as busy:
            hint = "Send it again in a moment."
            raise Problem(409, "busy", "Others bring in the same customers just now", hint=hint) from busy
        except Refused as refusal:
            errors = [(f"/customers/{number}{at}", told) for number, item in enumerate(refusal.items) for at, told in item.errors]
            raise Problem(
                422, "invalid", "Some of them are not right, and none was taken", hint="See “errors”.", errors=errors[:1000]
            ) from refusal
        counts = Counter(item.result for item in items)
        return Response({"counts": counts, "dry_run": only_look, "results": [_told(item) for item in items]})


def _told(item: Item) -> dict[str, Any]:
    told: dict[str, Any] = {"external_id": item.external_id, "result": item.result, "id": item.pk}
    if item.errors:
        return told | {"errors": [{"pointer": at, "detail": detail} for at, detail in item.errors]}
    return told | {"changed": item.changed}


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "health": HEALTH.get(row["health"])} if "health" in row else row


def _health(said: str) -> int:
    found = next((value for value, name in HEALTH.items() if name == said), None)
    if found is None:
        raise refused("health", f"It is one of {', '.join(HEALTH.values())}.")
    return found


def _day(said: Any, name: str) -> date | None:
    text = said.get(name)
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as trouble:
        raise refused(name, "It is a date, as 2027-01-31.") from trouble
