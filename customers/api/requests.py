"""What customers have asked for, and what became of it. It is only read here: whose it is, is decided on a page, by the map."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.api.paging import choice_of, flag_of, id_of
from accounts.api.resources import Listed, One, Shown
from accounts.api.shapes import ID, SWITCH, one_of
from accounts.api.views import ApiRequest
from customers.models import Request


class ShownRequest(Shown):
    model = Request
    fields = (
        "id", "customer", "customer__external_id", "text", "state", "role", "holder", "logged_by", "logged_on", "done_on",
        "outcome", "at",
    )  # fmt: skip
    names = {"customer__external_id": "customer_external_id", "at": "made_at"}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        return Request.objects.visible_to(request.member)


class Requests(ShownRequest, Listed):
    """What customers have asked of the wrong person. `holder`: with whom it is, or was when it was done; `handed_on=true`: what
    the member who asks has handed on. Everybody here may read all of them, as each by its id."""

    orders = {"made_at": "at"}
    filters = {"customer": ID, "holder": ID, "state": one_of(*Request.State.values), "handed_on": SWITCH}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        rows, said = Request.objects.visible_to(request.member), request.query_params
        if (state := choice_of(said, "state", Request.State.values)) is not None:
            rows = rows.in_state(state)
        if (customer := said.get("customer")) is not None:
            rows = rows.of_customers([id_of(customer, "customer")])
        if flag_of(request, "handed_on"):
            rows = rows.handed_on_by(request.member)
        return rows.with_member(id_of(said["holder"], "holder")) if "holder" in said else rows


class OneRequest(ShownRequest, One):
    pass
