"""Several elements at once: one act, one undo; copies keep what ties them together."""

import json

import pytest
from django.utils import timezone

from accounts.ids import id_text
from accounts.models import Role
from journeys.catching import catch_lines
from journeys.copying import copy_stage, part_of, paste
from journeys.models import Connector, Emotion, Handoff, Journey, Lane, Segment, Touchpoint
from journeys.models.element import ActRefused
from journeys.outline import read_outline
from journeys.reading import read_document
from journeys.selection import Place, Selection
from journeys.slots import insert_slot, take_out_empty_slots

pytestmark = pytest.mark.django_db


@pytest.fixture
def drawn(journey, who):
    """Two stages, two role lanes, three cards in a row with an arrow and a handoff, a feeling."""
    roles = list(Role.objects.filter(workspace=journey.segment.workspace).order_by("name")[:2])
    first, second = journey.add_stage("First", **who), journey.add_stage("Second", **who)
    upper, lower = (journey.add_lane("", role=role, **who) for role in roles)
    a = Touchpoint.catch(journey, "A", first, upper, 0, **who)
    b = Touchpoint.catch(journey, "B", first, lower, 1, **who)
    c = Touchpoint.catch(journey, "C", second, upper, 0, **who)
    Connector.join(a, b, "sequence", **who)
    Handoff.draw(a, roles[1], **who)
    feeling = Emotion.place(journey, "Nervous", first, 1, -1, **who)
    return {"stages": (first, second), "lanes": (upper, lower), "cards": (a, b, c), "feeling": feeling, "roles": roles}


def selection(journey, *elements):
    cards = {str(one.pk) for one in elements if isinstance(one, Touchpoint)}
    return Selection(journey, cards, {str(one.pk) for one in elements} - cards)


def places(journey):
    return {
        card.title: (card.stage.name, card.lane.name, card.slot)
        for card in Touchpoint.objects.filter(journey=journey).select_related("stage", "lane")
    }


def test_moving_several_is_one_act_and_one_undo(journey, drawn, who):
    before, revision = read_document(journey), journey.revision
    a, b, _ = drawn["cards"]
    second, lower = drawn["stages"][1], drawn["lanes"][1]
    moves = [Place(str(a.pk), str(second.pk), str(lower.pk), 4), Place(str(b.pk), str(second.pk), str(lower.pk), 5)]
    moves.append(Place(str(drawn["feeling"].pk), str(second.pk), None, 2, 2))
    selection(journey, a, b, drawn["feeling"]).move(moves, **who)
    assert journey.revision == revision + 1
    assert places(journey)["A"] == ("Second", lower.name, 4)
    a.refresh_from_db()
    assert a.owner_id == lower.role_id, "the lane said who the owner was"
    journey.undo(**who)
    assert {**read_document(journey), "revision": 0} == {**before, "revision": 0}


def test_deleting_several_takes_their_arrows_and_handoffs_and_one_undo_brings_all_back(journey, drawn, who):
    before = read_document(journey)
    selection(journey, *drawn["cards"], drawn["feeling"]).remove(**who)
    after = read_document(journey)
    assert [after[kind] for kind in ("touchpoints", "connectors", "handoffs", "emotions")] == [{}, {}, {}, {}]
    journey.undo(**who)
    assert {**read_document(journey), "revision": 0} == {**before, "revision": 0}


def test_copies_stand_on_free_places_and_keep_their_arrows_and_handoffs(journey, drawn, who):
    a, b, _ = drawn["cards"]
    made = selection(journey, a, b).duplicate(**who)
    document = read_document(journey)
    copies = {id: document["touchpoints"][id] for id in made}
    taken = [(card["stage_id"], card["lane_id"], card["slot"]) for card in document["touchpoints"].values()]
    assert len(set(taken)) == len(taken) == 5
    assert sorted(card["title"] for card in copies.values()) == ["A", "B"]
    arrows = [row for row in document["connectors"].values() if row["source_id"] in copies]
    assert [row["target_id"] in copies for row in arrows] == [True]
    assert [row["touchpoint_id"] for row in document["handoffs"].values()].count(made[0]) <= 1
    assert len(document["handoffs"]) == 2


def test_a_retried_copy_is_one_copy(journey, drawn, who):
    first = id_text()
    selection(journey, drawn["cards"][0]).duplicate(first_id=first, **who)
    selection(journey, drawn["cards"][0]).duplicate(first_id=first, **who)
    assert Touchpoint.objects.filter(journey=journey).count() == 4


def test_pasted_cards_keep_their_distance_across_stages_and_lanes(journey, drawn, who):
    a, b, _ = drawn["cards"]
    document = read_document(journey)
    made = paste(journey, part_of(document, {str(a.pk), str(b.pk)}), document, drawn["stages"][1], drawn["lanes"][0], 2, **who)
    after = read_document(journey)["touchpoints"]
    stood = sorted((after[id]["title"], after[id]["slot"], after[id]["lane_id"]) for id in made)
    assert stood == [("A", 2, str(drawn["lanes"][0].pk)), ("B", 3, str(drawn["lanes"][1].pk))]
    assert {after[id]["stage_id"] for id in made} == {str(drawn["stages"][1].pk)}


def test_cards_pasted_into_another_map_find_the_lane_of_their_role_or_get_one(journey, drawn, who):
    other = Journey.objects.begin(journey.segment, "Other", **who)
    stage = other.add_stage("Only", **who)
    lane = other.add_lane("Renamed", role=drawn["roles"][0], **who)
    source = read_document(journey)
    a, b, _ = drawn["cards"]
    paste(other, part_of(source, {str(a.pk), str(b.pk)}), source, stage, lane, 0, **who)
    assert places(other) == {"A": ("Only", "Renamed", 0), "B": ("Only", drawn["lanes"][1].name, 1)}
    assert Connector.objects.filter(journey=other).count() == 1
    assert Lane.objects.filter(journey=other).count() == 4


def test_a_copied_stage_brings_its_brief_cards_and_feelings_to_another_map(journey, drawn, who):
    drawn["stages"][0].edit({"goal": "Start well"}, **who)
    other = Journey.objects.begin(journey.segment, "Other", **who)
    stage = copy_stage(other, read_document(journey), str(drawn["stages"][0].pk), before=None, **who)
    assert (stage.name, stage.goal) == ("First", "Start well")
    document = read_document(other)
    assert sorted(card["title"] for card in document["touchpoints"].values()) == ["A", "B"]
    assert [row["title"] for row in document["emotions"].values()] == ["Nervous"]
    assert len(document["connectors"]) == len(document["handoffs"]) == 1


def test_an_empty_slot_moves_cards_and_feelings_on_and_taking_it_out_moves_them_back(journey, drawn, who):
    first = drawn["stages"][0]
    insert_slot(journey, first, 1, **who)
    assert (places(journey)["A"][2], places(journey)["B"][2], places(journey)["C"][2]) == (0, 2, 0)
    assert Emotion.objects.get(journey=journey).slot == 2
    with pytest.raises(ActRefused):
        insert_slot(journey, first, 9, **who)
    take_out_empty_slots(journey, None, **who)
    assert (places(journey)["A"][2], places(journey)["B"][2]) == (0, 1)
    assert Emotion.objects.get(journey=journey).slot == 1


def test_pasted_lines_take_free_places_and_stack_what_is_indented(journey, drawn, who):
    first, upper = drawn["stages"][0], drawn["lanes"][0]
    catch_lines(journey, read_outline("- One\n  - Half\n- Two"), first, upper, 0, **who)
    stood = places(journey)
    assert (stood["One"][2], stood["Half"][2], stood["Two"][2]) == (1, 1, 2)
    assert Touchpoint.objects.get(title="One").owner_id == upper.role_id


# the doors


def post(client, journey, path, **values):
    return client.post(f"/w/{journey.segment.workspace.slug}/journeys/{journey.pk}/{path}", values)


def listed(*cards):
    return json.dumps([f"touchpoints/{card.pk}/" for card in cards])


def test_one_request_edits_several_and_says_how_many(client_for, editor, journey, drawn):
    a, b, _ = drawn["cards"]
    answer = post(client_for(editor), journey, "selection/edit/", elements=listed(a, b), importance="could", channel="call")
    assert answer.json()["said"] == "Changed 2 cards"
    assert set(Touchpoint.objects.filter(pk__in=[a.pk, b.pk]).values_list("importance", "channel")) == {("could", "call")}


@pytest.mark.parametrize(
    "values",
    [
        {"elements": "[]", "channel": "call"},
        {"elements": "[" * 5000, "channel": "call"},
        {"elements": '["stages/1/"]', "channel": "call"},
        {"elements": '["touchpoints/1/"]', "channel": "call"},
        {"elements": "here", "channel": "pigeon"},
        {"elements": "here", "owner": "nobody"},
        {"elements": "here"},
    ],
)
def test_odd_selections_are_refused_in_words(client_for, editor, journey, drawn, values):
    values = {name: listed(drawn["cards"][0]) if value == "here" else value for name, value in values.items()}
    answer = post(client_for(editor), journey, "selection/edit/", **values)
    assert answer.status_code == 422
    assert answer.json()["message"]


@pytest.mark.parametrize(
    "place",
    [{}, {"slot": "1"}, {"slot": -1}, {"slot": 1, "stage": "x"}, {"slot": 1, "stage": id_text(), "lane": id_text()}, 5],
)
def test_odd_places_are_refused_in_words(client_for, editor, journey, drawn, place):
    if isinstance(place, dict):
        place = {"element": f"touchpoints/{drawn['cards'][0].pk}/", **place}
    answer = post(client_for(editor), journey, "selection/move/", places=json.dumps([place]))
    assert answer.status_code == 422


def test_nothing_is_pasted_from_a_map_one_may_not_see(client_for, editor, stranger, journey, drawn):
    theirs = Segment.objects.make(stranger.workspace, "Theirs", at=timezone.now())
    other = Journey.objects.begin(theirs, "Theirs", by=stranger, at=timezone.now())
    values = {"from": str(other.pk), "elements": listed(drawn["cards"][0]), "stage": str(drawn["stages"][0].pk), "slot": "0"}
    answer = post(client_for(editor), journey, "selection/paste/", **values)
    assert (answer.status_code, "no longer there" in answer.json()["message"]) == (422, True)


def test_a_viewer_changes_nothing(client_for, viewer, journey, drawn):
    for path in ("selection/remove/", "selection/move/", "lines/paste/", "slots/take-out/", "stages/copy/"):
        assert post(client_for(viewer), journey, path, elements=listed(*drawn["cards"])).status_code == 403
    assert Touchpoint.objects.filter(journey=journey).count() == 3
