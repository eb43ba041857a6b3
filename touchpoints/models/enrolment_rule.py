from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models, transaction
from django.db.models.functions import Coalesce

from accounts.ids import new_id
from customers.models import Customer
from touchpoints.models.planning_job import PlanningJob

if TYPE_CHECKING:
    from accounts.models import Member
    from customers.models.customer import CustomerQuerySet
    from journeys.models import Journey, Segment


@dataclass(frozen=True)
class Would:
    """How many a rule would enrol now, how many wait for a renewal date, how many are or were on the journey."""

    now: int
    waiting: int
    been: int
    begins: str


class EnrolmentRuleQuerySet(models.QuerySet["EnrolmentRule"]):
    def visible_to(self, member: Member) -> EnrolmentRuleQuerySet:
        return self.filter(workspace_id=member.workspace_id, removed_at=None)

    def on(self) -> EnrolmentRuleQuerySet:
        return self.filter(is_on=True, removed_at=None)

    def latest_first(self) -> EnrolmentRuleQuerySet:
        return self.order_by("-at", "-id")

    def with_names(self) -> EnrolmentRuleQuerySet:
        """With what a list shows, and how many each has `enrolled`: as they came, and by its jobs."""
        jobs = PlanningJob.objects.filter(rule=models.OuterRef("pk")).order_by().values("rule")
        by_jobs = Coalesce(models.Subquery(jobs.annotate(all=models.Sum("enrolled")).values("all")), 0)
        return self.select_related("segment", "journey", "by__user").annotate(
            enrolled=models.F("enrolled_as_they_came") + by_jobs
        )

    def with_somebody_to_enrol(self, *, at: datetime) -> EnrolmentRuleQuerySet:
        """Those that are on, have no job under way, and whose segment has somebody that never was on the journey. One statement,
        whatever the number of rules."""
        journey = models.OuterRef(models.OuterRef("journey"))  # the rule's, from within two
        there = Customer.objects.in_segment(models.OuterRef("segment")).never_on(journey)
        # No zone is behind by more than a day: `follow` looks closely. The workspace is said for the index that has it in front.
        renewing = there.renewing(at.date() - timedelta(days=1), None).filter(workspace=models.OuterRef("workspace"))
        by_renewal = models.Q(starts=EnrolmentRule.Starts.RENEWAL)
        somebody = (by_renewal & models.Q(models.Exists(renewing))) | (~by_renewal & models.Q(models.Exists(there)))
        jobs = PlanningJob.objects.filter(rule=models.OuterRef("pk")).under_way()
        return self.on().filter(somebody, ~models.Exists(jobs)).order_by("id")

    def make(
        self, segment: Segment, journey: Journey, starts: str, *, on: date | None = None, days_before: int | None = None,
        by: Member, at: datetime,
    ) -> EnrolmentRule:  # fmt: skip
        """Have the segment's customers on the journey, those to come as well. Raises IntegrityError (enrolment_rule_once)."""
        return self.create(
            workspace_id=by.workspace_id, segment=segment, journey=journey, starts=starts, starts_on=on, days_before=days_before,
            by=by, at=at,
        )  # fmt: skip

    def would_enrol(
        self, segment: Segment, journey: Journey, starts: str, *, on: date | None, days_before: int | None, today: date
    ) -> Would:
        """What such a rule would do at once."""
        rule = EnrolmentRule(segment=segment, journey=journey, starts=starts, starts_on=on, days_before=days_before)
        everybody, now = Customer.objects.in_segment(segment), rule.to_enrol(today=today).count()
        never = everybody.never_on(journey.pk).count()
        return Would(now, waiting=never - now, been=everybody.count() - never, begins=rule.begins)


class EnrolmentRule(models.Model):
    """Whoever is in a segment travels a journey: now, and whoever comes to it later. Who was on the journey before is not put on
    it again, and nobody is taken off it: to leave is a person's decision."""

    class Starts(models.TextChoices):
        ADDED = "added", "The day it comes to the segment"
        FIXED = "fixed", "A fixed day"
        RENEWAL = "renewal", "So many days before it renews"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+")
    segment = models.ForeignKey("journeys.Segment", on_delete=models.CASCADE, related_name="+")
    journey = models.ForeignKey("journeys.Journey", on_delete=models.CASCADE, related_name="+")
    starts = models.CharField(max_length=7, choices=Starts.choices)
    starts_on = models.DateField(null=True)
    days_before = models.PositiveSmallIntegerField(null=True)
    is_on = models.BooleanField(default=True)
    #: without those whom a job enrolled
    enrolled_as_they_came = models.PositiveIntegerField(default=0)
    by = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    #: its jobs still tell of it
    removed_at = models.DateTimeField(null=True)

    objects = EnrolmentRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "journey"], condition=models.Q(removed_at=None), name="enrolment_rule_once"
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(starts="added", starts_on=None, days_before=None)
                    | models.Q(starts="fixed", starts_on__isnull=False, days_before=None)
                    | models.Q(starts="renewal", starts_on=None, days_before__isnull=False)
                ),
                name="enrolment_rule_says_when",
            ),
        ]
        indexes = [models.Index(fields=["workspace", "-at", "-id"], name="enrolment_rule_latest")]

    def __str__(self) -> str:
        return f"{self.segment} on {self.journey}"

    @property
    def begins(self) -> str:
        """When a customer's journey begins, in words."""
        if self.starts == self.Starts.FIXED:
            return f"{self.starts_on:%-d %B %Y}"
        if self.starts == self.Starts.RENEWAL:
            return f"{self.days_before} day{'' if self.days_before == 1 else 's'} before it renews"
        return "the day it comes"

    def to_enrol(self, *, today: date) -> CustomerQuerySet:
        """The customers whom it wants on the journey and who never were. One whose renewal is unknown, or past, waits for it."""
        found = Customer.objects.in_segment(self.segment_id).never_on(self.journey_id)
        return found.renewing(today, None) if self.starts == self.Starts.RENEWAL else found

    def first_day(self, *, today: date) -> date:
        return self.starts_on or today

    def starts_of(self, customers: Iterable[UUID], *, today: date) -> dict[UUID, date]:
        """When each of them begins that is still to be enrolled. Who renews sooner than in so many days begins today: nobody
        owes what would have been due before."""
        still = self.to_enrol(today=today).filter(pk__in=list(customers)).values_list("pk", "renewal_on")
        before = timedelta(self.days_before or 0)
        if self.starts == self.Starts.RENEWAL:
            return {pk: max(day - before, today) for pk, day in still if day}
        return {pk: self.first_day(today=today) for pk, _ in still}

    def count(self, enrolled: int) -> None:
        """That many came and were enrolled."""
        if enrolled:
            added = models.F("enrolled_as_they_came") + enrolled
            EnrolmentRule.objects.filter(pk=self.pk).update(enrolled_as_they_came=added)

    # The rule first, then its jobs: all who need both lock them in this order.

    def go_on(self) -> bool:
        """Enrol again. False if it has been removed."""
        self.is_on = True
        return bool(EnrolmentRule.objects.filter(pk=self.pk, removed_at=None).update(is_on=True))

    def switch_off(self, *, at: datetime) -> bool:
        """Enrol nobody from now on; who is enrolled stays so. What it has under way is cancelled. False if it was off."""
        with transaction.atomic():
            self.is_on = False
            was_on = bool(EnrolmentRule.objects.filter(pk=self.pk, is_on=True).update(is_on=False))
            return bool(PlanningJob.objects.of_rule(self).stop(at=at)) or was_on

    def remove(self, *, at: datetime) -> None:
        """Be no more; who is enrolled stays so."""
        with transaction.atomic():
            self.switch_off(at=at)
            EnrolmentRule.objects.filter(pk=self.pk, removed_at=None).update(removed_at=at)
