from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models, transaction

from accounts.ids import new_id
from customers.facts import travel_changed
from customers.models.activity import Activity
from customers.models.logged_event import LoggedEvent

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

    def behind(self, version: Version) -> EnrolmentQuerySet:
        """Those that travel an earlier version of its journey."""
        return self.filter(journey=version.journey_id, version__number__lt=version.number).active()

    def with_versions(self) -> list[Enrolment]:
        """The enrolments, each with its version; a version is read once, however many travel it: its map may be large."""
        from journeys.models import Version

        found: list[Enrolment] = list(self)
        versions = Version.objects.in_bulk({one.version_id for one in found})
        for one in found:
            one.version = versions[one.version_id]
        return found

    def move_many_over(
        self, customers: Iterable[UUID], version: Version, on: date, *, by: Member | None, at: datetime
    ) -> list[UUID]:
        """Have these customers travel that version from now on, if they travel an earlier one. The ids of those enrolments."""
        from customers.models.customer import Customer

        with transaction.atomic():
            known = Customer.objects.filter(pk__in=list(customers)).order_by("pk").select_for_update(no_key=True)
            ids = list(known.values_list("pk", flat=True))
            behind = self.behind(version).filter(customer__in=ids).order_by("pk").select_for_update(of=("self",), no_key=True)
            found: list[Enrolment] = behind.with_versions()
            told = []
            for one in found:
                fields = one.moved_over(version, on)
                before = {name: getattr(one, name) for name in fields}
                for name, value in fields.items():
                    setattr(one, name, value)
                text = f"moved over to {version} of {version.journey}"
                told.append(
                    Activity.objects.telling(one.customer_id, text, by=by, at=at, enrolment=one, before=before, after=fields)
                )
            self.bulk_update(found, ["version_id", "stage_id", "cycle_stage_id", "entered"])  # type: ignore[arg-type]
            Activity.objects.bulk_create(told)
            pks = [one.pk for one in found]
            if pks:
                travel_changed.send(Enrolment, enrolments=pks, at=at)
        return pks

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
            known = (
                Customer.objects.filter(pk__in=list(customers), workspace=workspace).order_by("pk").select_for_update(no_key=True)
            )
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
                if was:
                    one.save(update_fields=list(was))
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


def stage_order(document: dict[str, Any]) -> list[str]:
    """The ids of the stages from left to right."""
    return [id for id, _ in sorted(document["stages"].items(), key=lambda pair: (pair[1]["position"], pair[0]))]
