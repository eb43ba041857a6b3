"""The words on arrows: over no card, over no other words, and near their arrow."""

from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from journeys.layout import Metrics, lay_out
from tests.journeys.test_layout import documents
from tests.journeys.test_layout_wires import a_map

WORDS = st.sampled_from(["", "ok", "if signed", "only for the large ones", "x" * 120])


@st.composite
def labelled(draw):
    document = draw(documents())
    for connector in document["connectors"].values():
        connector["label"] = draw(WORDS)
    return document


def overlap(a, b):
    return a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height


def distance(box, points):
    """From the middle of a label to its wire."""
    x, y = box.x + box.width / 2, box.y + box.height / 2

    def to(a, b):
        nearest = min(max(x, min(a[0], b[0])), max(a[0], b[0])), min(max(y, min(a[1], b[1])), max(a[1], b[1]))
        return abs(x - nearest[0]) + abs(y - nearest[1])

    return min(to(a, b) for a, b in pairwise(points))


@settings(max_examples=150, deadline=None)
@given(labelled())
def test_words_are_over_no_card_and_over_no_other_words_and_on_the_map(document):
    layout = lay_out(document)
    labels = {id: wire.label for id, wire in layout.wires.items() if wire.label}
    for id, box in labels.items():
        assert document["connectors"][id]["label"]
        assert not any(overlap(box, card) for card in layout.cards.values())
        assert Metrics().label_width <= box.x <= box.x + box.width <= layout.width
        assert Metrics().head_height <= box.y <= box.y + box.height <= layout.height
    for a, b in combinations(labels.values(), 2):
        assert not overlap(a, b)


@settings(max_examples=50, deadline=None)
@given(labelled())
def test_words_change_no_arrow(document):
    bare = {**document, "connectors": {id: {**c, "label": ""} for id, c in document["connectors"].items()}}
    worded, plain = lay_out(document), lay_out(bare)
    assert {id: wire.path for id, wire in worded.wires.items()} == {id: wire.path for id, wire in plain.wires.items()}
    assert all(wire.label is None for wire in plain.wires.values())


def with_words(document, **words):
    for id, text in words.items():
        document["connectors"][id]["label"] = text
    return lay_out(document)


def test_with_room_the_words_lie_on_their_arrow():
    layout = with_words(a_map(("ae", 0), ("ae", 3), wires=["ab"]), w0="if signed")
    box, wire = layout.wires["w0"].label, layout.wires["w0"]
    assert distance(box, wire.points) == 0
    assert abs(box.x + box.width / 2 - (wire.start[0] + wire.end[0]) / 2) < 1


def test_between_neighbours_the_words_lie_in_the_strip_beside_their_arrow():
    layout = with_words(a_map(("ae", 0), ("ae", 1), ("cs", 3), wires=["ab"]), w0="if signed")
    assert distance(layout.wires["w0"].label, layout.wires["w0"].points) <= 43


def test_words_in_a_crowded_corner_stay_near_their_arrows():
    places = [(lane, slot) for slot in range(4) for lane in ("ae", "cs")]
    layout = with_words(a_map(*places, wires=["ac", "ad", "bc", "bd"]), w0="yes", w1="no", w2="maybe", w3="never")
    for wire in layout.wires.values():
        assert wire.label is not None
        assert distance(wire.label, wire.points) < 110
