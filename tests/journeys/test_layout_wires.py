"""Arrows: they join their cards, run through none, and can be told from one another."""

from __future__ import annotations

import random
from collections import defaultdict
from itertools import combinations, pairwise

from hypothesis import given, settings

from journeys.document import empty_document
from journeys.layout import Metrics, lay_out
from tests.journeys.test_layout import card, documents

HEAD = 7
LANES = {
    "ae": {"kind": "role", "position": 1.0, "role_id": "AE"},
    "cs": {"kind": "role", "position": 2.0, "role_id": "CS"},
}


def inside(box, x1, y1, x2, y2):
    """Whether a level or upright stretch runs through the inside of a box (its edges do not count)."""
    return max(x1, x2) > box.x and min(x1, x2) < box.x + box.width and max(y1, y2) > box.y and min(y1, y2) < box.y + box.height


def on_edge(box, point):
    x, y = point
    on_side = x in (box.x, box.x + box.width) and box.y <= y <= box.y + box.height
    return on_side or (y in (box.y, box.y + box.height) and box.x <= x <= box.x + box.width)


def ends(document, layout, id):
    """Kind, source and target card of a wire or handoff."""
    if id in layout.wires:
        connector = document["connectors"][id]
        return connector["kind"], connector["source_id"], connector["target_id"]
    return "handoff", document["handoffs"][id]["touchpoint_id"], layout.handoffs[id].to_touchpoint_id


def a_map(*places, wires=()):
    """One stage and the lanes AE and CS with cards a, b, c ... at (lane, slot), and sequence wires between them."""
    document = empty_document("j")
    document["stages"]["s"] = {"position": 1.0}
    document["lanes"] = dict(LANES)
    for name, (lane, slot) in zip("abcdefgh", places, strict=False):
        document["touchpoints"][name] = card("s", lane, slot)
    for i, (source, target) in enumerate(wires):
        document["connectors"][f"w{i}"] = {"source_id": source, "target_id": target, "kind": "sequence"}
    return document


def hand(document, giver="a", role="CS", named=None):
    document["handoffs"]["h"] = {"touchpoint_id": giver, "to_role_id": role, "to_touchpoint_id": named}
    return lay_out(document).handoffs["h"]


def assert_sound(document):
    layout = lay_out(document)
    assert set(layout.wires) == set(document["connectors"])
    assert set(layout.handoffs) == set(document["handoffs"])
    for id, wire in [*layout.wires.items(), *layout.handoffs.items()]:
        _, source, target = ends(document, layout, id)
        assert on_edge(layout.cards[source], wire.points[0])
        assert target is None or on_edge(layout.cards[target], wire.points[-1])
        for (x1, y1), (x2, y2) in pairwise(wire.points):
            assert (x1 == x2) != (y1 == y2)
            assert not any(inside(box, x1, y1, x2, y2) for box in layout.cards.values())
    return layout


def assert_told_apart(document, digits=1):
    """No two wires lie on one another to so many digits, unless of one kind and with a card in common at that end."""
    layout = lay_out(document)
    stretches = defaultdict(list)
    for id, wire in [*layout.wires.items(), *layout.handoffs.items()]:
        for (x1, y1), (x2, y2) in pairwise(wire.points):
            if x1 == x2:
                stretches["x", round(x1, digits)].append((min(y1, y2), max(y1, y2), id))
            else:
                stretches["y", round(y1, digits)].append((min(x1, x2), max(x1, x2), id))
    for shared in stretches.values():
        for (low, high, id), (low2, high2, id2) in combinations(shared, 2):
            if id != id2 and min(high, high2) > max(low, low2):
                kind, source, target = ends(document, layout, id)
                kind2, source2, target2 = ends(document, layout, id2)
                both_ways = kind == "unordered" and {source, target} == {source2, target2}
                assert kind == kind2
                assert source == source2 or target == target2 or both_ways


@settings(max_examples=150, deadline=None)
@given(documents())
def test_every_arrow_starts_and_ends_on_its_cards_and_runs_through_none(document):
    assert_sound(document)


@settings(max_examples=100, deadline=None)
@given(documents())
def test_two_arrows_lie_on_one_another_only_if_they_are_of_one_kind_and_share_a_card(document):
    assert_told_apart(document)


@settings(max_examples=100, deadline=None)
@given(documents())
def test_the_last_leg_has_room_for_an_arrow_head(document):
    layout = lay_out(document)
    for id, wire in layout.wires.items():
        (x1, y1), (x2, y2) = wire.points[-2:]
        first_column = layout.cards[ends(document, layout, id)[2]].column == 0  # the lane labels take the room there
        assert abs(x1 - x2) + abs(y1 - y2) >= (HEAD - 2 if first_column else HEAD)


@settings(max_examples=50, deadline=None)
@given(documents())
def test_arrows_stay_on_the_map(document):
    layout = lay_out(document)
    metrics = Metrics()
    for wire in [*layout.wires.values(), *layout.handoffs.values()]:
        for x, y in wire.points:
            assert metrics.label_width <= x <= layout.width + metrics.margin_x
            assert metrics.head_height <= y <= layout.height


def test_hundreds_of_cards_and_one_card_joined_to_all_are_sound():
    draw = random.Random(7)
    document = empty_document("j")
    document["stages"] = {f"s{i}": {"position": float(i)} for i in range(6)}
    document["lanes"] = {f"l{i}": {"kind": "role", "position": float(i), "role_id": f"r{i}"} for i in range(6)}
    ids = [f"c{i:03}" for i in range(300)]
    for id in ids:
        document["touchpoints"][id] = card(f"s{draw.randrange(6)}", f"l{draw.randrange(6)}", draw.randrange(12))
    for i in range(250):
        kind = draw.choice(["sequence", "unordered"])
        document["connectors"][f"w{i}"] = {"source_id": draw.choice(ids), "target_id": draw.choice(ids), "kind": kind}
        document["connectors"][f"hub{i}"] = {"source_id": ids[150], "target_id": ids[i], "kind": "sequence"}
    for i in range(20):
        role = f"r{draw.randrange(6)}"
        document["handoffs"][f"h{i}"] = {"touchpoint_id": draw.choice(ids), "to_role_id": role, "to_touchpoint_id": None}
    assert_sound(document)
    assert_told_apart(document, digits=3)


def test_neighbours_in_a_row_are_joined_by_a_straight_line():
    wire = lay_out(a_map(("ae", 0), ("ae", 1), wires=["ab"])).wires["w0"]
    assert wire.points == ((316, 117), (332, 117))
    assert (wire.start, wire.end) == wire.points


def test_an_arrow_to_the_next_column_takes_one_step():
    assert len(lay_out(a_map(("ae", 0), ("cs", 1), wires=["ab"])).wires["w0"].points) == 4


def test_a_card_right_below_is_reached_upright():
    (x1, y1), (x2, y2) = lay_out(a_map(("ae", 0), ("cs", 0), wires=["ab"])).wires["w0"].points
    assert x1 == x2
    assert y2 > y1


def test_an_arrow_goes_round_a_card_in_between_and_back_round_its_own_card():
    document = a_map(("ae", 0), ("ae", 1), ("ae", 2), wires=["ac", "ca", "aa"])
    assert all(len(wire.points) == 6 for wire in assert_sound(document).wires.values())


def test_one_arrow_that_leaves_and_another_that_enters_do_not_look_like_one():
    # a -> d leaves into the gutter where c -> b enters: at one height they would read as a -> b.
    document = a_map(("ae", 0), ("ae", 1), ("cs", 0), ("cs", 1), wires=["ad", "cb"])
    wires = lay_out(document).wires
    assert wires["w0"].start[1] != wires["w1"].end[1]


def test_arrows_that_go_down_one_gutter_side_by_side_do_not_cross():
    document = empty_document("j")
    document["stages"]["s"] = {"position": 1.0}
    document["lanes"] = {f"l{i}": {"kind": "role", "position": float(i), "role_id": None} for i in range(4)}
    for id, lane, slot in (("a", "l0", 0), ("b", "l1", 0), ("c", "l2", 1), ("d", "l3", 1)):
        document["touchpoints"][id] = card("s", lane, slot)
    for pairs in (("a", "c"), ("b", "d")), (("d", "b"), ("c", "a")):
        document["connectors"] = {f"w{i}": {"source_id": s, "target_id": t, "kind": "sequence"} for i, (s, t) in enumerate(pairs)}
        if pairs[0][0] == "d":  # and up again, the cards having changed sides
            for box in document["touchpoints"].values():
                box["slot"] = 1 - box["slot"]
        stretches = [list(pairwise(wire.points)) for wire in lay_out(document).wires.values()]
        for (ax, ay), (bx, by) in stretches[0]:
            for (cx, cy), (dx, dy) in stretches[1]:
                apart = max(ax, bx) < min(cx, dx) or max(cx, dx) < min(ax, bx)
                assert apart or max(ay, by) < min(cy, dy) or max(cy, dy) < min(ay, by)


def test_a_pair_in_no_set_order_is_one_line_whichever_way_round_it_was_said():
    document = a_map(("ae", 0), ("cs", 0))
    document["connectors"] = {
        "there": {"source_id": "a", "target_id": "b", "kind": "unordered"},
        "back": {"source_id": "b", "target_id": "a", "kind": "unordered"},
    }
    wires = lay_out(document).wires
    assert wires["there"].points == wires["back"].points[::-1]


def test_a_handoff_goes_to_the_receivers_next_card_along_the_arrows():
    document = a_map(("ae", 0), ("cs", 1), ("cs", 2), wires=["ac"])
    assert hand(document).to_touchpoint_id == "c"
    document["connectors"].clear()
    assert hand(document).to_touchpoint_id == "b"


def test_a_handoff_follows_the_arrows_through_the_cards_of_others():
    document = a_map(("ae", 0), ("cs", 1), ("ae", 1), ("cs", 2), wires=["ac", "cd"])
    assert hand(document).to_touchpoint_id == "d"


def test_a_handoff_goes_to_the_card_that_was_named():
    document = a_map(("ae", 0), ("cs", 1), ("cs", 2))
    assert hand(document, named="c").to_touchpoint_id == "c"
    assert hand(document, named="gone").to_touchpoint_id == "b"
    assert hand(document, named="a").to_touchpoint_id == "b"


def test_a_handoff_finds_a_card_by_its_owner_where_the_role_has_no_lane():
    document = a_map(("ae", 0), ("ae", 1))
    document["touchpoints"]["b"]["owner_id"] = "SE"
    handoff = hand(document, role="SE")
    assert (handoff.to_touchpoint_id, handoff.to_lane_id) == ("b", "ae")


def test_a_handoff_that_nobody_receives_ends_at_the_lane_of_the_role():
    document = a_map(("ae", 1), ("cs", 0))
    handoff = hand(document)
    lane = lay_out(document).lanes["cs"]
    assert (handoff.to_touchpoint_id, handoff.to_lane_id) == (None, "cs")
    assert handoff.points[-1][1] == lane.y + lane.height / 2


def test_a_handoff_to_a_role_without_lane_or_cards_is_a_short_stub():
    handoff = hand(a_map(("ae", 0)), role="nobody's")
    assert (handoff.to_touchpoint_id, handoff.to_lane_id) == (None, None)
    assert len(handoff.points) == 2


def test_a_handoff_does_not_hide_the_arrow_beside_it():
    document = a_map(("ae", 0), ("cs", 1), wires=["ab"])
    handoff, wire = hand(document), lay_out(document).wires["w0"]
    assert handoff.points[0] != wire.start
    assert handoff.points[-1] != wire.end
    assert handoff.points[1][0] != wire.points[1][0]


def test_badges_of_two_handoffs_do_not_cover_each_other():
    document = a_map(("ae", 0), ("cs", 2))
    for id in ("h1", "h2"):
        document["handoffs"][id] = {"touchpoint_id": "a", "to_role_id": "CS", "to_touchpoint_id": None}
    (x1, y1), (x2, y2) = (handoff.badge_at for handoff in lay_out(document).handoffs.values())
    assert abs(x1 - x2) >= 44 or abs(y1 - y2) >= 20
