"""A journey begun from portable data, and a whole journey copied."""

from __future__ import annotations

import time

import pytest
from django.utils import timezone

from accounts.ids import id_text, new_id
from accounts.models import Role
from journeys.beginning import begin_copy, begin_from
from journeys.breaking_down import break_down
from journeys.demo import FOLDER
from journeys.faults import NotPortable
from journeys.importing import import_sheet
from journeys.models import Change, Handoff, Journey, Segment, Touchpoint
from journeys.models.element import ActRefused
from journeys.names import names_by_id
from journeys.portable import MOST, REFERENCES, portable
from journeys.reading import read_document
from journeys.sheets import read_sheet
from playbooks.models import Playbook

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def drawn(owner):
    """The five stages, with what a sheet cannot say: a handoff, a brief, a summary, an external id."""
    segment = Segment.objects.make(owner.workspace, "Enterprise", at=NOW)
    sheet = read_sheet((FOLDER / "five-stages.csv").read_bytes())
    journey, _, _ = import_sheet(sheet, segment, "Enterprise journey", name="x", by=owner, at=NOW)
    cards = list(Touchpoint.objects.filter(journey=journey).select_related("journey", "lane").order_by("id"))
    given = next(card for card in cards if card.owner_id)
    taken = next(card for card in cards if card.owner_id and card.owner_id != given.owner_id)
    handoff = Handoff.draw(given, None, taken, by=owner, at=NOW)
    handoff.edit({"package": [{"item": "Order form", "where": "CRM", "reader": "Onboarding"}]}, by=owner, at=NOW)
    cards[0].edit({"external_id": "CRM-1", "notes": "x"}, by=owner, at=NOW)
    with journey.act("summed up", by=owner, at=NOW) as act:
        act.change_journey(summary="From the first talk to the renewal.")
    return journey


@pytest.fixture
def digital(owner):
    return Segment.objects.make(owner.workspace, "Digital", at=NOW)


def as_data(journey):
    return portable(read_document(journey), *names_by_id(journey.segment.workspace_id))


def without_ids(data, *left_out):
    """Portable data in which what refers to an element names it; rows that have no order stand in the order of what they say."""
    names = {key: {row["id"]: row.get("name") or row.get("title") for row in rows} for key, rows in data.items() if key in MOST}
    result = {}
    for key in MOST:
        rows = [{name: value for name, value in row.items() if name not in ("id", *left_out)} for row in data[key]]
        for row in rows:
            for name, of in REFERENCES.values():
                if name in row:
                    row[name] = names[of].get(row[name], "")
        result[key] = rows if key in ("stages", "lanes") else sorted(rows, key=repr)
    return {**data, **result}


def test_a_journey_begun_from_data_says_what_the_data_says(drawn, digital, owner):
    data = as_data(drawn)
    made = begin_from(digital, "Digital journey", data, by=owner, at=NOW, label="began Digital journey from the template X")
    there = as_data(made)
    assert there["journey"].pop("title") == "Digital journey"
    assert data["journey"].pop("title") == "Enterprise journey"
    assert without_ids(there) == without_ids(data)
    assert not {row["id"] for row in there["touchpoints"]} & {row["id"] for row in data["touchpoints"]}


def test_it_is_one_change_and_undoing_it_leaves_an_empty_map(drawn, digital, owner):
    made = begin_from(digital, "Digital journey", as_data(drawn), by=owner, at=NOW, label="began it from the template X")
    assert [change.label for change in Change.objects.of(made).since(0)] == [
        "began Digital journey",
        "began it from the template X",
    ]
    made.undo(by=owner, at=NOW)
    document = read_document(made)
    assert [lane["name"] for lane in document["lanes"].values()] == ["Customer", "Outside"]
    assert [document[key] for key in ("stages", "touchpoints", "emotions", "connectors", "handoffs")] == [{}] * 5
    assert document["journey"]["summary"] == ""


def test_roles_and_playbooks_that_are_missing_are_made_once(drawn, stranger):
    data = as_data(drawn)
    elsewhere = Segment.objects.make(stranger.workspace, "Enterprise", at=NOW)
    was = Role.objects.visible_to(stranger).count()
    for title in ("First", "Second"):
        begin_from(elsewhere, title, data, by=stranger, at=NOW)
    named = {row["playbook"] for row in data["touchpoints"] if row["playbook"]}
    assert {book.title for book in Playbook.objects.visible_to(stranger)} == named != set()
    owners = {row["owner"] for row in data["touchpoints"] if row["owner"]}
    missing = owners - set(Role.objects.visible_to(stranger).values_list("name", flat=True))
    assert missing == set()
    assert Role.objects.visible_to(stranger).count() <= was + len(owners)


def test_a_customers_lane_of_another_name_is_the_maps_own(digital, owner):
    data = {
        "format": "touchline-journey",
        "version": 1,
        "stages": [{"id": "s", "name": "One"}],
        "lanes": [{"id": "b", "name": "Buyer", "kind": "customer"}, {"id": "r", "name": "Support", "role": "Support"}],
        "touchpoints": [{"id": "t", "title": "Asks", "stage": "s", "lane": "b", "slot": 0}],
    }
    made = begin_from(digital, "Digital journey", data, by=owner, at=NOW)
    document = read_document(made)
    assert sorted((lane["kind"], lane["name"]) for lane in document["lanes"].values()) == [
        ("customer", "Buyer"),
        ("outside", "Outside"),
        ("role", "Support"),
    ]
    (card,) = document["touchpoints"].values()
    assert document["lanes"][card["lane_id"]]["name"] == "Buyer"


def data_with(**parts):
    cards = [{"id": name, "title": name, "stage": "s", "lane": "l", "slot": n} for n, name in enumerate("abc")]
    lanes = [{"id": "l", "name": "Support", "role": "Support"}]
    base = {
        "format": "touchline-journey",
        "version": 1,
        "stages": [{"id": "s", "name": "One"}],
        "lanes": lanes,
        "touchpoints": cards,
    }
    return base | parts


def arrows(*pairs, kind="sequence"):
    return [{"id": f"{a}{b}{n}", "source": a, "target": b, "kind": kind} for n, (a, b) in enumerate(pairs)]


def outside(id):
    return {"id": id, "name": id, "kind": "outside"}


def stage(id):
    return {"id": id, "name": id, "external_id": "e"}


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"connectors": arrows("ab", "bc", "ca")}, "close a circle: a → b → c → a"),
        ({"connectors": arrows("aa")}, "from “a” to itself"),
        ({"connectors": arrows("ab", "ab", kind="unordered")}, "Two arrows lead from “a” to “b”"),
        ({"lanes": [outside("l"), outside("m")]}, "one lane of the kind “outside”"),
        ({"stages": [stage("s"), stage("t")]}, "“e” comes twice"),
        ({"journey": {"summary": "x" * 4001}}, "journey, summary: It has at most 4,000 letters, this has 4,001"),
        ({"stages": [{"id": "s", "name": "One", "goal": "a\0b"}]}, "a character that cannot be kept"),
        ({"lanes": [{"id": "l", "name": "Support", "role": "a\0b"}]}, "a character that cannot be kept"),
        (
            {"lanes": [{"id": "l", "name": "Support", "role": "x" * 121}]},
            "lanes, number 1, role: The name of a role has at most 120 letters, this has 121",
        ),
        ([], "not a Touchline journey"),
    ],
)
def test_data_that_is_no_map_makes_nothing_and_says_why(digital, owner, parts, told):
    data = data_with(**parts) if isinstance(parts, dict) else parts
    were = Journey.objects.count(), Role.objects.count()
    with pytest.raises(NotPortable) as refused:
        begin_from(digital, "Digital journey", data, by=owner, at=NOW)
    assert told in str(refused.value)
    assert (Journey.objects.count(), Role.objects.count()) == were


def test_a_retried_act_is_one_act(drawn, digital, owner, stranger):
    id, data = new_id(), as_data(drawn)
    made = [begin_from(digital, "Digital journey", data, id=id, by=owner, at=NOW) for _ in range(2)]
    assert [one.pk for one in made] == [id, id]
    assert Change.objects.of(made[0]).count() == 2
    assert begin_copy(drawn, digital, "Copy", id=id, by=owner, at=NOW).title == "Digital journey"
    theirs = Segment.objects.make(stranger.workspace, "Theirs", at=NOW)
    with pytest.raises(ActRefused):
        begin_from(theirs, "Mine", data, id=id, by=stranger, at=NOW)


def test_a_copy_equals_its_source_but_for_external_ids(drawn, digital, owner):
    was = read_document(drawn)
    copy = begin_copy(drawn, digital, "For digital customers", by=owner, at=NOW)
    there, here = as_data(copy), as_data(drawn)
    assert (there["journey"].pop("title"), here["journey"].pop("title")) == ("For digital customers", "Enterprise journey")
    assert without_ids(there, "external_id") == without_ids(here, "external_id")
    assert {row["external_id"] for row in there["touchpoints"]} == {""}
    assert "CRM-1" in {row["external_id"] for row in here["touchpoints"]}
    assert read_document(drawn) == was
    assert copy.segment == digital


def test_a_copy_brings_copies_of_what_is_inside(drawn, digital, owner):
    card = Touchpoint.objects.filter(journey=drawn).select_related("journey__segment").order_by("id").first()
    child = break_down(card, by=owner, at=NOW)
    child.add_stage("Within", by=owner, at=NOW)
    copy = begin_copy(drawn, digital, "Copy", by=owner, at=NOW)
    parent = Touchpoint.objects.select_related("child__segment").get(journey=copy, title=card.title)
    assert parent.child.pk != child.pk
    assert (parent.child.title, parent.child.segment) == (child.title, digital)
    names = [[row["name"] for row in as_data(one)["stages"]] for one in (parent.child, child)]
    assert names[0] == names[1]
    assert "Within" in names[0]


def test_a_journey_is_not_copied_into_another_workspace(drawn, stranger):
    theirs = Segment.objects.make(stranger.workspace, "Theirs", at=NOW)
    with pytest.raises(ActRefused):
        begin_copy(drawn, theirs, "Mine", by=stranger, at=NOW)


def test_a_thousand_cards_come_in_with_as_many_questions_as_one(digital, owner, django_assert_max_num_queries):
    cards = [{"id": f"c{n}", "title": f"Card {n}", "stage": "s", "lane": "l", "slot": n, "owner": "Support"} for n in range(1000)]
    ties = [{"id": id_text(), "source": f"c{n}", "target": f"c{n + 1}"} for n in range(900)]
    data = data_with(touchpoints=cards, connectors=ties)
    began = time.perf_counter()
    with django_assert_max_num_queries(40):
        made = begin_from(digital, "Long", data, by=owner, at=NOW)
    took = time.perf_counter() - began
    assert Touchpoint.objects.filter(journey=made).count() == 1000
    assert took < 5
