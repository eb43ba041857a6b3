"""What customers have asked for, and what became of it. It is only read here: whose it is, is decided on a page, by the map."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.api.paging import flag_of, id_of, refused
from accounts.api.problems import Problem
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
    """What customers have asked of the wrong person. `holder`: with whom it is, or was when it was done. Editors see all of the
    team's, others those that are with them and, by `handed_on=true`, those that they have handed on."""

    orders = {"made_at": "at"}
    filters = {"customer": ID, "holder": ID, "state": one_of(*Request.State.values), "handed_on": SWITCH}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        rows, said = Request.objects.visible_to(request.member), request.query_params
        if (state := said.get("state")) is not None:
            if state not in Request.State.values:
                raise refused("state", f"It is one of {', '.join(Request.State.values)}.")
            rows = rows.in_state(state)
        if (customer := said.get("customer")) is not None:
            rows = rows.of_customers([id_of(customer, "customer")])
        holder = id_of(said["holder"], "holder") if "holder" in said else None
        if flag_of(request, "handed_on"):
            rows = rows.handed_on_by(request.member)
        elif not request.member.can_edit:
            if holder not in (None, request.member.pk):
                raise Problem(403, "not-allowed", "That is not allowed", "Only editors list what is with others.")
            holder = request.member.pk
        return rows.with_member(holder) if holder else rows


class OneRequest(ShownRequest, One):
    pass
