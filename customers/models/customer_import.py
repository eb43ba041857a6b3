from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models

from accounts.ids import new_id

if TYPE_CHECKING:
    from accounts.models import Member
    from customers.importing import Outcome
    from journeys.models import Segment

#: a worker that has held an import this long is dead; nobody waits longer than this for a message that was lost
LEASE, LOST = timedelta(minutes=30), timedelta(seconds=20)


class CustomerImportQuerySet(models.QuerySet["CustomerImport"]):
    def visible_to(self, member: Member) -> CustomerImportQuerySet:
        return self.filter(workspace_id=member.workspace_id)

    def upload(
        self, segment: Segment | None, filename: str, content: bytes, *, by: Member, at: datetime
    ) -> CustomerImport:  # fmt: skip
        return self.create(
            workspace_id=by.workspace_id, segment=segment, filename=filename[:200], content=content,
            made_by=by, made_at=at, waits_since=at,
        )  # fmt: skip

    def claim(self, pk: Any, waiting: str, working: str, *, at: datetime) -> CustomerImport | None:
        """Take an import that waits; None if somebody else has it. One UPDATE, so two workers never both do."""
        taken = self.filter(pk=pk, state=waiting).update(state=working, claimed_at=at)
        return self.select_related("workspace", "segment", "made_by").get(pk=pk) if taken else None

    def release_dead(self, *, at: datetime) -> None:
        """Put back what a dead worker held."""
        states = CustomerImport.State
        for working, waiting in ((states.READING, states.UPLOADED), (states.APPLYING, states.CONFIRMED)):
            self.filter(state=working, claimed_at__lt=at - LEASE).update(state=waiting, waits_since=at - LOST)

    def waiting(self, *, at: datetime) -> CustomerImportQuerySet:
        states = [CustomerImport.State.UPLOADED, CustomerImport.State.CONFIRMED]
        return (
            self.filter(state__in=states, waits_since__lte=at - LOST).order_by("waits_since", "id").defer("content", "problems")
        )


class CustomerImport(models.Model):
    """A sheet of customers on its way in: uploaded, previewed, confirmed, done. It is in the row, so any worker can read it."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", "Waiting to be read"
        READING = "reading", "Reading"
        PREVIEWED = "previewed", "Ready"
        CONFIRMED = "confirmed", "Waiting to go in"
        APPLYING = "applying", "Going in"
        DONE = "done", "Done"
        REFUSED = "refused", "Refused"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+")
    #: for the new customers of rows that name none
    segment = models.ForeignKey("journeys.Segment", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    filename = models.CharField(max_length=200)
    content = models.BinaryField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    message = models.TextField(blank=True, default="")
    #: {"counts": {result: n}, "ignored": [...], "rows": [[number, name, result, detail]]}
    preview = models.JSONField(default=dict)
    problems = models.BinaryField(default=bytes)
    made_by = models.ForeignKey("accounts.Member", on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    waits_since = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)

    objects = CustomerImportQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["waits_since", "id"],
                condition=models.Q(state__in=["uploaded", "confirmed"]),
                name="customer_import_waiting",
            )
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def is_under_way(self) -> bool:
        return self.state in (self.State.UPLOADED, self.State.READING, self.State.CONFIRMED, self.State.APPLYING)

    def refuse(self, message: str) -> None:
        self.state, self.message, self.content = self.State.REFUSED, message, b""
        self.save(update_fields=["state", "message", "content"])

    def show(self, outcome: Outcome) -> None:
        """Keep what the import will do."""
        self._keep(outcome, self.State.PREVIEWED)

    def finish(self, outcome: Outcome) -> None:
        """Keep what the import has done; the file itself is needed no more."""
        self.content = b""
        self._keep(outcome, self.State.DONE)

    def _keep(self, outcome: Outcome, state: str) -> None:
        self.preview = {"counts": dict(outcome.counts), "ignored": outcome.ignored, "rows": outcome.rows}
        self.problems, self.state = outcome.problems, state
        self.save(update_fields=["preview", "problems", "state", "content"])

    def confirm(self, *, at: datetime) -> bool:
        """Let it go in. False if it is not waiting for that (any more)."""
        previewed = CustomerImport.objects.filter(pk=self.pk, state=self.State.PREVIEWED)
        return bool(previewed.update(state=self.State.CONFIRMED, waits_since=at))

    def wait_again(self, *, at: datetime) -> None:
        """Somebody was quicker with a customer of the file: the sweep lets it try anew."""
        CustomerImport.objects.filter(pk=self.pk).update(state=self.State.CONFIRMED, waits_since=at)
