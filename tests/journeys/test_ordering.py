"""The order of stages and lanes holds however often one moves them."""

from __future__ import annotations

from django.utils import timezone

from journeys.models import Lane, Stage


def names(model, journey, **only):
    rows = model.objects.filter(journey=journey, **only)
    return [row.name for row in sorted(rows, key=lambda row: (row.position, str(row.pk)))]


def test_two_stages_that_change_places_a_hundred_times_do_so_each_time(journey, owner):
    who = {"by": owner, "at": timezone.now()}
    journey.add_stage("First", **who)
    left, right = (journey.add_stage(name, **who) for name in ("Left", "Right"))
    for _ in range(60):
        right.move_before(left, **who)
        assert names(Stage, journey) == ["First", "Right", "Left"]
        left.move_before(right, **who)
        assert names(Stage, journey) == ["First", "Left", "Right"]
    before = names(Stage, journey)
    for _ in range(3):
        journey.undo(**who)
    assert names(Stage, journey) != before
    for _ in range(3):
        journey.redo(**who)
    assert names(Stage, journey) == before


def test_a_stage_that_comes_between_again_and_again_stands_where_it_was_put(journey, owner):
    who = {"by": owner, "at": timezone.now()}
    journey.add_stage("First", **who)
    last = journey.add_stage("Last", **who)
    for number in range(70):
        journey.add_stage(f"Stage {number}", before=last, **who)
    assert names(Stage, journey) == ["First", *(f"Stage {number}" for number in range(70)), "Last"]


def test_a_hundred_lanes_stand_in_the_order_they_came(journey, owner):
    who = {"by": owner, "at": timezone.now()}
    for number in range(100):
        journey.add_lane(f"Lane {number}", **who)
    assert names(Lane, journey, kind="role") == [f"Lane {number}" for number in range(100)]
