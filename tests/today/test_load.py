"""What a day holds, and what can wait."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from accounts.working_days import WorkingDays
from touchpoints.today.item import IMPORTANCE, Item
from touchpoints.today.load import AHEAD, day_load

#: a Thursday
TODAY = date(2026, 11, 26)
DAYS = WorkingDays()


def item(n=1, importance="must", minutes=60, late=0, **more):
    due = TODAY - timedelta(late)
    return Item(
        "touchpoint", UUID(int=n), f"Card {n}", UUID(int=500), "Contoso", due, minutes=minutes, importance=importance, **more
    )


def verdicts(load):
    return {one.item.pk.int: one.verdict for one in load.advice}


def test_a_day_that_holds_it_all_says_what_comes_first_and_nothing_waits():
    load = day_load([item(1), item(2, "should"), item(3, "could")], 300, today=TODAY, days=DAYS)
    assert (load.fits, load.minutes, verdicts(load)) == (True, 180, {1: "first", 2: "then", 3: "then"})


def test_what_does_not_fit_waits_for_the_next_worked_day_that_has_room():
    planned = {TODAY + timedelta(1): 290}  # Friday is full: Monday
    load = day_load([item(1, minutes=280), item(2, "should")], 300, today=TODAY, days=DAYS, planned=planned)
    (waits,) = load.of("wait")
    assert (waits.item.pk.int, waits.until, waits.why) == (2, date(2026, 11, 30), "there is room on Monday")


def test_two_that_wait_do_not_fill_the_same_room_twice():
    load = day_load([item(1, minutes=300), *(item(n, "should", 200) for n in (2, 3))], 300, today=TODAY, days=DAYS)
    assert [one.until for one in load.of("wait")] == [date(2026, 11, 27), date(2026, 11, 30)]


def test_a_could_goes_out_by_itself_or_is_left_out_when_it_comes_again_soon():
    full = item(1, minutes=300)
    load = day_load(
        [full, item(2, "could", has_message=True, repeat=30), item(3, "could", repeat=30), item(4, "could", repeat=90)],
        300, today=TODAY, days=DAYS,
    )  # fmt: skip
    assert verdicts(load) == {1: "first", 2: "automate", 3: "skip", 4: "wait"}


def test_a_must_stays_today_though_the_day_is_full():
    load = day_load([item(1, minutes=200), item(2, minutes=200, late=3)], 300, today=TODAY, days=DAYS)
    assert {one.item.pk.int: one.why for one in load.advice} == {2: "a must", 1: "a must, though the day is full"}


def test_on_a_day_off_there_is_no_room():
    load = day_load([item(1, "should")], 300, today=date(2026, 11, 28), days=DAYS)
    assert (load.capacity, load.of("wait")[0].until) == (0, date(2026, 11, 30))


@given(
    st.lists(
        st.tuples(st.sampled_from(IMPORTANCE), st.integers(0, 500), st.integers(0, 30), st.integers(0, 90), st.booleans()),
        max_size=30,
    ),
    st.integers(0, 600),
    st.sets(st.integers(0, 6), min_size=1),
)
def test_everything_gets_one_verdict_and_nothing_waits_for_a_day_off(rows, capacity, week):
    days = WorkingDays(week)
    items = [
        item(n, importance, minutes, late, repeat=repeat, has_message=message)
        for n, (importance, minutes, late, repeat, message) in enumerate(rows)
    ]
    load = day_load(items, capacity, today=TODAY, days=days)
    assert sorted(one.item.pk.int for one in load.advice) == list(range(len(items)))
    done = sum(one.item.minutes for one in load.of("then"))
    musts = load.by_importance["must"]
    assert done == 0 or musts + done <= load.capacity
    for one in load.of("wait"):
        assert one.until is not None
        assert days.are(one.until.toordinal())
        assert TODAY < one.until <= TODAY + timedelta(AHEAD)
    assert all(one.verdict == "first" for one in load.advice if one.item.importance == "must")
    if load.fits and days.are(TODAY.toordinal()):
        assert not load.of("wait", "skip", "automate")
