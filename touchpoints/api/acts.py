"""What one does with a scheduled touchpoint, as on the pages: whoever works here may, with whosever it is."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils.timezone import is_naive
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.api.paging import know_all
from accounts.api.problems import Problem
from accounts.api.shapes import Schema
from accounts.api.views import ApiRequest, ApiView
from accounts.models import Access
from touchpoints.api.scheduled import OneScheduledTouchpoint
from touchpoints.models import ScheduledTouchpoint
from touchpoints.models.scheduled_touchpoints import NotOpen
from touchpoints.outcome_items import FAR


class Instant(serializers.DateTimeField):
    def enforce_timezone(self, value: datetime) -> datetime:
        if is_naive(value):
            raise ValidationError("Say the zone as well: 2027-01-31T08:00:00Z.")
        return super().enforce_timezone(value)


class Said(serializers.Serializer[Any]):
    """What is said with an act. A field that is mistyped is refused: it would be lost in silence."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := [str(name) for name in data if name not in self.fields]):
            raise ValidationError({name: [f"There is no such field. There are {', '.join(self.fields)}."] for name in unknown})
        return super().to_internal_value(data)

    def near(self, day: date) -> date:
        """A day of about our time. Raises ValidationError."""
        if abs((day - self.context["today"]).days) > FAR * 365:
            raise ValidationError(f"Within {FAR} years of today, please.")
        return day


class SaidOfThePast(Said):
    on = serializers.DateField(required=False, help_text="Today, if it is not said.")

    def validate_on(self, day: date) -> date:
        if day > self.context["today"]:
            raise ValidationError("That day is still to come.")
        return self.near(day)


class SaidDone(SaidOfThePast):
    outcome = serializers.CharField(
        required=False, allow_blank=True, allow_null=True, max_length=4000, help_text="What came of it."
    )
    felt = serializers.IntegerField(required=False, allow_null=True, min_value=-2, max_value=2)


class SaidSkipped(SaidOfThePast):
    because = serializers.CharField(max_length=4000)


class SaidRescheduled(Said):
    on = serializers.DateField()

    def validate_on(self, day: date) -> date:
        if day < min(self.context["today"], self.context["row"].due_on):
            raise ValidationError("That day is over.")
        return self.near(day)


class SaidSnoozed(Said):
    until = Instant(allow_null=True, help_text="Null wakes it.")

    def validate_until(self, until: datetime | None) -> datetime | None:
        if until and until <= self.context["at"]:
            raise ValidationError("That is over already.")
        if until and until - self.context["at"] > timedelta(FAR * 365):
            raise ValidationError(f"Within {FAR} years of today, please.")
        return until


class Act(ApiView):
    """Answers with the scheduled touchpoint as it is then."""

    doors = {"POST": Access.CONTRIBUTOR}
    refusals = {"POST": (409,)}
    says: ClassVar[type[Said] | None] = None
    #: what it is not, where the act cannot be done: "not-open", "not-settled"
    otherwise: ClassVar[str] = "not-open"

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        cls.bodies = {"POST": cls.says} if cls.says else {}
        cls.may_say_nothing = () if cls.says and any(field.required for field in cls.says().fields.values()) else ("POST",)

    @classmethod
    def answer_schema(cls, method: str) -> tuple[int, Schema | None]:
        return 200, OneScheduledTouchpoint.row_schema()

    def post(self, request: ApiRequest, pk: UUID) -> Response:
        know_all(request, ())
        row = ScheduledTouchpoint.objects.visible_to(request.member).select_related("enrolment", "customer").filter(pk=pk).first()
        if row is None:
            raise Http404
        today = request.member.workspace.today(request.at)
        said = self._said(request, row, today)
        try:
            with transaction.atomic():
                self.do(row, said, request, today)
                return Response(self._shown(request, pk))
        except NotOpen as trouble:
            # Planning may have taken it away: then it is no longer there.
            state = OneScheduledTouchpoint().read(request, pk)["state"]
            raise self._refused(str(trouble), state) from trouble

    def do(self, row: ScheduledTouchpoint, said: dict[str, Any], request: ApiRequest, today: date) -> None:
        """Raises NotOpen."""
        raise NotImplementedError

    def _said(self, request: ApiRequest, row: ScheduledTouchpoint, today: date) -> dict[str, Any]:
        if self.says is None:
            return {}
        given = self.says(data=request.data, context={"row": row, "today": today, "at": request.at})
        given.is_valid(raise_exception=True)
        found: dict[str, Any] = given.validated_data
        return found

    def _shown(self, request: ApiRequest, pk: UUID) -> dict[str, Any]:
        try:
            return OneScheduledTouchpoint().read(request, pk)
        except Http404 as trouble:
            detail = "The map plans it no longer: opened again, it would be gone. It stays as it is."
            raise Problem(409, "not-planned", "It cannot be opened again", detail) from trouble

    def _refused(self, detail: str, state: str) -> Problem:
        title = {"not-open": "It is not open", "not-settled": "It is neither done nor skipped"}[self.otherwise]
        return Problem(409, self.otherwise, title, detail, more={"state": state})


class Done(Act):
    """It was done, or a milestone is reached."""

    says = SaidDone

    def do(self, row: ScheduledTouchpoint, said: dict[str, Any], request: ApiRequest, today: date) -> None:
        on, outcome, felt = said.get("on", today), said.get("outcome") or "", said.get("felt")
        row.finish(on, by=request.member, at=request.at, outcome=outcome, felt=felt, today=today)


class Skipped(Act):
    """It will not be done."""

    says = SaidSkipped

    def do(self, row: ScheduledTouchpoint, said: dict[str, Any], request: ApiRequest, today: date) -> None:
        row.skip(said.get("on", today), said["because"], by=request.member, at=request.at, today=today)


class Reopened(Act):
    """It was not done after all, or is not to be skipped. There is no body."""

    otherwise = "not-settled"

    def do(self, row: ScheduledTouchpoint, said: dict[str, Any], request: ApiRequest, today: date) -> None:
        row.reopen(by=request.member, at=request.at, today=today)


class Rescheduled(Act):
    """Do it on another day than the map says; on the day that it says: as planned."""

    says = SaidRescheduled

    def do(self, row: ScheduledTouchpoint, said: dict[str, Any], request: ApiRequest, today: date) -> None:
        row.reschedule(said["on"], by=request.member, at=request.at)


class Snoozed(Act):
    """Out of everybody's list until then. It is due when it is due all the same."""

    says = SaidSnoozed

    def do(self, row: ScheduledTouchpoint, said: dict[str, Any], request: ApiRequest, today: date) -> None:
        row.snooze(said["until"], at=request.at)
