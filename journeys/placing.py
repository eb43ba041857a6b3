"""Which slots new cards take: from left to right in time, right of those they wait for, never on a place that is taken."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import groupby
from typing import Any

Card = dict[str, Any]
#: the last slot that a card can stand on
LAST = 20_000
#: days from these are days of one calendar; an offset from "the touchpoint before" says nothing without its arrow
FROM_START = ("enrolment", "stage")


@dataclass(slots=True)
class Newcomer:
    """A card that needs a slot: what it is, where its slot is to be written, who it waits for and who it belongs to."""

    id: str
    card: Card
    fields: Card
    before: list[str]
    partner: str | None


class Places:
    """The slots of a map as it fills up. Existing cards never move because of new ones."""

    def __init__(self, cards: dict[str, Card]):
        self.slots: dict[str, int] = {}
        self.stage_of: dict[str, str] = {}
        #: per stage and lane: a taken slot -> one further right that may be free
        self.next_free: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
        self.days: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self.last_slot: dict[str, int] = {}
        by_time: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
        for id, card in sorted(cards.items()):
            self._note(id, card, card["slot"])
            line = by_time[card["stage_id"], card["anchor"]]
            line[card["offset_days"]] = max(line.get(card["offset_days"], 0), card["slot"])
            self.last_slot[card["stage_id"]] = card["slot"]
        self.floors = {key: _Floor(line) for key, line in by_time.items()}

    def arrange(self, newcomers: list[Newcomer]) -> None:
        """Give each newcomer its slot, in `slots`.

        Of two that count from the same point in one stage, the earlier never stands right of the later, whatever the order
        they come in. Arrows point right unless that forbids it.
        """
        by_stage: dict[str, list[Newcomer]] = defaultdict(list)
        for newcomer in newcomers:
            self.slots.pop(newcomer.id, None)
            by_stage[newcomer.card["stage_id"]].append(newcomer)
        for stage, group in by_stage.items():
            #: per anchor: (day, the rightmost slot of earlier days, the rightmost slot of this day)
            reached: dict[str, tuple[int, int, int]] = {}
            for newcomer, is_timed in _in_order(group):
                self._place(stage, newcomer, is_timed, reached)
        for days in self.days.values():
            days.sort()

    def _place(self, stage: str, newcomer: Newcomer, is_timed: bool, reached: dict[str, tuple[int, int, int]]) -> None:
        card = newcomer.card
        anchor, day = card["anchor"], card["offset_days"]
        last_day, earlier, same = reached.get(anchor, (day, -1, -1))
        if last_day < day:
            earlier, same = max(earlier, same), -1
        waits = [self.slots[b] + 1 for b in newcomer.before if b in self.slots and self.stage_of[b] == stage]
        partner = newcomer.partner
        if waits:
            slot = max(waits)
        elif partner in self.slots and self.stage_of[partner] == stage:
            slot = self.slots[partner]
        else:
            floor = self.floors.get((stage, anchor))
            slot = max(earlier + 1, same, floor.at(day) if floor else 0)
        if is_timed:
            slot = max(slot, earlier)
        slot = self._free(stage, card["lane_id"], slot)
        if slot > LAST:
            slot = self._free(stage, card["lane_id"], 0)
        self._note(newcomer.id, card, slot)
        if is_timed:
            reached[anchor] = (day, earlier, max(same, slot))

    def feel(self, stage: str, day: int | None, above: str | None) -> int:
        """The slot of an emotion: under the latest card that is not later, else under the card `above`, or the last of old.

        Ask when all cards are arranged.
        """
        if day is not None:
            days = self.days[stage]
            index = bisect_right(days, (day, LAST))
            if index:
                return days[index - 1][1]
        return self.slots[above] if above in self.slots else self.last_slot.get(stage, 0)

    def _free(self, stage: str, lane: str, slot: int) -> int:
        """The first free slot from here on. Remembers the way, so that a full row is not walked anew for each card."""
        line = self.next_free[stage, lane]
        walked = []
        while slot in line:
            walked.append(slot)
            slot = line[slot]
        for taken in walked:
            line[taken] = slot
        return slot

    def _note(self, id: str, card: Card, slot: int) -> None:
        stage = card["stage_id"]
        self.slots[id], self.stage_of[id] = slot, stage
        self.next_free[stage, card["lane_id"]].setdefault(slot, slot + 1)
        if card["anchor"] in FROM_START:
            self.days[stage].append((card["offset_days"], slot))


class _Floor:
    """Where cards of a day may begin beside those that stand on the map already."""

    def __init__(self, line: dict[int, int]):
        """`line`: day -> the rightmost slot of that day."""
        self.line, self.days, self.rightmost = line, sorted(line), [-1]
        for day in self.days:
            self.rightmost.append(max(self.rightmost[-1], line[day]))

    def at(self, day: int) -> int:
        earlier = bisect_right(self.days, day - 1)
        return max(self.rightmost[earlier] + 1, self.line.get(day, 0))


def _in_order(group: list[Newcomer]) -> list[tuple[Newcomer, bool]]:
    """The newcomers of a stage in an order in which they can be placed, and whether each keeps to its day.

    Cards of one anchor come day by day, and each after those it waits for. Where both cannot be, the days win.
    """
    index = {newcomer.id: n for n, newcomer in enumerate(group)}
    timed = [n.card["anchor"] != "after" or not any(b in index for b in n.before) for n in group]
    keys = [(n.card["anchor"], n.card["offset_days"]) for n in group]
    pending, following = [0] * len(group), defaultdict(list)
    for n, newcomer in enumerate(group):
        for source in {index[b] for b in newcomer.before if b in index}:
            contradicts = timed[n] and timed[source] and keys[source][0] == keys[n][0] and keys[source][1] > keys[n][1]
            if not contradicts:
                pending[n] += 1
                following[source].append(n)
    lines: dict[str, list[list[int]]] = {}
    calendar = sorted((n for n in range(len(group)) if timed[n]), key=keys.__getitem__, reverse=True)
    for (anchor, _), cards in groupby(calendar, key=keys.__getitem__):
        lines.setdefault(anchor, []).append(list(cards))
    left: dict[str, int] = {}
    is_open = [False] * len(group)
    ready: list[int] = []
    stuck: list[tuple[bool, int]] = []

    def let_in(cards: list[int]) -> None:
        for n in cards:
            is_open[n] = True
            # Days before arrows: an untimed card is never the one to go before those it waits for.
            heappush(stuck, (not timed[n], n))
            if not pending[n]:
                heappush(ready, n)

    def next_day(anchor: str) -> None:
        if lines[anchor]:
            cards = lines[anchor].pop()
            left[anchor] = len(cards)
            let_in(cards)

    for anchor in lines:
        next_day(anchor)
    let_in([n for n in range(len(group)) if not timed[n]])
    placed = [False] * len(group)
    order: list[tuple[Newcomer, bool]] = []
    while len(order) < len(group):
        n = heappop(ready) if ready else heappop(stuck)[1]
        if placed[n]:
            continue
        placed[n] = True
        order.append((group[n], timed[n]))
        for other in following[n]:
            pending[other] -= 1
            if not pending[other] and is_open[other]:
                heappush(ready, other)
        if timed[n]:
            left[keys[n][0]] -= 1
            if not left[keys[n][0]]:
                next_day(keys[n][0])
    return order
