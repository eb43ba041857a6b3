"""What differs between two states of a map, in words; and drawn onto its picture."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys.differences import HOW, counts, differences
from journeys.differing import patches_between
from journeys.document import KEYS
from journeys.marking import mark, place_of, with_ghosts
from journeys.rendering import draw, page_parts
from tests.journeys.documents import PLAYBOOKS, documents
from tests.journeys.documents import ROLES as SOME_ROLES
from tests.journeys.drawn_maps import ROLES, complete_map

NAMES = ROLES | {"book": "Kick-off, step by step"}


@pytest.fixture
def drawn():
    found = complete_map()
    found.document["journey"] = {"title": "Map", "summary": "", "segment_id": "s", "owner_id": "m"}
    return found


def told(before, after):
    return [
        (one.how, one.kind, one.called, one.about, [(d.label, d.before, d.after) for d in one.details])
        for one in differences(before, after, NAMES)
    ]


def changed(drawn, key, id, **fields):
    after = deepcopy(drawn.document)
    after[key][id].update(fields)
    return told(drawn.document, after)


def test_a_card_that_was_moved_says_from_where_to_where(drawn):
    found = changed(drawn, "touchpoints", "Welcome", stage_id="Live", lane_id="customer", slot=4)
    place = [("Place", "Start, CSM, place 4", "Live, Customer, place 5")]
    assert found == [("moved", "touchpoint", "Welcome", "Live, Customer", place)]


def test_fields_are_called_as_the_panel_calls_them_and_ids_are_names(drawn):
    fields = {
        "title": "Hello", "customer_view": "", "owner_id": "ae", "playbook_id": "gone", "channel": "call", "emotion": -2,
        "anchor": "renewal", "offset_days": -90, "moment_of_truth": True, "external_id": "CRM-7",
    }  # fmt: skip
    [(how, _, called, _, details)] = changed(drawn, "touchpoints", "Welcome", **fields)
    assert (how, called) == ("changed", "Hello")
    assert sorted(details) == [
        ("Channel", "E-mail", "Call"),
        ("Customer’s view", "I am looked after", "nothing"),
        ("Due", "when the stage starts", "90 days before the renewal date"),
        ("How it feels", "nothing", "−2 upset"),
        ("Moment of truth", "no", "yes"),
        ("Owner", "Customer success manager", "Account executive"),
        ("Playbook", "Kick-off, step by step", "something that is gone"),
        ("Title", "Welcome", "Hello"),
    ]


def test_a_stage_that_was_moved_says_beside_whom_it_stands_and_one_numbered_anew_says_nothing(drawn):
    assert changed(drawn, "stages", "Live", position=-5.0) == [
        ("moved", "stage", "Live", "", [("Place", "after Start", "first")])
    ]
    assert changed(drawn, "stages", "Live", position=99.0) == []


def test_what_was_added_and_removed_is_told_in_the_order_of_the_map(drawn):
    before = deepcopy(drawn.document)
    drawn.card("Last", "Live")
    drawn.arrow("Review", "Last")
    drawn.handoff("Kick-off")
    drawn.dismiss("silence", "Start", "They know us")
    del drawn.document["touchpoints"]["Training"]
    assert [(how, kind, called, about) for how, kind, called, about, _ in told(before, drawn.document)] == [
        ("added", "dismissal", "They know us", "Start"),
        ("added", "handoff", "Kick-off → Account executive", ""),
        ("removed", "touchpoint", "Training", "Live, CSM"),
        ("added", "connector", "Review → Last", ""),
        ("added", "touchpoint", "Last", "Live, CSM"),
    ]
    assert counts(differences(before, drawn.document, NAMES)) == {"added": 4, "removed": 1}


def test_a_package_is_told_item_by_item(drawn):
    id = drawn.handoff("Kick-off", package=[{"item": "Contract", "where": "", "reader": ""}])
    package = [{"item": "Contract", "where": "CRM", "reader": "support"}, {"item": "Dates", "where": "", "reader": ""}]
    [(_, _, _, _, details)] = changed(drawn, "handoffs", id, package=package)
    assert details == [("What must travel", "Contract", "Contract (CRM, for support); Dates")]


def test_the_journey_itself_comes_first(drawn):
    after = deepcopy(drawn.document)
    after["journey"] |= {"title": "New", "summary": "All of it"}
    [(how, kind, called, _, details)] = told(drawn.document, after)
    assert (how, kind, called) == ("changed", "journey", "New")
    assert details == [("Title", "Map", "New"), ("Summary", "nothing", "All of it")]


def each_kind_with_ids_of_its_own(document):
    """Two documents that Hypothesis makes number their elements alike; here what bears one id in both is of one kind."""
    text = json.dumps(document)
    for key in KEYS.values():
        for id in document[key]:
            text = text.replace(id, f"{key[:2]}{id[2:]}")
    return json.loads(text)


maps = documents().map(each_kind_with_ids_of_its_own)


@settings(max_examples=40, deadline=None)
@given(maps, maps, st.booleans())
def test_any_two_maps_can_be_told_and_drawn_and_each_difference_is_marked_where_it_is(one, other, turned):
    names = {**SOME_ROLES, **PLAYBOOKS}
    shown, against = (other, one) if turned else (one, other)
    found = differences(one, other, names)
    assert differences(one, one, names) == []
    assert len({(one.kind, one.id) for one in found}) == len(found)
    assert {one.how for one in found} <= set(HOW)
    assert len(found) <= len(patches_between(one, other))
    both = with_ghosts(shown, against)
    picture = mark(draw(both, names, room=0), found, shown)
    for difference in found:
        if difference.kind in KEYS and (place := place_of(difference)):
            html = picture[place].html
            assert f'data-diff="{difference.how}"' in html
            assert (" data-ghost" in html) == (difference.id not in shown[KEYS[difference.kind]])
    assert page_parts(picture)
