"""What is due for customers and what was done, as the map is lived."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, QuerySet, UUIDField
from rest_framework.response import Response

from accounts.api.paging import day_of, flag_of, id_of, refused
from accounts.api.resources import Listed, One
from accounts.api.shapes import DAY, ID, SWITCH, TEXT, Schema, one_of, or_null
from accounts.api.views import ApiRequest
from touchpoints.models import ScheduledTouchpoint
from touchpoints.planning.routes import routes_of

State = ScheduledTouchpoint.State
#: what its card says stands in a version: which one, and the spot there, until the title is read for all of a page
CARD = Func(F("enrolment__version"), F("spot"), template="ARRAY[%(expressions)s]", output_field=ArrayField(UUIDField()))
FIELDS = (
    "id", "customer", "customer__external_id", "enrolment", "enrolment__journey", "spot", "cycle", "occurrence", "card_at",
    "due_on", "state", "role", "member", "by_person", "must", "snoozed_until", "started_at", "settled_on", "settled_by",
    "outcome", "felt",
)  # fmt: skip
NAMES = {
    "customer__external_id": "customer_external_id", "enrolment__journey": "journey", "spot": "touchpoint", "card_at": "title",
}  # fmt: skip
KNOWN: dict[str, Schema] = {
    "title": {**or_null(TEXT), "description": "Null of a card that only an earlier version of the map had."},
    "touchpoint": {**ID, "description": "Its card's id on the map; within a drill-down an id of its own."},
    "felt": {"type": ["integer", "null"], "minimum": -2, "maximum": 2},
}


def rows_of(request: ApiRequest) -> Any:
    return ScheduledTouchpoint.objects.visible_to(request.member).annotate(card_at=CARD)


def with_titles(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows as they are shown, each with its title, if they have one: for one question, however many versions they travel."""
    cards = [row["title"] for row in rows if "title" in row]
    routes = routes_of(version for version, _ in cards)
    for row in rows:
        if "title" in row:
            version, spot = row["title"]
            card = routes[version].by_spot.get(spot)
            row["title"] = card.fields["title"] if card else None
    return rows


class ScheduledTouchpoints(Listed):
    """A customer's (`customer`, or one `enrolment`), a member's (`member`, with `by_person=true` and `state=planned` or
    `state=done`), or all that is planned (`state=planned`, and no filters but days)."""

    model = ScheduledTouchpoint
    fields = FIELDS
    names = NAMES
    known = KNOWN
    orders = {"due_on": "due_on"}
    filters = {
        "customer": ID, "enrolment": ID, "member": {"anyOf": [ID, one_of("none")]}, "role": ID, "journey": ID,
        "state": one_of(*State.values), "by_person": SWITCH, "due_from": DAY, "due_to": DAY,
    }  # fmt: skip

    def get(self, request: ApiRequest, **parts: Any) -> Response:
        answer = super().get(request, **parts)
        with_titles(answer.data["results"])
        return answer

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        said = request.query_params
        _refuse_too_wide(said)
        rows = rows_of(request).due_within(day_of(said, "due_from"), day_of(said, "due_to"))
        if (state := said.get("state")) is not None:
            rows = rows.in_state(state)
        if "by_person" in said:
            rows = rows.by_people(flag_of(request, "by_person"))
        if (member := said.get("member")) is not None:
            rows = rows.for_member(None if member == "none" else id_of(member, "member"))
        for name, narrowed in (
            ("customer", "of_customer"), ("enrolment", "along"), ("role", "for_role"), ("journey", "on_journey"),
        ):  # fmt: skip
            if (id := said.get(name)) is not None:
                rows = getattr(rows, narrowed)(id_of(id, name))
        return rows


def _refuse_too_wide(said: Mapping[str, str]) -> None:
    """Millions of rows may be there: what is asked for has to be found by an index, in its order, and not looked for."""
    if (state := said.get("state", State.PLANNED)) not in State.values:
        raise refused("state", f"It is one of {', '.join(State.values)}.")
    if "customer" in said or "enrolment" in said:
        return
    if said.get("member", "none") != "none":
        if state not in (State.PLANNED, State.DONE) or "state" not in said or said.get("by_person") != "true":
            raise refused("member", "Without a customer it goes with by_person=true, and state=planned or state=done.")
        return
    if "state" not in said or state != State.PLANNED:
        raise refused("state", _HINT)
    if narrowed := [name for name in ("member", "role", "journey", "by_person") if name in said]:
        raise refused(narrowed[0], _HINT)


_HINT = "Say a customer, an enrolment or a member; or state=planned for all that is planned, with no filters but days."


class OneScheduledTouchpoint(One):
    model = ScheduledTouchpoint
    fields = FIELDS
    names = NAMES
    known = KNOWN

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        return rows_of(request)

    def read(self, request: ApiRequest, pk: UUID) -> dict[str, Any]:
        return with_titles([super().read(request, pk)])[0]
