"""What one does with a scheduled touchpoint, as on the pages: whoever works here may, with whosever it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

from django.db import transaction
from django.http import Http404
from rest_framework.response import Response

from accounts.api.bodies import Body, a_day, an_instant, some_text, some_whole
from accounts.api.paging import know_all
from accounts.api.problems import Problem
from accounts.api.shapes import Schema
from accounts.api.tags import SEEN, refuse_stale, tagged
from accounts.api.views import ApiRequest, ApiView
from accounts.models import Access
from touchpoints.api.scheduled import OneScheduledTouchpoint
from touchpoints.models import ScheduledTouchpoint
from touchpoints.models.scheduled_touchpoints import NotOpen
from touchpoints.outcome_items import FAR, LONGEST

SAID_DONE = Body({
    "on": a_day.told("Today, if it is not said."),
    "outcome": some_text(LONGEST["outcome"], least=0).or_null.told("What came of it."),
    "felt": some_whole(-2, 2).or_null,
})  # fmt: skip
SAID_SKIPPED = Body(
    {"on": a_day.told("Today, if it is not said."), "because": some_text(LONGEST["because"])}, needed=("because",)
)
SAID_RESCHEDULED = Body({"on": a_day}, needed=("on",))
SAID_SNOOZED = Body({"until": an_instant.or_null.told("Null wakes it.")}, needed=("until",))
NOTHING = Body({})


class Around(NamedTuple):
    """What is acted on, and when: the days that may be said go by it."""

    row: ScheduledTouchpoint
    today: date
    at: datetime

    def past(self, day: date) -> None:
        if day > self.today:
            raise ValueError("That day is still to come.")
        self._near(day)

    def to_come(self, day: date) -> None:
        if day < min(self.today, self.row.due_on):
            raise ValueError("That day is over.")
        self._near(day)

    def later(self, until: datetime | None) -> None:
        if until and until <= self.at:
            raise ValueError("That is over already.")
        if until and until - self.at > timedelta(FAR * 365):
            raise ValueError(TOO_FAR)

    def _near(self, day: date) -> None:
        if abs((day - self.today).days) > FAR * 365:
            raise ValueError(TOO_FAR)


TOO_FAR = f"Within {FAR} years of today, please."


class Act(ApiView):
    """Answers with the scheduled touchpoint as it is then. `says`: what may be said with it; `limits`: field -> what of Around
    holds it."""

    doors = {"POST": Access.CONTRIBUTOR}
    headers_taken = {"POST": SEEN}
    refusals = {"POST": (409, 412)}
    says: ClassVar[Body] = NOTHING
    limits: ClassVar[Mapping[str, Callable[..., None]]] = {}
    #: what it is not, where the act cannot be done: "not-open", "not-settled"
    otherwise: ClassVar[str] = "not-open"

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        cls.bodies = {"POST": cls.says.schema} if cls.says.fields else {}
        cls.may_say_nothing = () if cls.says.needed else ("POST",)

    @classmethod
    def answer_schema(cls, method: str) -> tuple[int, Schema | None]:
        return 200, OneScheduledTouchpoint.row_schema()

    def post(self, request: ApiRequest, pk: UUID) -> Response:
        know_all(request, ())
        row = ScheduledTouchpoint.objects.visible_to(request.member).select_related("enrolment", "customer").filter(pk=pk).first()
        if row is None:
            raise Http404
        today = request.member.workspace.today(request.at)
        around = Around(row, today, request.at)
        body = self.says.within({name: partial(limit, around) for name, limit in self.limits.items()})
        said = body.of(request, or_nothing="POST" in self.may_say_nothing)
        try:
            with transaction.atomic():
                row.held()
                refuse_stale(request, OneScheduledTouchpoint().read(request, pk))
                self.do(row, said, request, today)
                return tagged(self._shown(request, pk))
        except NotOpen as trouble:
            # Planning may have taken it away: then it is no longer there.
            state = OneScheduledTouchpoint().read(request, pk)["state"]
            raise self._refused(str(trouble), state) from trouble

    def do(self, row: ScheduledTouchpoint, said: dict[str, Any], request: ApiRequest, today: date) -> None:
        """Raises NotOpen."""
        raise NotImplementedError

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

    says = SAID_DONE
    limits = {"on": Around.past}

    def do(self, row: ScheduledTouchpoint, said: dict[str, Any], request: ApiRequest, today: date) -> None:
        on, outcome, felt = said.get("on", today), said.get("outcome") or "", said.get("felt")
        row.finish(on, by=request.member, at=request.at, outcome=outcome, felt=felt, today=today)


class Skipped(Act):
    """It will not be done."""

    says = SAID_SKIPPED
    limits = {"on": Around.past}

    def do(self, row: ScheduledTouchpoint, said: dict[str, Any], request: ApiRequest, today: date) -> None:
        row.skip(said.get("on", today), said["because"], by=request.member, at=request.at, today=today)


class Reopened(Act):
    """It was not done after all, or is not to be skipped. There is no body."""

    otherwise = "not-settled"

    def do(self, row: ScheduledTouchpoint, said: dict[str, Any], request: ApiRequest, today: date) -> None:
        row.reopen(by=request.member, at=request.at, today=today)


class Rescheduled(Act):
    """Do it on another day than the map says; on the day that it says: as planned."""

    says = SAID_RESCHEDULED
    limits = {"on": Around.to_come}

    def do(self, row: ScheduledTouchpoint, said: dict[str, Any], request: ApiRequest, today: date) -> None:
        row.reschedule(said["on"], by=request.member, at=request.at)


class Snoozed(Act):
    """Out of everybody's list until then. It is due when it is due all the same."""

    says = SAID_SNOOZED
    limits = {"until": Around.later}

    def do(self, row: ScheduledTouchpoint, said: dict[str, Any], request: ApiRequest, today: date) -> None:
        row.snooze(said["until"], at=request.at)
