"""What is due for customers and what was done, as the map is lived."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, QuerySet, UUIDField
from rest_framework.response import Response

from accounts.api.paging import choice_of, day_of, flag_of, id_of, moment_of, refused
from accounts.api.resources import Listed, One
from accounts.api.shapes import DAY, ID, INSTANT, SWITCH, TEXT, Schema, one_of, or_null
from accounts.api.views import ApiRequest
from touchpoints.models import ScheduledTouchpoint
from touchpoints.planning.routes import routes_of

State = ScheduledTouchpoint.State
#: what its card says stands in a version: which one, and the spot there, until the title is read for all of a page
CARD = Func(F("enrolment__version"), F("spot"), template="ARRAY[%(expressions)s]", output_field=ArrayField(UUIDField()))
FIELDS = (
    "id", "customer", "customer__external_id", "enrolment", "enrolment__journey", "spot", "cycle", "occurrence", "card_at",
    "due_on", "state", "role", "member", "by_person", "must", "snoozed_until", "started_at", "settled_on", "settled_at",
    "settled_by", "outcome", "felt",
)  # fmt: skip
NAMES = {
    "customer__external_id": "customer_external_id", "enrolment__journey": "journey", "spot": "touchpoint", "card_at": "title",
}  # fmt: skip
KNOWN: dict[str, Schema] = {
    "title": {**or_null(TEXT), "description": "Null of a card that only an earlier version of the map had."},
    "touchpoint": {**ID, "description": "Its card's id on the map; within a drill-down an id of its own."},
    "felt": {"type": ["integer", "null"], "minimum": -2, "maximum": 2},
}


#: order -> the parameters of its days, or of its instants
WITHIN = {"due_on": ("due_from", "due_to"), "settled_on": ("settled_from", "settled_to"), "settled_at": ("settled_since",)}


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
    """A customer's (`customer`, or one `enrolment`); a member's (`member`, with `by_person=true` and `state=planned` or
    `state=done`); or all that is in one `state`, with no filters but the days, or the instant, of its order: `due_on`, or else
    `settled_on` (the day on which it was done, skipped or missed) or `settled_at` (when that was said)."""

    model = ScheduledTouchpoint
    fields = FIELDS
    names = NAMES
    known = KNOWN
    orders: ClassVar[Mapping[str, str]] = {name: name for name in WITHIN}
    filters = {
        "customer": ID, "enrolment": ID, "member": {"anyOf": [ID, one_of("none")]}, "role": ID, "journey": ID,
        "state": one_of(*State.values), "by_person": SWITCH, "due_from": DAY, "due_to": DAY, "settled_from": DAY,
        "settled_to": DAY, "settled_since": INSTANT,
    }  # fmt: skip

    def get(self, request: ApiRequest, **parts: Any) -> Response:
        answer = super().get(request, **parts)
        with_titles(answer.data["results"])
        return answer

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        said = request.query_params
        _refuse_too_wide(said)
        rows = rows_of(request).due_within(day_of(said, "due_from"), day_of(said, "due_to"))
        rows = rows.settled_within(day_of(said, "settled_from"), day_of(said, "settled_to"))
        if (since := moment_of(said, "settled_since")) is not None:
            rows = rows.settled_since(since)
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
    state, order = choice_of(said, "state", State.values), said.get("order", "due_on").removeprefix("-")
    within = {name: by for by, names in WITHIN.items() for name in names if name in said}
    by_settling = {order, *within.values()} & {"settled_on", "settled_at"}
    if by_settling and state in (None, State.PLANNED):  # there is no such day yet, and pages go by it
        raise refused("state", "When it was settled goes with state=done, state=skipped or state=missed.")
    if "customer" in said or "enrolment" in said:
        return
    if said.get("member", "none") != "none":
        if state not in (State.PLANNED, State.DONE) or said.get("by_person") != "true":
            raise refused("member", "Without a customer it goes with by_person=true, and state=planned or state=done.")
        if by_settling:
            raise refused("member", "Without a customer it goes by the days on which they are due.")
        return
    if state is None:
        raise refused("state", _HINT)
    if narrowed := [name for name in ("member", "role", "journey", "by_person") if name in said]:
        raise refused(narrowed[0], _HINT)
    if others := [name for name, by in within.items() if by != order]:
        raise refused(others[0], f"Of all customers it goes with order={within[others[0]]}.")


_HINT = "Say a customer, an enrolment or a member; or a state for all that is in it, with no filters but the days of its order."


class OneScheduledTouchpoint(One):
    model = ScheduledTouchpoint
    fields = FIELDS
    names = NAMES
    known = KNOWN

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        return rows_of(request)

    def read(self, request: ApiRequest, pk: UUID) -> dict[str, Any]:
        return with_titles([super().read(request, pk)])[0]
