from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models

from journeys.models.element import ActRefused, Element, text

if TYPE_CHECKING:
    from accounts.models import Member, Role
    from journeys.models.journey import Journey


class Lane(Element):
    """A row of the map: the customer first, then usually one role each, the world outside last."""

    class Kind(models.TextChoices):
        CUSTOMER = "customer", "Customer"
        ROLE = "role", "Role"
        OUTSIDE = "outside", "Outside"

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.ROLE)
    role = models.ForeignKey("accounts.Role", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    position = models.FloatField()
    external_id = text(200)

    document_key = "lanes"
    kind_name = "lane"
    logged = ("name", "kind", "role_id", "position", "external_id")

    class Meta:
        indexes = [models.Index(fields=["journey", "position", "id"], name="lane_in_order")]
        constraints = [
            models.UniqueConstraint(
                fields=["journey", "kind"], condition=~models.Q(kind="role"), name="lane_customer_and_outside_once"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def add(cls, journey: Journey, name: str, *, by: Member, at: datetime, id: Any = None, role: Role | None = None) -> Lane:
        """A lane above *Outside*."""
        from journeys.ordering import stand

        name = name.strip() or (role.name if role else "")
        with journey.act(f"added lane {name}", by=by, at=at) as act:
            if id and (made := act.already_made(cls, id)):
                return made
            if role and any(row.role_id == role.pk for row in act.rows(cls)):
                raise ActRefused(f"{role.name} has a lane already.", "role")
            others = [row for row in act.rows(cls) if row.kind == cls.Kind.ROLE]
            lane = cls(name=name, role=role, position=0.0)
            if id:
                lane.id = id
            act.create(lane)
            stand(act, lane, others)
        return lane

    @classmethod
    def add_for(cls, journey: Journey, roles: Iterable[Role], *, by: Member, at: datetime) -> list[Lane]:
        """A lane for each of the roles that has none yet, in their order, as one act."""
        from journeys.ordering import position_at

        with journey.act("", by=by, at=at) as act:
            rows = act.rows(cls)
            taken = {row.role_id for row in rows}
            others = [row for row in rows if row.kind == cls.Kind.ROLE]
            made: list[Lane] = []
            for role in roles:
                if role.pk not in taken:
                    lane = cls(name=role.name, role=role, position=position_at([*others, *made]))
                    act.create(lane)
                    made.append(lane)
            if not made:
                raise ActRefused("Every role has a lane already.", "role")
            act.label = f"added {len(made)} lanes" if len(made) > 1 else f"added lane {made[0].name}"
        return made

    def rename(self, name: str, *, by: Member, at: datetime, was: dict[str, Any] | None = None) -> None:
        name = name.strip()
        if not name:
            raise ActRefused("A lane needs a name.", "name")
        with self.journey.act(f"renamed lane {self.name} to {name}", by=by, at=at) as act:
            act.edit(self, {"name": name}, was)

    def move_before(self, other: Lane | None, *, by: Member, at: datetime) -> None:
        """Take the place above `other`; above *Outside*, or if it is None, the last one. The two fixed lanes stay where they are,
        and nothing comes above *Customer*. Raises ActRefused."""
        from journeys.ordering import stand

        if self.kind != self.Kind.ROLE:
            raise ActRefused(f"The lane {self.name} stays where it is.")
        if other and other.kind == self.Kind.CUSTOMER:
            raise ActRefused(f"The lane {other.name} is always the first one.", "before")
        with self.journey.act(f"moved lane {self.name}", by=by, at=at) as act:
            roles = [row for row in act.rows(Lane) if row.kind == self.Kind.ROLE and row.pk != self.pk]
            stand(act, self, roles, other if other and other.kind == self.Kind.ROLE else None)

    def remove(self, *, by: Member, at: datetime) -> None:
        """Delete the lane with its cards, as one act."""
        if self.kind != self.Kind.ROLE:
            raise ActRefused(f"The lane {self.name} belongs to every map and cannot be deleted.")
        with self.journey.act(f"deleted lane {self.name}", by=by, at=at) as act:
            act.delete_with_dependents(self)
