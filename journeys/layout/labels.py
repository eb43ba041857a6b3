"""Where the words on an arrow stand: over no card, over no other words, on their arrow if there is room.

Between two cards there are 16 px across and 14 px up: a label is as high as the strip between two rows, so that it may lie there,
across a gutter; in free cells it lies on the arrow itself.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from journeys.layout.paths import BADGE_HEIGHT, BADGE_WIDTH, PLACES, Point, along, middle

if TYPE_CHECKING:
    from journeys.layout.grid import Grid

HEIGHT, MOST_WIDTH = 13, 150
#: a letter of 10.5 px type, on the wide side; and what is left free at either end
LETTER, ENDS = 6.1, 10
#: how many widths a label may be pushed aside along its strip
ASIDE = 4


@dataclass(frozen=True, slots=True)
class LabelBox:
    """Left, top, and size. Text longer than the box is cut short in the picture."""

    x: float
    y: float
    width: float
    height: float = HEIGHT

    def meets(self, x: float, y: float, width: float, height: float) -> bool:
        return self.x < x + width and x < self.x + self.width and self.y < y + height and y < self.y + self.height


def place_labels(grid: Grid, wires: Iterable[tuple[str, str, tuple[Point, ...]]], badges: Iterable[Point]) -> dict[str, LabelBox]:
    """A box for each (id, text, points of the wire), by id. A label for which there is no free place at all has none."""
    taken = [LabelBox(x - BADGE_WIDTH / 2, y - BADGE_HEIGHT / 2, BADGE_WIDTH, BADGE_HEIGHT) for x, y in badges]
    placed: dict[str, LabelBox] = {}
    for id, text, points in wires:
        width = min(len(text) * LETTER + ENDS, MOST_WIDTH)
        boxes = (LabelBox(x - width / 2, y - HEIGHT / 2, width) for x, y in _places(grid, points, width))
        found = next((box for box in boxes if _is_free(grid, box, taken)), None)
        if found:
            placed[id] = found
            taken.append(found)
    return placed


def _places(grid: Grid, points: tuple[Point, ...], width: float) -> Iterator[Point]:
    """Where the middle of a label may be, the best first: on the arrow near its middle, then ever further off."""
    best = middle(points)
    yield best

    def from_best(place: Point) -> float:
        return abs(place[0] - best[0]) + abs(place[1] - best[1])

    stretches = list(itertools.pairwise(points))
    lengths = [abs(x2 - x1) + abs(y2 - y1) for (x1, y1), (x2, y2) in stretches]
    total, lines = sum(lengths), grid.row_lines
    # The strips that an upright stretch crosses; beside a level one, those above and below it.
    crossed = [
        (x1, line)
        for (x1, y1), (x2, y2) in stretches
        if x1 == x2
        for line in lines[bisect_left(lines, min(y1, y2)) : bisect_right(lines, max(y1, y2))]
    ]
    on_arrow = [along(points, lengths, total * i / (PLACES + 1)) for i in range(1, PLACES + 1)]
    yield from sorted([*on_arrow, *crossed], key=from_best)
    strips = [(0.0, place) for place in crossed]
    for (x1, y1), (x2, y2) in stretches:
        if y1 == y2:
            near = sorted(lines, key=lambda line: abs(line - y1))[:2]
            strips += [(abs(line - y1), ((x1 + x2) / 2, line)) for line in near]
    aside = [(width + 4) / 2 * i for i in range(-ASIDE, ASIDE + 1)]
    pushed = [(far + abs(by), from_best((x + by, y)), (x + by, y)) for far, (x, y) in strips for by in aside]
    yield from (place for _, _, place in sorted(pushed))


def _is_free(grid: Grid, box: LabelBox, taken: list[LabelBox]) -> bool:
    return (
        _on_map(grid, box)
        and not grid.covered(box.x, box.y, box.width, box.height)
        and not any(other.meets(box.x, box.y, box.width, box.height) for other in taken)
    )


def _on_map(grid: Grid, box: LabelBox) -> bool:
    metrics = grid.metrics
    return (
        metrics.label_width <= box.x
        and box.x + box.width <= grid.width
        and metrics.head_height <= box.y
        and box.y + box.height <= grid.height
    )
