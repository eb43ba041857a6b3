from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import connection, models, transaction

from accounts.ids import new_id

if TYPE_CHECKING:
    from accounts.models import Member
    from customers.models.customer import CustomerQuerySet
    from journeys.models import Version
    from touchpoints.models.enrolment_rule import EnrolmentRule

#: a worker that has said nothing for this long is dead; nobody waits longer than this for a message that was lost
LEASE, LOST = timedelta(seconds=45), timedelta(seconds=15)
#: customers in one transaction: half a second of work, so that a bar moves and little is done again
BATCH = 250


class PlanningJobQuerySet(models.QuerySet["PlanningJob"]):
    def visible_to(self, member: Member) -> PlanningJobQuerySet:
        return self.filter(workspace_id=member.workspace_id)

    def latest_first(self) -> PlanningJobQuerySet:
        return self.order_by("-at", "-id").select_related("by__user", "version__journey")

    def ask_to_enrol(
        self, customers: Iterable[UUID], version: Version, started_on: date, *, by: Member, at: datetime
    ) -> PlanningJob:
        """Have customers put on a version. A worker does it; these are the ones, whatever a list shows later."""
        return self._ask(PlanningJob.Kind.ENROL, customers, version, started_on, by=by, at=at)

    def ask_to_move_over(self, version: Version, on: date, *, by: Member, at: datetime) -> PlanningJob:
        """Have the customers that travel an earlier version of the journey moved over to this one."""
        from customers.models import Enrolment

        behind = Enrolment.objects.behind(version).order_by("customer_id").values_list("customer_id", flat=True)
        return self._ask(PlanningJob.Kind.MOVE_OVER, behind, version, on, by=by, at=at)

    def _ask(self, kind: str, customers: Iterable[UUID], version: Version, on: date, *, by: Member, at: datetime) -> PlanningJob:
        ids = list(customers)
        return self.create(
            workspace_id=by.workspace_id, kind=kind, version=version, started_on=on, customers=ids, total=len(ids), by=by, at=at,
            heard_at=at,
        )  # fmt: skip

    def ask_to_enrol_found(
        self, found: CustomerQuerySet, version: Version, started_on: date, *, by: Member, at: datetime,
        rule: EnrolmentRule | None = None,
    ) -> PlanningJob | None:  # fmt: skip
        """The same for those that a query finds; None if it finds nobody. Their ids, maybe many, never leave the database."""
        with transaction.atomic():
            job = self.ask_to_enrol([], version, started_on, by=by, at=at)
            job.total = job._take(found)
            if not job.total:
                job.delete()
                return None
            if rule:
                job.rule = rule
                job.save(update_fields=["rule"])
        return job

    def of_rule(self, rule: EnrolmentRule) -> PlanningJobQuerySet:
        return self.filter(rule=rule)

    def under_way(self) -> PlanningJobQuerySet:
        return self.filter(state__in=[PlanningJob.State.WAITING, PlanningJob.State.RUNNING])

    def stop(self, *, at: datetime) -> int:
        """Cancel those of them that are under way. How many there were."""
        return self.under_way().update(state=PlanningJob.State.CANCELLED, done_at=at)

    def claim(self, pk: Any, *, at: datetime) -> PlanningJob | None:
        """Take a job that waits, or whose worker is dead. One UPDATE, so two workers never both do."""
        mine = uuid4()
        free = models.Q(state=PlanningJob.State.WAITING) | models.Q(state=PlanningJob.State.RUNNING, heard_at__lt=at - LEASE)
        taken = self.filter(free, pk=pk).update(state=PlanningJob.State.RUNNING, worker=mine, heard_at=at)
        claimed = self.select_related("version__journey__segment", "by", "rule").defer("customers")
        return claimed.get(pk=pk, worker=mine) if taken else None

    def left_lying(self, *, at: datetime) -> PlanningJobQuerySet:
        """Those whose message was lost, and those whose worker is dead."""
        waiting = models.Q(state=PlanningJob.State.WAITING, heard_at__lt=at - LOST)
        dead = models.Q(state=PlanningJob.State.RUNNING, heard_at__lt=at - LEASE)
        return self.filter(waiting | dead).defer("customers").order_by("heard_at", "id")


class PlanningJob(models.Model):
    """A long act on many customers: enrolling them, or moving them over to a newer version. It goes in batches, each with how far
    it is in one transaction; so it can be cancelled between two of them, and the worker that takes it over from a dead one goes
    on where that one was."""

    class Kind(models.TextChoices):
        ENROL = "enrol", "Enrolling"
        MOVE_OVER = "move_over", "Moving over"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for a worker"
        RUNNING = "running", "Planning"
        CANCELLED = "cancelled", "Cancelled"
        DONE = "done", "Done"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind.choices, default=Kind.ENROL)
    version = models.ForeignKey("journeys.Version", on_delete=models.CASCADE, related_name="+")
    #: the day on which who is enrolled begins, and who is moved over comes into a stage that is new to it
    started_on = models.DateField()
    #: of 100,000 it takes 1.6 MB: read by `batch` only, and never written again
    customers = ArrayField(models.UUIDField())
    #: by which they are enrolled, each on the day that it says
    rule = models.ForeignKey("touchpoints.EnrolmentRule", on_delete=models.CASCADE, null=True, related_name="jobs")
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    total = models.PositiveIntegerField()
    #: of the customers, how many have been seen to, and of these how many were enrolled, or moved over
    seen = models.PositiveIntegerField(default=0)
    enrolled = models.PositiveIntegerField(default=0)
    #: scheduled touchpoints
    planned = models.PositiveIntegerField(default=0)
    worker = models.UUIDField(null=True)
    heard_at = models.DateTimeField()
    by = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    objects = PlanningJobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(seen__lte=models.F("total")), name="planning_job_seen_of_total"),
        ]
        indexes = [
            models.Index(fields=["workspace", "-at", "-id"], name="planning_job_latest"),
            models.Index(
                fields=["heard_at", "id"], condition=models.Q(state__in=["waiting", "running"]), name="planning_job_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.total} customers on {self.version_id}"

    @property
    def is_under_way(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def already_there(self) -> int:
        return self.seen - self.enrolled

    @property
    def left(self) -> int:
        return self.total - self.seen

    @property
    def batch(self) -> list[UUID]:
        """The customers whose turn it is."""
        now = models.F("customers")[self.seen : self.seen + BATCH]
        found: list[UUID] = PlanningJob.objects.filter(pk=self.pk).values_list(now, flat=True).get()
        return found

    def cancel(self, *, at: datetime) -> bool:
        """Stop after the batch that is being done. False if it was over already. With it goes the rule that it follows, which
        would only begin again."""
        mine = PlanningJob.objects.filter(pk=self.pk)
        if not mine.under_way().exists():
            return False
        if self.rule:
            return self.rule.switch_off(at=at)
        return bool(mine.stop(at=at))

    def resume(self, *, at: datetime) -> bool:
        """Go on where it was cancelled, and so does its rule. False if it was not cancelled, or the rule has been removed."""
        with transaction.atomic():
            if self.rule and not self.rule.go_on():
                return False
            cancelled = PlanningJob.objects.filter(pk=self.pk, state=self.State.CANCELLED)
            return bool(cancelled.update(state=self.State.WAITING, done_at=None, heard_at=at))

    def _take(self, found: CustomerQuerySet) -> int:
        """Make those the customers of this job."""
        try:
            query, given = found.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:  # Django knows without asking
            return 0
        with connection.cursor() as cursor:
            cursor.execute(TAKE.format(query), [*given, self.pk])
            row = cursor.fetchone()
        return int(row[0]) if row else 0


#: {} is Django's own SELECT, whose values are parameters
TAKE = """
    UPDATE touchpoints_planningjob SET customers = found.ids, total = cardinality(found.ids)
    FROM (SELECT array_agg(id ORDER BY id) AS ids FROM ({}) AS one (id)) AS found
    WHERE touchpoints_planningjob.id = %s AND found.ids IS NOT NULL RETURNING total"""
