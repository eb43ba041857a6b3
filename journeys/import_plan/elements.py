"""Which card or emotion each row is: found on the map, or planned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from journeys.document import Document
from journeys.import_plan.claims import Claims
from journeys.import_plan.frame import Frame
from journeys.import_plan.names import Names
from journeys.sheet_cells import Parsed


class Elements:
    """The cards and emotions of the map as rows speak of them."""

    def __init__(self, document: Document, claims: Claims, frame: Frame, names: Names, columns: set[str]):
        self.claims, self.frame, self.names, self.columns = claims, frame, names, columns
        self.cards: dict[str, dict[str, Any]] = document["touchpoints"]
        self.emotions: dict[str, dict[str, Any]] = document["emotions"]
        self.seen: Counter[tuple[Any, ...]] = Counter()
        self.natural: dict[tuple[Any, ...], list[str]] = {}

    def leave_out(self, claimed: Collection[str]) -> None:
        """Elements by kind, stage, lane and title, but for those that some row names, or could name: how others find theirs."""
        nameable = "external_id" in self.columns
        for id, card in sorted(self.cards.items()):
            if not (nameable and card["external_id"]) and id not in claimed:
                key = (self._kind(card["kind"]), card["stage_id"], card["lane_id"], card["title"])
                self.natural.setdefault(key, []).append(id)
        for id, emotion in sorted(self.emotions.items()):
            if not (nameable and emotion["external_id"]) and id not in claimed:
                self.natural.setdefault(("emotion", emotion["stage_id"], None, emotion["title"]), []).append(id)

    def _kind(self, kind: str) -> str:
        """A sheet without kinds means any card that stands there."""
        return kind if "kind" in self.columns or kind == "emotion" else "card"

    def resolve(self, row: Parsed) -> tuple[str, bool]:
        """(id of the row's element, whether it is new)."""
        found = self.claims.found(row)
        if found:
            return found, False
        if row.external_id:
            return self.names.new_id(), True
        stage, lane = self.frame.stage(row.stage), None if row.is_emotion else self.frame.lane_of(row)
        key = (self._kind(row.kind), stage, lane, row.title)
        nth = self.seen[key]
        self.seen[key] += 1
        there = self.natural.get(key, [])
        return (there[nth], False) if nth < len(there) else (self.names.new_id(), True)
