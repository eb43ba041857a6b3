"""A journey that people keep in a spreadsheet: its file changes nothing by itself, and one edited cell changes just that."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest

from accounts.models import Role
from journeys.demo import FOLDER
from journeys.exports.sheet import write_csv
from journeys.exports.workbook import write_xlsx
from journeys.importing import import_sheet
from journeys.models import Segment
from journeys.reading import read_document
from journeys.sheet_columns import COLUMNS
from journeys.sheets import read_sheet
from playbooks.models import Playbook
from tests.journeys.documents import normal, subject

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture
def rich(owner):
    """A journey with one of everything, in the database."""
    segment = Segment.objects.make(owner.workspace, "Enterprise", at=NOW)
    roles = {role.name: str(role.pk) for role in owner.workspace.roles.all()}
    csm, sales = list(roles)[:2]
    rows = [
        {"kind": "journey", "title": "Rich", "notes": "Everything in one."},
        {"kind": "lane", "lane": "Ours", "owner_role": csm},
        {"kind": "lane", "lane": "Theirs", "owner_role": sales},
        {"kind": "stage", "stage": "Begin", "length_days": "30", "goal": "To know\nwhat comes", "success": "'=signed"},
        {"stage": "Begin", "lane": "Theirs", "title": "First call", "external_id": "a", "notes": "- one\n- two"},
        {"stage": "Begin", "lane": "Ours", "title": "-Welcome", "external_id": "b", "after": "a", "moment_of_truth": "yes"},
        {"stage": "Begin", "lane": "Ours", "title": "Hand over", "external_id": "c", "owner_role": sales},
        {"kind": "arrow", "title": "if they agree", "after": "b", "to": "c"},
        {
            "kind": "handoff",
            "after": "a",
            "handoff_to": csm,
            "to": "b",
            "accept_within_days": "5",
            "package": "Goals | CRM | CSM\nRisks",
        },
        {"kind": "emotion", "stage": "Begin", "title": "Hopeful", "emotion": "1", "why": "New", "answer": "Keep pace"},
    ]
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    journey, plan, _ = import_sheet(read_sheet(out.getvalue().encode()), segment, "Rich", name="rich.csv", by=owner, at=NOW)
    assert plan.problems == {}
    return journey


def of_workspace(journey, member):
    roles = {str(pk): name for pk, name in Role.objects.visible_to(member).values_list("pk", "name")}
    playbooks = {str(pk): title for pk, title in Playbook.objects.visible_to(member).values_list("pk", "title")}
    return subject(read_document(journey), roles, playbooks)


@pytest.mark.django_db
@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_a_rich_journey_goes_round_through_the_database_and_back_onto_itself_without_a_change(rich, owner, write):
    exported = of_workspace(rich, owner)
    file = write(exported)
    _, plan, change = import_sheet(read_sheet(file), rich.segment, rich.title, name="again", by=owner, at=NOW)
    assert (plan.problems, change) == ({}, None)
    assert read_document(rich) == exported.document
    other, plan, _ = import_sheet(read_sheet(file), rich.segment, "Another", name="other", by=owner, at=NOW)
    assert plan.problems == {}
    names = exported.roles, exported.playbooks
    assert normal(read_document(other), *names) == normal(exported.document, *names)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["five-stages", "gitlab-onboarding", "saas-lifecycle"])
def test_a_sample_goes_round(owner, name):
    segment = Segment.objects.make(owner.workspace, "Enterprise", at=NOW)
    sheet = read_sheet((FOLDER / f"{name}.csv").read_bytes())
    journey, _, _ = import_sheet(sheet, segment, "Sample", name="x", by=owner, at=NOW)
    exported = of_workspace(journey, owner)
    for write in (write_csv, write_xlsx):
        again, plan, _ = import_sheet(read_sheet(write(exported)), segment, write.__name__, name="x", by=owner, at=NOW)
        assert plan.problems == {}
        names = exported.roles, exported.playbooks
        assert normal(read_document(again), *names) == normal(exported.document, *names)


def sheet_edited(journey, member, change):
    """The export of a journey with `change(row)` done to each of its rows; those for which it answers False are left out."""
    lines = list(csv.DictReader(io.StringIO(write_csv(of_workspace(journey, member)).decode("utf-8-sig"), newline="")))
    kept = [row for row in lines if change(row) is not False]
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(kept)
    return read_sheet(out.getvalue().encode())


def bring(journey, member, sheet):
    return import_sheet(sheet, journey.segment, journey.title, name="edited", by=member, at=NOW)


def edited(journey, member, change):
    """The edited export brought back onto its journey."""
    return bring(journey, member, sheet_edited(journey, member, change))


CELLS = [
    ("stage", "goal", "Another goal", [("stage", {"goal"})]),
    ("stage", "stage", "Beginning", [("stage", {"name"})]),
    ("lane", "lane", "Our people", [("lane", {"name"})]),
    ("touchpoint", "title", "Second call", [("touchpoint", {"title"})]),
    ("touchpoint", "slot", "7", [("touchpoint", {"slot"})]),
    ("touchpoint", "external_id", "renamed", [("touchpoint", {"external_id"})]),
    ("emotion", "answer", "Slow down", [("emotion", {"answer"})]),
    ("arrow", "title", "", [("connector", {"label"})]),
    ("handoff", "package", "Goals", [("handoff", {"package"})]),
    ("handoff", "accept_within_days", "", [("handoff", {"accept_within_days"})]),
    ("journey", "notes", "Shorter", [("journey", {"summary"})]),
    ("journey", "title", "Richer", [("journey", {"title"})]),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "column", "value", "changed"), CELLS)
def test_one_cell_edited_changes_just_that(rich, owner, kind, column, value, changed):
    done = []

    def change(row):
        # The last card is named by no other row, so its external id can change.
        last = kind != "touchpoint" or row["title"] == "Hand over"
        if row["kind"] == kind and last and not done:
            done.append(row)
            row[column] = value
            if column == "external_id":
                row["external_id"] = value
        if column == "external_id" and row["kind"] == "arrow":
            row["to"] = value

    _, plan, written = edited(rich, owner, change)
    assert plan.problems == {}
    assert [(patch["kind"], set(patch["after"])) for patch in written.patches] == changed


@pytest.mark.django_db
def test_cards_that_go_on_calling_a_renamed_stage_by_its_old_name_are_asked_about_and_stay(rich, owner):
    def change(row):
        if row["kind"] == "stage":
            row["stage"] = "Beginning"

    file = sheet_edited(rich, owner, change)
    bring(rich, owner, file)
    renamed = read_document(rich)
    assert [stage["name"] for stage in renamed["stages"].values()] == ["Beginning"]
    _, plan, written = bring(rich, owner, file)
    assert {sentence for found in plan.problems.values() for sentence in found} >= {
        "stage: there is no Begin on the map, and no row of the kind stage makes it."
    }
    assert written is None
    assert read_document(rich) == renamed


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["arrow", "handoff"])
def test_a_line_whose_row_is_taken_out_goes_and_comes_back_by_undo(rich, owner, kind):
    before = read_document(rich)
    _, _, written = edited(rich, owner, lambda row: row["kind"] != kind)
    assert [(patch["kind"], patch["after"]) for patch in written.patches] == [({"arrow": "connector"}.get(kind, kind), None)]
    rich.undo(by=owner, at=NOW)
    assert {**read_document(rich), "revision": 0} == {**before, "revision": 0}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "column", "value", "told"),
    [
        ("arrow", "to", "nowhere", "to: nowhere is neither in the sheet nor on the map."),
        ("arrow", "after", "c", "to: an arrow needs two cards."),
        ("arrow", "title", "x" * 121, "at most 120 letters"),
        ("arrow", "to", "a", "after: it closes a circle"),
        ("handoff", "package", "| where", "is not “item"),
        ("handoff", "package", "a|b|c|d", "is not “item"),
        ("handoff", "package", "\n".join(["x"] * 51), "up to 50 items, this has 51"),
        ("handoff", "accept_within_days", "400", "400 is not between 1 and 365"),
        ("handoff", "handoff_to", "", "handoff_to: it is empty"),
        ("handoff", "after", "", "after: it is empty"),
        ("handoff", "to", "a", "to: a card is not handed over to itself."),
        ("stage", "length_days", "long", "long is not a whole number"),
        ("touchpoint", "moment_of_truth", "perhaps", "perhaps is neither yes nor no"),
        ("touchpoint", "slot", "20001", "20001 is not between 0 and 20000"),
        ("touchpoint", "stage", "00000000-0000-0000-0000-000000000000", "stage: 00000000"),
        ("touchpoint", "kind", "emotion", "kind: this is a card on the map."),
        ("touchpoint", "external_id", "b", "external_id: b is"),
        ("lane", "kind", "customer_lane", "is of another kind on the map"),
    ],
)
def test_a_bad_cell_is_named_and_touches_nothing_else(rich, owner, kind, column, value, told):
    before = read_document(rich)
    done = []

    def change(row):
        if row["kind"] == kind and not done:
            done.append(row)
            row[column] = value

    _, plan, written = edited(rich, owner, change)
    assert told in " ".join(sentence for found in plan.problems.values() for sentence in found)
    assert written is None or {patch["kind"] for patch in written.patches} == {"touchpoint"}
    assert {key: len(rows) for key, rows in read_document(rich).items() if isinstance(rows, dict)} == {
        key: len(rows) for key, rows in before.items() if isinstance(rows, dict)
    }
