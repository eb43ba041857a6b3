from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models.functions import Cast, Coalesce

from accounts.ids import new_id
from accounts.rows import read_row, read_two
from journeys.models.element import ON, ActRefused

if TYPE_CHECKING:
    from accounts.models import Member, Role
    from journeys.models.change import Asked
    from journeys.models.element import Element
    from journeys.models.lane import Lane
    from journeys.models.segment import Segment
    from journeys.models.stage import Stage
    from journeys.models.version import Version
    from journeys.recording import Act


class JourneyQuerySet(models.QuerySet["Journey"]):
    def visible_to(self, member: Member) -> JourneyQuerySet:
        return self.filter(segment__workspace_id=member.workspace_id)

    def seen_by(self, member: Member, pk: UUID) -> Journey | None:
        """The journey of that id with its segment, if the member may see it."""
        from journeys.models.segment import Segment

        found = read_row(Journey, SEEN, [pk, member.workspace_id])
        if found is not None and (segment := read_row(Segment, "id = %s", [found.segment_id])):
            found.segment = segment
        return found

    def seal(self, member: Member, pk: UUID) -> str | None:
        """A text that is another one as soon as anything on the map's page is: its revision, its segment, the roles, the names of
        the journeys around it and of the workspace. None if the member may not see it."""
        with connection.cursor() as cursor:
            cursor.execute(SEAL, [pk, *[member.workspace_id] * 3])
            (found,) = cursor.fetchone()
        return found

    def called_by(self, source: str) -> JourneyQuerySet:
        """Each with `external_id`: what another system calls it, which is its own id where it has no name there."""
        from journeys.models.external_id import ExternalId

        named = ExternalId.objects.of_journey(source, models.OuterRef("pk"))
        own = Cast("pk", models.TextField())
        return self.annotate(
            external_id=Coalesce(models.Subquery(named.values("external_id")), own, output_field=models.TextField())
        )

    def titled(self, title: str) -> JourneyQuerySet:
        return self.filter(title__iexact=title.strip())

    def matching(self, text: str) -> JourneyQuerySet:
        """Those with every word of the text in their title or in their segment's name; all of them if there is no word."""
        found = self
        for word in text.replace("\0", "").split():  # PostgreSQL refuses the NUL character
            found = found.filter(models.Q(title__icontains=word) | models.Q(segment__name__icontains=word))
        return found

    def with_numbers(self) -> JourneyQuerySet:
        """Each with what Numbers counts: `stages`, `touchpoints`, `roles`."""
        from journeys.models import Lane, Stage, Touchpoint

        def count(rows: models.QuerySet[Any]) -> Coalesce:
            counted = rows.filter(journey=models.OuterRef("pk")).order_by().values("journey").annotate(n=models.Count("pk"))
            return Coalesce(models.Subquery(counted.values("n")), 0)

        return self.annotate(
            stages=count(Stage.objects.all()),
            touchpoints=count(Touchpoint.objects.filter(kind=Touchpoint.Kind.TOUCHPOINT)),
            roles=count(Lane.objects.exclude(role=None)),
        )

    def latest_first(self) -> JourneyQuerySet:
        return self.order_by("-changed_at", "-id")

    def with_people(self) -> JourneyQuerySet:
        return self.select_related("owner__user", "changed_by__user")

    def published(self) -> JourneyQuerySet:
        """Those that have a version."""
        from journeys.models import Version

        return self.filter(models.Exists(Version.objects.filter(journey=models.OuterRef("pk"))))

    def with_version(self) -> JourneyQuerySet:
        """Each with the number of its newest version as `version`; None where nothing was published."""
        from journeys.models import Version

        newest = Version.objects.filter(journey=models.OuterRef("pk")).latest_first().values("number")[:1]
        return self.annotate(version=models.Subquery(newest))

    def to_be_told(self, *, at: datetime) -> JourneyQuerySet:
        """Those whose review may be due somewhere on Earth, whose owner has not been told, and whom nobody is telling now."""
        latest = (at + timedelta(days=1)).date()
        told = models.Q(review_told_for=models.F("review_on"), review_told_for__isnull=False)
        held = models.Q(review_claimed_at__gt=at - LEASE, review_claimed_at__isnull=False)
        due = self.filter(review_on__lte=latest, owner__removed_at=None, owner__isnull=False).exclude(told).exclude(held)
        return due.select_related("owner__user", "segment__workspace").order_by("review_on", "id")


class JourneyManager(models.Manager.from_queryset(JourneyQuerySet)):  # type: ignore[misc]
    def begin(self, segment: Segment, title: str, *, by: Member, at: datetime, id: UUID | None = None) -> Journey:
        """A new, empty map: the customer's lane, the outside lane, no stage. Revision 1 is that beginning."""
        from journeys.models.lane import Lane

        with transaction.atomic():
            journey = self.create(
                id=id or new_id(),
                segment=segment,
                title=title.strip() or "Untitled journey",
                owner=by,
                made_at=at,
                changed_at=at,
            )
            with journey.act(f"began {journey.title}", by=by, at=at) as act:
                act.create(Lane(name="Customer", kind=Lane.Kind.CUSTOMER, position=0.0))
                act.create(Lane(name="Outside", kind=Lane.Kind.OUTSIDE, position=1000.0))
        return journey

    @contextmanager
    def hold(self, pk: UUID, *, by: Member, element: tuple[type[Element], UUID] | None = None) -> Iterator[Journey]:
        """The map, locked until the block ends, if `by` may see it. Raises DoesNotExist.

        A door that is about to act reads inside: what it reads cannot change under its hands and need not be read again. The
        `element` that it is about to need comes along: all who want to draw on this map wait for each way to the database.
        """
        with transaction.atomic():
            held, found = self._held(pk, by, element)
            if held is None:
                raise Journey.DoesNotExist
            held.held = {}
            if element:
                held.held[element[0].kind_name, str(element[1])] = found
                if found is not None:
                    found.journey = held
            try:
                yield held
            finally:
                held.held = None

    @staticmethod
    def _held(pk: UUID, by: Member, element: tuple[type[Element], UUID] | None) -> tuple[Journey | None, Element | None]:
        lock = [pk, by.workspace_id]
        if element is None:
            return read_row(Journey, HOLD, lock), None
        model, id = element
        return read_two((Journey, HOLD, lock), (model, ON, [id, pk]))


#: a worker that has been telling an owner this long is dead
LEASE = timedelta(minutes=5)
SEEN = "id = %s AND segment_id IN (SELECT id FROM journeys_segment WHERE workspace_id = %s)"
#: one statement, because an unchanged map is asked for often; it looks a step further than the page may show, never less far
SEAL = f"""
    WITH RECURSIVE around AS (
        SELECT id, title, revision, segment_id, 0 AS depth FROM journeys_journey WHERE {SEEN}
        UNION
        SELECT parent.id, parent.title, 0, parent.segment_id, depth + 1
        FROM around
        JOIN journeys_touchpoint AS card ON card.child_id = around.id
        JOIN journeys_journey AS parent ON parent.id = card.journey_id
        WHERE depth < 6
    ), roles AS (SELECT id, name FROM accounts_role WHERE workspace_id = %s)
    SELECT json_agg(json_build_array(depth, around.id, revision, title, segment.id, segment.name) ORDER BY depth, around.id)::text
        || coalesce((SELECT json_agg(json_build_array(id, name) ORDER BY id)::text FROM roles), '')
        || (SELECT name FROM accounts_workspace WHERE id = %s)
    FROM around JOIN journeys_segment AS segment ON segment.id = segment_id
"""  # noqa: S608  # nosec
HOLD = f"{SEEN} FOR UPDATE OF journeys_journey"


class Journey(models.Model):
    """The map of one segment, as it is drawn. Every act on it is one Change; `revision` counts them without a gap."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    segment = models.ForeignKey("journeys.Segment", on_delete=models.PROTECT, related_name="journeys")
    title = models.CharField(max_length=200)
    summary = models.TextField(max_length=4000, blank=True, default="")
    owner = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)
    #: the date of review that the owner was told of, and since when somebody has been telling them
    review_told_for = models.DateField(null=True)
    review_claimed_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, related_name="+", null=True)

    objects = JourneyManager()

    logged = ("title", "summary", "segment_id", "owner_id", "review_on")
    kind_name = "journey"
    #: elements read while the map is held, by (kind, id); None while it is not
    held: dict[tuple[str, str], Element | None] | None = None
    #: the act that all acts join in meanwhile, where several are wanted as one
    joint: Act | None = None
    #: what a page asked for, while the map is held for that; the change that comes of it bears its id
    asked: Asked | None = None

    class Meta:
        indexes = [
            models.Index(fields=["segment", "-changed_at", "-id"], name="journey_latest"),
            models.Index(fields=["review_on", "id"], condition=models.Q(review_on__isnull=False), name="journey_review"),
        ]

    def __str__(self) -> str:
        return self.title

    def act(self, label: str, *, by: Member, at: datetime) -> AbstractContextManager[Act]:
        """Open one act on this map: lock it, collect what changes, write rows and the Change on leaving."""
        from journeys.recording import recording

        return recording(self, label, by=by, at=at)

    def rename(self, title: str, *, by: Member, at: datetime, was: Mapping[str, Any] | None = None) -> None:
        self.edit({"title": title}, by=by, at=at, was=was)

    def edit(self, fields: dict[str, Any], *, by: Member, at: datetime, was: Mapping[str, Any] | None = None) -> None:
        """Set what the map says about itself: title, summary, owner_id, review_on. Only fields that differ are recorded."""
        if "title" in fields:
            fields["title"] = fields["title"].strip()
            if not fields["title"]:
                raise ActRefused("A journey needs a title.", "title")
        with self.act(self._told(fields), by=by, at=at) as act:
            act.edit_journey(fields, was)

    @staticmethod
    def _told(fields: dict[str, Any]) -> str:
        """What the log calls an edit."""
        if "title" in fields:
            return f"renamed the journey to {fields['title']}"
        if set(fields) == {"review_on"}:
            day: date | None = fields["review_on"]
            return f"set the review to {day:%-d %B %Y}" if day else "took the date of the review away"
        if set(fields) == {"owner_id"}:
            return "changed the owner of the journey"
        return "edited what the journey says about itself"

    def publish(self, note: str, *, by: Member, at: datetime, seen: int | None = None) -> Version:
        from journeys.publishing import publish

        return publish(self, note, by=by, at=at, seen=seen)

    def add_stage(
        self, name: str, *, by: Member, at: datetime, id: Any = None, before: Stage | None = None, **brief: Any
    ) -> Stage:
        """A stage at the end, or before another one. A create that was retried returns the stage it made."""
        from journeys.models.stage import Stage

        return Stage.add(self, name, by=by, at=at, id=id, before=before, **brief)

    def add_lane(self, name: str, *, by: Member, at: datetime, id: Any = None, role: Any = None) -> Lane:
        from journeys.models.lane import Lane

        return Lane.add(self, name, by=by, at=at, id=id, role=role)

    def add_lanes(self, roles: Iterable[Role], *, by: Member, at: datetime) -> list[Lane]:
        from journeys.models.lane import Lane

        return Lane.add_for(self, roles, by=by, at=at)

    def undo(self, *, by: Member, at: datetime) -> Any:
        from journeys.undoing import undo

        return undo(self, by=by, at=at)

    def redo(self, *, by: Member, at: datetime) -> Any:
        from journeys.undoing import redo

        return redo(self, by=by, at=at)
