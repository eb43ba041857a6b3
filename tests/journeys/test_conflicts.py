"""Two people at one field: both texts are shown, and nobody's words are overwritten unseen."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from journeys.conflicts import Conflict
from journeys.merging import marks, merge
from journeys.models import Change, Connector, Emotion, Handoff, Lane, Touchpoint

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def card(journey, owner):
    stage = journey.add_stage("Pursuit", by=owner, at=NOW)
    lane = Lane.objects.get(journey=journey, kind="customer")
    card = Touchpoint.catch(journey, "Kick-off", stage, lane, 0, by=owner, at=NOW)
    card.edit({"notes": "Bring the contract."}, by=owner, at=NOW)
    return card


def url(journey, name, *ids):
    return reverse(f"journeys:{name}", args=[journey.segment.workspace.slug, journey.pk, *ids])


def edit(client, card, **values):
    return client.post(url(card.journey, "edit_touchpoint", card.pk), values)


def test_different_fields_of_one_card_are_both_kept(client_for, owner, editor, card):
    assert edit(client_for(owner), card, title="Kick-off call", **{"was-title": "Kick-off"}).status_code == 200
    assert edit(client_for(editor), card, notes="Bring nothing.", **{"was-notes": "Bring the contract."}).status_code == 200
    card.refresh_from_db()
    assert (card.title, card.notes) == ("Kick-off call", "Bring nothing.")


def test_the_later_one_at_the_same_field_is_shown_both_texts_and_neither_is_lost(client_for, owner, editor, card):
    edit(client_for(owner), card, notes="Bring the signed contract.", **{"was-notes": "Bring the contract."})
    revision = Change.objects.of(card.journey).count()
    answer = edit(client_for(editor), card, notes="Bring the contract and a pen.", **{"was-notes": "Bring the contract."})
    assert answer.status_code == 409
    told = answer.json()
    assert (told["field"], told["label"], told["by"]) == ("notes", "Notes", "Olga")
    assert told["was"] == "Bring the contract."
    assert told["theirs"] == "Bring the signed contract."
    assert told["yours"] == "Bring the contract and a pen."
    assert told["at"]
    assert "Olga changed the notes of Kick-off meanwhile" in told["message"]
    assert Change.objects.of(card.journey).count() == revision
    # What was chosen says what it replaces, so a third edit in between is a conflict again.
    answer = edit(client_for(editor), card, notes="Both.", **{"was-notes": told["values"]["theirs"]})
    assert answer.status_code == 200
    card.refresh_from_db()
    assert card.notes == "Both."


def test_edits_that_do_not_meet_are_proposed_together(client_for, owner, editor, card):
    card.edit({"notes": "Bring the contract. Be early. Smile."}, by=owner, at=NOW)
    card.edit({"notes": "Bring the signed contract. Be early. Smile."}, by=owner, at=NOW)
    origin = {"was-notes": "Bring the contract. Be early. Smile."}
    answer = edit(client_for(editor), card, notes="Bring the contract. Be early. Smile a lot.", **origin)
    assert answer.json()["merged"] == "Bring the signed contract. Be early. Smile a lot."


def test_whoever_wants_what_it_says_already_has_no_conflict(client_for, owner, editor, card):
    edit(client_for(owner), card, notes="Same", **{"was-notes": "Bring the contract."})
    revision = Change.objects.of(card.journey).count()
    assert edit(client_for(editor), card, notes="Same", **{"was-notes": "Bring the contract."}).status_code == 200
    assert Change.objects.of(card.journey).count() == revision


def test_a_choice_is_told_by_its_words_and_sent_by_its_value(client_for, owner, editor, card):
    sales, support = card.journey.segment.workspace.roles.order_by("name")[:2]
    edit(client_for(owner), card, owner=str(sales.pk), **{"was-owner": ""})
    told = edit(client_for(editor), card, owner=str(support.pk), **{"was-owner": ""}).json()
    assert (told["was"], told["theirs"], told["yours"]) == ("Nobody yet", sales.name, support.name)
    assert told["values"] == {"was": "", "theirs": str(sales.pk), "yours": str(support.pk)}
    assert not told["is_text"]
    assert told["merged"] is None
    card.edit({"moment_of_truth": True, "effort_min": 30, "emotion": -2}, by=owner, at=NOW)
    for field, was, mine, theirs in (
        ("effort_min", "", "45", "30"),
        ("moment_of_truth", "false", "false", "Yes"),
        ("emotion", "", "1", "−2 upset"),
    ):
        answer = edit(client_for(editor), card, **{field: mine, f"was-{field}": was})
        assert (answer.status_code, answer.json()["theirs"]) == (409, theirs)


def test_each_kind_of_thing_keeps_its_words(client_for, owner, editor, card):
    journey, client = card.journey, client_for(editor)
    other = Touchpoint.catch(journey, "Demo", card.stage, card.lane, 1, by=owner, at=NOW)
    arrow = Connector.join(card, other, "sequence", by=owner, at=NOW)
    feeling = Emotion.place(journey, "Nervous", card.stage, 0, -1, by=owner, at=NOW)
    role = journey.segment.workspace.roles.first()
    handoff = Handoff.draw(card, role, by=owner, at=NOW)
    lane = journey.add_lane("Partners", by=owner, at=NOW)
    for name, ids, field in (
        ("edit_stage", [card.stage.pk], "goal"),
        ("edit_lane", [lane.pk], "name"),
        ("edit_connector", [arrow.pk], "label"),
        ("edit_emotion", [feeling.pk], "why"),
        ("edit_handoff", [handoff.pk], "note"),
        ("rename", [], "title"),
    ):
        first = client_for(owner).post(url(journey, name, *ids), {field: "theirs"})
        assert first.status_code == 200, name
        told = client.post(url(journey, name, *ids), {field: "yours", f"was-{field}": "at first"})
        assert told.status_code == 409, name
        assert (told.json()["theirs"], told.json()["by"]) == ("theirs", "Olga"), name


def test_a_package_is_one_thing(client_for, owner, editor, card):
    journey = card.journey
    handoff = Handoff.draw(card, journey.segment.workspace.roles.first(), by=owner, at=NOW)
    address = url(journey, "pack", handoff.pk)
    mine = {"item": ["Goals"], "where": ["CRM"], "reader": [""], "was-package": "[]"}
    assert client_for(owner).post(address, mine | {"item": ["Risks"]}).status_code == 200
    told = client_for(editor).post(address, mine)
    assert told.status_code == 409
    assert (told.json()["theirs"], told.json()["yours"], told.json()["was"]) == ("Risks · CRM", "Goals · CRM", "Nothing")
    theirs = json.dumps(told.json()["values"]["theirs"])
    assert client_for(editor).post(address, mine | {"was-package": theirs}).status_code == 200
    for odd in ("{", "[" * 20_000, '[{"item": 1}]', "{}"):
        assert client_for(editor).post(address, mine | {"was-package": odd}).status_code == 422


def test_who_brings_no_origin_sets_the_field_whatever_it_says(owner, editor, card):
    card.edit({"notes": "By an importer"}, by=editor, at=NOW)
    card.refresh_from_db()
    assert card.notes == "By an importer"


def test_a_conflict_costs_one_more_question_and_names_who_wrote_it_last(owner, editor, card):
    card.edit({"notes": "Mine"}, by=owner, at=NOW)
    card.edit({"title": "Another field"}, by=editor, at=NOW)
    with CaptureQueriesContext(connection) as free, pytest.raises(Conflict):
        card.edit({"notes": "New"}, by=editor, at=NOW, was={"notes": "Bring the contract."})
    asked = [query["sql"] for query in free if "journeys_change" in query["sql"]]
    assert len(asked) == 1
    with pytest.raises(Conflict) as refused:
        card.edit({"notes": "New"}, by=editor, at=NOW, was={"notes": "Bring the contract."})
    assert refused.value.by == "Olga"


def test_line_ends_and_blanks_around_are_no_difference(client_for, editor, owner, card):
    card.edit({"notes": "One\nTwo"}, by=owner, at=NOW)
    assert edit(client_for(editor), card, notes="Three", **{"was-notes": " One\r\nTwo\n"}).status_code == 200


def test_a_page_learns_who_wrote_a_field_last(client_for, owner, editor, viewer, card):
    card.edit({"importance": "could"}, by=editor, at=NOW)
    address = url(card.journey, "last_edit", "touchpoints", card.pk)
    told = client_for(owner).get(address, {"field": "importance"}).json()
    assert (told["by"], told["says"], told["is_mine"]) == ("Edda", "Could", False)
    assert client_for(editor).get(address, {"field": "importance"}).json()["is_mine"]
    for field in ("", "id", "journey_id", "password", "\0"):
        assert client_for(viewer).get(address, {"field": field}).status_code == 404
    assert client_for(viewer).get(address.replace("touchpoints", "journeys"), {"field": "title"}).status_code == 404


TEXTS = st.lists(st.sampled_from(["a", "b", "c", "d.", "e\n"]), max_size=12).map(" ".join)


@given(TEXTS, TEXTS, TEXTS)
def test_a_merged_text_has_the_changes_of_both(was, one, other):
    assert merge(was, one, was) == one
    assert merge(was, was, one) == one
    assert merge(was, one, one) == one
    assert merge(was, one, other) == merge(was, other, one)
    pieces = marks(was, one)
    assert "".join(text for mark, text in pieces if mark != "gone") == one
    assert "".join(text for mark, text in pieces if mark != "new").split() == was.split()


def test_edits_at_the_same_words_are_not_merged():
    assert merge("Call the champion", "Call the buyer", "Call the sponsor") is None
    assert merge("", "One", "Two") is None
    assert merge("Call the champion first", "Phone the champion first", "Call the champion twice") == "Phone the champion twice"
