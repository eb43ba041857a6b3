"""Comparing two maps: what is which, what has moved, and that it is the same seen from either side."""

from __future__ import annotations

from copy import deepcopy
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journeys.beginning import with_new_ids
from journeys.comparing import Kind, Side, compare
from journeys.comparing.matching import Named, match
from journeys.comparing.ordering import out_of_order
from journeys.document import KEYS, empty_document
from journeys.models import Stage
from tests.journeys.documents import PLAYBOOKS, ROLES, documents

NAMES = ROLES | PLAYBOOKS
SOME = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def drawn(*stages, lanes=("Customer", "CSM"), id="j", **cards):
    """A map: stages by name; title=(stage, lane, slot) or with a dict of more fields."""
    document = empty_document(id) | {"journey": {"title": "Map", "summary": ""}}
    brief = {name: "" for name in Stage.logged if name not in ("name", "position", "length_days")}
    for n, name in enumerate(stages):
        document["stages"][f"{id}-s{n}"] = {"name": name, "position": float(n), "length_days": 30, **brief}
    for n, name in enumerate(lanes):
        kind = "customer" if name == "Customer" else "role"
        document["lanes"][f"{id}-l{n}"] = {"name": name, "kind": kind, "role_id": None, "position": float(n), "external_id": ""}
    for title, (stage, lane, slot, *more) in cards.items():
        texts = dict.fromkeys(("customer_view", "channel", "criterion", "notes", "external_id"), "")
        none = dict.fromkeys(("owner_id", "repeat_days", "effort_min", "emotion", "playbook_id", "child_id"))
        place = {"stage_id": f"{id}-s{stage}", "lane_id": f"{id}-l{lane}", "slot": slot, "title": title.replace("_", " ")}
        usual = {"kind": "touchpoint", "delivery": "person", "importance": "must", "moment_of_truth": False}
        row = {**texts, **none, **place, **usual, "anchor": "stage", "offset_days": 0}
        document["touchpoints"][f"{id}-{title}"] = row | (more[0] if more else {})
    return document


def seen(before, after, what="touchpoint"):
    """{id before or after: kinds} of what differs."""
    found = compare(Side(before, NAMES), Side(after, NAMES))
    return {pair.before or pair.after: "+".join(pair.kinds) for pair in found.differing if pair.what == what}


def details(before, after, id):
    found = compare(Side(before, NAMES), Side(after, NAMES))
    pair = next(pair for pair in found.pairs if id in (pair.before, pair.after))
    return {detail.label: (detail.before, detail.after) for detail in pair.details}


def edited(document, id, **fields):
    document = deepcopy(document)
    key = next(key for key in KEYS.values() if id in document[key])
    document[key][id] |= fields
    return document


MAP = drawn("Start", "Go live", Kickoff=(0, 1, 0), Training=(0, 1, 1), Review=(1, 1, 0), Survey=(1, 0, 1))


def test_what_was_added_and_removed():
    later = deepcopy(MAP)
    later["touchpoints"]["j-New"] = deepcopy(later["touchpoints"].pop("j-Survey"))
    assert seen(MAP, later) == {"j-Survey": "removed", "j-New": "added"}


def test_a_card_moves_to_another_stage_and_another_lane():
    later = edited(edited(MAP, "j-Kickoff", stage_id="j-s1", slot=3), "j-Survey", lane_id="j-l1")
    assert seen(MAP, later) == {"j-Kickoff": "moved", "j-Survey": "moved"}
    assert details(MAP, later, "j-Kickoff") == {"Stage": ("Start", "Go live")}
    assert details(MAP, later, "j-Survey") == {"Lane": ("Customer", "CSM")}


def test_of_a_row_only_the_card_that_went_past_the_others_has_moved():
    row = drawn("Start", **{f"Card{n}": (0, 1, n) for n in range(5)})
    later = deepcopy(row)
    for n in range(5):
        later["touchpoints"][f"j-Card{n}"]["slot"] = (n - 1) % 5
    assert seen(row, later) == {"j-Card0": "moved"}
    assert details(row, later, "j-Card0") == {"Place": ("1", "5")}


def test_an_empty_slot_moves_no_card_but_is_told_of_its_stage():
    later = edited(MAP, "j-Training", slot=4)
    assert seen(MAP, later) == {}
    assert seen(MAP, later, "stage") == {"j-s0": "changed"}
    assert details(MAP, later, "j-s0") == {"Empty slots": ("2 slots wide", "5 slots wide")}


def test_another_time_is_told_as_a_sentence():
    later = edited(MAP, "j-Kickoff", anchor="enrolment", offset_days=3, repeat_days=30)
    assert seen(MAP, later) == {"j-Kickoff": "retimed"}
    assert details(MAP, later, "j-Kickoff") == {"Due": ("when the stage starts", "3 days after enrolment, then every 30 days")}
    assert seen(MAP, edited(MAP, "j-s1", length_days=14), "stage") == {"j-s1": "retimed"}


def test_one_card_may_have_moved_be_retimed_and_changed_at_once():
    role = next(iter(ROLES))
    later = edited(MAP, "j-Review", lane_id="j-l0", offset_days=-2, title="Business review", owner_id=role, moment_of_truth=True)
    assert seen(MAP, later) == {"j-Review": "moved+retimed+changed"}
    assert details(MAP, later, "j-Review")["Owner"] == ("", ROLES[role])
    assert details(MAP, later, "j-Review")["Moment of truth"] == ("no", "yes")


def test_stages_and_lanes_are_added_removed_renamed_and_moved():
    later = edited(edited(MAP, "j-s0", position=7.0, name="Beginning"), "j-l1", name="Success")
    later["stages"]["j-s2"] = later["stages"]["j-s1"] | {"position": 9.0}
    assert seen(MAP, later, "stage") == {"j-s0": "moved+changed", "j-s2": "added"}
    assert details(MAP, later, "j-s0") == {"Name": ("Start", "Beginning"), "Place": ("1 of 2", "2 of 3")}
    assert seen(MAP, later, "lane") == {"j-l1": "changed"}


def test_positions_that_were_only_numbered_anew_are_no_difference():
    later = deepcopy(MAP)
    for n, id in enumerate(("j-s0", "j-s1")):
        later["stages"][id]["position"] = 100.0 + n
    assert compare(Side(MAP, {}), Side(later, {})).differing == []


def test_the_owner_of_the_map_its_review_and_what_was_set_aside_are_no_part_of_the_journey():
    later = deepcopy(MAP)
    later["journey"] |= {"owner_id": "x", "review_on": "2027-01-01"}
    later["dismissals"]["d"] = {"rule": "owner", "subject_id": "", "reason": "no"}
    assert compare(Side(MAP, {}), Side(later, {})).differing == []


def test_a_removed_stage_is_shown_where_it_stood():
    later = deepcopy(MAP)
    del later["stages"]["j-s0"]
    for id in ("j-Kickoff", "j-Training"):
        later["touchpoints"][id]["stage_id"] = "j-s1"
    groups = compare(Side(MAP, {}), Side(later, {})).groups
    assert [(group.stage.before, group.stage.after) for group in groups[1:]] == [("j-s0", None), ("j-s1", "j-s1")]


# journeys of two segments

OTHER = drawn(
    "Go-Live!",
    "start",
    "Renewal",
    lanes=("Customer", "Csm"),
    id="k",
    Kick_off=(1, 1, 0),
    training=(1, 1, 1),
    Reviews=(0, 1, 0),
    Nps=(2, 0, 0),
)


def test_titles_are_matched_without_case_and_punctuation_then_if_they_are_close():
    assert seen(MAP, OTHER) == {
        "j-Kickoff": "changed",
        "j-Training": "changed",
        "j-Review": "changed",
        "j-Survey": "removed",
        "k-Nps": "added",
    }
    assert details(MAP, OTHER, "j-Kickoff") == {"Title": ("Kickoff", "Kick off")}
    assert set(seen(MAP, OTHER, "stage")) == {"j-s0", "j-s1", "k-s2"}


def test_an_external_id_counts_more_than_a_title():
    one = edited(MAP, "j-Survey", external_id="nps-1")
    other = edited(OTHER, "k-Nps", external_id="nps-1")
    assert seen(one, other)["j-Survey"] == "moved+changed"
    assert "k-Nps" not in seen(one, other)


def test_of_two_cards_of_one_title_each_finds_the_one_that_stands_as_it_does():
    one = drawn("A", "B", Call=(0, 1, 0), CALL=(1, 1, 0))
    other = drawn("A", "B", id="k", call=(1, 1, 0), Call=(0, 1, 0))
    found = compare(Side(one, {}), Side(other, {}))
    assert {(pair.before, pair.after) for pair in found.pairs if pair.what == "touchpoint"} == {
        ("j-Call", "k-Call"),
        ("j-CALL", "k-call"),
    }


def test_a_lane_is_its_role_whatever_it_is_called():
    role = next(iter(ROLES))
    one, other = edited(MAP, "j-l1", role_id=role), edited(OTHER, "k-l1", role_id=role, name="Somebody")
    assert details(one, other, "j-l1") == {"Name": ("CSM", "Somebody")}


def test_a_thousand_titles_are_compared_in_reasonable_time():
    words = ["Kickoff", "Training", "Review", "Renewal", "Health", "Support", "Executive", "Data", "Security", "Launch"]
    titles = [f"{a} {b} {c}" for a in words for b in words for c in words]
    left = [Named(f"a{n}", "", title) for n, title in enumerate(titles)]
    right = [Named(f"b{n}", "", f"{title}s") for n, title in enumerate(titles)]
    found = match(left, right, lambda one, other: ())
    assert sum(found.get(f"a{n}") == f"b{n}" for n in range(1000)) > 900


# properties


def mirrored(comparison):
    def turned(pair):
        told = frozenset((detail.kind, detail.label, detail.after, detail.before) for detail in pair.details)
        return (pair.what, pair.after, pair.before, told)

    return {turned(pair) for pair in comparison.pairs}


def told(comparison):
    def as_it_is(pair):
        return (pair.what, pair.before, pair.after, frozenset((d.kind, d.label, d.before, d.after) for d in pair.details))

    return {as_it_is(pair) for pair in comparison.pairs}


def of_another_segment(document):
    ids = count()
    return with_new_ids(document, lambda: f"other-{next(ids):05}") | {"id": "other"}


def changed(document, data):
    """The same journey after some things happened to it."""
    later = deepcopy(document)
    for key in ("touchpoints", "emotions", "stages"):
        for id in list(later[key]):
            act = data.draw(st.sampled_from(["stays", "stays", "slot", "title", "goes"]))
            row = later[key][id]
            if act == "slot":
                row["slot" if "slot" in row else "position"] = data.draw(st.integers(0, 4))
            elif act == "title":
                row["title" if "title" in row else "name"] = data.draw(st.sampled_from(["Twin", "twin!", "Other"]))
            elif act == "goes" and key != "stages":
                del later[key][id]
    later["connectors"] = {
        id: row for id, row in later["connectors"].items() if {row["source_id"], row["target_id"]} <= set(later["touchpoints"])
    }
    later["handoffs"] = {
        id: row
        for id, row in later["handoffs"].items()
        if {row["touchpoint_id"], row["to_touchpoint_id"]} - {None} <= set(later["touchpoints"])
    }
    return later


@SOME
@given(documents())
def test_a_map_differs_in_nothing_from_itself(document):
    assert compare(Side(document, NAMES), Side(deepcopy(document), NAMES)).differing == []


@SOME
@given(documents(), documents(), st.data())
def test_seen_from_the_other_side_it_is_the_mirror_image_and_every_card_is_there_once(document, another, data):
    for one, other in (
        (document, changed(document, data)),
        (document, of_another_segment(another)),
        (document, of_another_segment(changed(document, data))),
    ):
        a, b = Side(one, NAMES), Side(other, NAMES)
        there = compare(a, b)
        assert mirrored(there) == told(compare(b, a))
        for key, kind in (("touchpoints", "touchpoint"), ("stages", "stage"), ("lanes", "lane"), ("emotions", "emotion")):
            pairs = [pair for pair in there.pairs if pair.what == kind]
            assert sorted(pair.before for pair in pairs if pair.before) == sorted(one[key])
            assert sorted(pair.after for pair in pairs if pair.after) == sorted(other[key])
        assert sum(there.counts("touchpoint")[kind] for kind in (Kind.ADDED, "removed", "same")) <= len(one["touchpoints"]) + len(
            other["touchpoints"]
        )


SHOWN = ("stages", "lanes", "touchpoints", "emotions", "connectors", "handoffs")


@SOME
@given(documents(), st.data())
def test_there_is_no_difference_only_if_the_maps_show_the_same(document, data):
    later = changed(document, data)
    if not compare(Side(document, NAMES), Side(later, NAMES)).differing:

        def shown(one):
            order = sorted(one["stages"], key=lambda id: (one["stages"][id]["position"], id))
            return [
                {id: row | {"position": order.index(id) if id in order else 0} for id, row in one[key].items()} for key in SHOWN
            ]

        ties = len({row["position"] for row in later["stages"].values()}) < len(later["stages"])
        assert ties or shown(document) == shown(later)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=12))
def test_the_rest_keeps_its_order_and_both_ways_agree(places):
    before = {(f"a{n}", f"b{n}"): place for n, place in enumerate(places)}
    after = {(other, one): (was, now) for (one, other), (now, was) in before.items()}
    strayed = out_of_order(before)
    assert {(other, one) for one, other in out_of_order(after)} == strayed
    rest = sorted(place for key, place in before.items() if key not in strayed)
    assert [now for _, now in rest] == sorted(now for _, now in rest)


@pytest.mark.parametrize("title", ["?!", "???", "—"])
def test_a_title_of_signs_alone_is_a_title(title):
    one, other = edited(MAP, "j-Survey", title=title), edited(OTHER, "k-Nps", title=title)
    assert seen(one, other)["j-Survey"] == "moved"
