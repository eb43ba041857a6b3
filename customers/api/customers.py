from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.api.paging import flag_of, id_of, listed, refused
from accounts.api.problems import Problem
from accounts.api.views import ApiRequest, ApiView
from accounts.models import Access
from customers.models import Customer
from customers.upserting import HEALTH, MOST, Item, Refused, upsert

FIELDS = ("id", "external_id", "name", "segment", "owner", "renewal_on", "value", "health", "made_at", "changed_at")
ORDERS = {"name": "name_key", "changed_at": "changed_at", "id": "pk"}
FILTERS = ("segment", "owner", "health", "external_id", "search", "renewal_from", "renewal_to")


class Customers(ApiView):
    """Without their notes, which each has alone."""

    doors = {"GET": Access.VIEWER}

    def get(self, request: ApiRequest) -> Response:
        rows, said = Customer.objects.visible_to(request.member), request.query_params
        if segment := said.get("segment"):
            rows = rows.in_segment(id_of(segment, "segment"))
        if owner := said.get("owner"):
            rows = rows.owned_by(None if owner == "none" else id_of(owner, "owner"))
        if health := said.get("health"):
            rows = rows.of_health(_health(health))
        if external_id := said.get("external_id"):
            rows = rows.bearing(external_id.replace("\0", ""))
        if words := said.get("search"):
            rows = rows.matching(words[:200])
        rows = rows.renewing(_day(said, "renewal_from"), _day(said, "renewal_to"))
        return listed(request, rows, FIELDS, ORDERS, filters=FILTERS, shape=_shown)


class OneCustomer(ApiView):
    doors = {"GET": Access.VIEWER}

    def get(self, request: ApiRequest, pk: UUID) -> Response:
        found = Customer.objects.visible_to(request.member).filter(pk=pk).values(*FIELDS, "notes").first()
        if found is None:
            raise Http404
        return Response(_shown(found))


class ManyCustomers(ApiView):
    """Up to 5,000 customers by the ids of another system: made where they are not there, changed where they differ."""

    doors = {"POST": Access.EDITOR}

    def post(self, request: ApiRequest) -> Response:
        said = request.data.get("customers") if isinstance(request.data, dict) else None
        if not isinstance(said, list) or not 1 <= len(said) <= MOST:
            raise ValidationError({"customers": [f"It is a list of 1 to {MOST:,}."]})
        only_look, all_or_nothing = flag_of(request, "dry_run"), flag_of(request, "all_or_nothing")
        try:
            items = upsert(said, by=request.member, at=request.at, all_or_nothing=all_or_nothing, only_look=only_look)
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
    return {**row, "health": HEALTH.get(row["health"])}


def _health(said: str) -> int:
    found = next((value for value, name in HEALTH.items() if name == said), None)
    if found is None:
        raise refused("health", f"It is one of {', '.join(HEALTH.values())}.")
    return found


def _day(said: Any, name: str) -> date | None:
    text = said.get(name)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as trouble:
        raise refused(name, "It is a date, as 2027-01-31.") from trouble
