"""Which slot a new element takes: from left to right in time, never on a place that is taken."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

Card = dict[str, Any]


class Places:
    """The slots of a map as it fills up. Existing cards never move because of new ones."""

    def __init__(self, cards: dict[str, Card]):
        self.slots: dict[str, int] = {}
        self.taken: set[tuple[str, str, int]] = set()
        #: per stage and anchor, the slots by offset: where later offsets may begin
        self.timeline: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
        self.days: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self.last_slot: dict[str, int] = {}
        for id, card in sorted(cards.items()):
            self._note(id, card, card["slot"])

    def take(self, id: str, card: Card, before: list[str], partner: str | None, cards: dict[str, Card]) -> int:
        """The slot of a new card: right of those it waits for, with its partner, else by its day."""
        stage, lane = card["stage_id"], card["lane_id"]
        waits = [self.slots[b] + 1 for b in before if b in self.slots and cards[b]["stage_id"] == stage]
        if waits:
            slot = max(waits)
        elif partner in self.slots and cards[partner]["stage_id"] == stage:
            slot = self.slots[partner]
        else:
            offset = card["offset_days"]
            slot = max(
                (s + 1 if day < offset else s for day, s in self.timeline[stage, card["anchor"]].items() if day <= offset),
                default=0,
            )
        while (stage, lane, slot) in self.taken:
            slot += 1
        self._note(id, card, slot)
        return slot

    def feel(self, stage: str, day: int | None) -> int:
        """The slot of an emotion: under the latest card that is not later, else under the last one placed."""
        earlier = [(d, slot) for d, slot in self.days[stage] if day is not None and d <= day]
        return max(earlier)[1] if earlier else self.last_slot.get(stage, 0)

    def _note(self, id: str, card: Card, slot: int) -> None:
        stage, offset = card["stage_id"], card["offset_days"]
        self.slots[id] = slot
        self.taken.add((stage, card["lane_id"], slot))
        line = self.timeline[stage, card["anchor"]]
        line[offset] = max(line.get(offset, 0), slot)
        if card["anchor"] in ("enrolment", "stage"):
            self.days[stage].append((offset, slot))
        self.last_slot[stage] = slot
