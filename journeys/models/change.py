from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import orjson
from django.contrib.postgres.indexes import GinIndex
from django.db import IntegrityError, connection, models
from psycopg.types.json import Jsonb

from journeys.document import plain

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.models import Member
    from journeys.models.journey import Journey


#: An act is one more revision, and whoever draws anew gives up what they had taken back: one statement, as every act pays for it.
APPEND = """
    WITH {also}revised AS (
        UPDATE journeys_journey SET revision = %(revision)s, changed_at = %(at)s, changed_by_id = %(by)s WHERE id = %(journey)s
    ), abandoned AS (
        UPDATE journeys_change SET standing = 'abandoned'
        WHERE journey_id = %(journey)s AND by_id = %(by)s AND standing = 'undone' AND %(kind)s = 'act'
    )
    INSERT INTO journeys_change
        (journey_id, revision, kind, label, patches, by_id, at, reverts_id, standing, act_id, act_print)
    SELECT %(journey)s, %(revision)s, %(kind)s, %(label)s, %(patches)s, %(by)s, %(at)s, %(reverts)s, %(standing)s,
        %(id)s::uuid, %(print)s
    WHERE NOT EXISTS (SELECT FROM journeys_restedact WHERE journey_id = %(journey)s AND act_id = %(id)s::uuid)
    RETURNING id
"""


@dataclass(frozen=True)
class Asked:
    """What a page asks for: the id it has given the act, and a print of the whole request, which tells one act from another."""

    id: UUID
    print: int


class TouchedIds(models.Func):
    """The ids of the elements that a change touched. Only these are indexed: whole patches take many times the room."""

    template = "jsonb_path_query_array(%(expressions)s, '$[*].id')"
    output_field = models.JSONField()


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
    WHERE c.journey_id = %(journey)s AND c.revision > %(revision)s
        AND jsonb_path_query_array(c.patches, '$[*].id') ?| %(ids)s AND patch ->> 'id' = ANY(%(ids)s)
    ORDER BY c.revision
"""


class ChangeQuerySet(models.QuerySet["Change"]):
    def of(self, journey: Journey | UUID) -> ChangeQuerySet:
        return self.filter(journey=journey)

    def touching(self, kind: str, id: str) -> ChangeQuerySet:
        """Those that made, changed or deleted one element."""
        among = models.Q(("touched__contains", [id]))
        return self.alias(touched=TouchedIds("patches")).filter(among, patches__contains=[{"kind": kind, "id": id}])

    def last_touching(self, kind: str, id: Any) -> int | None:
        """The revision of the last one that made, changed or deleted an element; None if there never was one."""
        return self.touching(kind, str(id)).order_by("-revision").values_list("revision", flat=True).first()

    def listed(self) -> ChangeQuerySet:
        """What a list shows, the newest first: not the patches, for those of an import hold a whole map."""
        return self.defer("patches").select_related("by__user").order_by("-revision")

    def at_revision(self, revision: int) -> Change | None:
        return self.filter(revision=revision).first()

    def before(self, revision: int) -> ChangeQuerySet:
        return self.filter(revision__lt=revision)

    def by_member(self, pk: UUID) -> ChangeQuerySet:
        return self.filter(by=pk)

    def named(self) -> ChangeQuerySet:
        """Those that left the map at a revision that bears a name."""
        from journeys.models.named_revision import NamedRevision

        names = NamedRevision.objects.filter(journey=models.OuterRef("journey"), revision=models.OuterRef("revision"))
        return self.filter(models.Exists(names))

    def by_others(self, member: Member) -> ChangeQuerySet:
        return self.exclude(by=member)

    def people(self) -> list[tuple[Member, int]]:
        """Who made them, and how many, the busiest first."""
        from accounts.models import Member

        counted = dict(self.order_by().values_list("by").annotate(models.Count("pk")))
        members = Member.objects.filter(pk__in=counted).select_related("user")
        return sorted(((one, counted[one.pk]) for one in members), key=lambda found: (-found[1], str(found[0]), found[0].pk))

    def undone_among(self, changes: Iterable[Change]) -> set[int]:
        """The revisions of those that are undone just now."""
        turns = self.filter(reverts__in=[change.pk for change in changes]).order_by("revision")
        last = dict(turns.values_list("reverts__revision", "kind"))
        return {revision for revision, kind in last.items() if kind == Change.Kind.UNDO}

    def since(self, revision: int) -> ChangeQuerySet:
        return self.filter(revision__gt=revision).order_by("revision")

    def making(self, kind: str) -> dict[str, Change]:
        """The change that made each element of a kind, by the element's id; the last one where it was made again."""
        found = self.filter(patches__contains=[{"kind": kind, "before": None}]).select_related("by__user").order_by("revision")
        return {patch["id"]: change for change in found for patch in change.patches if patch["kind"] == kind and patch["after"]}

    def answering(self, asked: Asked) -> Change | None:
        """The change that was made when this was asked before."""
        return self.filter(act_id=asked.id).first()

    def remember(self, asked: Asked, answered: dict[str, Any]) -> None:
        """Keep what an answer said besides revision and label."""
        self.filter(act_id=asked.id).update(answered=answered)

    def writing(self, kind: str, id: Any, field: str, value: Any) -> Change | None:
        """The change that last gave the field this value."""
        return self._last({"kind": kind, "id": str(id), "after": {field: plain(value)}})

    def deleting(self, kind: str, id: Any) -> Change | None:
        """The change that last deleted the element."""
        return self._last({"kind": kind, "id": str(id), "after": None})

    def _last(self, patch: dict[str, Any]) -> Change | None:
        found = self.touching(patch["kind"], patch["id"]).filter(patches__contains=[patch])
        return found.select_related("by__user").order_by("-revision").first()

    def making_one(self, kind: str, id: Any) -> Change | None:
        """The change that last made the element."""
        return self._last({"kind": kind, "id": str(id), "before": None})

    def writes(self, journey: Journey, revision: int, ids: Iterable[str]) -> list[Write]:
        """Each time these elements were written to after that revision, the first one first."""
        with connection.cursor() as cursor:
            cursor.execute(WRITES, {"journey": journey.pk, "revision": revision, "ids": list(ids)})
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
    #: of the page's request, see Asked; null where nobody gave an id
    act_id = models.UUIDField(null=True)
    act_print = models.BigIntegerField(null=True)
    #: what the answer said besides revision and label, for whoever asks again because it was lost
    answered = models.JSONField(null=True)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["journey", "revision"], name="change_revision_once"),
            models.UniqueConstraint(
                fields=["journey", "act_id"], condition=models.Q(act_id__isnull=False), name="change_act_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["journey", "by", "standing", "revision"],
                condition=models.Q(standing__in=["done", "undone"]),
                name="change_undo_history",
            ),
            # Kept up to date with each act: a look-up would otherwise go through a list of what is still to be sorted in.
            GinIndex(TouchedIds("patches"), name="change_touched", fastupdate=False),
        ]

    def __str__(self) -> str:
        return f"{self.revision} {self.label}"

    def append(self, also: tuple[str, dict[str, Any]] | None = None) -> None:
        """Add this change to the log and count the journey's revision up to it. The caller holds the journey's lock.

        `also` is a statement and its values to be done on the same way: each way to the database and back is waited for by all
        who want to draw on this map.
        """
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
            "id": self.act_id,
            "print": self.act_print,
        }
        statement, more = also or ("", {})
        with connection.cursor() as cursor:
            cursor.execute(APPEND.format(also=f"changed AS ({statement}), " if statement else ""), values | more)
            appended = cursor.fetchone()
        if appended is None:
            raise IntegrityError("This act was asked for before, and there was nothing to do.")
        (self.pk,) = appended
        self._state.adding = False
