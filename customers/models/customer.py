from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models.functions import Concat, Lower

from accounts.ids import new_id
from customers.facts import travel_changed

if TYPE_CHECKING:
    from accounts.models import Member, Role, Workspace
    from customers.models.activity import Activity
    from customers.models.assignment import Assignment
    from journeys.models import Segment


#: what the list of customers is sorted by, by the index that holds it in that order
SORTED_BY = {
    "customer_by_name": "name_key", "customer_by_renewal": "renewal_on", "customer_by_health": "health",
    "customer_by_value": "value",
}  # fmt: skip


def beside(sorted_by: str) -> list[str]:
    """What the list is narrowed by stands in these indexes, too: it is filtered without looking at the customers."""
    return [name for name in ("external_id", "segment", "owner", "health", "renewal_on") if name != sorted_by]


class Health(models.IntegerChoices):
    """How well it goes with a customer; the worst comes first."""

    RISK = 1, "At risk"
    WATCH = 2, "Watch"
    GOOD = 3, "Good"


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, member: Member) -> CustomerQuerySet:
        return self.filter(workspace_id=member.workspace_id)

    def matching(self, words: str) -> CustomerQuerySet:
        """Those with every word in their name or bearing it as external id; all of them if there is no word."""
        found = self
        for word in words.replace("\0", "").split():  # PostgreSQL refuses the NUL character
            key = Lower(models.Value(word))  # as the database has it: not every letter is lowered alike everywhere
            in_name = models.Q(name_key__contains=key)
            if len(word) < 3:
                # The index knows threes of letters: of less only how words begin.
                in_name = models.Q(name_key__startswith=key) | models.Q(name_key__contains=Concat(models.Value(" "), key))
            found = found.filter(in_name | models.Q(external_id=word))
        return found

    def in_segment(self, segment: Segment | UUID | models.OuterRef) -> CustomerQuerySet:
        return self.filter(segment=segment)

    def of_health(self, health: int) -> CustomerQuerySet:
        return self.filter(health=health)

    def bearing(self, external_id: str) -> CustomerQuerySet:
        return self.filter(external_id=external_id)

    def owned_by(self, member: UUID | None) -> CustomerQuerySet:
        """Those that a member looks after; None for those that nobody does."""
        return self.filter(owner=member)

    def renewing(self, first: date | None, last: date | None) -> CustomerQuerySet:
        """Those whose renewal falls on a day of these, both included; None for no bound on that side."""
        found = self.filter(renewal_on__lte=last) if last else self
        return found.filter(renewal_on__gte=first) if first else found

    def in_stages(self, stages: Collection[UUID]) -> CustomerQuerySet:
        return self.filter(models.Exists(_travels().filter(stage_id__in=stages)))

    def on_journey(self, journey: UUID) -> CustomerQuerySet:
        return self.filter(models.Exists(_travels().filter(journey=journey)))

    def on_no_journey(self) -> CustomerQuerySet:
        return self.filter(travels=0)

    def never_on(self, journey: UUID | models.OuterRef) -> CustomerQuerySet:
        """Those that do not travel it and never did."""
        from customers.models.enrolment import Enrolment

        return self.filter(~models.Exists(Enrolment.objects.filter(customer=models.OuterRef("pk"), journey=journey)))

    def owners_of(self, member: Member) -> Any:
        """The members who can own a customer of that member's workspace, and those who have left while they did."""
        from accounts.models import Member

        owning = models.Exists(self.filter(owner=models.OuterRef("pk")))
        return Member.objects.filter(models.Q(removed_at=None) | owning, workspace=member.workspace_id)

    def asking_most(self, since: date) -> CustomerQuerySet:
        """Those that have asked for something since that day, who asked most first."""
        asking = self.filter(requests__logged_on__gte=since).annotate(asked=models.Count("requests"))
        return asking.order_by("-asked", "name_key", "id")

    def with_people(self) -> CustomerQuerySet:
        return self.select_related("segment", "owner__user")

    def in_order(self) -> CustomerQuerySet:
        """By name. The list sorts otherwise, too: customers/listing.py."""
        return self.order_by("name_key", "id")

    def add(self, workspace: Workspace, name: str, segment: Segment, *, by: Member, at: datetime, **fields: Any) -> Customer:
        """A new customer. Raises IntegrityError (customer_external_id_once) if the external id is taken."""
        from customers.models.activity import Activity

        with transaction.atomic():
            made = self.create(workspace=workspace, name=name.strip(), segment=segment, made_at=at, changed_at=at, **fields)
            Activity.objects.note(made, f"added {made}", by=by, at=at)
        return made


def _travels() -> Any:
    """The journeys that a customer of the query around it is on."""
    from customers.models.enrolment import Enrolment

    return Enrolment.objects.active().filter(customer=models.OuterRef("pk"))


class Customer(models.Model):
    """A company we serve."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="customers")
    name = models.CharField(max_length=200)
    #: what names are sorted and searched by. Kept, so that the index alone answers: benchmarks/customer_list.py
    name_key = models.GeneratedField(expression=Lower("name"), output_field=models.TextField(), db_persist=True)
    segment = models.ForeignKey("journeys.Segment", on_delete=models.PROTECT, related_name="customers")
    #: the id in the system it comes from
    external_id = models.CharField(max_length=200, blank=True, default="")
    #: who looks after it
    owner = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    renewal_on = models.DateField(null=True, blank=True)
    #: what it pays a year, in the workspace's currency
    value = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(Decimal(0))]
    )
    health = models.PositiveSmallIntegerField(choices=Health.choices, null=True, blank=True)
    notes = models.TextField(max_length=20_000, blank=True, default="")
    #: how many journeys it is on; the database counts them (migration 0003), nobody else writes it
    travels = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = CustomerQuerySet.as_manager()

    #: what `edit` may set, with what the activity calls it
    editable = {
        "name": "name", "segment_id": "segment", "external_id": "external id", "owner_id": "owner", "renewal_on": "renewal date",
        "value": "value", "health": "health", "notes": "notes",
    }  # fmt: skip
    #: of these, what dates rest on
    planned_by = ("renewal_on",)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "external_id"], condition=~models.Q(external_id=""), name="customer_external_id_once"
            ),
            models.CheckConstraint(
                condition=models.Q(health__isnull=True) | models.Q(health__range=(1, 3)), name="customer_health_known"
            ),
        ]
        indexes = [
            *(models.Index(fields=["workspace", by, "id"], include=beside(by), name=name) for name, by in SORTED_BY.items()),
            models.Index(fields=["segment", "id"], name="customer_of_segment"),
            models.Index(fields=["owner", "id"], name="customer_of_owner"),
            models.Index(fields=["workspace", "id"], condition=models.Q(travels=0), name="customer_on_no_journey"),
            GinIndex(OpClass("name_key", name="gin_trgm_ops"), name="customer_name_words"),
        ]

    def __str__(self) -> str:
        return self.name

    def edit(
        self,
        fields: dict[str, Any],
        *,
        by: Member,
        at: datetime,
        text: str = "",
        undoes: Activity | None = None,
    ) -> None:
        """Set fields; only those that differ are kept and told. What is planned for the customer moves along."""
        from customers.models.activity import Activity

        with transaction.atomic():
            found = Customer.objects.select_for_update(no_key=True).get(pk=self.pk)
            differing = [name for name in self.editable if name in fields and getattr(found, name) != fields[name]]
            before = {name: getattr(found, name) for name in differing}
            if not before:
                return
            for name in before:
                setattr(found, name, fields[name])
                setattr(self, name, fields[name])
            found.changed_at = self.changed_at = at
            found.save(update_fields=[*before, "changed_at"])
            told = text or "changed " + ", ".join(self.editable[name] for name in before)
            after = {name: fields[name] for name in before}
            Activity.objects.note(self, told, by=by, at=at, before=before, after=after, undoes=undoes)
            if any(name in before for name in self.planned_by):
                self._travel_changes(at)

    def assign(self, role: Role, member: Member | None, *, from_on: date, by: Member, at: datetime) -> None:
        """Have a member fill a role for this customer from a day on, or nobody. What is planned is theirs from then on."""
        from customers.models.activity import Activity
        from customers.models.assignment import Assignment

        with transaction.atomic():
            Customer.objects.select_for_update(no_key=True).get(pk=self.pk)
            Assignment.objects.update_or_create(
                customer=self, role=role, from_on=from_on, defaults={"member": member, "by": by, "at": at}
            )
            Activity.objects.note(self, f"{role}: {member or 'nobody'} from {from_on:%-d %B %Y}", by=by, at=at)
            self._travel_changes(at)

    def take_back(self, assignment: Assignment, *, by: Member, at: datetime) -> None:
        """Have an assignment not be, as if it had never been made: the one before it goes on."""
        from customers.models.activity import Activity

        with transaction.atomic():
            Customer.objects.select_for_update(no_key=True).get(pk=self.pk)
            told = f"took back {assignment.role}: {assignment.member or 'nobody'} from {assignment.from_on:%-d %B %Y}"
            assignment.delete()
            Activity.objects.note(self, told, by=by, at=at)
            self._travel_changes(at)

    def _travel_changes(self, at: datetime) -> None:
        from customers.models.enrolment import Enrolment

        enrolments = list(Enrolment.objects.filter(customer=self).active().values_list("pk", flat=True))
        if enrolments:
            travel_changed.send(Customer, enrolments=enrolments, at=at)
