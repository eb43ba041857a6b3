from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models

if TYPE_CHECKING:
    from accounts.models import Member
    from journeys.models.journey import Journey

#: the kind of a map itself; elements have theirs
JOURNEY = "journey"
#: letters of the name of a source, and of an id there
LONGEST_SOURCE, LONGEST = 50, 200


class ExternalIdQuerySet(models.QuerySet["ExternalId"]):
    def journey_of(self, member: Member, source: str, external_id: str) -> UUID | None:
        """The map that bears it in the member's workspace."""
        named = self.filter(workspace=member.workspace_id, source=source, kind=JOURNEY, external_id=external_id)
        return named.values_list("journey", flat=True).first()

    def of_journey(self, source: str, journey: UUID | models.OuterRef) -> ExternalIdQuerySet:
        return self.filter(journey=journey, source=source, kind=JOURNEY)

    def journeys(self, workspace: UUID, source: str) -> dict[str, str]:
        """Own id -> id there, of all maps that have one there."""
        named = self.filter(workspace=workspace, source=source, kind=JOURNEY).values_list("element", "external_id")
        return {str(own): outside for own, outside in named}

    def elements(self, journey: UUID, source: str) -> dict[str, dict[str, str]]:
        """Kind -> own id -> id there."""
        found: dict[str, dict[str, str]] = defaultdict(dict)
        named = self.filter(journey=journey, source=source).exclude(kind=JOURNEY).values_list("kind", "element", "external_id")
        for kind, own, outside in named:
            found[kind][str(own)] = outside
        return found

    def name_journey(self, journey: Journey, source: str, external_id: str) -> None:
        """Raises IntegrityError (external_id_of_journey_once) if another map of the workspace bears it."""
        workspace = journey.segment.workspace_id
        self.create(
            workspace_id=workspace, journey=journey, source=source, kind=JOURNEY, element=journey.pk, external_id=external_id
        )

    def name_elements(self, journey: Journey, source: str, named: Iterable[tuple[str, str, str]]) -> None:
        """`named`: (kind, own id, id there). What was called so before is not any more, and what they were called before is
        forgotten. The caller holds the map."""
        workspace, named = journey.segment.workspace_id, list(named)
        for kind in {kind for kind, _, _ in named}:
            of_kind = [own for one, own, _ in named if one == kind]
            self.filter(journey=journey, source=source, kind=kind, element__in=of_kind).delete()
        self.bulk_create(
            [
                self.model(
                    workspace_id=workspace, journey=journey, source=source, kind=kind, element=UUID(own), external_id=outside
                )
                for kind, own, outside in named
            ],
            update_conflicts=True, unique_fields=["journey", "source", "kind", "external_id"], update_fields=["element"],
        )  # fmt: skip


class ExternalId(models.Model):
    """What a map, or something on one, is called in another system. What has none there is called there by its own id. It stays
    when the element is deleted: whoever undoes that, or brings it again, means the same one."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False)
    journey = models.ForeignKey("journeys.Journey", on_delete=models.CASCADE, related_name="+", db_index=False)
    source = models.CharField(max_length=LONGEST_SOURCE)
    kind = models.CharField(max_length=12)
    element = models.UUIDField()
    external_id = models.CharField(max_length=LONGEST)

    objects = ExternalIdQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "source", "external_id"],
                condition=models.Q(kind=JOURNEY),
                name="external_id_of_journey_once",
            ),
            models.UniqueConstraint(fields=["journey", "source", "kind", "external_id"], name="external_id_once"),
            models.UniqueConstraint(fields=["journey", "source", "kind", "element"], name="external_id_of_one"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}"
