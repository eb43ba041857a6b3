"""What a playbook can hold, whatever is done to it in whatever order."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.models import Touchpoint
from playbooks.body import (
    CHANNELS,
    MOST,
    BodyRefused,
    NotThere,
    blank_body,
    check_body,
    read_body,
    with_changed,
    with_item,
    with_moved,
    without,
)
from playbooks.ready_made import all_titles, body_of


def step(title="Call", **more):
    return {"id": str(uuid4()), "title": title, **more}


def test_a_blank_body_is_a_good_one():
    assert check_body(blank_body()) == check_body({}) == blank_body()


def test_every_ready_made_playbook_is_a_good_body():
    for body in (body_of(title, {}) for title in all_titles()):
        assert check_body(body) == body


def test_the_channels_are_those_of_the_map():
    assert dict(Touchpoint.Channel.choices) == CHANNELS


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], ""),
        ({"more": 1}, "more"),
        ({"steps": {}}, "steps"),
        ({"steps": [1]}, "steps"),
        ({"steps": [step("  ")]}, "title"),
        ({"steps": [step(3)]}, "title"),
        ({"steps": [step("x" * 201)]}, "title"),
        ({"steps": [step("a\0b")]}, "title"),
        ({"steps": [step("\ud800")]}, "title"),
        ({"steps": [step(role_id="nobody")]}, "role_id"),
        ({"steps": [{"id": "7", "title": "Call"}]}, "id"),
        ({"steps": [step(id="0199a1b2-0000-7000-8000-000000000001")] * 2}, "steps"),
        ({"steps": [step() for _ in range(MOST["steps"] + 1)]}, "steps"),
        ({"messages": [{"name": "Hello", "channel": "pigeon"}]}, "channel"),
        ({"links": [{"title": "Here", "url": "javascript:alert(1)"}]}, "url"),
        ({"links": [{"title": "Here", "url": "https://"}]}, "url"),
        ({"links": [{"title": "Here", "url": "//example.com"}]}, "url"),
        ({"links": [{"title": "Here", "url": "https://[half"}]}, "url"),
        ({"links": [{"title": "Here", "url": "https://a b"}]}, "url"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": True}, "minutes"),
        ({"minutes": 10**30}, "minutes"),
        ({"talk_track": None}, "talk_track"),
    ],
)
def test_what_is_no_body_is_refused_at_its_field(body, field):
    with pytest.raises(BodyRefused) as refused:
        check_body(body)
    assert refused.value.field == field


def test_all_that_is_wrong_is_told_at_its_place():
    faulty = [step(""), step("x", role="CSM", guidance=7), 1]
    _, faults = read_body({"steps": faulty, "links": [{"url": "x"}], "minutes": 0, "talk_track": 1, "colour": 1})
    assert [fault.place for fault in faults] == [
        ("colour",), ("steps", 0, "title"), ("steps", 1, "role"), ("steps", 1, "guidance"), ("steps", 2), ("links", 0, "url"),
        ("talk_track",), ("minutes",),
    ]  # fmt: skip
    assert "There are id, title, guidance, role_id." in faults[2].message


@pytest.mark.parametrize("url", ["https://example.com/a?b=c", "http://localhost:8000", "mailto:help@example.com"])
def test_addresses_that_a_link_may_have(url):
    assert check_body({"links": [{"title": "", "url": url}]})["links"][0]["url"] == url


def test_an_item_that_comes_twice_is_there_once():
    one = step()
    body = with_item(blank_body(), "steps", one)
    assert with_item(body, "steps", one) == body


def test_what_is_gone_can_be_neither_changed_nor_moved_nor_taken_out():
    for act in (
        lambda body: with_changed(body, "steps", "gone", {"title": "x"}),
        lambda body: with_moved(body, "steps", "gone", None),
        lambda body: without(body, "steps", "gone"),
    ):
        with pytest.raises(NotThere):
            act(blank_body())


@given(st.lists(st.tuples(st.sampled_from(["add", "move", "out", "edit"]), st.integers(0, 9), st.integers(0, 9)), max_size=40))
def test_any_acts_leave_a_good_body_in_the_order_that_was_asked_for(acts):
    ids = [f"0199a1b2-0000-7000-8000-00000000000{n}" for n in range(10)]
    body, model = blank_body(), []
    for act, one, other in acts:
        id, before = ids[one], ids[other]
        rest = [name for name in model if name != id]
        place = rest.index(before) if before in rest else len(rest)
        if act == "add":
            body = with_item(body, "steps", {"id": id, "title": "Step"}, before)
            if id not in model:
                model.insert(model.index(before) if before in model else len(model), id)
        elif id in model and act == "move":
            body = with_moved(body, "steps", id, before)
            if id != before:
                model = [*rest[:place], id, *rest[place:]]
        elif id in model and act == "out":
            body, model = without(body, "steps", id), rest
        elif id in model:
            body = with_changed(body, "steps", id, {"guidance": f"*{one}*"})
        assert [item["id"] for item in body["steps"]] == model
        assert check_body(body) == body
