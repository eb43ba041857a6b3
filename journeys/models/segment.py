from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models.functions import Lower

from accounts.ids import new_id
from journeys.models.journey import Journey

if TYPE_CHECKING:
    from accounts.models import Member, Workspace


class SegmentQuerySet(models.QuerySet["Segment"]):
    def visible_to(self, member: Member) -> SegmentQuerySet:
        return self.filter(workspace_id=member.workspace_id)

    def named(self, name: str) -> SegmentQuerySet:
        return self.filter(name__iexact=name.strip())

    def in_order(self) -> SegmentQuerySet:
        return self.order_by("position", "name", "id")

    def with_latest_journeys(self, limit: int) -> SegmentQuerySet:
        """Each segment with the `limit` journeys changed last as `latest_journeys`, and how many it has as `journey_count`.

        Two queries whatever the number of segments; the sliced prefetch is a window over the index journey_latest.
        """
        latest = Journey.objects.with_people().with_version().latest_first()[:limit]
        return self.annotate(journey_count=models.Count("journeys")).prefetch_related(
            models.Prefetch("journeys", latest, to_attr="latest_journeys")
        )

    def make(self, workspace: Workspace, name: str, *, at: datetime, expected_customers: int | None = None) -> Segment:
        """A new segment at the end of the list. Raises IntegrityError (segment_name_once) if the name is taken."""
        position = self.filter(workspace=workspace).count()
        return self.create(
            workspace=workspace, name=name.strip(), expected_customers=expected_customers, position=position, made_at=at
        )


class Segment(models.Model):
    """A group of customers that deserves its own journey."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="segments")
    name = models.CharField(max_length=120)
    description = models.TextField(max_length=2000, blank=True, default="")
    expected_customers = models.PositiveIntegerField(null=True, blank=True)
    position = models.IntegerField(default=0)
    made_at = models.DateTimeField()

    objects = SegmentQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("workspace", Lower("name"), name="segment_name_once")]
        indexes = [models.Index(fields=["workspace", "position", "id"], name="segment_in_order")]

    def __str__(self) -> str:
        return self.name

    def describe(self, *, name: str, description: str, expected_customers: int | None) -> None:
        self.name, self.description, self.expected_customers = name.strip(), description, expected_customers
        self.save(update_fields=["name", "description", "expected_customers"])

    def remove(self) -> None:
        """Raises ProtectedError while a journey maps it."""
        self.delete()
