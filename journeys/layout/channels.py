"""Room beside each other: which offset every run of a wire takes on the track it shares with others.

A track is a strip free of cards (a gutter between columns, the line between rows, a free row at card height). Wires of one kind
that leave the same card, or enter the same card, share one trunk; all others are set beside each other, in the order that makes
them cross least. However full the track, no two strangers ever lie on one another: the spacing shrinks instead.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

#: (what, which): "gutter" left of a column, "line" above a row, "row" and "low" (handoffs) at card height, "column" (upright)
Track = tuple[str, int]
#: (kind of wire, "out" or "in", card id)
Bundle = tuple[str, str, str]
#: above this many units in one knot their order is no longer searched for, only their distance kept
ORDERED = 12


@dataclass(slots=True)
class Run:
    """One straight stretch of a wire: it lies at `base` + `offset`, across the direction in which it runs."""

    track: Track
    bundle: Bundle
    base: float
    offset: float = 0.0


@dataclass(slots=True)
class Route:
    """A wire as alternating coordinates: it begins at `start`, lies on each run in turn, and ends at `end`.

    The first run is level, or upright if `upright`; so `start` is an x, or a y if `upright`.
    """

    start: float
    runs: tuple[Run, ...]
    end: float
    upright: bool = False

    def points(self) -> tuple[tuple[float, float], ...]:
        at = [self.start, *(run.base + run.offset for run in self.runs), self.end]
        level = not self.upright
        corners = []
        for a, b in itertools.pairwise(at):
            corners.append((a, b) if level else (b, a))
            level = not level
        return tuple(corners)


@dataclass(slots=True)
class _Unit:
    """Runs that lie on one another on purpose: from where to where, and where their wires turn off to either side."""

    bundle: Bundle
    low: float
    high: float
    runs: list[Run]
    low_turns: list[float]
    high_turns: list[float]


def set_apart(routes: Iterable[Route], first: int, pad: float, room: Callable[[Track], tuple[float, float, float]]) -> None:
    """Set the offsets of every second run of the routes, beginning with run `first` (0 or 1).

    `pad` is how far a run reaches beyond its corners, `room` answers lowest offset, highest offset, wanted spacing.
    """
    shared: dict[Track, dict[Bundle, _Unit]] = {}
    for route in routes:
        runs = route.runs
        at = [route.start, *[run.base + run.offset for run in runs], route.end]
        last = len(runs) - 1
        for i in range(first, len(runs), 2):
            run = runs[i]
            a, here, b = at[i], at[i + 1], at[i + 2]
            low, high = (a - pad, b + pad) if a < b else (b - pad, a + pad)
            units = shared.get(run.track)
            if units is None:
                units = shared[run.track] = {}
            unit = units.get(run.bundle)
            if unit is None:
                unit = units[run.bundle] = _Unit(run.bundle, low, high, [run], [], [])
            else:
                unit.runs.append(run)
                if low < unit.low:
                    unit.low = low
                if high > unit.high:
                    unit.high = high
            if i:
                (unit.high_turns if at[i - 1] > here else unit.low_turns).append(a)
            if i < last:
                (unit.high_turns if at[i + 3] > here else unit.low_turns).append(b)
    for track, units in shared.items():
        lowest, highest, spacing = room(track)
        for knot in _knots(units.values()):
            if len(knot) == 1:
                for run in knot[0].runs:
                    run.offset = (lowest + highest) / 2
                continue
            channels = _in_order(knot) if len(knot) <= ORDERED else _first_free(knot)
            count = max(channels) + 1
            step = min(spacing, (highest - lowest) / (count - 1)) if count > 1 else 0.0
            lowest_taken = (lowest + highest - step * (count - 1)) / 2
            for unit, channel in zip(knot, channels, strict=True):
                for run in unit.runs:
                    run.offset = lowest_taken + step * channel


def _knots(units: Collection[_Unit]) -> Iterable[list[_Unit]]:
    """Units that meet, directly or through others. One knot's offsets do not depend on another's."""
    first, *others = sorted(units, key=lambda unit: (unit.low, unit.high, unit.bundle)) if len(units) > 1 else units
    knot, reach = [first], first.high
    for unit in others:
        if unit.low >= reach:
            yield knot
            knot = []
        knot.append(unit)
        reach = max(reach, unit.high)
    yield knot


def _in_order(knot: list[_Unit]) -> list[int]:
    """A channel for each unit: put in one by one where they cross least, numbered as that order and their overlaps ask."""
    order: list[int] = []
    for new, unit in enumerate(knot):
        # From below all others, moving up one place turns one pair round.
        cost = best = at = 0
        for place, i in enumerate(order, 1):
            other = knot[i]
            cost += _crossings(other, unit) - _crossings(unit, other)
            if cost < best:
                best, at = cost, place
        order.insert(at, new)
    channels = [0] * len(knot)
    for place, i in enumerate(order[1:], 1):
        low, high = knot[i].low, knot[i].high
        for j in order[:place]:
            if channels[j] >= channels[i] and knot[j].low < high and low < knot[j].high:
                channels[i] = channels[j] + 1
    return channels


def _crossings(lower: _Unit, higher: _Unit) -> int:
    """How often the wires of two units cross if the first lies on the low side of the other."""
    count = 0
    for at in lower.high_turns:
        if higher.low < at < higher.high:
            count += 1
    for at in higher.low_turns:
        if lower.low < at < lower.high:
            count += 1
    return count


def _first_free(knot: list[_Unit]) -> list[int]:
    """As few channels as there are units at the fullest point; the knot is sorted by where its units begin."""
    channels: list[int] = []
    busy: list[tuple[float, int]] = []
    free: list[int] = []
    opened = 0
    for unit in knot:
        while busy and busy[0][0] <= unit.low:
            heapq.heappush(free, heapq.heappop(busy)[1])
        if free:
            channel = heapq.heappop(free)
        else:
            channel, opened = opened, opened + 1
        heapq.heappush(busy, (unit.high, channel))
        channels.append(channel)
    return channels
