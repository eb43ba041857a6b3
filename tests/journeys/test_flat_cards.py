"""Cards are one flat layer: wherever a card goes, it is the same element on every page."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from journeys.rendering import Fragment, delta, draw, page_parts
from tests.journeys.drawn import subject
from tests.journeys.drawn_maps import Map

PARTIAL = re.compile(r'<hx-partial hx-target="#([^"]+)" hx-swap="(\w+)">(.*?)</hx-partial>')


def two_lanes():
    drawn = Map()
    stage = drawn.stage("Start")
    for title in ("B", "A", "C"):
        drawn.card(title, stage)
    drawn.card("Said", stage, "customer")
    return drawn


def owned(picture, lane):
    found = re.search(r'aria-owns="([^"]*)"', picture[f"lane-{lane}"].html)
    return found[1].split() if found else []


def test_cards_lie_in_one_layer_in_reading_order_and_their_lane_owns_them():
    drawn = two_lanes()
    drawn.document["touchpoints"]["A"]["slot"] = 0
    picture = draw(drawn.document, {})
    cards = [id for id, fragment in picture.items() if fragment.container == "map-cards"]
    assert cards == ["card-Said", "card-A", "card-B", "card-C"]
    assert owned(picture, "customer") == ["card-Said"]
    assert owned(picture, "role") == ["card-A", "card-B", "card-C"]
    assert owned(picture, "outside") == []
    assert page_parts(picture)["map_cards"].index("card-A") < page_parts(picture)["map_cards"].index("card-B")


def test_a_card_that_changes_its_lane_is_neither_deleted_nor_new():
    drawn = two_lanes()
    before = draw(drawn.document, {})
    drawn.document["touchpoints"]["A"]["lane_id"] = "customer"
    after = draw(drawn.document, {})
    swaps = {target: swap for target, swap, _ in PARTIAL.findall(delta(before, after))}
    assert swaps == {"card-A": "outerMorph", "lane-role": "outerMorph", "lane-customer": "outerMorph"}
    assert owned(after, "customer") == ["card-A", "card-Said"] or owned(after, "customer") == ["card-Said", "card-A"]


def applied(page, answer):
    """What htmx makes of a page: it looks up every target before it swaps the first, and what it morphs keeps its children."""
    page = dict(page)
    swaps = PARTIAL.findall(answer)
    standing = {*page, *(fragment.container for fragment in page.values()), "map-cards", "map-wires"}
    assert {target for target, _, _ in swaps} <= standing
    for target, swap, html in swaps:
        if swap == "delete":
            page = {id: one for id, one in page.items() if id != target and one.container != target}
        elif swap == "outerMorph":
            page[target] = Fragment(page[target].container, html)
        else:
            id = re.search(r'id="([^"]+)"', html)[1]
            assert id not in page
            label = re.search(r'<div class="lane__label".*?</div>', html)
            if label:
                page[id.replace("lane-", "lane-label-")] = Fragment(id, label[0])
                html = html.replace(label[0], "")
            page[id] = Fragment(target, html)
    return page


def some_map(seed, cards, stages, without):
    """A map of random cards; without one of its lanes, its cards are gone with it."""
    document = subject(cards=cards, stages=stages, seed=seed).document
    document["lanes"].pop(f"l{without}", None)
    return draw(document, {})


maps = st.builds(some_map, st.integers(0, 99), st.integers(0, 12), st.integers(1, 4), st.integers(0, 9))


@settings(max_examples=100, deadline=None)
@given(maps, maps)
def test_what_a_page_has_missed_makes_it_the_page_of_now(before, after):
    assert applied(before, delta(before, after)) == after
