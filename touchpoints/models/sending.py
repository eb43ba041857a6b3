from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from accounts.ids import new_id

if TYPE_CHECKING:
    from accounts.models import Member, Workspace
    from customers.models import Customer

#: a worker that has claimed one and died gives it up after this
LEASE = timedelta(minutes=10)
#: so often it is tried, over more than a day
MOST_ATTEMPTS = 10
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)


class SendingState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    SENT = "sent", "Sent"
    HELD = "held", "Held"
    FAILED = "failed", "Failed"


class SendingQuerySet(models.QuerySet["Sending"]):
    def visible_to(self, member: Member) -> SendingQuerySet:
        return self.filter(workspace=member.workspace_id)

    def of(self, customer: Customer) -> SendingQuerySet:
        return self.filter(customer=customer)

    def in_state(self, state: str) -> SendingQuerySet:
        return self.filter(state=state)

    def latest_first(self) -> SendingQuerySet:
        return self.select_related("customer").order_by("-at", "-id")

    def prepare(self, made: Iterable[Sending]) -> None:
        """Keep these; one that is there already stays as it is."""
        self.bulk_create(list(made), ignore_conflicts=True)  # type: ignore[arg-type]

    def forget_those_put_on_another_day(self, workspace: Workspace) -> None:
        """What was held on one day says nothing about another: on that it is written anew."""
        held = self.filter(workspace=workspace.pk, state=SendingState.HELD, scheduled__state="planned")
        held.exclude(due_on=models.F("scheduled__due_on")).delete()

    def claim(self, workspaces: Iterable[Workspace], *, at: datetime, most: int = 20) -> list[Sending]:
        """Those to be sent now, for this worker alone until the lease is over. Longest owed first."""
        from touchpoints.models.automation import SendingPause

        paused = SendingPause.objects.filter(customer=models.OuterRef("customer"))
        owed = self.filter(~models.Exists(paused), state=SendingState.WAITING, owed_at__lte=at, workspace__in=list(workspaces))
        with transaction.atomic():
            rows = owed.select_for_update(of=("self",), skip_locked=True).order_by("owed_at", "id")
            ids = list(rows.values_list("pk", flat=True)[:most])
            self.filter(pk__in=ids).update(owed_at=at + LEASE, attempts=models.F("attempts") + 1)
        found = self.filter(pk__in=ids).select_related("workspace", "customer__owner__user", "scheduled__enrolment")
        claimed: list[Sending] = list(found.order_by("due_on", "id"))
        return claimed

    def sent_but_not_told(self) -> SendingQuerySet:
        """Those that went out, but whose touchpoint has not been finished for it yet."""
        rows = self.filter(state=SendingState.SENT, told_at=None).select_related("workspace", "scheduled__enrolment")
        return rows.order_by("at", "id")


class Sending(models.Model):
    """A message that Touchline sends by itself because the map says so, with what was sent, to whom, and what became of it. It
    stays when the plan it came from is gone."""

    State = SendingState

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False)
    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+", db_index=False)
    #: the constraint is the migration's own: planning deletes rows by SQL, and the database forgets them here
    scheduled = models.OneToOneField(
        "touchpoints.ScheduledTouchpoint", on_delete=models.SET_NULL, null=True, related_name="sending", db_constraint=False
    )
    #: which touchpoint of the customer it is, should planning take its row away and make another one: it is sent once
    enrolment = models.ForeignKey("customers.Enrolment", on_delete=models.CASCADE, related_name="+", db_index=False)
    cycle = models.PositiveSmallIntegerField()
    spot = models.UUIDField()
    occurrence = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=300)
    due_on = models.DateField()
    contact_name = models.CharField(max_length=200, blank=True, default="")
    address = models.EmailField(blank=True, default="")
    subject = models.CharField(max_length=1000, blank=True, default="")
    text = models.TextField(blank=True, default="")
    #: in whose name
    sender_name = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(max_length=7, choices=SendingState.choices)
    #: why it is held, or could not be sent
    because = models.CharField(max_length=500, blank=True, default="")
    #: from when on it is to be sent; a claim puts it off by the lease
    owed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    #: its touchpoint is finished
    told_at = models.DateTimeField(null=True)
    #: when it was written down, or tried again
    at = models.DateTimeField()

    objects = SendingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "cycle", "spot", "occurrence"], name="sending_once"),
            models.CheckConstraint(
                condition=models.Q(state="waiting", owed_at__isnull=False)
                | (~models.Q(state="waiting") & models.Q(owed_at=None)),
                name="sending_owed_while_waiting",
            ),
            models.CheckConstraint(
                condition=models.Q(state="sent", sent_at__isnull=False) | (~models.Q(state="sent") & models.Q(sent_at=None)),
                name="sending_sent_at",
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "-at", "-id"], name="sending_latest"),
            models.Index(fields=["workspace", "state", "-at", "-id"], name="sending_in_state"),
            models.Index(fields=["customer", "-at", "-id"], name="sending_of_customer"),
            models.Index(fields=["owed_at", "id"], condition=models.Q(state="waiting"), name="sending_owed"),
            models.Index(fields=["at", "id"], condition=models.Q(state="sent", told_at=None), name="sending_not_told"),
        ]

    def __str__(self) -> str:
        return f"{self.title} to {self.address or self.customer}"

    @property
    def may_be_tried_again(self) -> bool:
        return self.state in (SendingState.HELD, SendingState.FAILED) and self.scheduled_id is not None

    # Each of these does nothing and says False where the row is not, or no longer, this worker's.

    def renew(self, *, at: datetime) -> bool:
        """Shortly before it goes out: still mine, for another lease."""
        return self._while_mine(owed_at=at + LEASE)

    def note_sent(self, *, at: datetime) -> bool:
        return self._while_mine(state=SendingState.SENT, sent_at=at, owed_at=None, because="")

    def hold(self, because: str) -> bool:
        """It is not sent, and why."""
        return self._while_mine(state=SendingState.HELD, owed_at=None, because=because[:500])

    def withdraw(self) -> None:
        """Be as if it had never been written."""
        Sending.objects.filter(pk=self.pk, state=SendingState.WAITING, owed_at=self.owed_at).delete()

    def put_off(self, because: str, *, jitter: float, at: datetime, for_good: bool = False) -> bool:
        """It could not be sent: try again later, each time after about twice as long; or no more. `jitter` from 0 to 1."""
        if for_good or self.attempts >= MOST_ATTEMPTS:
            return self._while_mine(state=SendingState.FAILED, owed_at=None, because=because[:500])
        wait = min(FIRST_WAIT * 2 ** (self.attempts - 1), LONGEST_WAIT) * (0.75 + jitter / 2)
        return self._while_mine(owed_at=at + wait, because=because[:500])

    def give_back(self, *, jitter: float, at: datetime) -> bool:
        """Nothing was tried with it: the mail server is away."""
        return self._while_mine(owed_at=at + FIRST_WAIT * (0.75 + jitter / 2), attempts=max(self.attempts - 1, 0))

    def _while_mine(self, **fields: Any) -> bool:
        rows = Sending.objects.filter(pk=self.pk, state=SendingState.WAITING, owed_at=self.owed_at)
        if not rows.update(**fields):
            return False
        for name, value in fields.items():
            setattr(self, name, value)
        return True

    def note_told(self, *, at: datetime) -> None:
        Sending.objects.filter(pk=self.pk).update(told_at=at)

    def try_again(self, fields: dict[str, Any], *, at: datetime) -> bool:
        """With what its letter says now: `fields` of a Letter that may go out."""
        again = {**fields, "state": SendingState.WAITING, "because": "", "owed_at": at, "attempts": 0, "at": at}
        rows = Sending.objects.filter(pk=self.pk, state__in=[SendingState.HELD, SendingState.FAILED])
        return bool(rows.update(**again))
