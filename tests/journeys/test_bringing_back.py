"""What somebody deleted while another had it open comes back, with what hung on it and what was being typed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from accounts.models import Role
from journeys.bringing_back import bring_back
from journeys.models import Connector, Emotion, Handoff, Lane, Stage, Touchpoint
from journeys.models.element import ActRefused
from journeys.reading import read_document
from journeys.selection import Selection

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(journey, owner):
    return journey.add_stage("Pursuit", by=owner, at=NOW)


@pytest.fixture
def cards(journey, stage, owner):
    """A -> B -> C; B hands over to the sales role, and A hands over to B."""
    lane = Lane.objects.get(journey=journey, kind="customer")
    a, b, c = (Touchpoint.catch(journey, title, stage, lane, n, by=owner, at=NOW) for n, title in enumerate("ABC"))
    Connector.join(a, b, "sequence", by=owner, at=NOW)
    Connector.join(b, c, "sequence", by=owner, at=NOW)
    roles = journey.segment.workspace.roles.order_by("name")
    Handoff.draw(b, roles[0], by=owner, at=NOW)
    Handoff.draw(a, roles[1], b, by=owner, at=NOW)
    return a, b, c


def url(journey, name, *ids):
    return reverse(f"journeys:{name}", args=[journey.segment.workspace.slug, journey.pk, *ids])


def shown(journey):
    return {**read_document(journey), "revision": 0}


def test_a_card_comes_back_with_its_arrows_and_handoffs_as_one_act(journey, owner, editor, cards):
    before = shown(journey)
    cards[1].remove(by=owner, at=NOW)
    brought = bring_back(journey, Touchpoint, cards[1].pk, by=editor, at=NOW)
    assert brought.notes == []
    assert shown(journey) == before
    assert journey.changes.latest("revision").label == "brought back B"
    assert journey.undo(by=editor, at=NOW).label == "brought back B"
    assert len(shown(journey)["touchpoints"]) == 2


def test_what_was_being_typed_comes_along(journey, owner, editor, cards):
    cards[1].remove(by=owner, at=NOW)
    brought = bring_back(journey, Touchpoint, cards[1].pk, {"notes": "Typed"}, was={"notes": ""}, by=editor, at=NOW)
    assert brought.element.notes == "Typed"
    assert Touchpoint.objects.get(pk=cards[1].pk).notes == "Typed"


def test_what_cannot_stand_any_more_stays_away(journey, owner, editor, cards):
    a, b, c = cards
    b.remove(by=owner, at=NOW)
    Connector.join(c, a, "sequence", by=owner, at=NOW)
    brought = bring_back(journey, Touchpoint, b.pk, by=editor, at=NOW)
    # With both of its arrows the three cards would close a circle.
    assert Connector.objects.filter(journey=journey).count() == 2
    assert brought.notes == ["1 of what hung on it could not come along."]


def test_where_its_stage_is_gone_it_stands_in_the_first_one(journey, owner, editor, stage, cards):
    other = journey.add_stage("Delivery", by=owner, at=NOW)
    feeling = Emotion.place(journey, "Nervous", stage, 4, -1, by=owner, at=NOW)
    stage.remove(by=owner, at=NOW)
    brought = bring_back(journey, Touchpoint, cards[1].pk, by=editor, at=NOW)
    assert brought.notes == ["Its stage is gone: it stands in Delivery now.", "2 of what hung on it could not come along."]
    assert Touchpoint.objects.get(pk=cards[1].pk).stage_id == other.pk
    bring_back(journey, Emotion, feeling.pk, by=editor, at=NOW)
    assert Emotion.objects.get(pk=feeling.pk).stage_id == other.pk
    other.remove(by=owner, at=NOW)
    with pytest.raises(ActRefused, match="no stage"):
        bring_back(journey, Touchpoint, cards[0].pk, by=editor, at=NOW)


def test_where_its_lane_is_gone_it_stands_with_its_owner(journey, owner, editor, stage):
    roles = journey.segment.workspace.roles.order_by("name")
    mine, other = (
        journey.add_lane("Sales", role=roles[0], by=owner, at=NOW),
        journey.add_lane("Help", role=roles[1], by=owner, at=NOW),
    )
    card = Touchpoint.catch(journey, "Call", stage, mine, 3, by=owner, at=NOW)
    mine.remove(by=owner, at=NOW)
    brought = bring_back(journey, Touchpoint, card.pk, by=editor, at=NOW)
    assert brought.notes == ["Its lane is gone: it stands in Help now."]
    card.refresh_from_db()
    assert (card.lane_id, card.slot) == (other.pk, 3)


def test_a_stage_comes_back_with_all_that_stood_on_it(journey, owner, editor, stage, cards):
    before = shown(journey)
    stage.remove(by=owner, at=NOW)
    bring_back(journey, Stage, stage.pk, {"goal": "Typed"}, by=editor, at=NOW)
    before["stages"][str(stage.pk)]["goal"] = "Typed"
    assert shown(journey) == before


def test_an_arrow_brings_back_the_card_it_joined(journey, owner, editor, cards):
    before = shown(journey)
    arrow = Connector.objects.get(source=cards[0])
    cards[1].remove(by=owner, at=NOW)
    bring_back(journey, Connector, arrow.pk, {"label": "at once"}, by=editor, at=NOW)
    before["connectors"][str(arrow.pk)]["label"] = "at once"
    assert shown(journey) == before


def test_of_several_that_went_together_only_the_one_asked_for_comes_back(journey, owner, editor, cards):
    Selection(journey, {str(card.pk) for card in cards}, set()).remove(by=owner, at=NOW)
    bring_back(journey, Touchpoint, cards[1].pk, by=editor, at=NOW)
    assert [row["title"] for row in shown(journey)["touchpoints"].values()] == ["B"]
    assert not shown(journey)["connectors"]


def test_a_role_that_exists_no_more_is_nobody(journey, owner, editor, stage):
    role = Role.objects.add(owner.workspace, "Trainer")
    card = Touchpoint.catch(journey, "Train", stage, Lane.objects.filter(journey=journey).first(), 0, by=owner, at=NOW)
    card.edit({"owner_id": role.pk}, by=owner, at=NOW)
    card.remove(by=owner, at=NOW)
    role.remove()
    assert journey.undo(by=owner, at=NOW).change
    assert Touchpoint.objects.get(pk=card.pk).owner_id is None
    card.remove(by=owner, at=NOW)
    assert bring_back(journey, Touchpoint, card.pk, by=editor, at=NOW).element.owner_id is None


def test_the_deleter_who_undoes_later_is_told_that_it_is_back(journey, owner, editor, cards):
    cards[1].remove(by=owner, at=NOW)
    bring_back(journey, Touchpoint, cards[1].pk, by=editor, at=NOW)
    outcome = journey.undo(by=owner, at=NOW)
    assert outcome.change is None
    assert outcome.left_alone == ["Edda has since “brought back B”"]


def test_a_page_that_edits_or_moves_what_is_gone_is_told_by_whom_and_can_bring_it_back(client_for, journey, owner, editor, cards):
    card, client = cards[1], client_for(editor)
    card.remove(by=owner, at=NOW)
    for name in ("edit_touchpoint", "move_touchpoint", "remove_touchpoint"):
        answer = client.post(url(journey, name, card.pk), {"title": "New"})
        assert answer.status_code == 410, name
        assert answer.json() == {
            "field": "",
            "message": "Olga deleted B meanwhile.",
            "deleted": f"touchpoints/{card.pk}/",
        }
    notice = client.get(url(journey, "deleted", "touchpoints", card.pk)).content.decode()
    assert "Olga deleted “B”" in notice
    assert "data-mine" not in notice
    assert "data-mine" in client_for(owner).get(url(journey, "deleted", "touchpoints", card.pk)).content.decode()
    typed = {"title": "B, once more", "was-title": "B", "owner": "", "was-owner": ""}
    answer = client.post(url(journey, "bring_back", "touchpoints", card.pk), typed)
    assert answer.status_code == 200
    assert answer.json()["said"] == "Brought back B, once more"
    assert client.get(url(journey, "deleted", "touchpoints", card.pk)).status_code == 204


def test_where_somebody_was_quicker_what_was_typed_is_an_edit_like_any_other(client_for, journey, owner, editor, cards):
    card, address = cards[1], url(journey, "bring_back", "touchpoints", cards[1].pk)
    card.remove(by=owner, at=NOW)
    assert client_for(owner).post(address, {"notes": "Quicker", "was-notes": ""}).status_code == 200
    assert client_for(editor).post(address, {"criterion": "Signed", "was-criterion": ""}).json()["said"] == "B was back already"
    assert client_for(editor).post(address, {"notes": "Later", "was-notes": ""}).status_code == 409
    card.refresh_from_db()
    assert (card.notes, card.criterion) == ("Quicker", "Signed")


def test_who_changed_a_text_and_then_deleted_the_card_is_not_overwritten_unseen(client_for, journey, owner, editor, cards):
    card, address = cards[1], url(journey, "bring_back", "touchpoints", cards[1].pk)
    card.edit({"notes": "Theirs"}, by=owner, at=NOW)
    card.remove(by=owner, at=NOW)
    answer = client_for(editor).post(address, {"notes": "Mine", "was-notes": ""})
    assert (answer.status_code, answer.json()["theirs"]) == (409, "Theirs")
    assert not Touchpoint.objects.filter(pk=card.pk).exists()
    assert client_for(editor).post(address, {"notes": "Both", "was-notes": "Theirs"}).status_code == 200


def test_what_never_was_cannot_come_back_and_a_viewer_brings_nothing_back(client_for, journey, viewer, editor, owner, stage):
    for key in ("touchpoints", "stages", "dismissals", "journeys", "x"):
        for name in ("deleted", "bring_back"):
            client = client_for(editor)
            address = url(journey, name, key, journey.pk)
            assert (client.get if name == "deleted" else client.post)(address).status_code == 404
    stage.remove(by=owner, at=NOW)
    assert client_for(viewer).post(url(journey, "bring_back", "stages", stage.pk)).status_code == 403
    notice = client_for(viewer).get(url(journey, "deleted", "stages", stage.pk)).content.decode()
    assert "data-bring-back" not in notice
    odd = client_for(editor).post(url(journey, "bring_back", "stages", stage.pk), {"name": "\0", "was-name": "\0"})
    assert odd.status_code == 422
