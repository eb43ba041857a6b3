"""What has another place in a row: as few as need to have moved so that the others keep their order."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping

Ids = tuple[str, str]


def out_of_order(places: Mapping[Ids, tuple[float, float]]) -> set[Ids]:
    """Of pairs that stand at (place before, place after): those that have changed their order among the others.

    The longest row that keeps its order stays; the rest has moved. Places of the same value are in no order. The answer is the
    same with before and after exchanged, because it is always computed from the same one of the two.
    """
    keys = sorted(places, key=lambda pair: (sorted(pair), pair))
    first, second = [places[key][0] for key in keys], [places[key][1] for key in keys]
    if first > second:
        first, second = second, first
    row = sorted(range(len(keys)), key=lambda at: (first[at], second[at], at))
    ends: list[float] = []  # of the shortest possible end of a row of each length
    last: list[int] = []
    came_from: dict[int, int | None] = {}
    for at in row:
        length = bisect_right(ends, second[at])
        came_from[at] = last[length - 1] if length else None
        ends[length : length + 1] = [second[at]]
        last[length : length + 1] = [at]
    kept: set[int] = set()
    here = last[-1] if last else None
    while here is not None:
        kept.add(here)
        here = came_from[here]
    return {keys[at] for at in row if at not in kept}
