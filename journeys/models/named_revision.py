from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models

from journeys.live.telling import tell
from journeys.models.element import ActRefused

if TYPE_CHECKING:
    from accounts.models import Member
    from journeys.models.journey import Journey


class NamedRevisionQuerySet(models.QuerySet["NamedRevision"]):
    def of(self, journey: Journey) -> NamedRevisionQuerySet:
        return self.filter(journey=journey)

    def at_revision(self, revision: int) -> NamedRevision | None:
        return self.filter(revision=revision).first()

    def names(self, journey: Journey, *revisions: int) -> dict[int, str]:
        """The names of these revisions, by revision; the nameless are not in it."""
        return dict(self.of(journey).filter(revision__in=revisions).values_list("revision", "name"))

    def give(self, journey: Journey, revision: int, name: str, *, by: Member, at: datetime) -> NamedRevision:
        """Let the map as it was at a revision be called `name`, or be called that from now on. Raises ActRefused."""
        name = name.strip()
        if not name:
            raise ActRefused("Say what this version is called.", "name")
        if "\0" in name or len(name) > NAME_LENGTH:
            raise ActRefused(f"A name has at most {NAME_LENGTH} letters, and no null characters.", "name")
        if not 1 <= revision <= journey.revision:
            raise ActRefused("There is no such revision.")
        given, _ = self.update_or_create(journey=journey, revision=revision, defaults={"name": name, "by": by, "at": at})
        tell(journey.pk, "named", {"revision": revision})
        return given


NAME_LENGTH = 120


class NamedRevision(models.Model):
    """A name for the map as it was at one revision: "before the workshop". It is no act on the map, so undo leaves it alone."""

    journey = models.ForeignKey("journeys.Journey", on_delete=models.CASCADE, related_name="named_revisions")
    revision = models.PositiveIntegerField()
    name = models.CharField(max_length=NAME_LENGTH)
    by = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = NamedRevisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["journey", "revision"], name="named_revision_once"),
            models.CheckConstraint(condition=models.Q(name__regex=r"\S"), name="named_revision_has_a_name"),
            models.CheckConstraint(condition=models.Q(revision__gte=1), name="named_revision_from_the_first"),
        ]

    def __str__(self) -> str:
        return self.name

    def remove(self) -> None:
        """The revision stays, without a name."""
        self.delete()
        tell(self.journey_id, "named", {"revision": self.revision})
