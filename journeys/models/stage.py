from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.validators import MaxValueValidator
from django.db import models

from journeys.models.element import ActRefused, Element, text

if TYPE_CHECKING:
    from accounts.models import Member
    from journeys.models.journey import Journey


class Stage(Element):
    """A column of the map, and its brief: what the customer wants of it and what we bring to it."""

    name = models.CharField(max_length=120)
    position = models.FloatField()
    length_days = models.PositiveIntegerField(null=True, blank=True, validators=[MaxValueValidator(3650)])
    goal = text()
    feeling = text()
    experience = text()
    skills = text()
    tools = text()
    metrics = text()
    success = text()
    starts_when = text()
    completes_when = text()
    external_id = text(200)

    document_key = "stages"
    kind_name = "stage"
    brief = (
        "length_days goal feeling experience skills tools metrics success starts_when completes_when".split()  # noqa: SIM905
    )
    logged = ("name", "position", *brief, "external_id")

    class Meta:
        indexes = [models.Index(fields=["journey", "position", "id"], name="stage_in_order")]
        constraints = [
            models.UniqueConstraint(
                fields=["journey", "external_id"], condition=~models.Q(external_id=""), name="stage_external_id_once"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def add(
        cls, journey: Journey, name: str, *, by: Member, at: datetime, id: Any = None, before: Any = None, **brief: Any
    ) -> Stage:
        from journeys.ordering import stand

        name = name.strip()
        with journey.act(f"added stage {name}", by=by, at=at) as act:
            if id and (made := act.already_made(cls, id)):
                return made
            others = act.rows(cls)
            stage = cls(name=name, position=0.0, **({"id": id} if id else {}), **brief)
            act.create(stage)
            stand(act, stage, others, before)
        return stage

    def rename(self, name: str, *, by: Member, at: datetime) -> None:
        self.edit({"name": name}, by=by, at=at)

    def edit(self, fields: dict[str, Any], *, by: Member, at: datetime, was: dict[str, Any] | None = None) -> None:
        """Set fields of the brief. Only fields that differ are recorded."""
        if "name" in fields:
            fields["name"] = fields["name"].strip()
            if not fields["name"]:
                raise ActRefused("A stage needs a name.", "name")
        what = f"renamed stage {self.name} to {fields['name']}" if "name" in fields else f"edited stage {self.name}"
        with self.journey.act(what, by=by, at=at) as act:
            act.edit(self, fields, was)

    def move_before(self, other: Stage | None, *, by: Member, at: datetime) -> None:
        """Take the place left of `other`, or the last one."""
        from journeys.ordering import stand

        with self.journey.act(f"moved stage {self.name}", by=by, at=at) as act:
            others = [row for row in act.rows(Stage) if row.pk != self.pk]
            stand(act, self, others, other)

    def remove(self, *, by: Member, at: datetime) -> None:
        """Delete the stage with everything that stands on it, as one act."""
        with self.journey.act(f"deleted stage {self.name}", by=by, at=at) as act:
            act.delete_with_dependents(self)
