"""From the corners of a wire to SVG path data, and to the place where its label or badge reads best."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from functools import lru_cache

from journeys.layout.grid import Grid

Point = tuple[float, float]
RADIUS = 6.0
BADGE_WIDTH, BADGE_HEIGHT = 44, 20
#: places looked at for a badge, evenly along its wire
PLACES = 15


def rounded(points: tuple[Point, ...]) -> str:
    """SVG path data through level and upright stretches in turn, with round corners."""
    (x0, y0), (x, y) = points[0], points[1]
    level = y0 == y
    path = f"M{_number(x0)} {_number(y0)}"
    for x2, y2 in points[2:]:
        before, after = (x - x0, y2 - y) if level else (y - y0, x2 - x)
        r = RADIUS
        if -12 < before < 12 or -12 < after < 12:
            r = min(RADIUS, abs(before) / 2, abs(after) / 2)
        a, b = r if before > 0 else -r, r if after > 0 else -r
        path += f"H{_number(x - a)}{_turn(a, 0, a, b)}" if level else f"V{_number(y - a)}{_turn(0, a, b, a)}"
        x0, y0, x, y, level = x, y, x2, y2, not level
    return f"{path}H{_number(x)}" if level else f"{path}V{_number(y)}"


# Nearly all corners of a map are one of eight, and its numbers come again and again: to write one takes four times as long as to
# look it up.
@lru_cache(maxsize=1024)
def _turn(x1: float, y1: float, x2: float, y2: float) -> str:
    return f"q{x1:g} {y1:g} {x2:g} {y2:g}"


@lru_cache(maxsize=8192)
def _number(value: float) -> str:
    return f"{value:g}"


def middle(points: tuple[Point, ...]) -> Point:
    """The middle of the longest stretch."""
    longest, at = -1.0, points[0]
    x1, y1 = points[0]
    for x2, y2 in points[1:]:
        length = abs(x2 - x1) + abs(y2 - y1)
        if length > longest:
            longest, at = length, ((x1 + x2) / 2, (y1 + y2) / 2)
        x1, y1 = x2, y2
    return at


def badge_place(points: tuple[Point, ...], grid: Grid, others: Iterable[Point]) -> Point:
    """The point of the wire where a badge hides no other badge and as little of the cards as can be; near its middle if free."""
    others = list(others)
    best = middle(points)
    lengths = [abs(x2 - x1) + abs(y2 - y1) for (x1, y1), (x2, y2) in itertools.pairwise(points)]
    total = sum(lengths)
    places = [best, *(along(points, lengths, total * i / (PLACES + 1)) for i in range(1, PLACES + 1))]

    def hides(place: Point) -> tuple[bool, float, float]:
        x, y = place
        badges = any(abs(x - a) < BADGE_WIDTH and abs(y - b) < BADGE_HEIGHT for a, b in others)
        cards = grid.covered(x - BADGE_WIDTH / 2, y - BADGE_HEIGHT / 2, BADGE_WIDTH, BADGE_HEIGHT)
        return badges, cards, abs(x - best[0]) + abs(y - best[1])

    return best if hides(best) == (False, 0.0, 0.0) else min(places, key=hides)


def along(points: tuple[Point, ...], lengths: list[float], distance: float) -> Point:
    """The point so far along a wire; `lengths` are those of its stretches."""
    for ((x1, y1), (x2, y2)), length in zip(itertools.pairwise(points), lengths, strict=True):
        if length and distance <= length:
            return (x1 + (x2 - x1) * distance / length, y1 + (y2 - y1) * distance / length)
        distance -= length
    return points[-1]
