from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models

from accounts.ids import new_id

if TYPE_CHECKING:
    from accounts.models import Member
    from customers.models import Customer, Enrolment


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
        state, planned = ScheduledTouchpoint.State, models.Q(state=ScheduledTouchpoint.State.PLANNED)
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

    def of_customer(self, customer: Customer) -> ScheduledTouchpointQuerySet:
        return self.filter(customer=customer)

    def planned(self) -> ScheduledTouchpointQuerySet:
        return self.filter(state=ScheduledTouchpoint.State.PLANNED)

    def history(self) -> ScheduledTouchpointQuerySet:
        return self.exclude(state=ScheduledTouchpoint.State.PLANNED)

    def due(self, *, on: date) -> ScheduledTouchpointQuerySet:
        return self.planned().filter(due_on__lte=on)

    def in_order(self) -> ScheduledTouchpointQuerySet:
        return self.order_by("due_on", "id")


class ScheduledTouchpoint(models.Model):
    """A card of the map, due for one customer on one date, for one member. What it says stands in the version that its enrolment
    travels: see `Route.card`. Done, skipped and missed ones are history, which planning never touches."""

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        DONE = "done", "Done"
        SKIPPED = "skipped", "Skipped"
        MISSED = "missed", "Missed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False)
    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="scheduled", db_index=False)
    enrolment = models.ForeignKey("customers.Enrolment", on_delete=models.CASCADE, related_name="scheduled", db_index=False)
    cycle = models.PositiveSmallIntegerField()
    #: the card's id; of a card in a drill-down an id of the two: see `route.within`
    spot = models.UUIDField()
    #: 0, 1, 2 … of a card that recurs, or whose event has happened more than once
    occurrence = models.PositiveSmallIntegerField(default=0)
    due_on = models.DateField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.PLANNED)
    #: who owns the card, and who fills that role for this customer on that day; nobody, where nobody does
    role = models.ForeignKey("accounts.Role", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    member = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    #: delivered by a person (and not automated or self-serve): it is somebody's work
    by_person = models.BooleanField(default=True)
    must = models.BooleanField(default=True)
    #: of a delivery that was begun: what it goes by, though the playbook may go on
    started_at = models.DateTimeField(null=True)
    playbook_version = models.ForeignKey(
        "playbooks.PlaybookVersion", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    settled_on = models.DateField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    #: what came of it, or why it was skipped
    outcome = models.TextField(max_length=4000, blank=True, default="")
    felt = models.SmallIntegerField(null=True)

    objects = ScheduledTouchpointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "cycle", "spot", "occurrence"], name="scheduled_touchpoint_once"),
            models.CheckConstraint(condition=models.Q(felt__isnull=True) | models.Q(felt__range=(-2, 2)), name="scheduled_felt"),
            models.CheckConstraint(
                condition=models.Q(state="planned", settled_on=None) | (~models.Q(state="planned") & ~models.Q(settled_on=None)),
                name="scheduled_settled_or_planned",
            ),
        ]
        indexes = [
            models.Index(
                fields=["member", "due_on", "id"], condition=models.Q(state="planned", by_person=True), name="scheduled_today"
            ),
            models.Index(fields=["customer", "due_on", "id"], name="scheduled_of_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.spot} on {self.due_on}"
