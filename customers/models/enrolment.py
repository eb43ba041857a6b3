from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models, transaction

from accounts.ids import new_id
from customers.facts import travel_changed
from customers.models.activity import Activity

if TYPE_CHECKING:
    from accounts.models import Member
    from customers.models.customer import Customer
    from journeys.models import Journey, Version


class AlreadyTravels(Exception):
    """The customer is on that journey."""


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def visible_to(self, member: Member) -> EnrolmentQuerySet:
        return self.filter(workspace_id=member.workspace_id)

    def in_workspace(self, workspace: UUID) -> EnrolmentQuerySet:
        return self.filter(workspace=workspace)

    def active(self) -> EnrolmentQuerySet:
        return self.filter(left_on=None)

    def of(self, customer: Customer) -> EnrolmentQuerySet:
        return self.filter(customer=customer).order_by("-started_on", "id")

    def with_names(self) -> EnrolmentQuerySet:
        return self.select_related("journey", "version")

    def on(self, journey: Journey) -> EnrolmentQuerySet:
        return self.filter(journey=journey)

    def stages_of(self, *, journey: UUID | None = None, segment: UUID | None = None) -> dict[str, list[UUID]]:
        """The stages of the versions that customers travel, of a journey or of all of a segment's, from left to right: by name,
        the ids of those that bear it. One that was renamed is there under the name its travellers know."""
        from journeys.models import Version

        versions = Version.objects.filter(journey=journey) if journey else Version.objects.filter(journey__segment=segment)
        travelled = versions.filter(models.Exists(self.active().filter(version=models.OuterRef("pk"))))
        found: dict[str, list[UUID]] = {}
        for stages in travelled.order_by("-number").values_list("document__stages", flat=True):
            for id, stage in sorted(stages.items(), key=lambda pair: pair[1]["position"]):
                found.setdefault(stage["name"], []).append(UUID(id))
        return found

    def enrol(self, customer: Customer, version: Version, started_on: date, *, by: Member, at: datetime) -> Enrolment:
        """Put the customer at the beginning of a version. Raises AlreadyTravels."""
        made = self.enrol_many([customer.pk], version, started_on, by=by, at=at)
        if not made:
            raise AlreadyTravels
        return self.get(pk=made[0])

    def enrol_many(
        self,
        customers: Iterable[UUID],
        version: Version,
        started_on: date | Mapping[UUID, date],
        *,
        by: Member | None,
        at: datetime,
    ) -> list[UUID]:
        """Put customers of the version's workspace at its beginning, on one day or each on its own, but for those that are on the
        journey already. The ids of the enrolments that were made; they have their plans."""
        from customers.models.customer import Customer

        workspace, first = version.journey.segment.workspace_id, first_stage(version.document)
        with transaction.atomic():
            # The locks make two who enrol the same customers take turns.
            known = Customer.objects.filter(pk__in=list(customers), workspace=workspace).order_by("pk").select_for_update()
            ids = list(known.values_list("pk", flat=True))
            there = set(self.filter(customer__in=ids, journey=version.journey_id).active().values_list("customer_id", flat=True))
            fields: dict[str, Any] = {
                "workspace_id": workspace, "journey_id": version.journey_id, "version": version, "stage_id": first, "by": by,
                "at": at,
            }  # fmt: skip
            starts = started_on if isinstance(started_on, Mapping) else dict.fromkeys(ids, started_on)
            made = [Enrolment(customer_id=id, **begun(first, starts[id]), **fields) for id in ids if id not in there]
            Enrolment.objects.bulk_create(made)
            told = f"enrolled on {version.journey}, {version}"[:500]
            Activity.objects.bulk_create(
                Activity(customer_id=one.customer_id, enrolment=one, text=told, by=by, at=at) for one in made
            )
            pks = [one.pk for one in made]
            if pks:
                travel_changed.send(Enrolment, enrolments=pks, at=at)
        return pks


def begun(first: UUID | None, day: date) -> dict[str, Any]:
    """What an enrolment is at its beginning."""
    return {"started_on": day, "entered": {str(first): day.isoformat()} if first else {}}


def first_stage(document: dict[str, Any]) -> UUID | None:
    order = stage_order(document)
    return UUID(order[0]) if order else None


class Enrolment(models.Model):
    """A customer travelling a version of a journey, and where it is. All that its plan is made of besides the version, what was
    done, and the customer's renewal date and assignments; so to change it and change it back leaves the plan as it was."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+")
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

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "journey"], condition=models.Q(left_on=None), name="enrolment_once_at_a_time"
            ),
            models.CheckConstraint(condition=models.Q(cycle__gt=0), name="enrolment_cycle_from_one"),
        ]
        indexes = [
            models.Index(fields=["journey", "id"], name="enrolment_of_journey"),
            models.Index(fields=["stage_id", "customer"], condition=models.Q(left_on=None), name="enrolment_in_stage"),
        ]

    def __str__(self) -> str:
        return f"{self.customer} on {self.journey}"

    def change(
        self, fields: dict[str, Any], text: str, *, by: Member | None, at: datetime, undoes: Activity | None = None
    ) -> None:
        """Set what the plan is made of, tell it, and have the rest of it planned anew. Where nothing differs, nothing."""
        from customers.models.customer import Customer

        with transaction.atomic():
            # The customer first, then what it travels: all who need both lock them in this order.
            Customer.objects.select_for_update(no_key=True).get(pk=self.customer_id)
            found = Enrolment.objects.select_for_update(of=("self",)).select_related("customer").get(pk=self.pk)
            before = {name: getattr(found, name) for name in fields if getattr(found, name) != fields[name]}
            if not before:
                return
            for name in before:
                setattr(found, name, fields[name])
                setattr(self, name, fields[name])
            found.save(update_fields=list(before))
            after = {name: fields[name] for name in before}
            Activity.objects.note(found.customer, text, by=by, at=at, enrolment=found, before=before, after=after, undoes=undoes)
            travel_changed.send(Enrolment, enrolments=[found.pk], at=at)

    def move_to_stage(self, stage_id: UUID, on: date, *, by: Member, at: datetime) -> None:
        """Be in a stage of the version from a day on. Later stages that it had entered are to come again."""
        self.change(self.moved_to(stage_id, on), f"moved to {self.stage_name(stage_id)}", by=by, at=at)

    def moved_to(self, stage_id: UUID, on: date) -> dict[str, Any]:
        """The fields that say so: for a preview, too."""
        order = stage_order(self.version.document)
        place = order.index(str(stage_id))
        entered = {id: day for id, day in self.entered.items() if id in order and order.index(id) < place}
        return {"stage_id": stage_id, "entered": entered | {str(stage_id): on.isoformat()}}

    def start_on(self, day: date, *, by: Member, at: datetime) -> None:
        """Have started on another day."""
        self.change(self.started(day), f"set the start to {day:%-d %B %Y}", by=by, at=at)

    def started(self, day: date) -> dict[str, Any]:
        entered = dict(self.entered)
        order = stage_order(self.version.document)
        if order and entered.get(order[0]) == self.started_on.isoformat():
            entered[order[0]] = day.isoformat()
        return {"started_on": day, "entered": entered}

    def leave(self, day: date, because: str, *, by: Member, at: datetime) -> None:
        """Travel it no more. What was done stays, what is still planned goes."""
        self.change({"left_on": day, "left_because": because.strip()}, f"left {self.journey}", by=by, at=at)

    @property
    def stage(self) -> str:
        return self.stage_name(self.stage_id)

    def stage_name(self, stage_id: UUID | str | None) -> str:
        stage = self.version.document["stages"].get(str(stage_id))
        return stage["name"] if stage else "a stage that is no longer on the map"


def stage_order(document: dict[str, Any]) -> list[str]:
    """The ids of the stages from left to right."""
    return [id for id, _ in sorted(document["stages"].items(), key=lambda pair: (pair[1]["position"], pair[0]))]
