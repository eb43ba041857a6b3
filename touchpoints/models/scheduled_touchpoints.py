"""What is due, many of it: whose it is, where it stands, and in which order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models, transaction

from touchpoints.planning.reconcile import reconcile
from touchpoints.planning.routes import routes_of

if TYPE_CHECKING:
    from accounts.models import Member, Workspace
    from customers.models import Customer, Enrolment
    from touchpoints.models.scheduled_touchpoint import ScheduledTouchpoint
    from touchpoints.models.sending import Sending


class ScheduledState(models.TextChoices):
    PLANNED = "planned", "Planned"
    DONE = "done", "Done"
    SKIPPED = "skipped", "Skipped"
    MISSED = "missed", "Missed"


class NotOpen(Exception):
    """Somebody was quicker, or it is no longer planned. Says so to a person."""

    @classmethod
    def of(cls, row: ScheduledTouchpoint) -> NotOpen:
        if row.state == ScheduledState.MISSED:
            remedy = "Undo that in the customer’s history, and it is planned again."
            return cls(f"{row.title} was missed: its cycle is over, or the journey. {remedy}")
        return cls(f"{row.title} is {row.get_state_display().lower()} already.")


class ScheduledTouchpointQuerySet(models.QuerySet["ScheduledTouchpoint"]):
    def visible_to(self, member: Member) -> ScheduledTouchpointQuerySet:
        return self.filter(workspace_id=member.workspace_id)

    def of(self, enrolment: Enrolment) -> ScheduledTouchpointQuerySet:
        return self.filter(enrolment=enrolment)

    def in_cycle(self, cycle: int) -> ScheduledTouchpointQuerySet:
        return self.filter(cycle=cycle)

    def before_cycle(self, cycle: int) -> ScheduledTouchpointQuerySet:
        return self.filter(cycle__lt=cycle)

    def at_spot(self, spot: UUID) -> ScheduledTouchpointQuerySet:
        return self.filter(spot=spot)

    def with_people(self) -> ScheduledTouchpointQuerySet:
        return self.select_related("role", "member__user", "settled_by__user")

    def tallied(self, *, on: date) -> models.QuerySet[ScheduledTouchpoint, dict[str, Any]]:
        """By spot: how many are done; planned, late, when the first of these is due, and the first after that day."""
        state, planned = ScheduledState, models.Q(state=ScheduledState.PLANNED)
        return self.order_by().values("spot").annotate(
            done=models.Count("id", filter=models.Q(state=state.DONE)),
            open=models.Count("id", filter=planned),
            late=models.Count("id", filter=planned & models.Q(due_on__lt=on)),
            first_open_on=models.Min("due_on", filter=planned),
            next_on=models.Min("due_on", filter=planned & models.Q(due_on__gt=on)),
        )  # fmt: skip

    def last_settled(self) -> ScheduledTouchpointQuerySet:
        """Of each spot the one that was done, skipped or missed last."""
        return self.history().order_by("spot", "-settled_on", "-occurrence").distinct("spot")

    def latest_first(self) -> ScheduledTouchpointQuerySet:
        return self.order_by("-settled_on", "-due_on", "-id")

    def of_customer(self, customer: Customer | UUID) -> ScheduledTouchpointQuerySet:
        return self.filter(customer=customer)

    def along(self, enrolment: UUID) -> ScheduledTouchpointQuerySet:
        """Of an enrolment; found by way of its customer, whose rows stand in an index in order."""
        from customers.models import Enrolment

        of = Enrolment.objects.filter(pk=enrolment).values("customer")
        return self.filter(customer=models.Subquery(of), enrolment=enrolment)

    def on_journey(self, journey: UUID) -> ScheduledTouchpointQuerySet:
        return self.filter(enrolment__journey=journey)

    def for_role(self, role: UUID) -> ScheduledTouchpointQuerySet:
        return self.filter(role=role)

    def for_member(self, member: UUID | None) -> ScheduledTouchpointQuerySet:
        """None: those that nobody is to do."""
        return self.filter(member=member)

    def by_people(self, is_so: bool) -> ScheduledTouchpointQuerySet:
        return self.filter(by_person=is_so)

    def in_state(self, state: str) -> ScheduledTouchpointQuerySet:
        return self.filter(state=state)

    def due_within(self, first: date | None, last: date | None) -> ScheduledTouchpointQuerySet:
        found = self.filter(due_on__gte=first) if first else self
        return found.filter(due_on__lte=last) if last else found

    def settled_within(self, first: date | None, last: date | None) -> ScheduledTouchpointQuerySet:
        found = self.filter(settled_on__gte=first) if first else self
        return found.filter(settled_on__lte=last) if last else found

    def settled_since(self, moment: datetime) -> ScheduledTouchpointQuerySet:
        return self.filter(settled_at__gte=moment)

    def planned(self) -> ScheduledTouchpointQuerySet:
        return self.filter(state=ScheduledState.PLANNED)

    def history(self) -> ScheduledTouchpointQuerySet:
        return self.exclude(state=ScheduledState.PLANNED)

    def settled_by(self, member: Member, *, since: date) -> ScheduledTouchpointQuerySet:
        """What that member has done or skipped since that day, the last first. It says when in `settled_at`."""
        states = (ScheduledState.DONE, ScheduledState.SKIPPED)
        return self.filter(settled_by=member, settled_on__gte=since, state__in=states).order_by("-settled_at", "-id")

    def due(self, *, on: date) -> ScheduledTouchpointQuerySet:
        return self.planned().filter(due_on__lte=on)

    def at_spots(self, spots: Iterable[UUID]) -> ScheduledTouchpointQuerySet:
        return self.filter(spot__in=list(spots))

    def ticking(self, *, until: date) -> ScheduledTouchpointQuerySet:
        """The milestones that are to tick themselves and whose day has come."""
        return self.planned().filter(ticks_itself=True, due_on__lte=until)

    def settle_many(self, rows: Iterable[ScheduledTouchpoint], *, at: datetime) -> None:
        """Keep the state, day, member, outcome and feeling that these planned ones bear now, for what was done elsewhere and is
        brought along. What rests on them is planned anew; no activity tells it, and milestones tick with the next sweep."""
        rows = list(rows)
        with transaction.atomic():
            self.bulk_update(rows, ["state", "settled_on", "settled_at", "settled_by", "outcome", "felt"])  # type: ignore[arg-type]
            reconcile(sorted({row.enrolment_id for row in rows}), at=at)

    def work_of_any(self, members: Iterable[UUID], *, until: date) -> ScheduledTouchpointQuerySet:
        """What those members are to do by then, what is overdue included, the longest due first; also what is snoozed."""
        return self.planned().filter(member__in=list(members), by_person=True, due_on__lte=until).in_order()

    def due_before(self, day: date) -> ScheduledTouchpointQuerySet:
        return self.filter(due_on__lt=day)

    def due_from(self, day: date) -> ScheduledTouchpointQuerySet:
        return self.filter(due_on__gte=day)

    def due_on_day(self, day: date) -> ScheduledTouchpointQuerySet:
        return self.filter(due_on=day)

    def awake(self, *, at: datetime) -> ScheduledTouchpointQuerySet:
        """Those that nobody has snoozed until later."""
        return self.filter(models.Q(snoozed_until=None) | models.Q(snoozed_until__lte=at))

    def in_calendar_of(self, member: Member, *, first: date, last: date) -> ScheduledTouchpointQuerySet:
        """What is planned for that member or was done by their role in these days."""
        states = (ScheduledState.PLANNED, ScheduledState.DONE)
        found = self.filter(member=member, by_person=True, due_on__gte=first, due_on__lte=last, state__in=states)
        return found.in_order()

    def sending(self, *, until: date) -> ScheduledTouchpointQuerySet:
        """Those that Touchline is to send by itself and whose day has come."""
        return self.planned().filter(sends_itself=True, due_on__lte=until)

    def in_workspace(self, workspace: Workspace) -> ScheduledTouchpointQuerySet:
        return self.filter(workspace=workspace.pk)

    def sent_by(self, sending: Sending) -> ScheduledTouchpointQuerySet:
        return self.filter(sending=sending.pk)

    def without_sending(self) -> ScheduledTouchpointQuerySet:
        """Those that have not been sent or held yet; one that planning has made anew is the same one."""
        from touchpoints.models.sending import Sending

        key = {name: models.OuterRef(name) for name in ("enrolment", "cycle", "spot", "occurrence")}
        return self.filter(~models.Exists(Sending.objects.filter(**key)))

    def of_nobody_paused(self) -> ScheduledTouchpointQuerySet:
        from touchpoints.models.automation import SendingPause

        return self.filter(~models.Exists(SendingPause.objects.filter(customer=models.OuterRef("customer"))))

    def with_names(self) -> ScheduledTouchpointQuerySet:
        return self.select_related("role", "member__user", "enrolment")

    def with_cards(self) -> list[ScheduledTouchpoint]:
        """The rows, each with its card; for one question more, however many versions they travel."""
        found: list[ScheduledTouchpoint] = list(self.select_related("enrolment"))
        routes = routes_of(row.enrolment.version_id for row in found)
        for row in found:
            row.card = routes[row.enrolment.version_id].by_spot.get(row.spot)
        return found

    def in_order(self) -> ScheduledTouchpointQuerySet:
        return self.order_by("due_on", "id")
