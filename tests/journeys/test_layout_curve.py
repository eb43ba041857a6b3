"""The designed curve says what was said, and no more."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

from hypothesis import given, settings

from journeys.document import empty_document
from journeys.layout import Metrics, lay_out
from tests.journeys.test_layout import documents


def curve_of(*levels):
    """The curve of one stage with an emotion in each slot."""
    document = empty_document("j")
    document["stages"]["s"] = {"position": 1.0}
    for slot, level in enumerate(levels):
        document["emotions"][f"e{slot}"] = {"stage_id": "s", "slot": slot, "level": level}
    return lay_out(document).curve


def beziers(path):
    """(start, control, control, end) of every piece of a path of absolute M and C."""
    numbers = [float(n) for n in re.findall(r"-?[\d.]+(?:e-?\d+)?", path)]
    points = list(zip(numbers[::2], numbers[1::2], strict=True))
    return [points[i : i + 4] for i in range(0, len(points) - 1, 3)]


@settings(max_examples=100, deadline=None)
@given(documents())
def test_the_curve_runs_left_to_right_through_every_point_and_swings_beyond_none(document):
    curve = lay_out(document).curve
    pieces = beziers(curve.path)
    passed = [piece[-1] for piece in pieces]
    for point in curve.points:
        assert any(abs(x - point.x) < 0.1 and abs(y - point.y) < 0.1 for x, y in passed)
    assert all(a.x < b.x for a, b in pairwise(curve.points))
    for (x1, y1), (ax, ay), (bx, by), (x2, y2) in pieces:
        assert x1 - 0.1 <= ax <= bx + 0.1
        assert bx <= x2 + 0.1
        assert min(y1, y2) - 0.1 <= min(ay, by)
        assert max(ay, by) <= max(y1, y2) + 0.1


@settings(max_examples=100, deadline=None)
@given(documents())
def test_clouds_stay_in_the_band_and_never_overlap(document):
    clouds = lay_out(document).curve.clouds
    assert set(clouds) == set(document["emotions"])
    for cloud in clouds.values():
        assert cloud.y >= 0
        assert cloud.y + cloud.height <= Metrics().curve_height
        assert cloud.width > 0
    for a, b in combinations(clouds.values(), 2):
        assert a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y


def test_a_steady_rise_is_drawn_as_one_and_a_peak_is_level():
    rising = beziers(curve_of(-1, 0, 1).path)
    assert rising[1][2][1] > rising[1][3][1]  # arrives at the middle point still on its way up
    peak = beziers(curve_of(0, 2, 0).path)
    assert peak[1][2][1] == peak[1][3][1] == peak[2][1][1]


def test_better_is_higher_and_the_guides_say_so():
    curve = curve_of(2, -2)
    (text, high), (_, zero), (_, low) = curve.guides
    assert text == "+2"
    assert high < zero == curve.zero_y < low
    assert [point.y for point in curve.points] == [high, low]


def test_a_journey_without_feelings_has_a_level_curve():
    assert {y for piece in beziers(curve_of().path) for _, y in piece} == {74.0}
