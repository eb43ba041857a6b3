from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import orjson
from django.db import connection, models
from psycopg.types.json import Jsonb

from journeys.document import plain

if TYPE_CHECKING:
    from accounts.models import Member
    from journeys.models.journey import Journey


#: An act is one more revision, and whoever draws anew gives up what they had taken back: one statement, as every act pays for it.
APPEND = """
    WITH revised AS (
        UPDATE journeys_journey SET revision = %(revision)s, changed_at = %(at)s, changed_by_id = %(by)s WHERE id = %(journey)s
    ), abandoned AS (
        UPDATE journeys_change SET standing = 'abandoned'
        WHERE journey_id = %(journey)s AND by_id = %(by)s AND standing = 'undone' AND %(kind)s = 'act'
    )
    INSERT INTO journeys_change (journey_id, revision, kind, label, patches, by_id, at, reverts_id, standing)
    VALUES (%(journey)s, %(revision)s, %(kind)s, %(label)s, %(patches)s, %(by)s, %(at)s, %(reverts)s, %(standing)s)
    RETURNING id
"""


class Write(NamedTuple):
    """A change's patch of one element. `fields` is None where it deleted the element."""

    change: int
    kind: str
    reverts: int | None
    by: UUID
    element: tuple[str, str]
    fields: list[str] | None


WRITES = """
    SELECT c.id, c.kind, c.reverts_id, c.by_id, patch ->> 'kind', patch ->> 'id',
        CASE jsonb_typeof(patch -> 'after') WHEN 'object' THEN ARRAY(SELECT jsonb_object_keys(patch -> 'after')) END
    FROM journeys_change AS c CROSS JOIN jsonb_array_elements(c.patches) AS patch
    WHERE c.journey_id = %s AND c.revision > %s AND patch ->> 'id' = ANY(%s)
    ORDER BY c.revision
"""


class ChangeQuerySet(models.QuerySet["Change"]):
    def of(self, journey: Journey) -> ChangeQuerySet:
        return self.filter(journey=journey)

    def since(self, revision: int) -> ChangeQuerySet:
        return self.filter(revision__gt=revision).order_by("revision")

    def making(self, kind: str) -> dict[str, Change]:
        """The change that made each element of a kind, by the element's id; the last one where it was made again."""
        found = self.filter(patches__contains=[{"kind": kind, "before": None}]).select_related("by__user").order_by("revision")
        return {patch["id"]: change for change in found for patch in change.patches if patch["kind"] == kind and patch["after"]}

    def writing(self, kind: str, id: Any, field: str, value: Any) -> Change | None:
        """The change that last gave the field this value."""
        return self._last({"kind": kind, "id": str(id), "after": {field: plain(value)}})

    def deleting(self, kind: str, id: Any) -> Change | None:
        """The change that last deleted the element."""
        return self._last({"kind": kind, "id": str(id), "after": None})

    def _last(self, patch: dict[str, Any]) -> Change | None:
        return self.filter(patches__contains=[patch]).select_related("by__user").order_by("-revision").first()

    def making_one(self, kind: str, id: Any) -> Change | None:
        """The change that last made the element."""
        return self._last({"kind": kind, "id": str(id), "before": None})

    def writes(self, journey: Journey, revision: int, ids: Iterable[str]) -> list[Write]:
        """Each time these elements were written to after that revision, the first one first."""
        with connection.cursor() as cursor:
            cursor.execute(WRITES, [journey.pk, revision, list(ids)])
            return [Write(change, how, reverts, by, (kind, id), fields) for change, how, reverts, by, kind, id, fields in cursor]

    def next_to_undo(self, by: Member) -> Change | None:
        """My last act that still stands. The beginning of a map is none: without its fixed lanes there is no map."""
        return self.filter(by=by, standing=Change.Standing.DONE, revision__gt=1).order_by("-revision").first()

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

    def append(self) -> None:
        """Add this change to the log and count the journey's revision up to it. The caller holds the journey's lock."""
        values: dict[str, Any] = {
            "journey": self.journey_id,
            "revision": self.revision,
            "kind": self.kind,
            "label": self.label,
            "patches": Jsonb(self.patches, dumps=orjson.dumps),
            "by": self.by_id,
            "at": self.at,
            "reverts": self.reverts_id,
            "standing": self.standing,
        }
        with connection.cursor() as cursor:
            cursor.execute(APPEND, values)
            (self.pk,) = cursor.fetchone()
        self._state.adding = False
