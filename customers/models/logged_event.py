from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models

from accounts.ids import new_id

if TYPE_CHECKING:
    from accounts.models import Member
    from customers.models.enrolment import Enrolment


class LoggedEventQuerySet(models.QuerySet["LoggedEvent"]):
    def of(self, enrolment: Enrolment) -> LoggedEventQuerySet:
        return self.filter(enrolment=enrolment)

    def of_enrolments(self, enrolments: Iterable[UUID]) -> LoggedEventQuerySet:
        return self.filter(enrolment__in=list(enrolments))

    def visible_to(self, member: Member) -> LoggedEventQuerySet:
        return self.filter(enrolment__workspace=member.workspace_id)

    def log(
        self, enrolment: Enrolment, touchpoint_id: UUID, happened_on: date, note: str, *, by: Member, at: datetime
    ) -> LoggedEvent:
        """The caller holds the enrolment."""
        last = self.of(enrolment).aggregate(last=models.Max("number"))["last"]
        number = 0 if last is None else last + 1
        return self.create(
            enrolment=enrolment,
            touchpoint_id=touchpoint_id,
            number=number,
            happened_on=happened_on,
            note=note.strip(),
            by=by,
            at=at,
        )

    def standing(self) -> LoggedEventQuerySet:
        return self.filter(taken_back_at=None)

    def on_card(self, card: UUID) -> LoggedEventQuerySet:
        return self.filter(touchpoint_id=card)

    def latest_first(self) -> LoggedEventQuerySet:
        return self.order_by("-happened_on", "-number", "-id")

    def in_order(self) -> LoggedEventQuerySet:
        return self.order_by("number", "id")


class LoggedEvent(models.Model):
    """Something outside our walls that has happened to a customer, and that the map has an answer to."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    enrolment = models.ForeignKey("customers.Enrolment", on_delete=models.CASCADE, related_name="events")
    #: the card whose event this is: see `triggers` in touchpoints/planning/route.py
    touchpoint_id = models.UUIDField()
    #: 0, 1, 2 … among the events of the enrolment; the answers to it are planned under this number
    number = models.PositiveSmallIntegerField()
    happened_on = models.DateField()
    note = models.TextField(max_length=4000, blank=True, default="")
    by = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    #: it had not happened after all. Its number stays taken: what was done in answer to it bears it
    taken_back_at = models.DateTimeField(null=True)

    objects = LoggedEventQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "number"], name="logged_event_number_once")]

    def __str__(self) -> str:
        return f"event {self.number} of {self.touchpoint_id}"
