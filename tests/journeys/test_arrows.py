"""Acts on arrows and handoffs: each is one change with a sentence one can read, one undo, and never a circle."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from journeys.circles import find_path
from journeys.models import Change, Connector, Emotion, Handoff, Lane, Touchpoint
from journeys.models.element import ActRefused
from journeys.reading import read_document

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def cards(journey, owner):
    """A, B, C and D in the lane of the account executive; the map has a lane of the CSM, too."""
    stage = journey.add_stage("Pursuit", by=owner, at=NOW)
    roles = {role.name: role for role in journey.segment.workspace.roles.all()}
    lanes = [
        journey.add_lane(name, role=roles[name], by=owner, at=NOW) for name in ("Account executive", "Customer success manager")
    ]
    made = {title: Touchpoint.catch(journey, title, stage, lanes[0], slot, by=owner, at=NOW) for slot, title in enumerate("ABCD")}
    made["X"] = Touchpoint.catch(journey, "X", stage, lanes[1], 2, by=owner, at=NOW)
    return made


@pytest.fixture
def join(cards, owner):
    def make(source, target, kind="sequence"):
        return Connector.join(cards[source], cards[target], kind, by=owner, at=NOW)

    return make


def last(journey):
    return Change.objects.of(journey).order_by("-revision").first()


def contents(journey):
    return {key: value for key, value in read_document(journey).items() if key != "revision"}


def door(journey, name, pk):
    return reverse(f"journeys:{name}", args=[journey.segment.workspace.slug, journey.pk, pk])


def test_a_circle_is_refused_and_named_the_shortest_way(join):
    for source, target in ("AB", "BC", "CD", "AC"):
        join(source, target)
    with pytest.raises(ActRefused, match="circle: A → C → D → A"):
        join("D", "A")


def test_arrows_in_no_set_order_close_no_circle_until_they_are_switched(join, cards, journey, owner):
    join("A", "B")
    join("B", "C")
    back = join("C", "A", "unordered")
    with pytest.raises(ActRefused, match="circle: A → B → C → A"):
        back.edit({"kind": "sequence"}, by=owner, at=NOW)
    assert Connector.objects.get(pk=back.pk).kind == "unordered"


def test_the_other_arrow_of_a_pair_turns_the_first_round_and_is_no_circle(join, cards):
    first = join("A", "B")
    assert join("B", "A").pk == first.pk
    found = Connector.objects.get()
    assert (found.source_id, found.target_id) == (cards["B"].pk, cards["A"].pk)


def test_an_arrow_that_would_close_a_circle_the_other_way_is_not_turned_round(join, owner):
    join("A", "B")
    join("B", "C")
    long = join("A", "C")
    with pytest.raises(ActRefused, match="circle: A → B → C → A"):
        long.turn_round(by=owner, at=NOW)


def test_kind_label_and_direction_are_one_act_each_and_one_undo_each(join, journey, owner):
    arrow = join("A", "B")
    steps = [
        (lambda: arrow.edit({"kind": "unordered"}, by=owner, at=NOW), "set the arrow from A to B to “in no set order”"),
        (lambda: arrow.edit({"label": "if signed"}, by=owner, at=NOW), "wrote “if signed” on the arrow from A to B"),
        (lambda: arrow.turn_round(by=owner, at=NOW), "turned the arrow from B to A round"),
    ]
    pictures = [contents(journey)]
    for step, sentence in steps:
        step()
        assert last(journey).label == sentence
        pictures.append(contents(journey))
    for before in reversed(pictures[:-1]):
        journey.undo(by=owner, at=NOW)
        assert contents(journey) == before


def test_looking_for_a_circle_reads_only_what_the_target_leads_to(join, cards, owner):
    for source, target in ("AB", "BC"):
        join(source, target)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        Connector.join(cards["C"], cards["D"], "sequence", by=owner, at=NOW)
    whole = [q["sql"] for q in queries if '"journeys_connector"' in q["sql"] and "source_id" not in q["sql"].split("WHERE")[-1]]
    assert [sql for sql in whole if sql.startswith("SELECT")] == []


def test_a_card_caught_after_another_comes_with_its_arrow_in_one_act(journey, cards, client_for, owner):
    before, revision = contents(journey), last(journey).revision
    values = {"title": "E", "stage": cards["A"].stage_id, "lane": cards["A"].lane_id, "slot": 6, "after": cards["D"].pk}
    answer = client_for(owner).post(
        reverse("journeys:add_touchpoint", args=[journey.segment.workspace.slug, journey.pk]), {**values, "arrow": "unordered"}
    )
    assert answer.json()["said"] == "Added E after D"
    arrow = Connector.objects.get()
    assert (arrow.source.title, arrow.target.title, arrow.kind) == ("D", "E", "unordered")
    assert last(journey).revision == revision + 1
    journey.refresh_from_db()
    journey.undo(by=owner, at=NOW)
    assert contents(journey) == before


def test_the_doors_say_what_happened_and_refuse_at_the_field(journey, cards, join, client_for, owner):
    client = client_for(owner)
    said = client.post(door(journey, "connect", cards["A"].pk), {"target": cards["B"].pk, "kind": "unordered"}).json()["said"]
    assert said == "Connected A and B, in no set order"
    arrow = Connector.objects.get()
    assert client.post(door(journey, "edit_connector", arrow.pk), {"label": "  by mail "}).status_code == 200
    assert Connector.objects.get().label == "by mail"
    for values, field in (({"kind": "zigzag"}, "kind"), ({"label": "x" * 121}, "label")):
        answer = client.post(door(journey, "edit_connector", arrow.pk), values)
        assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert client.get(door(journey, "connector", arrow.pk)).status_code == 200
    said = client.post(door(journey, "turn_connector", arrow.pk)).json()["said"]
    assert said == "The arrow leads from B to A now"


def test_a_handoff_goes_to_the_owner_of_a_card_or_to_the_role_of_a_lane(journey, cards, client_for, owner):
    client = client_for(owner)
    lanes = {lane.name: lane for lane in Lane.objects.filter(journey=journey)}
    made = client.post(door(journey, "hand_off", cards["A"].pk), {"to_touchpoint": cards["X"].pk}).json()["made"]
    handoff = Handoff.objects.get(pk=made)
    assert (handoff.to_role.name, handoff.to_touchpoint_id) == ("Customer success manager", cards["X"].pk)
    client.post(door(journey, "hand_off", cards["B"].pk), {"to_lane": lanes["Customer success manager"].pk})
    handoff = Handoff.objects.get(touchpoint=cards["B"])
    assert (handoff.to_role.name, handoff.to_touchpoint_id) == ("Customer success manager", None)
    for values, words in (
        ({"to_lane": lanes["Customer"].pk}, "nobody’s"),
        ({"to_lane": lanes["Account executive"].pk}, "has A already"),
        ({"to_touchpoint": cards["B"].pk}, "has A already"),
        ({"to_touchpoint": cards["X"].pk}, "is handed over to Customer success manager already"),
        ({}, "Choose who takes over"),
    ):
        answer = client.post(door(journey, "hand_off", cards["A"].pk), values)
        assert answer.status_code == 422
        assert words in answer.json()["message"]
    answer = client.post(door(journey, "edit_handoff", made), {"to_role": cards["A"].owner_id})
    assert (answer.status_code, answer.json()["field"]) == (422, "to_role")
    # That the role came to have the card otherwise keeps nobody from packing.
    cards["A"].edit({"owner_id": Handoff.objects.get(pk=made).to_role_id}, by=owner, at=NOW)
    assert client.post(door(journey, "edit_handoff", made), {"note": "Soon"}).status_code == 200


def test_what_a_card_is_turned_into_is_told_in_the_log(journey, cards, owner):
    cards["A"].edit({"kind": "event"}, by=owner, at=NOW)
    assert last(journey).label == "turned A into an event"
    cards["A"].edit({"moment_of_truth": True}, by=owner, at=NOW)
    assert last(journey).label == "marked A as a moment of truth"


@pytest.mark.parametrize(
    ("typed", "title", "level"),
    [
        ("-2 nervous", "nervous", -2),
        ("+1: proud", "proud", 1),
        ("−1 lost", "lost", -1),
        ("  +2   over the moon", "over the moon", 2),
        ("0: calm", "calm", 0),
        ("2 weeks of silence", "2 weeks of silence", None),
        ("0 doubts", "0 doubts", None),
        ("-10 % budget", "-10 % budget", None),
        ("-1.5 stars", "-1.5 stars", None),
        ("-3 furious", "-3 furious", None),
        ("+1", "+1", None),
        ("", "", None),
    ],
)
def test_a_level_typed_in_front_of_a_feeling_is_its_level(typed, title, level):
    assert Emotion.read_level(typed) == (title, level)


def test_a_typed_level_counts_more_than_the_place_and_is_told_in_words(journey, cards, client_for, owner):
    address = reverse("journeys:add_emotion", args=[journey.segment.workspace.slug, journey.pk])
    values = {"title": "-2 nervous", "stage": cards["A"].stage_id, "slot": 1, "level": 1}
    assert client_for(owner).post(address, values).json()["said"] == "Added the feeling nervous, −2 upset"
    feeling = Emotion.objects.get()
    assert (feeling.title, feeling.level) == ("nervous", -2)
    feeling.edit({"title": "+1 proud"}, by=owner, at=NOW)
    assert (feeling.title, feeling.level, feeling.feeling) == ("proud", 1, "+1 glad")


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30), st.integers(0, 9), st.integers(0, 9))
def test_a_path_follows_the_arrows_and_is_found_if_there_is_one(arrows, start, end):
    path = find_path(arrows, start, end)
    reached = {start}
    while more := {b for a, b in arrows if a in reached} - reached:
        reached |= more
    assert bool(path) == (end in reached)
    if path:
        assert (path[0], path[-1]) == (start, end)
        assert all(step in arrows for step in pairwise(path))
