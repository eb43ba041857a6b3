"""The layout is pure: its promises hold for any map."""

from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from journeys.document import empty_document
from journeys.layout import lay_out


def card(stage, lane, slot, **more):
    return {"stage_id": stage, "lane_id": lane, "slot": slot, "owner_id": None, "emotion": None, **more}


@st.composite
def documents(draw):
    document = empty_document("j")
    stages = [f"s{i}" for i in range(draw(st.integers(0, 4)))]
    lanes = [f"l{i}" for i in range(draw(st.integers(0, 5)))]
    for id in stages:
        document["stages"][id] = {"position": draw(st.floats(0, 9))}
    for i, id in enumerate(lanes):
        kind = draw(st.sampled_from(["role", "role", "customer", "outside"]))
        document["lanes"][id] = {"kind": kind, "position": draw(st.floats(0, 9)), "role_id": f"r{i}"}
    ids = [f"c{i:03}" for i in range(draw(st.integers(0, 30)))] if stages and lanes else []
    for id in ids:
        document["touchpoints"][id] = card(
            draw(st.sampled_from(stages)),
            draw(st.sampled_from(lanes)),
            draw(st.integers(0, 6)),
            emotion=draw(st.sampled_from([None, None, -2, 1])),
        )
    if ids:
        for i in range(draw(st.integers(0, 40))):
            document["connectors"][f"w{i}"] = {
                "source_id": draw(st.sampled_from(ids)),
                "target_id": draw(st.sampled_from(ids)),
                "kind": draw(st.sampled_from(["sequence", "unordered"])),
            }
        for i in range(draw(st.integers(0, 4))):
            document["handoffs"][f"h{i}"] = {
                "touchpoint_id": draw(st.sampled_from(ids)),
                "to_role_id": f"r{draw(st.integers(0, 5))}",
                "to_touchpoint_id": None,
            }
    for i in range(draw(st.integers(0, 6)) if stages else 0):
        document["emotions"][f"e{i}"] = {
            "stage_id": draw(st.sampled_from(stages)),
            "slot": draw(st.integers(0, 6)),
            "level": draw(st.integers(-2, 2)),
        }
    return document


def inside(box, x1, y1, x2, y2):
    """Whether a level or upright stretch runs through the inside of a box (its edges do not count)."""
    return max(x1, x2) > box.x and min(x1, x2) < box.x + box.width and max(y1, y2) > box.y and min(y1, y2) < box.y + box.height


@settings(max_examples=150, deadline=None)
@given(documents())
def test_no_two_cards_overlap_and_each_stands_in_its_stage_and_lane(document):
    layout = lay_out(document)
    assert set(layout.cards) == set(document["touchpoints"])
    for a, b in combinations(layout.cards.values(), 2):
        assert a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y
    for box in layout.cards.values():
        stage, lane = layout.stages[box.stage_id], layout.lanes[box.lane_id]
        assert stage.x <= box.x
        assert box.x + box.width <= stage.x + stage.width
        assert lane.y <= box.y
        assert box.y + box.height <= lane.y + lane.height


@settings(max_examples=150, deadline=None)
@given(documents())
def test_every_arrow_starts_and_ends_on_its_cards_and_runs_through_none(document):
    layout = lay_out(document)
    for id, wire in layout.wires.items():
        connector = document["connectors"][id]
        for end, name in ((wire.points[0], "source_id"), (wire.points[-1], "target_id")):
            box = layout.cards[connector[name]]
            on_side = end[0] in (box.x, box.x + box.width) and box.y <= end[1] <= box.y + box.height
            on_level = end[1] in (box.y, box.y + box.height) and box.x <= end[0] <= box.x + box.width
            assert on_side or on_level
    for wire in [*layout.wires.values(), *layout.handoffs.values()]:
        for (x1, y1), (x2, y2) in pairwise(wire.points):
            assert x1 == x2 or y1 == y2
            assert not any(inside(box, x1, y1, x2, y2) for box in layout.cards.values())


@settings(max_examples=100, deadline=None)
@given(documents(), st.data())
def test_a_card_in_a_free_place_moves_nothing_that_it_need_not(document, data):
    if not document["touchpoints"]:
        return
    before = lay_out(document)
    stage = data.draw(st.sampled_from(sorted(document["stages"])))
    lane = data.draw(st.sampled_from(sorted(document["lanes"])))
    slot = data.draw(st.integers(0, 9))
    taken = {(c["stage_id"], c["lane_id"], c["slot"]) for c in document["touchpoints"].values()}
    if (stage, lane, slot) in taken:
        return
    after = lay_out({**document, "touchpoints": {**document["touchpoints"], "new": card(stage, lane, slot)}})
    wider = after.stages[stage].slots - before.stages[stage].slots
    taller = after.lanes[lane].height - before.lanes[lane].height
    for id, box in before.cards.items():
        right = before.stages[box.stage_id].index > before.stages[stage].index
        below = before.lanes[box.lane_id].index > before.lanes[lane].index
        assert after.cards[id].x - box.x == (wider * 176 if right else 0)
        assert after.cards[id].y - box.y == (taller if below else 0)


@settings(max_examples=50, deadline=None)
@given(documents())
def test_the_order_of_the_document_does_not_matter(document):
    turned = {key: dict(reversed(list(value.items()))) if isinstance(value, dict) else value for key, value in document.items()}
    assert lay_out(turned) == lay_out(document)


def test_the_customer_is_first_and_outside_last_whatever_their_position():
    document = empty_document("j")
    document["lanes"] = {
        "a": {"kind": "outside", "position": 0.0, "role_id": None},
        "b": {"kind": "role", "position": 5.0, "role_id": None},
        "c": {"kind": "customer", "position": 9.0, "role_id": None},
    }
    assert list(lay_out(document).lanes) == ["c", "b", "a"]


def test_a_handoff_goes_to_the_receivers_next_card_along_the_arrows():
    document = empty_document("j")
    document["stages"]["s"] = {"position": 1.0}
    document["lanes"] = {
        "ae": {"kind": "role", "position": 1.0, "role_id": "AE"},
        "cs": {"kind": "role", "position": 2.0, "role_id": "CS"},
    }
    document["touchpoints"] = {
        "give": card("s", "ae", 0),
        "nearer": card("s", "cs", 1),
        "next": card("s", "cs", 2),
    }
    document["connectors"]["w"] = {"source_id": "give", "target_id": "next", "kind": "sequence"}
    document["handoffs"]["h"] = {"touchpoint_id": "give", "to_role_id": "CS", "to_touchpoint_id": None}
    assert lay_out(document).handoffs["h"].to_touchpoint_id == "next"
    document["connectors"].clear()
    assert lay_out(document).handoffs["h"].to_touchpoint_id == "nearer"
