from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from django.db import models

from accounts.ids import new_id

if TYPE_CHECKING:
    from accounts.models import Member
    from journeys.import_plan import ImportPlan
    from journeys.models.journey import Journey
    from journeys.models.segment import Segment

#: a worker that has held an import this long is dead; nobody waits longer than this for a message that was lost
LEASE, LOST = timedelta(minutes=5), timedelta(seconds=20)


def named_after(filename: str) -> str:
    """What a journey is called whose file does not say."""
    return PurePath(filename).stem.replace("-", " ").replace("_", " ").strip().capitalize()[:200] or "Untitled journey"


class SheetImportQuerySet(models.QuerySet["SheetImport"]):
    def visible_to(self, member: Member) -> SheetImportQuerySet:
        return self.filter(segment__workspace_id=member.workspace_id)

    def upload(self, segment: Segment, title: str, filename: str, content: bytes, *, by: Member, at: datetime) -> SheetImport:
        return self.create(
            segment=segment,
            title=title.strip() or named_after(filename[:200]),
            filename=filename[:200],
            content=content,
            made_by=by,
            made_at=at,
            waits_since=at,
        )

    def claim(self, pk: Any, waiting: str, working: str, *, at: datetime) -> SheetImport | None:
        """Take an import that waits; None if somebody else has it. One UPDATE, so two workers never both do."""
        taken = self.filter(pk=pk, state=waiting).update(state=working, claimed_at=at)
        return self.select_related("segment", "made_by").get(pk=pk) if taken else None

    def release_dead(self, *, at: datetime) -> None:
        """Put back what a dead worker held."""
        states = SheetImport.State
        for working, waiting in ((states.READING, states.UPLOADED), (states.APPLYING, states.CONFIRMED)):
            self.filter(state=working, claimed_at__lt=at - LEASE).update(state=waiting, waits_since=at - LOST)

    def waiting(self, *, at: datetime) -> SheetImportQuerySet:
        states = [SheetImport.State.UPLOADED, SheetImport.State.CONFIRMED]
        return self.filter(state__in=states, waits_since__lte=at - LOST).order_by("waits_since", "id")


class SheetImport(models.Model):
    """A file on its way onto a map: uploaded, previewed, confirmed, done. It is in the row, so any worker can read it."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", "Waiting to be read"
        READING = "reading", "Reading"
        PREVIEWED = "previewed", "Ready"
        CONFIRMED = "confirmed", "Waiting to go in"
        APPLYING = "applying", "Going in"
        DONE = "done", "Done"
        REFUSED = "refused", "Refused"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    segment = models.ForeignKey("journeys.Segment", on_delete=models.CASCADE, related_name="+")
    journey = models.ForeignKey("journeys.Journey", on_delete=models.SET_NULL, null=True, related_name="+")
    title = models.CharField(max_length=200)
    filename = models.CharField(max_length=200)
    content = models.BinaryField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    message = models.TextField(blank=True, default="")
    #: {"counts": {result: n}, "ignored": [...], "roles": [...], "playbooks": [...], "absent": n,
    #:  "rows": [[number, kind, title, result, detail]]}, or of a whole journey {"numbers": ["5 stages"], "roles", "playbooks"}
    preview = models.JSONField(default=dict)
    problems = models.BinaryField(default=bytes)
    made_by = models.ForeignKey("accounts.Member", on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    waits_since = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)

    objects = SheetImportQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["waits_since", "id"],
                condition=models.Q(state__in=["uploaded", "confirmed"]),
                name="sheet_import_waiting",
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

    def show(self, plan: ImportPlan, ignored: list[str], problems: bytes, state: str) -> None:
        """Keep what the import will do, or has done, row by row."""
        rows = [[o.number, o.kind, o.title, o.result, o.detail] for o in plan.outcomes]
        self.preview = {
            "counts": dict(plan.counts),
            "ignored": ignored,
            "roles": [name for _, name in plan.new_roles],
            "playbooks": [title for _, title in plan.new_playbooks],
            "absent": plan.absent,
            "rows": rows,
        }
        self.problems, self.state = problems, state
        self.save(update_fields=["preview", "problems", "state"])

    def show_journey(self, numbers: list[str], roles: list[str], playbooks: list[str], state: str) -> None:
        """Keep of what a new journey will be made, or has been."""
        self.preview = {"numbers": numbers, "roles": roles, "playbooks": playbooks}
        self.state = state
        self.save(update_fields=["preview", "state"])

    def entitle(self, title: str) -> None:
        """Call the journey as the file itself does, where the file's name was all there was to call it by."""
        if title.strip() and self.title == named_after(self.filename):
            self.title = title.strip()[:200]
            self.save(update_fields=["title"])

    def confirm(self, *, at: datetime) -> bool:
        """Let it go in. False if it is not waiting for that (any more)."""
        previewed = SheetImport.objects.filter(pk=self.pk, state=self.State.PREVIEWED)
        return bool(previewed.update(state=self.State.CONFIRMED, waits_since=at))

    def finish(self, journey: Journey) -> None:
        self.journey, self.content = journey, b""
        self.save(update_fields=["journey", "content"])
