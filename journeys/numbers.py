"""How large a map is, in three numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Numbers:
    """Stages, touchpoints (without milestones and events) and roles that have a lane."""

    stages: int
    touchpoints: int
    roles: int

    def __str__(self) -> str:
        return ", ".join(
            f"{count} {noun}{'' if count == 1 else 's'}"
            for count, noun in ((self.stages, "stage"), (self.touchpoints, "touchpoint"), (self.roles, "role"))
        )


def numbers_of(content: Mapping[str, Any]) -> Numbers:
    """Those of a portable journey."""
    cards = [card for card in content.get("touchpoints", ()) if card.get("kind", "touchpoint") == "touchpoint"]
    lanes = [lane for lane in content.get("lanes", ()) if lane.get("role")]
    return Numbers(len(content.get("stages", ())), len(cards), len(lanes))


def numbers_of_document(document: Mapping[str, Any]) -> Numbers:
    """Those of a journey document."""
    cards = [card for card in document["touchpoints"].values() if card["kind"] == "touchpoint"]
    lanes = [lane for lane in document["lanes"].values() if lane["role_id"]]
    return Numbers(len(document["stages"]), len(cards), len(lanes))
