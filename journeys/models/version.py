from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

from accounts.ids import new_id

if TYPE_CHECKING:
    from accounts.models import Member
    from journeys.models.journey import Journey

#: letters of the note
LONGEST_NOTE = 2000


class VersionQuerySet(models.QuerySet["Version"]):
    def of(self, journey: Journey) -> VersionQuerySet:
        return self.filter(journey=journey)

    def latest_first(self) -> VersionQuerySet:
        return self.order_by("-number")

    def listed(self) -> VersionQuerySet:
        """What a list shows: not the map itself, which may be large."""
        return self.defer("document", "names").select_related("by__user")

    def numbered(self, number: int) -> Version | None:
        return self.filter(number=number).select_related("by__user").first()

    def called(self, said: str) -> VersionQuerySet:
        """The one of that number, or id; none for what is neither."""
        if said.isascii() and said.isdigit() and len(said) < 10:
            return self.filter(number=int(said))
        try:
            return self.filter(pk=UUID(said)) if len(said) == 36 else self.none()
        except ValueError:
            return self.none()

    def newest(self) -> Version | None:
        return self.latest_first().first()

    def newest_number(self) -> int | None:
        return self.latest_first().values_list("number", flat=True).first()

    def of_all(self, journeys: list[UUID]) -> dict[UUID, list[int]]:
        """The numbers of the versions of several journeys, the newest first, by journey."""
        found: dict[UUID, list[int]] = {}
        for journey, number in self.filter(journey__in=journeys).order_by("-number").values_list("journey", "number"):
            found.setdefault(journey, []).append(number)
        return found

    def freeze(
        self, journey: Journey, document: dict[str, Any], names: dict[str, str], note: str, *, by: Member, at: datetime
    ) -> Version:
        """The next version of a journey that the caller holds locked: that is what keeps the numbers without a gap."""
        latest = self.of(journey).aggregate(latest=models.Max("number"))["latest"] or 0
        return self.create(
            journey=journey, number=latest + 1, revision=document["revision"], document=document, names=names, note=note,
            by=by, at=at,
        )  # fmt: skip


class Version(models.Model):
    """A journey as it was published: numbered, with a note, for ever as it is. A trigger of the database (migration 0007) refuses
    every UPDATE, and every DELETE but the one that comes with the journey's own; hence the foreign key that the database, not
    Django, cascades."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    journey = models.ForeignKey(
        "journeys.Journey", on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="versions"
    )
    number = models.PositiveIntegerField()
    #: of the draft it froze
    revision = models.PositiveIntegerField()
    note = models.TextField(max_length=LONGEST_NOTE, blank=True, default="")
    document = models.JSONField()
    #: of the roles, playbooks and journeys in the document, by id, as they were
    names = models.JSONField()
    by = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = VersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["journey", "number"], name="version_number_once"),
            models.CheckConstraint(condition=models.Q(number__gt=0), name="version_number_from_one"),
            models.CheckConstraint(condition=LessThanOrEqual(Length("note"), LONGEST_NOTE), name="version_note_length"),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"
