"""Handoffs as they are lived: those that customers have reached. Those that are drawn are elements of their map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet

from accounts.api.paging import choice_of, id_of
from accounts.api.resources import Listed, One, Shown
from accounts.api.shapes import FLAG, ID, TEXT, Schema, list_of, one_of, thing
from accounts.api.views import ApiRequest
from touchpoints.models import Passage

FIELDS = (
    "id", "customer", "customer__external_id", "enrolment", "enrolment__journey", "handoff_id", "cycle", "occurrence", "title",
    "to_title", "state", "giver_role", "giver", "receiver_role", "receiver", "reached_on", "offered_on", "answer_by",
    "accepted_on", "accepted_at", "accepted_by",
)  # fmt: skip
NAMES = {"customer__external_id": "customer_external_id", "enrolment__journey": "journey", "handoff_id": "handoff"}
ITEM: Schema = {**thing(item=TEXT, where=TEXT, reader=TEXT, value=TEXT, there=FLAG), "required": ["item", "value", "there"]}


class ShownHandoff(Shown):
    model = Passage
    fields: ClassVar[Sequence[str]] = FIELDS
    names: ClassVar[Mapping[str, str]] = NAMES
    known: ClassVar[Mapping[str, Schema]] = {
        "handoff": {**ID, "description": "Its id on the map; within a drill-down an id of its own."},
    }

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        return Passage.objects.visible_to(request.member)


class Handoffs(ShownHandoff, Listed):
    """The handoffs that customers have reached, by the day on which they did, without their packages, which each has alone. The
    handoffs that are drawn on a map are below it."""

    orders = {"reached_on": "reached_on"}
    filters = {"customer": ID, "enrolment": ID, "state": one_of(*Passage.State.values), "giver": ID, "receiver": ID}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        rows, said = Passage.objects.visible_to(request.member), request.query_params
        if (state := choice_of(said, "state", Passage.State.values)) is not None:
            rows = rows.in_state(state)
        for name, narrowed in (
            ("customer", "of_customer"), ("enrolment", "along"), ("giver", "given_by"), ("receiver", "received_by"),
        ):  # fmt: skip
            if (id := said.get(name)) is not None:
                rows = getattr(rows, narrowed)(id_of(id, name))
        return rows


class OneHandoff(ShownHandoff, One):
    """With its `package`: the items, where the map says that each is and who reads it, and what the giver says of it: `value`, or
    that it is `there`, in that place."""

    fields = (*FIELDS, "note", "accept_within_days", "items")
    names = {**NAMES, "items": "package"}
    known = {**ShownHandoff.known, "package": list_of(ITEM)}
