"""Writing a playbook: each act changes its own part, two people keep their work, and versions stay as they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.ids import id_text
from playbooks.body import BodyRefused, NotThere, Overtaken, blank_body
from playbooks.models import Playbook, PlaybookVersion

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def playbook(owner):
    return Playbook.objects.draft(owner.workspace, "Kick-off", at=NOW)


def add(playbook, title, **more):
    id = id_text()
    playbook.add("steps", {"id": id, "title": title, **more}, at=LATER)
    return id


def titles(playbook):
    return [step["title"] for step in Playbook.objects.get(pk=playbook.pk).body["steps"]]


def test_a_draft_is_blank_and_a_row_from_before_reads_as_one(playbook):
    assert playbook.body == blank_body()
    Playbook.objects.all().update(body={})
    assert Playbook.objects.get().whole == {"title": "Kick-off", "summary": "", **blank_body()}
    add(Playbook.objects.get(), "Call")
    assert titles(playbook) == ["Call"]


def test_two_people_who_edit_different_steps_both_keep_their_work(playbook):
    first, second = add(playbook, "One"), add(playbook, "Two")
    mine, theirs = Playbook.objects.get(), Playbook.objects.get()
    mine.edit("steps", first, {"guidance": "Mine"}, at=LATER, was={"guidance": ""})
    theirs.edit("steps", second, {"title": "Zwei"}, at=LATER, was={"title": "Two"})
    theirs.say({"minutes": 30}, at=LATER, was={"minutes": ""})
    found = Playbook.objects.get()
    assert [(step["title"], step["guidance"]) for step in found.body["steps"]] == [("One", "Mine"), ("Zwei", "")]
    assert found.body["minutes"] == 30
    assert theirs.body == found.body


def test_whoever_read_an_older_text_is_told_what_it_says_now(playbook):
    id = add(playbook, "One")
    playbook.edit("steps", id, {"title": "First"}, at=LATER)
    with pytest.raises(Overtaken) as overtaken:
        playbook.edit("steps", id, {"title": "Begin"}, at=LATER, was={"title": "One"})
    assert (overtaken.value.field, overtaken.value.theirs) == ("title", "First")
    playbook.edit("steps", id, {"title": "First"}, at=LATER, was={"title": "One"})
    playbook.edit("steps", id, {"title": "Begin"}, at=LATER, was={"title": "First"})
    assert titles(playbook) == ["Begin"]


def test_steps_are_moved_taken_out_and_brought_back(playbook):
    ids = [add(playbook, title) for title in "abc"]
    playbook.move("steps", ids[2], before=ids[0], at=LATER)
    assert titles(playbook) == ["c", "a", "b"]
    gone = playbook.take_out("steps", ids[0], at=LATER)
    assert titles(playbook) == ["c", "b"]
    with pytest.raises(NotThere):
        playbook.take_out("steps", ids[0], at=LATER)
    playbook.add("steps", gone, before=ids[1], at=LATER)
    assert titles(playbook) == ["c", "a", "b"]


def test_what_is_refused_changes_nothing(playbook):
    id = add(playbook, "One")
    with pytest.raises(BodyRefused):
        playbook.edit("steps", id, {"title": " "}, at=LATER)
    with pytest.raises(BodyRefused):
        playbook.say({"title": ""}, at=LATER)
    Playbook.objects.draft(playbook.workspace, "Renewal", at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        playbook.say({"title": "RENEWAL"}, at=LATER)
    found = Playbook.objects.titled("kick-OFF").get()
    assert titles(found) == ["One"]
    assert playbook.title == "Kick-off"


def test_an_act_that_changes_nothing_is_no_change(playbook):
    playbook.say({"summary": " "}, at=LATER)
    assert Playbook.objects.get().changed_at == NOW


def test_a_version_is_made_once_for_what_a_playbook_says(playbook):
    id = add(playbook, "Call")
    first = playbook.freeze(at=LATER)
    assert Playbook.objects.get().freeze(at=LATER) == first
    playbook.edit("steps", id, {"title": "Ring"}, at=LATER)
    second = playbook.freeze(at=LATER)
    playbook.say({"title": "Start"}, at=LATER)
    third = playbook.freeze(at=LATER)
    assert [first.number, second.number, third.number] == [1, 2, 3]
    assert PlaybookVersion.objects.get(number=1).body["steps"][0]["title"] == "Call"
    assert third.body == {"title": "Start", "summary": "", **playbook.body}
    playbook.edit("steps", id, {"title": "Call"}, at=LATER)
    playbook.say({"title": "Kick-off"}, at=LATER)
    assert playbook.freeze(at=LATER) == first


def test_a_list_says_how_many_steps_and_which_are_empty(owner, playbook):
    talks = Playbook.objects.draft(owner.workspace, "Talk", at=NOW, body={"talk_track": "Hello"})
    steps = Playbook.objects.draft(owner.workspace, "Two", at=NOW, body={"steps": [{"title": "a"}, {"title": "b"}]})
    found = Playbook.objects.visible_to(owner).for_a_list().in_order()
    assert [(one, one.step_count, one.is_empty) for one in found] == [(playbook, 0, True), (talks, 0, False), (steps, 2, False)]


def test_many_are_frozen_at_once_each_as_it_would_be_alone(owner, playbook, django_assert_max_num_queries):
    blank = Playbook.objects.get(pk=playbook.pk).freeze(at=NOW)
    step = add(playbook, "Call")
    playbook.freeze(at=NOW)
    playbook.take_out("steps", step, at=LATER)  # it says again what its first version says
    others = [Playbook.objects.draft(owner.workspace, title, at=NOW) for title in ("Review", "Renewal")]
    numbered = others[0].freeze(at=NOW)
    add(others[0], "Look back")
    with django_assert_max_num_queries(6):
        found = Playbook.objects.visible_to(owner).freeze(at=LATER)
    assert found[playbook.pk] == blank
    assert (numbered.number, found[others[0].pk].number, found[others[1].pk].number) == (1, 2, 1)
    assert found[others[0].pk].body["steps"][0]["title"] == "Look back"
    assert Playbook.objects.visible_to(owner).freeze(at=LATER) == found
    assert Playbook.objects.none().freeze(at=LATER) == {}
