"""The designed curve: what the customer feels along the journey, from emotion markers and from cards that bear an emotion."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from journeys.layout.grid import Grid

CLOUD_WIDTH, CLOUD_HEIGHT = 148, 52
STEP = 22


@dataclass(frozen=True, slots=True)
class CurvePoint:
    id: str
    x: float
    y: float
    level: int
    kind: str


@dataclass(frozen=True, slots=True)
class CloudBox:
    id: str
    x: float
    y: float
    width: float
    height: float
    column: int


@dataclass(frozen=True, slots=True)
class Curve:
    """In the coordinates of its own band: x as on the map, y from the band's top."""

    path: str
    points: tuple[CurvePoint, ...]
    clouds: dict[str, CloudBox]
    zero_y: int
    guides: tuple[tuple[str, int], ...]


def draw_curve(grid: Grid, document: dict[str, Any]) -> Curve:
    zero = grid.metrics.curve_height // 2
    slots: dict[int, list[tuple[int, str, str]]] = {}
    for id, emotion in document["emotions"].items():
        stage = grid.stages.get(emotion["stage_id"])
        if stage:
            slots.setdefault(stage.first_column + emotion["slot"], []).append((emotion["level"], id, "emotion"))
    for id, box in grid.cards.items():
        level = document["touchpoints"][id]["emotion"]
        if level is not None:
            slots.setdefault(box.column, []).append((level, id, "touchpoint"))
    points: list[CurvePoint] = []
    clouds: dict[str, CloudBox] = {}
    for column, entries in sorted(slots.items()):
        share = grid.metrics.slot_width / len(entries)
        for i, (level, id, kind) in enumerate(sorted(entries, key=lambda e: e[1])):
            x = grid.column_line(column) + share * (i + 0.5)
            y = zero - level * STEP
            points.append(CurvePoint(id, x, y, level, kind))
            if kind == "emotion":
                width = min(CLOUD_WIDTH, max(56.0, share - 8))
                clouds[id] = CloudBox(id, x - width / 2, y - CLOUD_HEIGHT / 2, width, CLOUD_HEIGHT, column)
    corners = [(float(grid.metrics.label_width), float(zero)), *((p.x, float(p.y)) for p in points)]
    if points:
        corners.append((float(max(grid.width, corners[-1][0])), corners[-1][1]))
    else:
        corners.append((float(grid.width), float(zero)))
    guides = tuple((f"{level:+d}" if level else "0", zero - level * STEP) for level in (2, 0, -2))
    return Curve(_smooth(corners), tuple(points), clouds, zero, guides)


def _smooth(corners: list[tuple[float, float]]) -> str:
    """Level tangents at every point: the curve never swings beyond what somebody said."""
    parts = [f"M{corners[0][0]:g} {corners[0][1]:g}"]
    for (x1, y1), (x2, y2) in itertools.pairwise(corners):
        middle = (x1 + x2) / 2
        parts.append(f"C{middle:g} {y1:g} {middle:g} {y2:g} {x2:g} {y2:g}")
    return "".join(parts)
