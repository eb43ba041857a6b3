"""An act that is sent again because its answer was lost is done once, and answered as the first time."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.ids import new_id
from journeys.models import Change, Journey, Lane, RestedAct, Segment, Stage, Touchpoint
from journeys.models.rested_act import KEPT

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def stage(journey, owner):
    return journey.add_stage("Pursuit", by=owner, at=NOW)


@pytest.fixture
def lane(journey):
    return Lane.objects.get(journey=journey, kind="customer")


@pytest.fixture
def card(journey, stage, lane, owner):
    return Touchpoint.catch(journey, "Kick-off", stage, lane, 0, by=owner, at=NOW)


def base_of(journey):
    return f"/w/{journey.segment.workspace.slug}/journeys/{journey.pk}/"


@pytest.fixture
def ask(client_for, owner, journey):
    """ask(path, values, id, ...) -> (status, what was answered)."""

    def send(path, values=None, id=None, by=owner, **headers):
        given = {"Act-Id": str(id)} if id else {}
        answer = client_for(by).post(base_of(journey) + path, urlencode(values or {}), FORM, headers=given | headers)
        return answer.status_code, answer.json()

    return send


def log(journey):
    return list(Change.objects.of(journey).order_by("revision").values_list("kind", "label", "act_id"))


def test_a_card_caught_twice_is_one_card_and_both_are_told_the_same(ask, journey, stage, lane):
    id = new_id()
    values = {"id": new_id(), "title": "Kick-off", "stage": stage.pk, "lane": lane.pk, "slot": 0}
    first, second = ask("touchpoints/add/", values, id), ask("touchpoints/add/", values, id)
    assert first == second == (200, {"revision": 3, "said": "Added Kick-off"})
    assert log(journey)[2:] == [("act", "added Kick-off", id)]


def test_a_deletion_sent_again_does_not_say_that_there_is_nothing_to_delete(ask, journey, card):
    id = new_id()
    ask(f"touchpoints/{card.pk}/remove/", id=id)
    assert ask(f"touchpoints/{card.pk}/remove/", id=id) == (200, {"revision": 4, "said": "Deleted Kick-off"})
    assert ask(f"touchpoints/{card.pk}/remove/", id=new_id())[0] == 410


def test_an_undo_sent_again_takes_back_one_act_and_a_redo_brings_one_back(ask, journey, card):
    undo, redo = new_id(), new_id()
    for _ in range(3):
        assert ask("undo/", id=undo)[1]["revision"] == 4
    assert not Touchpoint.objects.filter(journey=journey)
    assert Stage.objects.filter(journey=journey).count() == 1
    ask("undo/", id=new_id())
    for _ in range(3):
        assert ask("redo/", id=redo)[1]["revision"] == 6
    assert not Touchpoint.objects.filter(journey=journey)
    assert Stage.objects.filter(journey=journey).count() == 1


def test_an_undo_that_found_nothing_to_take_back_does_not_reach_the_act_before_when_it_is_sent_again(
    ask, journey, card, owner, editor
):
    card.edit({"title": "Mine"}, by=owner, at=NOW)
    card.edit({"title": "Theirs"}, by=editor, at=NOW)
    id = new_id()
    for _ in range(2):
        assert ask("undo/", id=id)[1]["said"].startswith("Could not take back “")
    card.refresh_from_db()
    assert card.title == "Theirs"
    assert journey.changes.count() == 5
    assert ask("undo/", id=new_id())[1]["said"].startswith("Could not take back “added Kick-off")


def test_a_move_sent_again_does_not_take_back_what_somebody_else_has_moved_since(ask, journey, card, stage, lane, editor):
    id, values = new_id(), {"stage": stage.pk, "lane": lane.pk, "slot": 3}
    first = ask(f"touchpoints/{card.pk}/move/", values, id)
    card.move_to(stage, lane, 7, by=editor, at=NOW)
    assert ask(f"touchpoints/{card.pk}/move/", values, id)[1]["revision"] == first[1]["revision"]
    card.refresh_from_db()
    assert card.slot == 7


def test_what_an_answer_said_besides_is_said_again(ask, journey, card):
    id, values = new_id(), {"id": new_id(), "elements": f'["touchpoints/{card.pk}/"]'}
    first, second = (ask("selection/duplicate/", values, id)[1] for _ in range(2))
    assert first["made"] == second["made"]
    assert len(first["made"]) == 1
    id = new_id()
    first, second = (ask(f"touchpoints/{card.pk}/break-down/", id=id)[1] for _ in range(2))
    assert first["goes"] == second["goes"]
    assert (first["revision"], log(journey)[-1][2]) == (second["revision"], id)


def test_what_was_refused_may_be_done_later_under_the_same_id(ask, journey, stage, lane, card):
    id, values = new_id(), {"id": new_id(), "title": "", "stage": stage.pk, "lane": lane.pk, "slot": 1}
    assert ask("touchpoints/add/", values, id)[0] == 422
    assert ask("touchpoints/add/", values | {"title": "Demo"}, id)[0] == 200


@pytest.mark.parametrize("which", ["another act", "somebody else"])
def test_an_id_that_was_used_before_is_refused_in_words(ask, journey, card, editor, which):
    id = new_id()
    ask(f"touchpoints/{card.pk}/edit/", {"title": "A"}, id)
    another = {"title": "B" if which == "another act" else "A"}
    who = {"by": editor} if which == "somebody else" else {}
    status, answer = ask(f"touchpoints/{card.pk}/edit/", another, id, **who)
    assert (status, answer["message"]) == (409, "Another act has had this id already. Load the page again.")
    card.refresh_from_db()
    assert card.title == "A"


def test_two_maps_may_use_the_same_id(ask, journey, card, owner, client_for):
    other = Journey.objects.begin(journey.segment, "Other", by=owner, at=NOW)
    id = new_id()
    ask("stages/add/", {"name": "A"}, id)
    answer = client_for(owner).post(f"{base_of(other)}stages/add/", {"name": "A"}, headers={"Act-Id": str(id)})
    assert answer.json() == {"revision": 2, "said": "Added stage A"}


@pytest.mark.parametrize("id", ["1", "x" * 5000, "zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz", "²"])
def test_an_id_that_is_none_is_refused(ask, journey, card, id):
    assert ask("undo/", id=id)[0] == 422
    assert journey.changes.count() == 3


def test_what_one_has_drawn_is_not_sent_in_the_name_of_another(ask, journey, card, owner, editor):
    status, answer = ask("undo/", id=new_id(), **{"Act-By": str(editor.pk)})
    assert (status, answer["message"]) == (401, "Olga is signed in here now.")
    assert ask("undo/", id=new_id(), **{"Act-By": str(owner.pk)})[0] == 200


def test_a_page_learns_whether_it_is_still_its_person_who_is_signed_in(client_for, owner, editor, stranger):
    for who, status in ((owner, 204), (editor, 404), (stranger, 404), (None, 302)):
        assert client_for(who).get(f"/accounts/still-me/{owner.pk}/").status_code == status


# any acts, each sent one to three times, one after the other or at once: the log is that of each sent once


def request(journey, kind, n, m):
    """The path and the values of an act chosen by numbers, or None where the map has nothing to do it with."""
    stages, cards = (list(model.objects.filter(journey=journey).order_by("id")) for model in (Stage, Touchpoint))
    lanes = list(Lane.objects.filter(journey=journey).order_by("id"))
    stage, lane, card = (
        stages[n % len(stages)] if stages else None,
        lanes[m % len(lanes)],
        cards[n % len(cards)] if cards else None,
    )
    where = {"stage": stage.pk, "lane": lane.pk, "slot": m} if stage else {}
    if kind in ("undo", "redo"):
        return f"{kind}/", {}
    if kind == "stage":
        return "stages/add/", {"name": f"Stage {n}", **({"id": new_id()} if m % 2 else {})}
    if kind == "lanes":
        return "lanes/add-all/", {}
    if stage is None:
        return None
    if kind == "card":
        return "touchpoints/add/", where | {"title": f"Card {n}", **({"id": new_id()} if m % 2 else {})}
    if kind == "feeling":
        return "emotions/add/", where | {"title": f"Feels {n}", "level": m % 5 - 2}
    if kind == "lines":
        return "lines/paste/", where | {"lines": "One\nTwo"}
    if kind == "slots":
        return "slots/insert/", where
    if kind == "delete stage":
        return f"stages/{stage.pk}/remove/", {}
    if card is None:
        return None
    elements = {"elements": str([f"touchpoints/{one.pk}/" for one in cards[m % 3 :: 2]]).replace("'", '"')}
    if kind == "several":
        return f"selection/{('duplicate', 'remove')[m % 2]}/", elements
    if kind == "connect":
        return f"touchpoints/{card.pk}/connect/", {"target": cards[m % len(cards)].pk}
    if kind == "break down":
        return f"touchpoints/{card.pk}/break-down/", {}
    values = where if kind == "move" else {"title": f"Renamed {m}"} if kind == "edit" else {}
    return f"touchpoints/{card.pk}/{kind}/", values


KINDS = ["stage", "card", "card", "card", "feeling", "move", "edit", "edit", "remove", "connect", "undo", "undo", "redo"]
KINDS += ["lines", "several", "several", "slots", "lanes", "delete stage", "break down"]
ACTS = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 9), st.integers(0, 9), st.booleans()), max_size=14)


def begin(owner):
    segment = Segment.objects.make(owner.workspace, str(new_id()), at=NOW)
    return Journey.objects.begin(segment, "Map", by=owner, at=NOW)


def check(journey, told):
    """`told`: for each act, all the answers that its requests were given."""
    journey.refresh_from_db()
    ids = list(Change.objects.of(journey).since(1).values_list("act_id", flat=True))
    assert None not in ids
    assert len(ids) == len(set(ids)) == journey.revision - 1
    for answers in told.values():
        assert len({(status, answer.get("revision")) for status, answer in answers}) == 1, answers


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS, st.lists(st.integers(1, 3), min_size=14, max_size=14))
def test_acts_sent_one_to_three_times_are_in_the_log_once(owner, editor, acts, times):
    journey = begin(owner)
    clients = [Client(), Client()]
    for client, member in zip(clients, (owner, editor), strict=True):
        client.force_login(member.user)
    told, expected = {}, 1
    for (kind, n, m, second), count in zip(acts, times, strict=False):
        if (asked := request(journey, kind, n, m)) is None:
            continue
        id, (path, values) = new_id(), asked
        answers = []
        for number in range(count):
            answer = clients[second].post(
                base_of(journey) + path, urlencode(values), FORM, headers={"Act-Id": str(id), "host": "localhost"}
            )
            answers.append((answer.status_code, answer.json()))
            revision = Journey.objects.get(pk=journey.pk).revision
            if number == 0:
                assert revision - expected in (0, 1)
                expected = revision
            assert revision == expected, (path, values)
        told[id] = answers
    check(journey, told)


@pytest.mark.django_db(transaction=True)
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 9), st.integers(0, 9)), min_size=4, max_size=10))
def test_requests_that_come_at_the_same_instant_are_one_act(owner, acts):
    journey, told = begin(owner), {}
    for kind, n, m in acts:
        if (asked := request(journey, kind, n, m)) is None:
            continue
        id, before = new_id(), Journey.objects.get(pk=journey.pk).revision
        told[id] = at_once(owner, base_of(journey) + asked[0], asked[1], id)
        assert Journey.objects.get(pk=journey.pk).revision - before in (0, 1)
    check(journey, told)


def at_once(owner, url, values, id, count=3):
    answers, ready = [], threading.Barrier(count)

    def send():
        client = Client()
        client.force_login(owner.user)
        ready.wait()
        try:
            answer = client.post(url, urlencode(values), FORM, headers={"Act-Id": str(id), "host": "localhost"})
            answers.append((answer.status_code, answer.json()))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == count
    return answers


def test_an_act_that_found_nothing_to_do_is_over_when_it_arrives_a_second_time(ask, journey, stage, lane, card, owner):
    """Cut off before its answer and repeated, a request may arrive behind what repeats it."""
    id, here, there = new_id(), {"stage": stage.pk, "lane": lane.pk, "slot": 0}, {"stage": stage.pk, "lane": lane.pk, "slot": 4}
    first = ask(f"touchpoints/{card.pk}/move/", here, id)
    assert first[0] == 200
    assert ask(f"touchpoints/{card.pk}/move/", there, new_id())[1]["revision"] == 4
    assert ask(f"touchpoints/{card.pk}/move/", here, id) == first
    card.refresh_from_db()
    assert card.slot == 4
    assert len(log(journey)) == 4
    assert ask(f"touchpoints/{card.pk}/move/", there | {"slot": 7}, id)[0] == 409
    RestedAct.objects.forget_old(at=NOW + KEPT + timedelta(days=365))
    assert not RestedAct.objects.exists()


def test_an_undo_that_found_nothing_takes_nothing_back_later(ask, journey, stage, owner):
    id = new_id()
    ask("undo/", id=new_id())
    nothing = ask("undo/", id=id)
    journey.add_stage("Later", by=owner, at=NOW)
    assert ask("undo/", id=id) == nothing
    assert Stage.objects.filter(journey=journey).count() == 1
