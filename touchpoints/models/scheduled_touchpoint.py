from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.utils.functional import cached_property

from accounts.ids import new_id
from customers.models import Activity
from playbooks.models import Playbook, PlaybookVersion
from touchpoints.facts import planned, settled
from touchpoints.models.arrangement import Arrangement
from touchpoints.models.scheduled_touchpoints import NotOpen, ScheduledState, ScheduledTouchpointQuerySet
from touchpoints.planning.reconcile import reconcile
from touchpoints.planning.routes import route_of

if TYPE_CHECKING:
    from accounts.models import Member
    from touchpoints.planning.route import Card


class ScheduledTouchpoint(models.Model):
    """A card of the map, due for one customer on one date, for one member. What it says stands in the version that its enrolment
    travels: see `Route.card`. Done, skipped and missed ones are history, which planning never touches."""

    State = ScheduledState

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
    #: a milestone that nobody ticks: its day does, or what it waits for
    ticks_itself = models.BooleanField(default=False)
    #: delivered by Touchline, which sends a message of its playbook on the day
    sends_itself = models.BooleanField(default=False, db_default=False)
    #: nobody wants to see it in their list before that; it is due when it is due all the same
    snoozed_until = models.DateTimeField(null=True)
    #: of a delivery that was begun: what it goes by, though the playbook may go on
    started_at = models.DateTimeField(null=True)
    playbook_version = models.ForeignKey(
        "playbooks.PlaybookVersion", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    #: ids of the playbook's steps that are done
    ticked = ArrayField(models.CharField(max_length=40), default=list, db_default=models.Value("{}"))
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
            # Lists go by it
            models.CheckConstraint(
                condition=models.Q(state="planned") | models.Q(settled_at__isnull=False), name="scheduled_settled_at_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["member", "due_on", "id"], condition=models.Q(state="planned", by_person=True), name="scheduled_today"
            ),
            models.Index(fields=["member", "due_on"], condition=models.Q(state="done", by_person=True), name="scheduled_done_of"),
            models.Index(fields=["customer", "due_on", "id"], name="scheduled_of_customer"),
            # The API's list of all that is planned: docs/decisions/043
            models.Index(fields=["workspace", "due_on", "id"], condition=models.Q(state="planned"), name="scheduled_planned"),
            # And of what became of it, for which nothing is written while it is planned
            *(
                models.Index(fields=["workspace", "state", by, "id"], condition=~models.Q(state="planned"), name=name)
                for by, name in (
                    ("due_on", "scheduled_over_due"),
                    ("settled_on", "scheduled_settled_on"),
                    ("settled_at", "scheduled_settled_at"),
                )
            ),
            models.Index(
                fields=["due_on", "id"], condition=models.Q(state="planned", ticks_itself=True), name="scheduled_ticks_itself"
            ),
            models.Index(
                fields=["workspace", "due_on", "id"],
                condition=models.Q(state="planned", sends_itself=True),
                name="scheduled_to_send",
            ),
            models.Index(fields=["settled_by", "settled_on"], condition=~models.Q(state="planned"), name="scheduled_settled_by"),
        ]

    def __str__(self) -> str:
        return f"{self.spot} on {self.due_on}"

    @cached_property
    def card(self) -> Card | None:
        """What it says: a card of the version that is travelled. None for one that only an earlier version had."""
        return route_of(self.enrolment.version_id).by_spot.get(self.spot)

    @property
    def title(self) -> str:
        return self.card.fields["title"] if self.card else "a card of an earlier version"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.PLANNED

    @property
    def playbook(self) -> Playbook | None:
        """What its card is delivered by; None if by nothing, or by one that has been removed since."""
        id = self.card.fields["playbook_id"] if self.card else None
        return Playbook.objects.filter(pk=id, workspace=self.workspace_id).first() if id else None

    def begin(self, *, by: Member, at: datetime) -> None:
        """Its delivery is under way, and goes by its playbook as it is now; one begun already stays as it is. Raises NotOpen."""
        with transaction.atomic():
            self._held_open()._begin(by, at)

    def tick_step(self, step: str, is_done: bool, *, by: Member, at: datetime) -> list[str]:
        """Say that a step of its playbook is done, or is not; the first one begins the delivery. The steps that are done now.
        Raises NotOpen; a step that its playbook does not have is passed over."""
        with transaction.atomic():
            found = self._held_open()
            found._begin(by, at)
            steps = [one["id"] for one in found.playbook_version.body["steps"]] if found.playbook_version else []
            done = {*found.ticked, step} if is_done else {*found.ticked} - {step}
            found._set({"ticked": [id for id in steps if id in done]})
        self.ticked = found.ticked
        return self.ticked

    def snooze(self, until: datetime | None, *, at: datetime) -> None:
        """Out of everybody's list until then; None: back into it. Raises NotOpen."""
        with transaction.atomic():
            found = self._held_open()
            found._set({"snoozed_until": until})
            planned.send(ScheduledTouchpoint, enrolments=[found.enrolment_id], rows=[found.pk], at=at)

    def reschedule(self, on: date, *, by: Member, at: datetime) -> None:
        """Do it on another day than the map says; on the day that it says: as planned. What rests on it is planned anew. Raises
        NotOpen."""
        with transaction.atomic():
            found = self._held_open()
            was = found.due_on
            told = Arrangement.objects.of(found).first()
            planned = told.instead_of if told and told.instead_of and told.holds(was) else was
            days = {"due_on": on, "instead_of": planned} if on != planned else {"due_on": None, "instead_of": None}
            Arrangement.objects.arrange(found, days, by=by, at=at)
            found._set({"snoozed_until": None})
            if on != was:
                text = f"put {found.title} on {on:%-d %B %Y} instead of {was:%-d %B %Y}"
                Activity.objects.note(found.customer, text, by=by, at=at, enrolment=found.enrolment)
            reconcile([found.enrolment_id], at=at)

    def _begin(self, by: Member, at: datetime) -> None:
        if self.started_at is None:
            self._set({"started_at": at, "playbook_version": self._frozen(at)})
            Activity.objects.note(self.customer, f"began {self.title}", by=by, at=at, enrolment=self.enrolment)

    def _frozen(self, at: datetime) -> PlaybookVersion | None:
        return self.playbook_version or (self.playbook.freeze(at=at) if self.playbook else None)

    def finish(
        self, on: date, *, by: Member | None, at: datetime, outcome: str = "", felt: int | None = None, today: date | None = None
    ) -> None:
        """It was done on a day. What rests on it is planned anew. Raises NotOpen."""
        self._settle(self.State.DONE, on, {"outcome": outcome.strip(), "felt": felt}, by=by, at=at, today=today)

    def skip(self, on: date, because: str, *, by: Member, at: datetime, today: date | None = None) -> None:
        """It will not be done. Raises NotOpen."""
        self._settle(self.State.SKIPPED, on, {"outcome": because.strip()}, by=by, at=at, today=today)

    def reopen(self, *, by: Member, at: datetime, today: date) -> None:
        """It was not done after all, or is not to be skipped. Raises NotOpen if it is not settled."""
        fields = {"settled_on": None, "settled_at": None, "settled_by": None, "outcome": "", "felt": None}
        with transaction.atomic():
            found = self.held()
            if found.state not in (self.State.DONE, self.State.SKIPPED):
                raise NotOpen(f"{found.title} is open already.") if found.is_open else NotOpen.of(found)
            found._set({"state": self.State.PLANNED, **fields})
            Activity.objects.note(found.customer, f"opened {found.title} again", by=by, at=at, enrolment=found.enrolment)
            found._tell(today, at)

    def _settle(
        self, state: str, on: date, fields: dict[str, Any], *, by: Member | None, at: datetime, today: date | None = None
    ) -> None:
        with transaction.atomic():
            found = self._held_open()
            if state == self.State.DONE:
                fields = fields | {"playbook_version": found._frozen(at)}
            found._set({"state": state, "settled_on": on, "settled_at": at, "settled_by": by, **fields})
            Activity.objects.note(found.customer, found.told(state), by=by, at=at, enrolment=found.enrolment)
            found._tell(today or on, at)
        for name, value in fields.items():
            setattr(self, name, value)
        self.state, self.settled_on = state, on

    def told(self, state: str) -> str:
        """What the customer's history says of its being settled so."""
        is_milestone = self.card and self.card.fields["kind"] == "milestone"
        word = "skipped" if state == self.State.SKIPPED else "reached" if is_milestone else "finished"
        return f"{word} {self.title}"

    def _held_open(self) -> ScheduledTouchpoint:
        found = self.held()
        if not found.is_open:
            raise NotOpen.of(found)
        return found

    def held(self) -> ScheduledTouchpoint:
        """The row and its enrolment, locked in the order in which planning does. Raises NotOpen if it is no longer there."""
        from customers.models import Enrolment

        Enrolment.objects.select_for_update(no_key=True).filter(pk=self.enrolment_id).first()
        rows = ScheduledTouchpoint.objects.select_for_update(of=("self",), no_key=True).select_related("customer", "enrolment")
        if not (found := rows.filter(pk=self.pk).first()):
            raise NotOpen("It is no longer planned.")
        return found

    def _set(self, fields: dict[str, Any]) -> None:
        for name, value in fields.items():
            setattr(self, name, value)
        self.save(update_fields=list(fields))

    def _tell(self, today: date, at: datetime) -> None:
        reconcile([self.enrolment_id], at=at)
        settled.send(ScheduledTouchpoint, enrolments=[self.enrolment_id], rows=[self.pk], today=today, at=at)
