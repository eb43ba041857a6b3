"""Arrows that walk the lines between the cells.

A wire leaves a card at its right edge, walks to the line right of it, along the lines, and enters the next card from the left.
Runs that share a line are set beside each other as far as the gutter allows. Straight runs cross only cells without a card.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from journeys.layout.grid import CardBox, Grid

Point = tuple[float, float]
#: distance between neighbouring runs in one gutter, and how many find room beside the middle
SPACING, CHANNELS = 3.0, (0, 1, -1, 2, -2)
HANDOFF_DY = 20


@dataclass(frozen=True, slots=True)
class Wire:
    id: str
    kind: str
    path: str
    points: tuple[Point, ...]
    label_at: Point


@dataclass(frozen=True, slots=True)
class HandoffWire:
    id: str
    path: str
    points: tuple[Point, ...]
    badge_at: Point
    to_touchpoint_id: str | None


@dataclass(slots=True)
class _Run:
    """A stretch of a wire along a line between cells, which may step aside for others: vertical ones in x, level ones in y."""

    line: tuple[str, int]
    start: float
    end: float
    offset: float = 0.0


@dataclass(slots=True)
class _Route:
    """Corners as functions, because the offsets of the runs are known only when all wires are."""

    corners: Callable[[], list[Point]]
    runs: list[_Run]


def route_connectors(grid: Grid, document: dict[str, Any]) -> tuple[dict[str, Wire], dict[str, HandoffWire]]:
    """Every connector and handoff of the document whose cards are on the map, by id."""
    routes: dict[str, _Route] = {}
    for id, connector in sorted(document["connectors"].items()):
        source, target = grid.cards.get(connector["source_id"]), grid.cards.get(connector["target_id"])
        if source and target and source is not target:
            routes[id] = _route(grid, source, target, connector["kind"] == "unordered", 0)
    receivers: dict[str, str | None] = {}
    for id, handoff in sorted(document["handoffs"].items()):
        giver = grid.cards.get(handoff["touchpoint_id"])
        if giver is None:
            continue
        receivers[id] = _receiver(grid, document, handoff, giver)
        target = grid.cards.get(receivers[id] or "")
        routes[id] = _route(grid, giver, target, False, HANDOFF_DY) if target else _stub(grid, document, handoff, giver)
    _step_aside(run for _, route in sorted(routes.items()) for run in route.runs)
    wires, handoffs = {}, {}
    for id, route in routes.items():
        points = _clean(route.corners())
        if id in receivers:
            handoffs[id] = HandoffWire(id, _path(points), tuple(points), _middle(points), receivers[id])
        else:
            kind = document["connectors"][id]["kind"]
            wires[id] = Wire(id, kind, _path(points), tuple(points), _middle(points))
    return wires, handoffs


def _route(grid: Grid, source: CardBox, target: CardBox, unordered: bool, dy: int) -> _Route:
    y1 = source.y + source.height / 2 + dy
    y2 = target.y + target.height / 2 + dy
    right, left = source.x + source.width, target.x
    if source.column == target.column and not dy:
        upper, lower = sorted((source, target), key=lambda card: card.row)
        if unordered and grid.column_free(source.column, upper.row + 1, lower.row):
            x = source.x + source.width / 2
            ends = [(x, upper.y + upper.height), (x, lower.y)]
            straight = ends if upper is source else ends[::-1]
            return _Route(lambda: [*straight], [])
    out, into = source.column + 1, target.column
    if out == into or (out < into and source.row == target.row and grid.row_free(source.row, out, into)):
        if y1 == y2:
            return _Route(lambda: [(right, y1), (left, y2)], [])
        run = _Run(("x", out), min(y1, y2), max(y1, y2))
        return _Route(lambda: _step(right, y1, grid.column_line(out) + run.offset, y2, left), [run])
    if out < into:
        if grid.row_free(target.row, out, into):
            run = _Run(("x", out), min(y1, y2), max(y1, y2))
            return _Route(lambda: _step(right, y1, grid.column_line(out) + run.offset, y2, left), [run])
        if grid.row_free(source.row, out, into):
            late = _Run(("x", into), min(y1, y2), max(y1, y2))
            return _Route(lambda: _step(right, y1, grid.column_line(into) + late.offset, y2, left), [late])
    # The long way: down or up to a line between two rows, along it, and to the target.
    line = target.row if source.row < target.row else target.row + 1
    level = grid.row_lines[line]
    first = _Run(("x", out), min(y1, level), max(y1, level))
    x1, x2 = grid.column_line(out), grid.column_line(into)
    along = _Run(("y", line), min(x1, x2), max(x1, x2))
    second = _Run(("x", into), min(y2, level), max(y2, level))

    def corners() -> list[Point]:
        a, b, y = x1 + first.offset, x2 + second.offset, level + along.offset
        return [(right, y1), (a, y1), (a, y), (b, y), (b, y2), (left, y2)]

    return _Route(corners, [first, along, second])


def _step(x1: float, y1: float, x: float, y2: float, x2: float) -> list[Point]:
    return [(x1, y1), (x, y1), (x, y2), (x2, y2)]


def _stub(grid: Grid, document: dict[str, Any], handoff: dict[str, Any], giver: CardBox) -> _Route:
    """Nobody receives it yet: a line to the lane of the role, or a short one to nowhere."""
    right, y1 = giver.x + giver.width, giver.y + giver.height / 2 + HANDOFF_DY
    lane = next((b for id, b in grid.lanes.items() if document["lanes"][id]["role_id"] == handoff["to_role_id"]), None)
    if lane is None or lane.id == giver.lane_id:
        return _Route(lambda: [(right, y1), (right + grid.metrics.margin_x, y1)], [])
    y2 = lane.y + lane.height / 2
    run = _Run(("x", giver.column + 1), min(y1, y2), max(y1, y2))
    x = grid.column_line(giver.column + 1)
    return _Route(lambda: [(right, y1), (x + run.offset, y1), (x + run.offset, y2)], [run])


def _receiver(grid: Grid, document: dict[str, Any], handoff: dict[str, Any], giver: CardBox) -> str | None:
    """The receiver's next card: the one named, else the first along the arrows, else the next to the right."""
    named, role = handoff["to_touchpoint_id"], handoff["to_role_id"]
    if named in grid.cards:
        return str(named)
    cards, lanes = document["touchpoints"], document["lanes"]

    def receives(id: str) -> bool:
        card = cards[id]
        return id != giver.id and role in (card["owner_id"], lanes[card["lane_id"]]["role_id"])

    following: dict[str, list[str]] = {}
    for connector in document["connectors"].values():
        if connector["kind"] == "sequence" and connector["target_id"] in grid.cards:
            following.setdefault(connector["source_id"], []).append(connector["target_id"])
    ring, seen = [giver.id], {giver.id}
    while ring:
        ring = sorted({t for id in ring for t in following.get(id, ())} - seen)
        seen.update(ring)
        for id in ring:
            if receives(id):
                return id
    later = [box for box in grid.cards.values() if box.column >= giver.column and receives(box.id)]
    return min(later, key=lambda box: (box.column, box.row, box.id)).id if later else None


def _step_aside(runs: Iterable[_Run]) -> None:
    """Give runs on one line that would lie on one another different offsets, as many as the gutter has room for."""
    lines: dict[tuple[str, int], list[_Run]] = {}
    for run in runs:
        lines.setdefault(run.line, []).append(run)
    for shared in lines.values():
        ends = [float("-inf")] * len(CHANNELS)
        for run in sorted(shared, key=lambda r: (r.start, r.end)):
            free = next((i for i, end in enumerate(ends) if end < run.start), None)
            if free is None:
                free = min(range(len(ends)), key=ends.__getitem__)
            ends[free] = max(ends[free], run.end)
            run.offset = CHANNELS[free] * SPACING


def _clean(points: list[Point]) -> list[Point]:
    """Without repeated points and without corners on a straight line."""
    kept: list[Point] = []
    for point in points:
        if kept and kept[-1] == point:
            continue
        if len(kept) > 1 and (kept[-2][0] == kept[-1][0] == point[0] or kept[-2][1] == kept[-1][1] == point[1]):
            kept[-1] = point
        else:
            kept.append(point)
    return kept


def _middle(points: list[Point]) -> Point:
    """The middle of the longest stretch: there is room for a label."""
    (x1, y1), (x2, y2) = max(itertools.pairwise(points), key=lambda p: abs(p[0][0] - p[1][0]) + abs(p[0][1] - p[1][1]))
    return ((x1 + x2) / 2, (y1 + y2) / 2)


def _path(points: list[Point], radius: float = 6.0) -> str:
    """SVG path data with rounded corners."""
    parts = [f"M{points[0][0]:g} {points[0][1]:g}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        r = min(radius, _length(before, corner) / 2, _length(corner, after) / 2)
        (x1, y1), (x2, y2) = _towards(corner, before, r), _towards(corner, after, r)
        parts.append(f"L{x1:g} {y1:g}Q{corner[0]:g} {corner[1]:g} {x2:g} {y2:g}")
    parts.append(f"L{points[-1][0]:g} {points[-1][1]:g}")
    return "".join(parts)


def _length(a: Point, b: Point) -> float:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def _towards(a: Point, b: Point, distance: float) -> Point:
    length = _length(a, b) or 1.0
    return (a[0] + (b[0] - a[0]) * distance / length, a[1] + (b[1] - a[1]) * distance / length)
