"""Who travels what, many of them: which stages there are, putting customers on a version, moving them over to another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models, transaction

from customers.facts import travel_changed
from customers.models.activity import Activity

if TYPE_CHECKING:
    from accounts.models import Member
    from customers.models.customer import Customer
    from customers.models.enrolment import Enrolment
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

    def over(self) -> EnrolmentQuerySet:
        """Those that were left."""
        return self.exclude(left_on=None)

    def at_stage(self, stage: UUID) -> EnrolmentQuerySet:
        """Those that are there, or were when they were left."""
        return self.filter(stage_id=stage)

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
                one.changed_at = at
                text = f"moved over to {version} of {version.journey}"
                told.append(
                    Activity.objects.telling(one.customer_id, text, by=by, at=at, enrolment=one, before=before, after=fields)
                )
            self.bulk_update(found, ["version_id", "stage_id", "cycle_stage_id", "entered", "changed_at"])  # type: ignore[arg-type]
            Activity.objects.bulk_create(told)
            pks = [one.pk for one in found]
            if pks:
                travel_changed.send(self.model, enrolments=pks, at=at)
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
                "at": at, "changed_at": at,
            }  # fmt: skip
            starts = started_on if isinstance(started_on, Mapping) else dict.fromkeys(ids, started_on)
            made = [self.model(customer_id=id, **begun(first, starts[id]), **fields) for id in ids if id not in there]
            self.model.objects.bulk_create(made)
            told = f"enrolled on {version.journey}, {version}"[:500]
            Activity.objects.bulk_create(
                Activity(customer_id=one.customer_id, enrolment=one, text=told, by=by, at=at) for one in made
            )
            pks = [one.pk for one in made]
            if pks:
                travel_changed.send(self.model, enrolments=pks, at=at)
        return pks


def begun(first: UUID | None, day: date) -> dict[str, Any]:
    """What an enrolment is at its beginning."""
    return {"started_on": day, "entered": {str(first): day.isoformat()} if first else {}}


def first_stage(document: dict[str, Any]) -> UUID | None:
    order = stage_order(document)
    return UUID(order[0]) if order else None


def stage_order(document: dict[str, Any]) -> list[str]:
    """The ids of the stages from left to right."""
    return [id for id, _ in sorted(document["stages"].items(), key=lambda pair: (pair[1]["position"], pair[0]))]
