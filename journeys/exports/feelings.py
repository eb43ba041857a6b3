"""The band under the map: the designed curve between its levels in words, clouds on it, dots for cards that bear a feeling."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from journeys.exports import palette
from journeys.exports.measuring import wrap
from journeys.exports.primitives import Item, Line, Mark, Point, Shape, Words
from journeys.layout import Layout
from journeys.layout.curve import Curve
from journeys.models import Emotion

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
#: in pixels: a cloud in which titles do not fit
NARROW = 70
#: four points of a cubic Bézier
Bend = tuple[Point, Point, Point, Point]


def draw_feelings(layout: Layout, document: dict[str, Any], low: float, high: float, dx: float) -> Iterator[Item]:
    """Everything between `low` and `high`, moved to the left by `dx`; the band begins at the map's lower edge."""
    curve, top = layout.curve, layout.height
    left, right, band = low - dx, high - dx, layout.grid.metrics.curve_height
    yield Shape("box", left, top, right - left, band, palette.BAND)
    for level in Emotion.Level.values:
        y = top + guide(curve, level)
        dash = (3.0, 4.0) if level == 0 else (1.0, 5.0)
        yield Line(f"M{left:g} {y:g}H{right:g}", palette.EDGE if level == 0 else palette.LINE, 1, dash)
    path = "".join(_drawn(bend, dx, top, first) for first, bend in _bends(curve.path, low, high))
    if path:
        yield Line(path, palette.FEEL_EDGE, 2.5, name="How it feels, as designed")
    for point in curve.points:
        if point.kind == "touchpoint" and low <= point.x <= high:
            title = document["touchpoints"][point.id]["title"]
            name = f"{title}: {feeling(point.level)}"
            yield Shape("dot", point.x - dx - 5, top + point.y - 5, 10, 10, palette.SHEET, palette.FEEL_EDGE, 2.5, name=name)
    for id, cloud in layout.curve.clouds.items():
        if low <= cloud.x and cloud.x + cloud.width <= high:
            yield _cloud(id, document["emotions"][id], cloud.x - dx, top + cloud.y, cloud.width, cloud.height)


def draw_levels(curve: Curve, top: float, label_width: float) -> Iterator[Item]:
    """The band's label, at the left of every part of the map: what the levels mean, in words."""
    yield Words(12, top + 18, ("How it feels",), 12, 600, palette.FEEL_INK)
    for level in Emotion.Level.values:
        y = top + guide(curve, level) + 3.5
        yield Words(label_width - 8, y, (feeling(level),), 9.5, 400, palette.INK_2, "end")


def guide(curve: Curve, level: int) -> float:
    """y of a level in the band; its guides name the highest first, and the levels are evenly apart."""
    (_, highest), _, (_, lowest) = curve.guides
    return curve.zero_y - level * (lowest - highest) / 4


def feeling(level: int) -> str:
    return Emotion(level=level).feeling


def _cloud(id: str, emotion: dict[str, Any], x: float, y: float, width: float, height: float) -> Shape:
    said = feeling(emotion["level"])
    if width < NARROW:
        # No word fits in: the sign of the level does.
        said, lines = said.split()[0], tuple[str, ...]()
    else:
        lines = wrap(emotion["title"], width - 30, 10, most=2)
    start = y + height / 2 - (len(lines) * 11.5) / 2 + 4
    middle = x + width / 2
    words = (
        Words(middle, start, (said,), 9.5, 600, palette.FEEL_INK, "middle"),
        Words(middle, start + 11.5, lines, 10, 400, palette.FEEL_INK, "middle", leading=1.15),
    )
    answered = bool(emotion["answer"])
    mark = Mark("check", x + width - 24, y + height - 15, 11, palette.FEEL_INK, "answered")
    return Shape(
        "cloud",
        x,
        y,
        width,
        height,
        palette.FEEL,
        palette.FEEL_EDGE,
        1.4,
        words=words,
        marks=(mark,) if answered else (),
        flow=(said, " ".join(lines)) if lines else (said,),
        name=f"Emotion: {emotion['title']}, {feeling(emotion['level'])}" + (", answered" if answered else ""),
        id=id,
    )


def _bends(path: str, low: float, high: float) -> Iterator[tuple[bool, Bend]]:
    """(whether it is the first, the bend) for the curve between two uprights. Its x runs evenly with the parameter."""
    numbers = [float(number) for number in _NUMBER.findall(path)]
    corners = list(zip(numbers[::2], numbers[1::2], strict=True))
    first = True
    for i in range(0, len(corners) - 3, 3):
        bend: Bend = (corners[i], corners[i + 1], corners[i + 2], corners[i + 3])
        x1, x2 = bend[0][0], bend[3][0]
        if x2 <= low or x1 >= high or x2 <= x1:
            continue
        if x2 > high:
            bend = _split(bend, (high - x1) / (x2 - x1))[0]
        if x1 < low:
            bend = _split(bend, (low - x1) / (bend[3][0] - x1))[1]
        yield first, bend
        first = False


def _split(bend: Bend, t: float) -> tuple[Bend, Bend]:
    """Both halves of a bend (de Casteljau)."""
    a, b, c, d = bend
    ab, bc, cd = _between(a, b, t), _between(b, c, t), _between(c, d, t)
    abc, bcd = _between(ab, bc, t), _between(bc, cd, t)
    at = _between(abc, bcd, t)
    return (a, ab, abc, at), (at, bcd, cd, d)


def _between(a: Point, b: Point, t: float) -> Point:
    return (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t)


def _drawn(bend: Bend, dx: float, dy: float, first: bool) -> str:
    at = [f"{x - dx:.6g} {y + dy:.6g}" for x, y in bend]
    return (f"M{at[0]}" if first else "") + f"C{at[1]} {at[2]} {at[3]}"
