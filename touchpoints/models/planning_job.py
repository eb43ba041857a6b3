from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.ids import new_id

if TYPE_CHECKING:
    from accounts.models import Member
    from journeys.models import Version

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

    def claim(self, pk: Any, *, at: datetime) -> PlanningJob | None:
        """Take a job that waits, or whose worker is dead. One UPDATE, so two workers never both do."""
        mine = uuid4()
        free = models.Q(state=PlanningJob.State.WAITING) | models.Q(state=PlanningJob.State.RUNNING, heard_at__lt=at - LEASE)
        taken = self.filter(free, pk=pk).update(state=PlanningJob.State.RUNNING, worker=mine, heard_at=at)
        return self.select_related("version__journey__segment", "by").get(pk=pk, worker=mine) if taken else None

    def left_lying(self, *, at: datetime) -> PlanningJobQuerySet:
        """Those whose message was lost, and those whose worker is dead."""
        waiting = models.Q(state=PlanningJob.State.WAITING, heard_at__lt=at - LOST)
        dead = models.Q(state=PlanningJob.State.RUNNING, heard_at__lt=at - LEASE)
        return self.filter(waiting | dead).order_by("heard_at", "id")


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
    customers = ArrayField(models.UUIDField())
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

    def cancel(self, *, at: datetime) -> bool:
        """Stop after the batch that is being done. False if it was over already."""
        open = PlanningJob.objects.filter(pk=self.pk, state__in=[self.State.WAITING, self.State.RUNNING])
        return bool(open.update(state=self.State.CANCELLED, done_at=at))

    def resume(self, *, at: datetime) -> bool:
        """Go on where it was cancelled."""
        cancelled = PlanningJob.objects.filter(pk=self.pk, state=self.State.CANCELLED)
        return bool(cancelled.update(state=self.State.WAITING, done_at=None, heard_at=at))
