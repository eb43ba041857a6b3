"""Who takes over: the card, or at least the lane, to which a handoff leads."""

from __future__ import annotations

from typing import Any

from journeys.layout.grid import CardBox, Grid


class Receivers:
    """The cards and lanes of every role, looked up once for all handoffs of a document."""

    def __init__(self, grid: Grid, document: dict[str, Any]) -> None:
        self._grid = grid
        cards, lanes = document["touchpoints"], document["lanes"]
        self._cards: dict[str, list[CardBox]] = {}
        self._lanes: dict[str, str] = {}
        for id in grid.lanes:
            if lanes[id]["role_id"]:
                self._lanes.setdefault(lanes[id]["role_id"], id)
        for box in sorted(grid.cards.values(), key=_reading_order):
            for role in {cards[box.id]["owner_id"], lanes[box.lane_id]["role_id"]} - {None}:
                self._cards.setdefault(role, []).append(box)
        self._following: dict[str, list[str]] = {}
        for connector in document["connectors"].values():
            if connector["kind"] == "sequence" and connector["target_id"] in grid.cards:
                self._following.setdefault(connector["source_id"], []).append(connector["target_id"])

    def card(self, handoff: dict[str, Any], giver: CardBox) -> CardBox | None:
        """The card named, else the role's first along the arrows, else its next to the right; None if the role has none there."""
        named = self._grid.cards.get(handoff["to_touchpoint_id"] or "")
        if named and named is not giver:
            return named
        theirs = {box.id: box for box in self._cards.get(handoff["to_role_id"], ()) if box is not giver}
        if not theirs:
            return None
        ring, seen = [giver.id], {giver.id}
        while ring:
            ring = list({target for id in ring for target in self._following.get(id, ())} - seen)
            seen.update(ring)
            reached = [theirs[id] for id in ring if id in theirs]
            if reached:
                return min(reached, key=_reading_order)
        return next((box for box in theirs.values() if box.column >= giver.column), None)

    def lane(self, handoff: dict[str, Any]) -> str | None:
        """The first lane of the role."""
        return self._lanes.get(handoff["to_role_id"])


def _reading_order(box: CardBox) -> tuple[int, int, str]:
    return (box.column, box.row, box.id)
