from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models

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

    @classmethod
    def join(cls, source: Touchpoint, target: Touchpoint, kind: str, *, by: Member, at: datetime, id: Any = None) -> Connector:
        """Draw an arrow. A second one between the same two cards changes the kind of the first."""
        if source.pk == target.pk:
            raise ActRefused("An arrow needs two cards.", "target")
        with source.journey.act(f"connected {source.title} to {target.title}", by=by, at=at) as act:
            for row in act.rows(cls):
                if {row.source_id, row.target_id} == {source.pk, target.pk}:
                    act.change(row, kind=kind, source_id=source.pk, target_id=target.pk)
                    connector = row
                    break
            else:
                connector = cls(source=source, target=target, kind=kind)
                if id:
                    connector.id = id
                act.create(connector)
            if kind == cls.Kind.SEQUENCE:
                act.refuse_circles()
        return connector

    def remove(self, *, by: Member, at: datetime) -> None:
        with self.journey.act(f"took the arrow from {self.source.title} to {self.target.title} away", by=by, at=at) as act:
            act.delete(self)
