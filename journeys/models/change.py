from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from accounts.models import Member
    from journeys.models.journey import Journey


class ChangeQuerySet(models.QuerySet["Change"]):
    def of(self, journey: Journey) -> ChangeQuerySet:
        return self.filter(journey=journey)

    def since(self, revision: int) -> ChangeQuerySet:
        return self.filter(revision__gt=revision).order_by("revision")

    def next_to_undo(self, by: Member) -> Change | None:
        """My last act that still stands."""
        return self.filter(by=by, standing=Change.Standing.DONE).order_by("-revision").first()

    def next_to_redo(self, by: Member) -> Change | None:
        """The first of my acts that I took back and have not drawn anything new since."""
        return self.filter(by=by, standing=Change.Standing.UNDONE).order_by("revision").first()


class Change(models.Model):
    """One act on a journey, with all that is needed to show it, replay it and take it back.

    `patches` is a list of {"kind", "id", "before", "after"}: the fields that differ, as plain JSON. `before` is null where
    the act made the element (then `after` holds all its fields), `after` is null where it deleted it.
    """

    class Kind(models.TextChoices):
        ACT = "act"
        UNDO = "undo"
        REDO = "redo"

    class Standing(models.TextChoices):
        """Where an act stands in its author's undo history; undos and redos themselves have none."""

        DONE = "done"
        UNDONE = "undone"
        ABANDONED = "abandoned"
        NONE = "none"

    id = models.BigAutoField(primary_key=True)
    journey = models.ForeignKey("journeys.Journey", on_delete=models.CASCADE, related_name="changes")
    revision = models.PositiveIntegerField()
    kind = models.CharField(max_length=4, choices=Kind.choices, default=Kind.ACT)
    label = models.CharField(max_length=500)
    patches = models.JSONField()
    by = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reverts = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="+")
    standing = models.CharField(max_length=9, choices=Standing.choices, default=Standing.DONE)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["journey", "revision"], name="change_revision_once")]
        indexes = [
            models.Index(
                fields=["journey", "by", "standing", "revision"],
                condition=models.Q(standing__in=["done", "undone"]),
                name="change_undo_history",
            )
        ]

    def __str__(self) -> str:
        return f"{self.revision} {self.label}"
