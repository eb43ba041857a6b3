"""The designed curve: what the customer feels along the journey, from emotion markers and from cards that bear an emotion."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from journeys.layout.grid import Grid

CLOUD_WIDTH, CLOUD_HEIGHT = 148, 52
#: how much of a slot a point asks for: a cloud must be read, a dot only seen
WEIGHT = {"emotion": 148, "touchpoint": 24}


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
    """Every emotion, and every card with one, is a point; those in one slot share its width, and clouds get most of it."""
    metrics = grid.metrics
    zero, step = metrics.curve_height // 2, metrics.curve_height * 11 // 74
    slots: dict[int, list[tuple[str, int, str]]] = {}
    for id, emotion in document["emotions"].items():
        stage = grid.stages.get(emotion["stage_id"])
        if stage:
            slots.setdefault(stage.first_column + emotion["slot"], []).append((id, emotion["level"], "emotion"))
    for id, box in grid.cards.items():
        level = document["touchpoints"][id]["emotion"]
        if level is not None:
            slots.setdefault(box.column, []).append((id, level, "touchpoint"))
    points: list[CurvePoint] = []
    clouds: dict[str, CloudBox] = {}
    for column, entries in sorted(slots.items()):
        share = metrics.slot_width / sum(WEIGHT[kind] for _, _, kind in entries)
        left: float = grid.column_line(column)
        for id, level, kind in sorted(entries):
            room = share * WEIGHT[kind]
            x, y = left + room / 2, zero - level * step
            points.append(CurvePoint(id, x, y, level, kind))
            if kind == "emotion":
                width = min(CLOUD_WIDTH, room - min(8, room / 4))
                clouds[id] = CloudBox(id, x - width / 2, y - CLOUD_HEIGHT / 2, width, CLOUD_HEIGHT, column)
            left += room
    corners = [(float(metrics.label_width), float(zero)), *((p.x, float(p.y)) for p in points)]
    corners.append((float(grid.width), corners[-1][1]))
    guides = tuple((f"{level:+d}" if level else "0", zero - level * step) for level in (2, 0, -2))
    return Curve(_smooth(corners), tuple(points), clouds, zero, guides)


def _smooth(corners: list[tuple[float, float]]) -> str:
    """SVG path data through all corners that never swings beyond what somebody said.

    Slopes after Fritsch and Butland, "A Method for Constructing Local Monotone Piecewise Cubic Interpolants" (1984): level at
    every peak, trough and plateau, else between the slopes on either side.
    """
    lengths = [x2 - x1 for (x1, _), (x2, _) in itertools.pairwise(corners)]
    rises = [(b[1] - a[1]) / h if h else 0.0 for (a, b), h in zip(itertools.pairwise(corners), lengths, strict=True)]
    slopes = [0.0]
    for (h1, h2), (d1, d2) in zip(itertools.pairwise(lengths), itertools.pairwise(rises), strict=True):
        steady = d1 * d2 > 0
        slopes.append(3 * (h1 + h2) / ((2 * h2 + h1) / d1 + (h2 + 2 * h1) / d2) if steady else 0.0)
    slopes.append(0.0)
    parts = [f"M{corners[0][0]:g} {corners[0][1]:g}"]
    for i, ((x1, y1), (x2, y2)) in enumerate(itertools.pairwise(corners)):
        third = lengths[i] / 3
        a, b = y1 + slopes[i] * third, y2 - slopes[i + 1] * third
        parts.append(f"C{x1 + third:g} {a:g} {x2 - third:g} {b:g} {x2:g} {y2:g}")
    return "".join(parts)
