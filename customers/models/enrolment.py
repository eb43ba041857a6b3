from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models, transaction
from django.db.models.functions import Now

from accounts.ids import new_id
from customers.facts import travel_changed
from customers.models.activity import Activity
from customers.models.enrolments import EnrolmentQuerySet, stage_order
from customers.models.logged_event import LoggedEvent

if TYPE_CHECKING:
    from accounts.models import Member
    from customers.models.customer import Customer
    from journeys.models import Version


class Enrolment(models.Model):
    """A customer travelling a version of a journey, and where it is. All that its plan is made of besides the version, what was
    done, and the customer's renewal date and assignments; so to change it and change it back leaves the plan as it was."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False)
    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="enrolments")
    journey = models.ForeignKey("journeys.Journey", on_delete=models.PROTECT, related_name="enrolments")
    version = models.ForeignKey("journeys.Version", on_delete=models.PROTECT, related_name="enrolments")
    started_on = models.DateField()
    #: where it is now; an element of the version, or of an earlier one if its stage is no longer on the map
    stage_id = models.UUIDField(null=True)
    #: when it came into the stages it has been in: {stage id: "2026-11-25"}
    entered = models.JSONField(default=dict)
    #: 1 until the first renewal; a cycle begins on a day and at a stage, those before it are not travelled again
    cycle = models.PositiveSmallIntegerField(default=1)
    cycle_started_on = models.DateField(null=True)
    cycle_stage_id = models.UUIDField(null=True)
    left_on = models.DateField(null=True)
    left_because = models.CharField(max_length=500, blank=True, default="")
    #: what the plan in the table was made from; another one says that it has to be made anew (touchpoints/planning/reconcile.py)
    planned_from = models.BinaryField(max_length=16, default=bytes)
    by = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    #: when anything was changed last of what it says; its plan is made anew without that
    changed_at = models.DateTimeField(db_default=Now())

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "journey"], condition=models.Q(left_on=None), name="enrolment_once_at_a_time"
            ),
            models.CheckConstraint(condition=models.Q(cycle__gt=0), name="enrolment_cycle_from_one"),
        ]
        indexes = [
            # The API's orders
            models.Index(fields=["workspace", "id"], name="enrolment_in_order"),
            models.Index(fields=["workspace", "started_on", "id"], name="enrolment_by_start"),
            models.Index(fields=["workspace", "changed_at", "id"], name="enrolment_by_change"),
            models.Index(fields=["journey", "id"], name="enrolment_of_journey"),
            models.Index(fields=["stage_id", "customer"], condition=models.Q(left_on=None), name="enrolment_in_stage"),
            models.Index(fields=["journey", "customer"], condition=models.Q(left_on=None), name="enrolment_on_journey"),
        ]

    def __str__(self) -> str:
        return f"{self.customer} on {self.journey}"

    def change(
        self, fields: dict[str, Any], text: str, *, by: Member | None, at: datetime, undoes: Activity | None = None
    ) -> None:
        """Set what the plan is made of, tell it, and have the rest of it planned anew. Where nothing differs, nothing.

        `fields` are the enrolment's, and the customer's `renewal_on`, on which the plans of all its journeys rest.
        """
        with transaction.atomic():
            found = self._held()
            parts: list[tuple[Enrolment | Customer, dict[str, Any]]] = []
            for one, names in ((found, fields.keys() - {"renewal_on"}), (found.customer, fields.keys() & {"renewal_on"})):
                parts.append((one, {name: getattr(one, name) for name in names if getattr(one, name) != fields[name]}))
            before = parts[0][1] | parts[1][1]
            if not before:
                return
            for one, was in parts:
                for name in was:
                    setattr(one, name, fields[name])
                if was and one is found.customer:
                    found.customer.changed_at = at  # as by `edit`: who keeps customers in step goes by that
                    one.save(update_fields=[*was, "changed_at"])
                elif was:
                    found.changed_at = at
                    one.save(update_fields=[*was, "changed_at"])
            for name in parts[0][1]:
                setattr(self, name, fields[name])
            after = {name: fields[name] for name in before}
            Activity.objects.note(found.customer, text, by=by, at=at, enrolment=found, before=before, after=after, undoes=undoes)
            others = (
                Enrolment.objects.filter(customer=found.customer).active() if "renewal_on" in before else Enrolment.objects.none()
            )
            pks = {found.pk, *others.values_list("pk", flat=True)}
            travel_changed.send(Enrolment, enrolments=sorted(pks), at=at)

    def _held(self) -> Enrolment:
        """As it is now, with its customer: both locked. The customer comes first, here as everywhere, so that nobody waits for
        anybody in a circle; and not for those who only refer to it."""
        from customers.models.customer import Customer

        customer = Customer.objects.select_for_update(no_key=True).get(pk=self.customer_id)
        found = Enrolment.objects.select_for_update(no_key=True).get(pk=self.pk)
        found.customer = customer
        return found

    # Each of these gives the fields that `change` sets: for a preview as well.

    def moved_to(self, stage_id: UUID, on: date) -> dict[str, Any]:
        """Be in a stage of the version from a day on. Later stages that it had entered are to come again."""
        order = stage_order(self.version.document)
        place = order.index(str(stage_id))
        entered = {id: day for id, day in self.entered.items() if id in order and order.index(id) < place}
        return {"stage_id": stage_id, "entered": entered | {str(stage_id): on.isoformat()}}

    def started(self, day: date) -> dict[str, Any]:
        """Have started on another day."""
        entered = dict(self.entered)
        order = stage_order(self.version.document)
        if order and entered.get(order[0]) == self.started_on.isoformat():
            entered[order[0]] = day.isoformat()
        return {"started_on": day, "entered": entered}

    def renewed(self, on: date, stage_id: UUID, renewal_on: date) -> dict[str, Any]:
        """Begin the next cycle on a day, at a stage, until the next renewal. What is still open of this one was missed."""
        return {
            "cycle": self.cycle + 1, "cycle_started_on": on, "cycle_stage_id": stage_id, "stage_id": stage_id,
            "entered": {str(stage_id): on.isoformat()}, "renewal_on": renewal_on,
        }  # fmt: skip

    def moved_over(self, version: Version, on: date) -> dict[str, Any]:
        """Travel another version of the journey. A stage that is no longer on the map: then the last one before it that is."""
        old, new = stage_order(self.version.document), stage_order(version.document)
        fields: dict[str, Any] = {"version_id": version.pk}
        fields |= self._standing_in("stage_id", old, new)
        if self.cycle > 1:
            fields |= self._standing_in("cycle_stage_id", old, new)
        entered = {id: day for id, day in self.entered.items() if id in new}
        if (stage := fields.get("stage_id", self.stage_id)) and str(stage) not in entered:
            entered[str(stage)] = self.entered.get(str(self.stage_id)) or on.isoformat()
        return fields | {"entered": entered}

    def _standing_in(self, name: str, old: list[str], new: list[str]) -> dict[str, Any]:
        now = str(getattr(self, name))
        if now in new or not new:
            return {}
        before = [id for id in old[: old.index(now)] if id in new] if now in old else []
        return {name: UUID(before[-1] if before else new[0])}

    def left(self, day: date, because: str) -> dict[str, Any]:
        """Travel it no more. What was done stays, what was overdue has been missed, what is still to come goes."""
        return {"left_on": day, "left_because": because.strip()}

    def move_to_stage(self, stage_id: UUID, on: date, *, by: Member, at: datetime) -> None:
        self.change(self.moved_to(stage_id, on), f"moved to {self.stage_name(stage_id)}", by=by, at=at)

    def start_on(self, day: date, *, by: Member, at: datetime) -> None:
        self.change(self.started(day), f"set the start to {day:%-d %B %Y}", by=by, at=at)

    def renew(self, on: date, stage_id: UUID, renewal_on: date, *, by: Member | None, at: datetime) -> None:
        fields = self.renewed(on, stage_id, renewal_on)
        self.change(fields, f"renewed until {renewal_on:%-d %B %Y}: cycle {fields['cycle']} begins", by=by, at=at)

    def move_over(self, version: Version, on: date, *, by: Member | None, at: datetime) -> None:
        self.change(self.moved_over(version, on), f"moved over to {version} of {self.journey}", by=by, at=at)

    def leave(self, day: date, because: str, *, by: Member, at: datetime) -> None:
        self.change(self.left(day, because), f"left {self.journey}", by=by, at=at)

    def log_event(self, touchpoint_id: UUID, on: date, note: str, name: str, *, by: Member, at: datetime) -> LoggedEvent:
        """Something that the map has an answer to has happened. Its answer is planned."""
        with transaction.atomic():
            found = self._held()
            made = LoggedEvent.objects.log(found, touchpoint_id, on, note, by=by, at=at)
            Activity.objects.note(found.customer, f"logged the event {name}", by=by, at=at, enrolment=found)
            travel_changed.send(Enrolment, enrolments=[found.pk], at=at)
        return made

    def take_back_event(self, event: LoggedEvent, name: str, *, by: Member, at: datetime) -> None:
        """It has not happened. What was done in answer to it stays."""
        with transaction.atomic():
            found = self._held()
            event.taken_back_at = at
            event.save(update_fields=["taken_back_at"])
            Activity.objects.note(found.customer, f"took back the event {name}", by=by, at=at, enrolment=found)
            travel_changed.send(Enrolment, enrolments=[found.pk], at=at)

    @property
    def stage(self) -> str:
        return self.stage_name(self.stage_id)

    @property
    def stage_since(self) -> date | None:
        day = self.entered.get(str(self.stage_id))
        return date.fromisoformat(day) if day else None

    def stage_name(self, stage_id: UUID | str | None) -> str:
        stage = self.version.document["stages"].get(str(stage_id))
        return stage["name"] if stage else "a stage that is no longer on the map"
