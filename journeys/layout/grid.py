"""Columns, rows and cards.

Columns are slots of one width, grouped by stage; rows are lanes. A card stands in a cell with a margin all round it, so that
the lines between cells are free for arrows: whatever runs along them cannot cross a card.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

LANE_ORDER = {"customer": 0, "role": 1, "outside": 2}


@dataclass(frozen=True, slots=True)
class Metrics:
    """Lengths in CSS pixels."""

    label_width: int = 148
    head_height: int = 74
    slot_width: int = 176
    card_width: int = 160
    card_height: int = 72
    cell_height: int = 86
    thin_lane_height: int = 46
    curve_height: int = 148
    min_slots: int = 3

    @property
    def margin_x(self) -> int:
        return (self.slot_width - self.card_width) // 2

    @property
    def margin_y(self) -> int:
        return (self.cell_height - self.card_height) // 2


@dataclass(frozen=True, slots=True)
class StageBox:
    id: str
    index: int
    x: int
    width: int
    slots: int
    first_column: int


@dataclass(frozen=True, slots=True)
class LaneBox:
    id: str
    index: int
    y: int
    height: int
    empty: bool
    first_row: int
    rows: int


@dataclass(frozen=True, slots=True)
class CardBox:
    id: str
    x: int
    y: int
    width: int
    height: int
    column: int
    row: int
    lane_id: str
    stage_id: str
    slot: int
    stack: int


@dataclass(frozen=True, slots=True)
class Grid:
    """Stages and lanes in drawing order, cards by id; `row_lines[r]` is the y of the line above global row r."""

    metrics: Metrics
    width: int
    height: int
    columns: int
    stages: dict[str, StageBox]
    lanes: dict[str, LaneBox]
    cards: dict[str, CardBox]
    row_lines: tuple[int, ...]
    #: which columns of a row, and rows of a column, bear a card, in order
    row_columns: dict[int, list[int]] = field(repr=False)
    column_rows: dict[int, list[int]] = field(repr=False)

    def column_line(self, column: int) -> int:
        """x of the line left of a global column."""
        return self.metrics.label_width + column * self.metrics.slot_width

    def row_free(self, row: int, first: int, last: int) -> bool:
        """Whether no card stands in a row from column `first` up to, not including, `last`."""
        return _none_between(self.row_columns.get(row, ()), first, last)

    def column_free(self, column: int, first: int, last: int) -> bool:
        """Whether no card stands in a column from row `first` up to, not including, `last`."""
        return _none_between(self.column_rows.get(column, ()), first, last)

    def covered(self, x: float, y: float, width: float, height: float) -> float:
        """How many square pixels of cards lie in a rectangle."""
        metrics, total = self.metrics, 0.0
        first_row = max(0, bisect_right(self.row_lines, y) - 1)
        first = int((x - metrics.label_width) // metrics.slot_width)
        last = int((x + width - metrics.label_width) // metrics.slot_width)
        for row in range(first_row, bisect_left(self.row_lines, y + height)):
            top = self.row_lines[row] + metrics.margin_y
            high = min(y + height, top + metrics.card_height) - max(y, top)
            taken = self.row_columns.get(row, ())
            for column in range(first, last + 1) if high > 0 else ():
                at = bisect_left(taken, column)
                if at < len(taken) and taken[at] == column:
                    left = self.column_line(column) + metrics.margin_x
                    total += high * max(0.0, min(x + width, left + metrics.card_width) - max(x, left))
        return total

    def place_at(self, x: float, y: float) -> tuple[str, str, int] | None:
        """The (stage id, lane id, slot) under a point of the map; None over labels, over the header and outside."""
        metrics = self.metrics
        column = int((x - metrics.label_width) // metrics.slot_width)
        if not (0 <= column < self.columns and metrics.head_height <= y < self.height):
            return None
        stage = next(box for box in self.stages.values() if box.first_column <= column < box.first_column + box.slots)
        lane = next(box for box in self.lanes.values() if box.y <= y < box.y + box.height)
        return (stage.id, lane.id, column - stage.first_column)


def _none_between(taken: Sequence[int], first: int, last: int) -> bool:
    at = bisect_left(taken, first)
    return at == len(taken) or taken[at] >= last


def lay_grid(document: dict[str, Any], metrics: Metrics, room: int) -> Grid:
    """Place stages, lanes and cards. `room` empty slots stay free at the end of every stage, to think in."""
    stage_ids = sorted(document["stages"], key=lambda id: (document["stages"][id]["position"], id))
    lanes = document["lanes"]
    lane_ids = sorted(lanes, key=lambda id: (LANE_ORDER[lanes[id]["kind"]], lanes[id]["position"], id))
    places: dict[tuple[str, str, int], list[str]] = {}
    last_slot = dict.fromkeys(stage_ids, -1)
    for id, card in sorted(document["touchpoints"].items()):
        if card["stage_id"] in last_slot and card["lane_id"] in lanes:
            places.setdefault((card["stage_id"], card["lane_id"], card["slot"]), []).append(id)
            last_slot[card["stage_id"]] = max(last_slot[card["stage_id"]], card["slot"])
    for emotion in document["emotions"].values():
        if emotion["stage_id"] in last_slot:
            last_slot[emotion["stage_id"]] = max(last_slot[emotion["stage_id"]], emotion["slot"])

    stages: dict[str, StageBox] = {}
    column = 0
    for index, id in enumerate(stage_ids):
        used = last_slot[id] + 1
        slots = max(metrics.min_slots, used + room if used else 0)
        x = metrics.label_width + column * metrics.slot_width
        stages[id] = StageBox(id, index, x, slots * metrics.slot_width, slots, column)
        column += slots

    depth = dict.fromkeys(lane_ids, 0)
    for (_, lane_id, _), stack in places.items():
        depth[lane_id] = max(depth[lane_id], len(stack))
    boxes: dict[str, LaneBox] = {}
    row_lines: list[int] = []
    y = metrics.head_height
    for index, id in enumerate(lane_ids):
        rows = max(1, depth[id])
        height = rows * metrics.cell_height if depth[id] else metrics.thin_lane_height
        boxes[id] = LaneBox(id, index, y, height, not depth[id], len(row_lines), rows)
        row_lines += [y + i * metrics.cell_height for i in range(rows)]
        y += height
    row_lines.append(y)

    cards: dict[str, CardBox] = {}
    for (stage_id, lane_id, slot), stack in places.items():
        stage, lane = stages[stage_id], boxes[lane_id]
        for i, id in enumerate(stack):
            cards[id] = CardBox(
                id=id,
                x=stage.x + slot * metrics.slot_width + metrics.margin_x,
                y=lane.y + metrics.margin_y + i * metrics.cell_height,
                width=metrics.card_width,
                height=metrics.card_height,
                column=stage.first_column + slot,
                row=lane.first_row + i,
                lane_id=lane_id,
                stage_id=stage_id,
                slot=slot,
                stack=i,
            )
    row_columns: dict[int, list[int]] = {}
    column_rows: dict[int, list[int]] = {}
    for row, at in sorted((card.row, card.column) for card in cards.values()):
        row_columns.setdefault(row, []).append(at)
        column_rows.setdefault(at, []).append(row)
    width = metrics.label_width + column * metrics.slot_width
    return Grid(metrics, width, y, column, stages, boxes, cards, tuple(row_lines), row_columns, column_rows)
