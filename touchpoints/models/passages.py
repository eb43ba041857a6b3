"""Handoffs as they are lived, many of them: where they stand, whose they are, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.db.models import F, Q

if TYPE_CHECKING:
    from accounts.models import Member
    from customers.models import Customer
    from touchpoints.models.passage import Passage  # noqa: F401 (mypy reads it below)


class PassageState(models.TextChoices):
    PREPARING = "preparing", "Being prepared"
    OFFERED = "offered", "Waits for acceptance"
    MORE_ASKED = "more_asked", "More is asked for"
    ACCEPTED = "accepted", "Accepted"


class PassageQuerySet(models.QuerySet["Passage"]):
    def visible_to(self, member: Member) -> PassageQuerySet:
        return self.filter(workspace_id=member.workspace_id)

    def of_customer(self, customer: Customer | UUID) -> PassageQuerySet:
        return self.filter(customer=customer)

    def along(self, enrolment: UUID) -> PassageQuerySet:
        return self.filter(enrolment=enrolment)

    def given_by(self, member: UUID) -> PassageQuerySet:
        return self.filter(giver=member)

    def received_by(self, member: UUID) -> PassageQuerySet:
        return self.filter(receiver=member)

    def in_state(self, state: str) -> PassageQuerySet:
        return self.filter(state=state)

    def open(self) -> PassageQuerySet:
        """Those not accepted yet, of customers that still travel."""
        return self.exclude(state=PassageState.ACCEPTED).filter(enrolment__left_on=None)

    def accepted(self) -> PassageQuerySet:
        return self.filter(state=PassageState.ACCEPTED)

    def to_give(self, member: Member) -> PassageQuerySet:
        """What that member hands over; and what nobody does whose role they bear."""
        return self.open().filter(Q(giver=member) | Q(_nobody("giver"), giver_role__in=_roles_of(member)))

    def to_receive(self, member: Member) -> PassageQuerySet:
        return self.open().filter(Q(receiver=member) | Q(_nobody("receiver"), receiver_role__in=_roles_of(member)))

    def in_turn(self, member: Member) -> PassageQuerySet:
        """Those in which it is that member's turn: to prepare it, or to answer. For one question."""
        roles = member.roles.values("pk")
        gives = Q(giver=member) | Q(_nobody("giver"), giver_role__in=roles)
        receives = Q(receiver=member) | Q(_nobody("receiver"), receiver_role__in=roles)
        offered = Q(state=PassageState.OFFERED)
        return self.open().filter(workspace=member.workspace_id).filter((~offered & gives) | (offered & receives))

    def with_names(self) -> PassageQuerySet:
        return self.select_related("customer", "giver_role", "receiver_role", "giver__user", "receiver__user")

    def most_urgent_first(self) -> PassageQuerySet:
        return self.order_by(F("answer_by").asc(nulls_last=True), "reached_on", "id")

    def turn_of_giver_first(self) -> PassageQuerySet:
        offered = models.Case(models.When(state=PassageState.OFFERED, then=1), default=0)
        return self.order_by(offered, F("answer_by").asc(nulls_last=True), "reached_on", "id")

    def turn_of_receiver_first(self) -> PassageQuerySet:
        offered = models.Case(models.When(state=PassageState.OFFERED, then=0), default=1)
        return self.order_by(offered, F("answer_by").asc(nulls_last=True), "reached_on", "id")

    def latest_first(self) -> PassageQuerySet:
        return self.order_by("-accepted_at", "-id")


def _nobody(who: str) -> Q:
    return Q(**{f"{who}__isnull": True}) | Q(**{f"{who}__removed_at__isnull": False})


def _roles_of(member: Member) -> list[Any]:
    return list(member.roles.values_list("pk", flat=True))
