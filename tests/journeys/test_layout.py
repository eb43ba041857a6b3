"""The layout is pure: its promises hold for any map."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from journeys.document import empty_document
from journeys.layout import Metrics, lay_out


def card(stage, lane, slot, **more):
    return {"stage_id": stage, "lane_id": lane, "slot": slot, "owner_id": None, "emotion": None, **more}


@st.composite
def documents(draw, most_cards=30):
    """Any map, from an empty one on; `most_cards` cards at most."""
    document = empty_document("j")
    stages = [f"s{i}" for i in range(draw(st.integers(0, 4)))]
    lanes = [f"l{i}" for i in range(draw(st.integers(0, 5)))]
    for id in stages:
        document["stages"][id] = {"position": draw(st.floats(0, 9))}
    for i, id in enumerate(lanes):
        kind = draw(st.sampled_from(["role", "role", "customer", "outside"]))
        document["lanes"][id] = {"kind": kind, "position": draw(st.floats(0, 9)), "role_id": f"r{i}" if kind == "role" else None}
    ids = [f"c{i:03}" for i in range(draw(st.integers(0, most_cards)))] if stages and lanes else []
    for id in ids:
        document["touchpoints"][id] = card(
            draw(st.sampled_from(stages)),
            draw(st.sampled_from(lanes)),
            draw(st.integers(0, 6)),
            owner_id=draw(st.sampled_from([None, "r0", "r7"])),
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
                "to_role_id": draw(st.sampled_from(["r0", "r1", "r2", "r7", "nobody's"])),
                "to_touchpoint_id": draw(st.sampled_from([None, None, ids[0]])),
            }
    for i in range(draw(st.integers(0, 6)) if stages else 0):
        document["emotions"][f"e{i}"] = {
            "stage_id": draw(st.sampled_from(stages)),
            "slot": draw(st.integers(0, 6)),
            "level": draw(st.integers(-2, 2)),
        }
    return document


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


@settings(max_examples=100, deadline=None)
@given(documents(), st.data())
def test_a_card_moves_nothing_that_it_need_not(document, data):
    if not document["touchpoints"]:
        return
    before = lay_out(document)
    stage = data.draw(st.sampled_from(sorted(document["stages"])))
    lane = data.draw(st.sampled_from(sorted(document["lanes"])))
    slot = data.draw(st.integers(0, 9))
    # "z" sorts last, so that the new card joins the end of a stack if the place is taken.
    after = lay_out({**document, "touchpoints": {**document["touchpoints"], "z": card(stage, lane, slot)}})
    wider = after.stages[stage].width - before.stages[stage].width
    taller = after.lanes[lane].height - before.lanes[lane].height
    assert wider % Metrics().slot_width == 0
    used = [c["slot"] for c in [*document["touchpoints"].values(), *document["emotions"].values()] if c["stage_id"] == stage]
    assert wider == 0 or not used or slot >= max(used)
    for id, box in before.cards.items():
        right = before.stages[box.stage_id].index > before.stages[stage].index
        below = before.lanes[box.lane_id].index > before.lanes[lane].index
        assert after.cards[id].x - box.x == (wider if right else 0)
        assert after.cards[id].y - box.y == (taller if below else 0)


@settings(max_examples=50, deadline=None)
@given(documents())
def test_the_order_of_the_document_does_not_matter(document):
    turned = {key: dict(reversed(list(value.items()))) if isinstance(value, dict) else value for key, value in document.items()}
    assert lay_out(turned) == lay_out(document)


@settings(max_examples=50, deadline=None)
@given(documents(), st.integers(0, 2))
def test_every_stage_keeps_room_to_think_in(document, room):
    layout = lay_out(document, room=room)
    for id, stage in layout.stages.items():
        elements = [*document["touchpoints"].values(), *document["emotions"].values()]
        slots = [element["slot"] for element in elements if element["stage_id"] == id]
        assert stage.slots == max(3, max(slots) + 1 + room if slots else 0)
    assert layout.grid.columns == sum(stage.slots for stage in layout.stages.values())


@settings(max_examples=50, deadline=None)
@given(documents())
def test_the_place_under_a_card_is_its_place(document):
    layout = lay_out(document)
    for box in layout.cards.values():
        assert layout.grid.place_at(box.x + 1, box.y + 1) == (box.stage_id, box.lane_id, box.slot)
    assert layout.grid.place_at(10, layout.height - 1) is None
    assert layout.grid.place_at(layout.width - 1, 10) is None
    assert layout.grid.place_at(layout.width, layout.height) is None


def test_the_customer_is_first_and_outside_last_whatever_their_position():
    document = empty_document("j")
    document["lanes"] = {
        "a": {"kind": "outside", "position": 0.0, "role_id": None},
        "b": {"kind": "role", "position": 5.0, "role_id": None},
        "c": {"kind": "customer", "position": 9.0, "role_id": None},
    }
    assert list(lay_out(document).lanes) == ["c", "b", "a"]


def test_an_empty_lane_is_thin_and_a_stack_makes_its_lane_tall():
    document = empty_document("j")
    document["stages"]["s"] = {"position": 1.0}
    document["lanes"] = {
        "bare": {"kind": "role", "position": 1.0, "role_id": None},
        "tall": {"kind": "role", "position": 2.0, "role_id": None},
    }
    document["touchpoints"] = {"b": card("s", "tall", 0), "a": card("s", "tall", 0)}
    layout = lay_out(document)
    assert layout.lanes["bare"].empty
    assert layout.lanes["bare"].height == 46
    assert layout.lanes["tall"].height == 2 * 86
    assert (layout.cards["a"].stack, layout.cards["b"].stack) == (0, 1)


def test_what_refers_to_nothing_is_left_out():
    document = empty_document("j")
    document["stages"]["s"] = {"position": 1.0}
    document["lanes"]["l"] = {"kind": "role", "position": 1.0, "role_id": "r"}
    document["touchpoints"] = {"a": card("s", "l", 0), "lost": card("gone", "l", 0), "homeless": card("s", "gone", 0)}
    document["emotions"]["e"] = {"stage_id": "gone", "slot": 0, "level": 1}
    document["connectors"] = {
        "w1": {"source_id": "a", "target_id": "gone", "kind": "sequence"},
        "w2": {"source_id": "lost", "target_id": "a", "kind": "unordered"},
    }
    document["handoffs"]["h"] = {"touchpoint_id": "gone", "to_role_id": "r", "to_touchpoint_id": None}
    layout = lay_out(document)
    assert set(layout.cards) == {"a"}
    assert not layout.wires
    assert not layout.handoffs
    assert not layout.curve.points
