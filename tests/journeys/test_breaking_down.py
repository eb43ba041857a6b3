"""A card opened as its own journey, a selection turned into one, and back."""

from itertools import pairwise

import pytest

from accounts.models import Role
from journeys.breaking_down import break_down, sum_up, take_back, turn_into_child
from journeys.models import Connector, Emotion, Journey, Lane, Stage, Touchpoint
from journeys.models.element import ActRefused
from journeys.nesting import DEEPEST, ancestors
from journeys.reading import read_document
from journeys.selection import Selection

pytestmark = pytest.mark.django_db


@pytest.fixture
def cards(journey, who):
    """Four cards in a chain A > B > C > D on one stage and two lanes."""
    roles = list(Role.objects.filter(workspace=journey.segment.workspace).order_by("name")[:2])
    stage = journey.add_stage("Start", **who)
    lanes = [journey.add_lane("", role=role, **who) for role in roles]
    made = [Touchpoint.catch(journey, title, stage, lanes[n % 2], n, **who) for n, title in enumerate("ABCD")]
    for one, other in pairwise(made):
        Connector.join(one, other, "sequence", **who)
    journey.refresh_from_db()
    return made


def group(journey, *cards):
    return Selection(journey, {str(card.pk) for card in cards}, set())


def arrows(journey):
    return sorted(Connector.objects.filter(journey=journey).values_list("source__title", "target__title"))


def test_a_card_opens_as_a_journey_once_and_knows_its_way_back(journey, cards, who):
    child = break_down(cards[0], **who)
    assert break_down(cards[0], **who) == child
    assert ancestors(child) == [journey]
    document = read_document(child)
    assert [stage["name"] for stage in document["stages"].values()] == ["A"]
    assert sum(lane["kind"] == "role" for lane in document["lanes"].values()) == 2


def test_a_selection_becomes_one_card_and_its_arrows_end_there(journey, cards, who):
    before, revision = read_document(journey), journey.revision
    child = turn_into_child(group(journey, cards[1], cards[2]), "Middle", **who)
    assert journey.revision == revision + 1
    assert arrows(journey) == [("A", "Middle"), ("Middle", "D")]
    assert arrows(child) == [("B", "C")]
    parent = Touchpoint.objects.get(journey=journey, title="Middle")
    assert (parent.child, parent.slot, ancestors(child)) == (child, 1, [journey])
    journey.undo(**who)
    assert {**read_document(journey), "revision": 0} == {**before, "revision": 0}
    assert ancestors(child) == []


def test_what_was_broken_down_comes_back_with_its_arrows(journey, cards, who):
    turn_into_child(group(journey, cards[1], cards[2]), "Middle", **who)
    parent = Touchpoint.objects.get(journey=journey, title="Middle")
    assert take_back(parent, **who) == 2
    assert arrows(journey) == [("A", "B"), ("B", "C"), ("C", "D")]
    stood = dict(Touchpoint.objects.filter(journey=journey).values_list("title", "slot"))
    assert sorted(stood, key=stood.get) == ["A", "B", "C", "D"]
    lanes = dict(Touchpoint.objects.filter(journey=journey).values_list("title", "lane__name"))
    assert lanes["A"] == lanes["C"] != lanes["B"]
    journey.undo(**who)
    assert arrows(journey) == [("A", "Middle"), ("Middle", "D")]


def test_a_journey_further_inside_comes_along_and_is_in_one_card_only(journey, cards, who):
    child = turn_into_child(group(journey, cards[1], cards[2]), "Middle", **who)
    deepest = break_down(Touchpoint.objects.get(journey=child, title="B"), **who)
    take_back(Touchpoint.objects.get(journey=journey, title="Middle"), **who)
    assert [card.title for card in Touchpoint.objects.filter(child=deepest, journey=journey)] == ["B"]
    assert Touchpoint.objects.filter(child=deepest).count() == 1
    assert journey.undo(**who).left_alone == []
    assert journey.redo(**who).left_alone == []
    assert Touchpoint.objects.get(child=deepest).journey == journey


def test_effort_is_summed_up_by_owner(journey, cards, who):
    for card, minutes in zip(cards, (30, 45, None, 10), strict=True):
        card.edit({"effort_min": minutes}, **who)
    inside = sum_up(read_document(journey))
    assert (inside.cards, inside.minutes) == (4, 85)
    assert inside.by_owner == {str(cards[0].owner_id): 30, str(cards[1].owner_id): 55}


def test_a_circle_through_the_new_card_is_refused(journey, cards, who):
    with pytest.raises(ActRefused, match="circle"):
        turn_into_child(group(journey, cards[0], cards[2]), "Both", **who)
    assert Touchpoint.objects.filter(journey=journey).count() == 4


def test_nobody_digs_deeper_than_one_finds_back(journey, cards, who):
    card = cards[0]
    for _ in range(DEEPEST):
        child = break_down(card, **who)
        stage, lane = child_places(child)
        card = Touchpoint.catch(child, "Deeper", stage, lane, 0, **who)
    with pytest.raises(ActRefused, match="deep"):
        break_down(card, **who)


def child_places(child):
    return Stage.objects.filter(journey=child).first(), Lane.objects.filter(journey=child).first()


def test_feelings_of_a_selection_go_inside_too(journey, cards, who):
    feeling = Emotion.place(journey, "Lost", cards[1].stage, 1, -1, **who)
    selection = Selection(journey, {str(cards[1].pk)}, {str(feeling.pk)})
    child = turn_into_child(selection, "Middle", **who)
    assert not Emotion.objects.filter(journey=journey).exists()
    assert Emotion.objects.get(journey=child).title == "Lost"


def test_the_doors(client_for, editor, viewer, journey, cards):
    base = f"/w/{journey.segment.workspace.slug}/journeys/{journey.pk}/"
    answer = client_for(editor).post(f"{base}touchpoints/{cards[0].pk}/break-down/").json()
    page = client_for(viewer).get(answer["goes"])
    assert f'href="{base}"' in page.content.decode()
    panel = client_for(viewer).get(f"{base}touchpoints/{cards[0].pk}/").content.decode()
    assert answer["goes"] in panel
    assert client_for(viewer).post(f"{base}touchpoints/{cards[0].pk}/take-back/").status_code == 403
    refused = client_for(editor).post(f"{base}touchpoints/{cards[1].pk}/take-back/")
    assert (refused.status_code, Journey.objects.count()) == (422, 2)
    refused = client_for(editor).post(f"{base}selection/turn-into-child/", {"elements": f'["touchpoints/{cards[1].pk}/"]'})
    assert (refused.status_code, refused.json()["field"]) == (422, "title")
