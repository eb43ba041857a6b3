from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.api.bodies import Body, Said, a_day, an_id, some_text
from accounts.api.paging import flag_of, id_of, know_all
from accounts.api.resources import Listed, One
from accounts.api.shapes import ID, SWITCH
from accounts.api.tags import refuse_stale, tagged
from accounts.api.views import ApiRequest
from accounts.forms import FAR
from accounts.models import Access
from customers.models import Customer, Enrolment
from customers.models.enrolments import AlreadyTravels, stage_order
from journeys.models import Journey, Version

FIELDS = (
    "id", "customer", "journey", "version", "started_on", "stage_id", "cycle", "left_on", "left_because", "at", "changed_at",
)  # fmt: skip
NAMES = {"stage_id": "stage", "at": "made_at"}
NEW = Body({"customer": an_id, "journey": an_id, "started_on": a_day}, ["customer", "journey"])
#: what is said together: the first is what is changed
CHANGES = (("stage", "since"), ("started_on",), ("version",), ("left_on", "left_because"))
CHANGED = Body(
    {
        "stage": an_id, "since": a_day, "started_on": a_day, "left_on": a_day, "left_because": some_text(500, least=0),
        "version": Said({**ID, "description": "The newest one of its map."}, an_id.read),
    }
)  # fmt: skip


class Enrolments(Listed):
    """Who travels which version of which map, and where they are. `active`: whether they still do."""

    doors = {"GET": Access.VIEWER, "POST": Access.EDITOR}
    model = Enrolment
    fields = FIELDS
    names = NAMES
    bodies = {"POST": NEW.schema}
    orders = {"id": "pk", "started_on": "started_on", "changed_at": "changed_at"}
    filters = {"customer": ID, "journey": ID, "version": ID, "stage": ID, "active": SWITCH}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        rows, said = Enrolment.objects.visible_to(request.member), request.query_params
        if (stage := said.get("stage")) is not None:
            rows = rows.at_stage(id_of(stage, "stage"))
        if "active" in said:
            rows = rows.active() if flag_of(request, "active") else rows.over()
        named = {name: id_of(said[name], name) for name in ("customer", "journey", "version") if name in said}
        return rows.filter(**named)

    def post(self, request: ApiRequest) -> Response:
        """Put a customer at the beginning of the newest version of a map, from today on or from another day. It has its plan."""
        know_all(request, ())
        said = NEW.of(request)
        customer = Customer.objects.visible_to(request.member).filter(pk=said["customer"]).first()
        journey = Journey.objects.seen_by(request.member, said["journey"])
        wrong = {} if customer else {"customer": ["There is no such customer."]}
        wrong |= {} if journey else {"journey": ["There is no such journey."]}
        if customer is None or journey is None:
            raise ValidationError(wrong)
        version = Version.objects.of(journey).newest()
        if version is None:
            raise ValidationError({"journey": ["It has not been published yet."]})
        version.journey = journey
        started_on = said.get("started_on") or _today(request)
        _refuse_far(request, started_on=started_on)
        try:
            made = Enrolment.objects.enrol(customer, version, started_on, by=request.member, at=request.at)
        except AlreadyTravels as trouble:
            raise ValidationError({"journey": [f"{customer} is on this journey already."]}) from trouble
        row = OneEnrolment().read(request, made.pk)
        return tagged(row, 201, {"Location": f"/api/v1/enrolments/{made.pk}"})


class OneEnrolment(One):
    doors = {"GET": Access.VIEWER, "PATCH": Access.EDITOR}
    model = Enrolment
    fields = FIELDS
    names = NAMES
    bodies = {"PATCH": CHANGED.schema}
    refusals = {"PATCH": [412]}

    def rows(self, request: ApiRequest) -> QuerySet[Any]:
        return Enrolment.objects.visible_to(request.member)

    def patch(self, request: ApiRequest, pk: UUID) -> Response:
        """One of these: another `stage` (from `since` on, or today), another `started_on`, the newest `version`; or leave the
        journey: `left_on`, and `left_because`. What is planned follows."""
        know_all(request, ())
        found = self._found(request, pk)
        said = CHANGED.of(request)
        if not said:
            return tagged(self.read(request, pk))
        together: tuple[str, ...] = next((names for names in CHANGES if names[0] in said), ())
        if wrong := {name: ["It is said alone, or not without what it belongs to."] for name in said if name not in together}:
            raise ValidationError(wrong)
        _refuse_far(request, **{name: value for name, value in said.items() if isinstance(value, date)})
        with transaction.atomic():
            Customer.objects.select_for_update(no_key=True).get(pk=found.customer_id)  # as whoever changes an enrolment does
            found.refresh_from_db()
            refuse_stale(request, self.read(request, pk))
            if found.left_on:
                raise ValidationError({together[0]: ["The customer has left this journey."]})
            self._change(request, found, said)
        return tagged(self.read(request, pk))

    def _change(self, request: ApiRequest, found: Enrolment, said: dict[str, Any]) -> None:
        by, at, today = request.member, request.at, _today(request)
        if "stage" in said:
            if str(said["stage"]) not in stage_order(found.version.document):
                raise ValidationError({"stage": ["There is no such stage in the version that is travelled."]})
            if found.stage_id == said["stage"] and "since" not in said:
                return  # it is there, since whenever
            found.move_to_stage(said["stage"], said.get("since", today), by=by, at=at)
        elif "started_on" in said:
            found.start_on(said["started_on"], by=by, at=at)
        elif "version" in said:
            newest = Version.objects.of(found.journey).newest()
            if newest is None or newest.pk != said["version"]:
                raise ValidationError({"version": ["That is not the newest version of its map."]})
            found.move_over(newest, today, by=by, at=at)
        else:
            found.leave(said["left_on"], said.get("left_because", ""), by=by, at=at)

    def _found(self, request: ApiRequest, pk: UUID) -> Enrolment:
        found: Enrolment | None = self.rows(request).filter(pk=pk).select_related("version", "journey").first()
        if found is None:
            raise Http404
        return found


def _today(request: ApiRequest) -> date:
    return request.member.workspace.today(request.at)


def _refuse_far(request: ApiRequest, **days: date) -> None:
    """A year that is mistyped would make plans for ever."""
    today = _today(request)
    if wrong := {
        name: [f"Within {FAR} years of today, please."] for name, day in days.items() if abs((day - today).days) > FAR * 365
    }:
        raise ValidationError(wrong)
