from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from journeys.models.element import ActRefused, Element, text

if TYPE_CHECKING:
    from accounts.models import Member, Role
    from journeys.models.touchpoint import Touchpoint

#: what usually has to travel when responsibility passes on; a starting point, edited freely
USUAL_PACKAGE = (
    "Goals and success criteria",
    "Stakeholders and champion",
    "Contract and scope",
    "Promised dates",
    "Known risks",
)


def check_package(items: Any) -> None:
    """A package is a list of up to 50 {"item", "where", "reader"}, each text of at most 300 characters."""
    if not isinstance(items, list) or len(items) > 50:
        raise ValidationError("A package holds up to 50 items.")
    for item in items:
        if not isinstance(item, dict) or set(item) != {"item", "where", "reader"}:
            raise ValidationError("Each item of a package says what, where it lives and who reads it.")
        if not all(isinstance(part, str) for part in item.values()):
            raise ValidationError("The parts of a package are texts.")
        if not item["item"].strip() or any(len(part) > 300 for part in item.values()):
            raise ValidationError("Each item needs a name; no part may be longer than 300 characters.")


class Handoff(Element):
    """Responsibility passing from the owner of a card to another role, with the package that must travel."""

    touchpoint = models.ForeignKey("journeys.Touchpoint", on_delete=models.CASCADE, related_name="handoffs_out")
    to_role = models.ForeignKey("accounts.Role", on_delete=models.PROTECT, related_name="+")
    to_touchpoint = models.ForeignKey(
        "journeys.Touchpoint", on_delete=models.SET_NULL, null=True, blank=True, related_name="handoffs_in"
    )
    package = models.JSONField(default=list, blank=True, validators=[check_package])
    accept_within_days = models.PositiveIntegerField(
        null=True, blank=True, default=2, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    note = text()

    document_key = "handoffs"
    kind_name = "handoff"
    logged = ("touchpoint_id", "to_role_id", "to_touchpoint_id", "package", "accept_within_days", "note")

    class Meta:
        indexes = [models.Index(fields=["journey", "id"], name="handoff_of_journey")]

    @property
    def called(self) -> str:
        return "a handoff"

    def __str__(self) -> str:
        return f"handoff at {self.touchpoint_id}"

    @classmethod
    def draw(
        cls,
        touchpoint: Touchpoint,
        to_role: Role | None,
        to_touchpoint: Touchpoint | None = None,
        *,
        by: Member,
        at: datetime,
        id: Any = None,
    ) -> Handoff:
        """Let responsibility pass at this card: to `to_role`, or to whoever owns `to_touchpoint`. Raises ActRefused."""
        role = to_role
        if role is None and to_touchpoint:
            role = to_touchpoint.owner or to_touchpoint.lane.role
        if role is None:
            name = to_touchpoint.title if to_touchpoint else "that"
            raise ActRefused(f"Nobody owns {name} yet. Say who does, then hand over to them.", "to_role")
        with touchpoint.journey.act(f"drew a handoff from {touchpoint.title} to {role.name}", by=by, at=at) as act:
            if id and (made := act.already_made(cls, id)):
                return made
            handoff = cls(touchpoint=touchpoint, to_role=role, to_touchpoint=to_touchpoint)
            if id:
                handoff.id = id
            handoff._refuse_pointless(act.fresh(touchpoint), "to_role")
            act.create(handoff)
        return handoff

    def edit(self, fields: dict[str, Any], *, by: Member, at: datetime, was: dict[str, Any] | None = None) -> None:
        """Set fields. Raises ActRefused, and Conflict where somebody has changed one since."""
        with self.journey.act(f"edited the handoff at {self.touchpoint.title}", by=by, at=at) as act:
            now = act.fresh(self)
            role, card = now.to_role_id, now.to_touchpoint_id
            act.edit(self, fields, was)
            # What came to be so otherwise (the card that took over was deleted, a revision restored) may still be packed.
            if (now.to_role_id, now.to_touchpoint_id) != (role, card):
                now._refuse_pointless(act.fresh(now.touchpoint), "to_role" if now.to_role_id != role else "to_touchpoint")

    def _refuse_pointless(self, card: Touchpoint, field: str) -> None:
        """Raise ActRefused where it hands `card` over to itself or to the role that has it, or another hands it over so already.
        `field`: what is said anew."""
        title = card.title
        if self.to_touchpoint_id == card.pk:
            raise ActRefused(f"{title} cannot be handed over to itself: choose another card.", "to_touchpoint")
        if field == "to_role" and self.to_role_id == card.owner_id:
            raise ActRefused(f"{self.to_role.name} has {title} already: a handoff goes to another role.", field)
        same = Handoff.objects.filter(touchpoint=self.touchpoint_id, to_role=self.to_role_id, to_touchpoint=self.to_touchpoint_id)
        if same.exclude(pk=self.pk).exists():
            raise ActRefused(f"{title} is handed over to {self.to_role.name} already.", field)

    def remove(self, *, by: Member, at: datetime) -> None:
        with self.journey.act(f"deleted the handoff at {self.touchpoint.title}", by=by, at=at) as act:
            act.delete_with_dependents(self)
