"""Where an import puts cards: by day whatever the row, arrows to the right, and never a card that stands already."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from journeys.placing import LAST, Newcomer, Places

STAGES, LANES, ANCHORS = ("s1", "s2"), ("l1", "l2", "l3"), ("enrolment", "stage", "renewal", "event", "after")

cards = st.lists(
    st.fixed_dictionaries(
        {
            "stage_id": st.sampled_from(STAGES),
            "lane_id": st.sampled_from(LANES),
            "anchor": st.sampled_from(ANCHORS),
            "offset_days": st.integers(-3, 9),
        }
    ),
    max_size=14,
)
#: (from, to) as places in the list, always forwards: a sheet with a circle never comes this far
arrows = st.lists(st.tuples(st.integers(0, 13), st.integers(0, 13)).filter(lambda pair: pair[0] < pair[1]), max_size=12)


def arranged(new, pairs, shuffle=None, standing=()):
    ids = [f"n{i}" for i in range(len(new))]
    pairs = {(a, b) for a, b in pairs if b < len(new)}
    newcomers = [Newcomer(ids[i], card, card, [ids[a] for a, b in sorted(pairs) if b == i], None) for i, card in enumerate(new)]
    if shuffle is not None:
        random.Random(shuffle).shuffle(newcomers)
    places = Places({f"e{i}": {**card, "slot": slot} for i, (card, slot) in enumerate(standing)})
    places.arrange(newcomers)
    return [places.slots[id] for id in ids], pairs, places


def keeps_to_its_day(index, new, pairs):
    """A card so many days after the touchpoint before it goes by its arrow."""
    waits = any(b == index and new[a]["stage_id"] == new[b]["stage_id"] for a, b in pairs)
    return new[index]["anchor"] != "after" or not waits


@settings(max_examples=400, deadline=None)
@given(cards, arrows, st.integers(), st.lists(st.tuples(cards.map(lambda c: c[0] if c else None), st.integers(0, 6)), max_size=6))
def test_an_earlier_day_never_stands_right_of_a_later_one_whatever_the_order_of_the_rows(new, pairs, shuffle, standing):
    there = {(card["stage_id"], card["lane_id"], slot): (card, slot) for card, slot in standing if card}
    slots, pairs, _ = arranged(new, pairs, shuffle, there.values())
    timed = [i for i in range(len(new)) if keeps_to_its_day(i, new, pairs)]
    for a in timed:
        for b in timed:
            same = all(new[a][name] == new[b][name] for name in ("stage_id", "anchor"))
            if same and new[a]["offset_days"] < new[b]["offset_days"]:
                assert slots[a] <= slots[b]
    taken = [(card["stage_id"], card["lane_id"], slot) for card, slot in zip(new, slots, strict=True)]
    assert len(set(taken) | set(there)) == len(taken) + len(there)


@settings(max_examples=400, deadline=None)
@given(cards, arrows, st.integers())
def test_every_arrow_within_a_stage_points_right_where_the_days_allow_it(new, pairs, shuffle):
    # The days allow all of them if nobody waits for somebody of a later day, of one calendar.
    new = [{**card, "anchor": "after" if card["anchor"] == "after" else "stage"} for card in new]
    new.sort(key=lambda card: card["offset_days"])
    slots, pairs, _ = arranged(new, pairs, shuffle)
    for a, b in pairs:
        if new[a]["stage_id"] == new[b]["stage_id"]:
            assert slots[a] < slots[b]


def card(lane="l1", day=0, anchor="stage"):
    return {"stage_id": "s1", "lane_id": lane, "anchor": anchor, "offset_days": day}


def test_where_an_arrow_and_the_days_disagree_the_days_win_and_other_arrows_do_not_suffer():
    slots, _, _ = arranged([card(day=5), card(day=1), card("l2", day=6)], [(0, 1), (0, 2)])
    assert slots == [1, 0, 2]


def test_rows_without_days_stand_in_the_order_of_the_sheet():
    slots, _, _ = arranged([card() for _ in range(5)], [])
    assert slots == [0, 1, 2, 3, 4]


def test_a_row_of_cards_to_the_last_slot_sends_the_next_one_back_to_a_free_place():
    slots, _, _ = arranged([card(day=3)], [], standing=[(card(day=1), LAST)])
    assert slots == [0]


def test_a_feeling_stands_under_the_latest_card_that_is_not_later():
    _, _, places = arranged([card(day=9), card(day=2)], [])
    assert [places.feel("s1", day, "n0") for day in (1, 2, 8, 30)] == [1, 0, 0, 1]
    assert places.feel("s1", None, "n1") == 0
    assert places.feel("s2", None, None) == 0
