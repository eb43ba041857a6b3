from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.ids import new_id

if TYPE_CHECKING:
    from accounts.models import Member, Role

#: a worker that has said nothing for this long is dead; nobody waits longer than this for a message that was lost
LEASE, LOST = timedelta(seconds=45), timedelta(seconds=15)
#: customers in one transaction, and the most that a request hands over itself
BATCH = 200


class HandoverQuerySet(models.QuerySet["Handover"]):
    def visible_to(self, member: Member) -> HandoverQuerySet:
        return self.filter(workspace_id=member.workspace_id)

    def latest_first(self) -> HandoverQuerySet:
        return self.order_by("-at", "-id").select_related("giver__user", "taker__user", "role", "by__user").defer("customers")

    def ask(
        self, customers: Iterable[UUID], giver: Member, taker: Member, from_on: date, *, role: Role | None = None,
        with_roles: bool = True, with_owner: bool = True, by: Member, at: datetime,
    ) -> Handover:  # fmt: skip
        """Have what a member does for these customers handed to another one: one role or all of them, and being their owner."""
        ids = list(customers)
        return self.create(
            workspace_id=by.workspace_id, giver=giver, taker=taker, from_on=from_on, role=role, with_roles=with_roles,
            with_owner=with_owner, customers=ids, total=len(ids), by=by, at=at, heard_at=at,
        )  # fmt: skip

    def claim(self, pk: Any, *, at: datetime) -> Handover | None:
        """Take one that waits, or whose worker is dead. One UPDATE, so two workers never both do."""
        mine = uuid4()
        free = models.Q(state=Handover.State.WAITING) | models.Q(state=Handover.State.RUNNING, heard_at__lt=at - LEASE)
        taken = self.filter(free, pk=pk).update(state=Handover.State.RUNNING, worker=mine, heard_at=at)
        return self.get(pk=pk, worker=mine) if taken else None

    def left_lying(self, *, at: datetime) -> HandoverQuerySet:
        """Those whose message was lost, and those whose worker is dead."""
        waiting = models.Q(state=Handover.State.WAITING, heard_at__lt=at - LOST)
        dead = models.Q(state=Handover.State.RUNNING, heard_at__lt=at - LEASE)
        return self.filter(waiting | dead).order_by("heard_at", "id")


class Handover(models.Model):
    """A book of business on its way from one member to another. It goes in batches, each with how far it is in one transaction,
    so the worker that takes it over from a dead one goes on where that one was: customers/handing_over.py."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for a worker"
        RUNNING = "running", "Handing over"
        DONE = "done", "Done"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+")
    giver = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, related_name="+")
    taker = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, related_name="+")
    from_on = models.DateField()
    with_roles = models.BooleanField()
    #: the only role that is handed over; all that the giver fills, where there is none
    role = models.ForeignKey("accounts.Role", on_delete=models.CASCADE, null=True, related_name="+")
    with_owner = models.BooleanField()
    customers = ArrayField(models.UUIDField())
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    total = models.PositiveIntegerField()
    #: of the customers, how many have been seen to, and what was handed over of them
    seen = models.PositiveIntegerField(default=0)
    roles_given = models.PositiveIntegerField(default=0)
    owned_given = models.PositiveIntegerField(default=0)
    worker = models.UUIDField(null=True)
    heard_at = models.DateTimeField()
    by = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(giver=models.F("taker")), name="handover_to_another"),
            models.CheckConstraint(condition=models.Q(seen__lte=models.F("total")), name="handover_seen_of_total"),
        ]
        indexes = [
            models.Index(fields=["workspace", "-at", "-id"], name="handover_latest"),
            models.Index(fields=["heard_at", "id"], condition=~models.Q(state="done"), name="handover_open"),
        ]

    def __str__(self) -> str:
        return f"{self.total} customers from {self.giver_id} to {self.taker_id}"

    @property
    def is_under_way(self) -> bool:
        return self.state != self.State.DONE

    def advance(self, customers: int, roles: int, owned: int, *, at: datetime) -> None:
        """So many customers more have been seen to. The caller holds the row."""
        self.seen += customers
        self.roles_given += roles
        self.owned_given += owned
        self.heard_at = at
        if self.seen >= self.total:
            self.state, self.done_at = self.State.DONE, at
        self.save(update_fields=["seen", "roles_given", "owned_given", "heard_at", "state", "done_at"])
