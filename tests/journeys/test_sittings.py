"""Changes grouped as people remember them, and days as they say them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.days_in_words import day_in_words, people_in_words, since_in_words
from journeys.sittings import PAUSE, sittings, whole_sittings

NINE = datetime(2026, 11, 25, 9, tzinfo=UTC)


def log(*made):
    """Changes from ("M", minutes after nine), the oldest first, as the list has them: the newest first."""
    return [
        SimpleNamespace(revision=n, by_id=who, by=who, at=NINE + timedelta(minutes=minutes))
        for n, (who, minutes) in enumerate(made, start=1)
    ][::-1]


def told(changes):
    return [(one.by, [change.revision for change in one.changes]) for one in sittings(changes)]


def test_a_pause_of_half_an_hour_ends_a_sitting():
    assert told(log(("M", 0), ("M", 29), ("M", 58), ("M", 88))) == [("M", [4]), ("M", [3, 2, 1])]


def test_two_people_who_draw_at_once_have_a_sitting_each():
    changes = log(("M", 0), ("T", 1), ("M", 2), ("T", 20), ("M", 40), ("T", 55))
    assert told(changes) == [("T", [6]), ("M", [5]), ("T", [4, 2]), ("M", [3, 1])]
    first = sittings(changes)[-1]
    assert (first.begun, first.ended, first.first) == (NINE, NINE + timedelta(minutes=2), 1)


def test_acts_recorded_in_the_other_order_than_they_were_begun_in_are_one_sitting():
    assert told(log(("M", 5), ("M", 4), ("M", 6))) == [("M", [3, 2, 1])]


def test_a_clock_that_was_wrong_makes_no_sitting_of_hours():
    assert told(log(("M", 600), ("M", 0), ("M", 1))) == [("M", [3, 2]), ("M", [1])]


@given(st.lists(st.tuples(st.sampled_from("MTO"), st.integers(0, 50)), max_size=40))
def test_each_change_is_in_one_sitting_of_its_person_and_no_sitting_has_a_long_pause(steps):
    minutes, made = 0, []
    for who, pause in steps:
        minutes += pause
        made.append((who, minutes))
    changes = log(*made)
    found = sittings(changes)
    assert sorted(change.revision for one in found for change in one.changes) == list(range(1, len(made) + 1))
    for one in found:
        assert {change.by for change in one.changes} == {one.by}
        assert all(a.at - b.at < PAUSE for a, b in pairwise(one.changes))
    for a, b in pairwise(found):
        assert a.changes[0].revision > b.changes[0].revision


def test_a_page_ends_between_sittings_where_it_can():
    day = 24 * 60
    changes = log(*[("M", n) for n in range(5)], *[("T", day + n) for n in range(6)])
    assert whole_sittings(changes, 8) == 6
    assert whole_sittings(changes, 11) == 11
    assert whole_sittings(changes[:3], 8) == 3
    # A sitting larger than a page is torn; so is one where a whole one would leave next to nothing.
    assert whole_sittings(changes, 5) == 5
    assert whole_sittings(log(*[("M", n) for n in range(50)], ("T", day)), 8) == 8


@given(st.lists(st.tuples(st.sampled_from("MT"), st.integers(0, 60)), min_size=1, max_size=30), st.integers(1, 12))
def test_pages_one_after_the_other_show_every_change_once(steps, most):
    minutes, made = 0, []
    for who, pause in steps:
        minutes += pause
        made.append((who, minutes))
    left, shown = log(*made), 0
    while left:
        size = whole_sittings(left[: most + 1], most)
        assert 1 <= size <= most
        shown, left = shown + size, left[size:]
    assert shown == len(made)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 25), "today"),
        (date(2026, 11, 24), "yesterday"),
        (date(2026, 11, 19), "Thursday"),
        (date(2026, 11, 18), "18 November"),
        (date(2025, 12, 31), "31 December 2025"),
        (date(2026, 11, 26), "26 November"),
    ],
)
def test_days_are_said_as_seen_from_today(day, words):
    assert day_in_words(day, date(2026, 11, 25)) == words


def test_today_is_said_by_its_hour():
    assert since_in_words(NINE, NINE + timedelta(hours=3)) == "09:00"
    assert since_in_words(NINE, NINE + timedelta(hours=20)) == "yesterday"


def test_people_are_named_until_they_are_many():
    names = ["Maria", "Tom", "Ana", "Vic"]
    assert [people_in_words(names[:n]) for n in range(5)] == [
        "", "Maria", "Maria and Tom", "Maria, Tom and Ana", "Maria, Tom and 2 others",
    ]  # fmt: skip
