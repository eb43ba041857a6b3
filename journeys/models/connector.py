from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection, models

from journeys.circles import find_path
from journeys.models.element import ActRefused, Element, text

if TYPE_CHECKING:
    from accounts.models import Member
    from journeys.models.touchpoint import Touchpoint


class Connector(Element):
    """An arrow between two cards: *sequence* (the second waits for the first) or *unordered* (both, in no set order)."""

    class Kind(models.TextChoices):
        SEQUENCE = "sequence", "In sequence"
        UNORDERED = "unordered", "In no set order"

    source = models.ForeignKey("journeys.Touchpoint", on_delete=models.CASCADE, related_name="connectors_out")
    target = models.ForeignKey("journeys.Touchpoint", on_delete=models.CASCADE, related_name="connectors_in")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.SEQUENCE)
    label = text(120)

    document_key = "connectors"
    kind_name = "connector"
    logged = ("source_id", "target_id", "kind", "label")

    class Meta:
        indexes = [models.Index(fields=["journey", "id"], name="connector_of_journey")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(source=models.F("target")), name="connector_joins_two"),
            models.UniqueConstraint(fields=["source", "target"], name="connector_once", deferrable=models.Deferrable.DEFERRED),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} -> {self.target_id}"

    @property
    def called(self) -> str:
        return "an arrow"

    @classmethod
    def join(cls, source: Touchpoint, target: Touchpoint, kind: str, *, by: Member, at: datetime, id: Any = None) -> Connector:
        """Draw an arrow. A second one between the same two cards changes the kind and the direction of the first.

        Raises ActRefused, naming the circle, where a sequence would close one.
        """
        if source.pk == target.pk:
            raise ActRefused("An arrow needs two cards.", "target")
        with source.journey.act(f"connected {source.title} to {target.title}", by=by, at=at) as act:
            if id and (made := act.already_made(cls, id)):
                return made
            connector = cls.between(source, target)
            if kind == cls.Kind.SEQUENCE:
                cls._refuse_circle(source, target, connector)
            if connector:
                act.change(connector, kind=kind, source_id=source.pk, target_id=target.pk)
            else:
                connector = cls(source=source, target=target, kind=kind)
                if id:
                    connector.id = id
                act.create(connector)
        return connector

    def edit(self, fields: dict[str, Any], *, by: Member, at: datetime, was: dict[str, Any] | None = None) -> None:
        """Switch the kind or say another label."""
        with self.journey.act(self._told(fields), by=by, at=at) as act:
            arrow = act.fresh(self)
            if fields.get("kind") == self.Kind.SEQUENCE != arrow.kind:
                self._refuse_circle(arrow.source, arrow.target, arrow)
            act.edit(arrow, fields, was)

    def turn_round(self, *, by: Member, at: datetime) -> None:
        """Let it point the other way."""
        with self.journey.act(f"turned the arrow from {self.target.title} to {self.source.title} round", by=by, at=at) as act:
            arrow = act.fresh(self)
            source, target = arrow.target, arrow.source
            if Connector.objects.filter(source=source, target=target).exists():
                raise ActRefused(f"There is an arrow from {source.title} to {target.title} already.")
            if arrow.kind == self.Kind.SEQUENCE:
                self._refuse_circle(source, target, arrow)
            act.change(arrow, source_id=source.pk, target_id=target.pk)

    def remove(self, *, by: Member, at: datetime) -> None:
        with self.journey.act(f"took the arrow from {self.source.title} to {self.target.title} away", by=by, at=at) as act:
            act.delete_with_dependents(self)

    def _told(self, fields: dict[str, Any]) -> str:
        """What the log calls an edit."""
        cards = f"{self.source.title} to {self.target.title}"
        if "kind" in fields:
            return f"set the arrow from {cards} to “{self.Kind(fields['kind']).label.lower()}”"
        label = fields.get("label", "")
        return f"wrote “{label}” on the arrow from {cards}" if label else f"took the words off the arrow from {cards}"

    @classmethod
    def between(cls, one: Touchpoint, other: Touchpoint) -> Connector | None:
        """The arrow between two cards, whichever way it points."""
        pair = [one.pk, other.pk]
        return cls.objects.filter(journey_id=one.journey_id, source__in=pair, target__in=pair).order_by("id").first()

    @classmethod
    def _refuse_circle(cls, source: Touchpoint, target: Touchpoint, itself: Connector | None) -> None:
        """Raise ActRefused if `target` leads to `source` by sequence arrows. `itself` is the arrow about to be drawn anew."""
        arrows = cls._sequences_from(target, except_id=itself.pk if itself else None)
        path = find_path(arrows, target.pk, source.pk)
        if path:
            from journeys.models.touchpoint import Touchpoint as Card

            titles = dict(Card.objects.filter(pk__in=path).values_list("pk", "title"))
            circle = " → ".join(titles[pk] for pk in [*path, path[0]])
            raise ActRefused(f"That arrow would close a circle: {circle}.", "target")

    @classmethod
    def _sequences_from(cls, card: Touchpoint, *, except_id: UUID | None) -> list[tuple[UUID, UUID]]:
        """The sequence arrows that can be reached from a card, as (source id, target id): not the whole map."""
        with connection.cursor() as cursor:
            cursor.execute(
                """
                WITH RECURSIVE ahead (source_id, target_id) AS (
                    SELECT source_id, target_id FROM journeys_connector
                    WHERE source_id = %(card)s AND kind = 'sequence' AND id IS DISTINCT FROM %(but)s
                  UNION
                    SELECT c.source_id, c.target_id FROM journeys_connector c JOIN ahead ON c.source_id = ahead.target_id
                    WHERE c.kind = 'sequence' AND c.id IS DISTINCT FROM %(but)s
                )
                SELECT source_id, target_id FROM ahead
                """,
                {"card": card.pk, "but": except_id},
            )
            return cursor.fetchall()
