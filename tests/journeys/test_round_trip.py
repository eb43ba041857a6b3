"""A journey goes out as CSV, XLSX or JSON and comes back the same; the file brought to its own map changes nothing."""

from __future__ import annotations

import csv
import io
import re
from copy import deepcopy
from datetime import UTC, date, datetime

import openpyxl
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Role
from journeys.circles import find_circle
from journeys.demo import FOLDER
from journeys.document import apply_patches, empty_document
from journeys.exports.json_file import write_json
from journeys.exports.sheet import write_csv
from journeys.exports.subject import Subject
from journeys.exports.workbook import write_xlsx
from journeys.import_plan import plan_import
from journeys.importing import import_sheet
from journeys.models import Segment
from journeys.portable import to_document
from journeys.reading import read_document
from journeys.sheet_columns import COLUMNS
from journeys.sheet_marks import mark, mark_inside, unmark, unmark_inside
from journeys.sheets import read_sheet
from playbooks.models import Playbook
from tests.journeys.documents import PLAYBOOKS, ROLES, documents, free, ids, normal

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
DANGER = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def subject(document, roles=ROLES, playbooks=PLAYBOOKS):
    return Subject(document, "Enterprise", roles, playbooks, date(2026, 11, 25))


def turned(names):
    return {name.casefold(): id for id, name in names.items()}


def after(document, plan):
    patches = [{"kind": k, "id": i, "before": None, "after": f} for k, i, f in plan.creates]
    patches += [{"kind": k, "id": i, "before": {}, "after": f} for k, i, f in plan.updates]
    patches += [{"kind": k, "id": i, "before": {}, "after": None} for k, i in plan.deletes]
    result = apply_patches(document, patches)
    return {**result, "journey": {"title": "Copy", "summary": "", **document["journey"], **plan.journey}}


def brought(data, document, roles=ROLES, playbooks=PLAYBOOKS, start=500_000):
    """(the map after the file, the plan, roles and playbooks as they are then)."""
    plan = plan_import(read_sheet(data), document, turned(roles), turned(playbooks), ids(start).__next__)
    return after(document or empty_document(), plan), plan, roles | dict(plan.new_roles), playbooks | dict(plan.new_playbooks)


def check_round(data, document):
    came, plan, roles, playbooks = brought(data, None)
    assert plan.problems == {}
    assert normal(came, roles, playbooks) == normal(document, ROLES, PLAYBOOKS)
    _, again, _, _ = brought(data, document)
    assert again.changes_nothing, (again.creates, again.updates, again.deletes, again.journey)
    assert set(again.counts) == {"unchanged"}
    assert again.absent == 0
    # The same file on a map that it was brought to before finds everything again, though the ids are other ones.
    assert brought(data, came, roles, playbooks, start=900_000)[1].changes_nothing


@settings(max_examples=200, deadline=None)
@given(documents())
def test_any_journey_goes_round_as_csv(document):
    check_round(write_csv(subject(document)), document)


@settings(max_examples=12, deadline=None)
@given(documents())
def test_any_journey_goes_round_as_xlsx(document):
    check_round(write_xlsx(subject(document)), document)


@settings(max_examples=100, deadline=None)
@given(documents())
def test_any_journey_goes_round_as_json(document):
    data = orjson.loads(write_json(subject(document)))
    came = to_document(data, turned(ROLES), turned(PLAYBOOKS), ids(500_000).__next__)
    assert normal(came, ROLES, PLAYBOOKS) == normal(document, ROLES, PLAYBOOKS)


@settings(max_examples=200, deadline=None)
@given(documents(), st.sampled_from([",", ";"]))
def test_no_cell_of_a_csv_starts_a_formula_wherever_a_simple_spreadsheet_splits_it(document, separator):
    text = write_csv(subject(document)).decode("utf-8-sig")
    numbers = re.compile(r"-?\d+")
    cells = [cell for line in csv.reader(io.StringIO(text, newline="")) for cell in line]
    cells += [piece for line in re.split(r"[\r\n]+", text) for piece in line.split(separator)]
    assert [cell for cell in cells if cell.strip('"').startswith(DANGER) and not numbers.fullmatch(cell)] == []


@settings(max_examples=20, deadline=None)
@given(documents())
def test_every_text_of_a_workbook_is_a_cell_of_the_type_text(document):
    sheet = openpyxl.load_workbook(io.BytesIO(write_xlsx(subject(document)))).active
    lines = list(sheet.iter_rows())
    assert [cell.value for cell in lines[0]] == list(COLUMNS)
    assert {cell.data_type for line in lines for cell in line if cell.value is not None} <= {"s", "n"}
    assert all(isinstance(cell.value, int) for line in lines for cell in line if cell.data_type == "n" and cell.value is not None)


@given(free)
def test_a_mark_comes_off_again(text):
    assert unmark(mark(text)) == text
    assert unmark_inside(mark_inside(text)) == text
    assert not mark(text).startswith(DANGER)


def test_texts_stay_as_readable_as_they_can():
    quiet = ["plain", "a - b", "it's", "e-mail, then call", "'quoted'", "7 > 5; 3"]
    assert [mark(text) for text in quiet] == quiet
    assert mark("=1;=2") == "'=1;'=2"
    assert mark("'=1") == "''=1"


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


KINDS = ["", "touchpoint", "event", "emotion", "stage", "lane", "customer_lane", "arrow", "handoff", "dismissal", "journey"]
ANY = ["", "", "a", "b", "c", "1", "x;y"]
ODD_ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(KINDS),
            "id": st.sampled_from(["", "", "1", "2", "3"]),
            "external_id": st.sampled_from(["", "", "a", "b", "c"]),
            "stage": st.sampled_from(["One", "one", "Two", "2", ""]),
            "lane": st.sampled_from(["", "Customer", "outside", "CSM", "1"]),
            "title": st.sampled_from(["T", "U", ""]),
            "owner_role": st.sampled_from(["", "CSM", "(nobody)", "AE"]),
            "emotion": st.sampled_from(["1", ""]),
            "slot": st.sampled_from(["", "0", "2"]),
            **{column: st.sampled_from(ANY) for column in ("after", "with", "to")},
            "handoff_to": st.sampled_from(["", "CSM", "AE"]),
            "package": st.sampled_from(["", "a|b", "||"]),
            "rule": st.sampled_from(["", "silence"]),
            "notes": st.sampled_from(["", "N"]),
        }
    ),
    min_size=1,
    max_size=10,
)


def check_sound(document):
    """What the database would refuse."""
    for key in ("touchpoints", "emotions", "stages"):
        given_ids = [row["external_id"] for row in document[key].values() if row["external_id"]]
        assert len(given_ids) == len(set(given_ids))
    arrows = [(c["source_id"], c["target_id"]) for c in document["connectors"].values()]
    assert len(arrows) == len(set(arrows))
    assert not find_circle([(c["source_id"], c["target_id"]) for c in document["connectors"].values() if c["kind"] == "sequence"])
    assert sorted(lane["kind"] for lane in document["lanes"].values() if lane["kind"] != "role") in ([], ["customer", "outside"])
    for key, ends in (("connectors", ("source_id", "target_id")), ("handoffs", ("touchpoint_id",))):
        assert all(row[end] in document["touchpoints"] for row in document[key].values() for end in ends)


@settings(max_examples=300, deadline=None)
@given(ODD_ROWS, ODD_ROWS)
def test_odd_rows_of_any_kind_leave_a_sound_map_and_change_nothing_the_second_time(first, second):
    document, roles, playbooks, start = empty_document(), {}, {}, 1000
    for rows in (first, second):
        out = io.StringIO()
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        told = None
        for again in (False, True):
            document, plan, roles, playbooks = brought(out.getvalue().encode(), document, roles, playbooks, start)
            start += 10_000
            assert len(plan.outcomes) == len([row for row in rows if any(row.values())])
            # A row that was bad because of what the map said may be good once another row has changed that.
            if again and plan.problems == told:
                assert plan.changes_nothing, (plan.creates, plan.updates, plan.deletes)
            told = plan.problems
            check_sound(document)


def test_two_rows_of_one_id_are_told_apart():
    plan = plan_import(read_sheet(b"id,stage,title\nx,S,A\nx,S,B\n"), None, {}, {}, ids(1).__next__)
    assert plan.problems == {3: ["id: x is row 2 already."]}


def test_a_row_copied_in_a_spreadsheet_with_its_id_taken_out_is_a_new_card():
    document, plan, roles, _ = brought(b"id,stage,lane,title\nx,S,CSM,A\n", None)
    data = write_csv(subject(document, roles)).decode("utf-8-sig")
    row = next(line for line in data.splitlines() if ",A," in line)
    copy = row[: -len(next(iter(document["touchpoints"])))]
    came, plan, _, _ = brought((data + copy + "\r\n").encode(), document, roles, start=700_000)
    assert plan.problems == {}
    assert [card["title"] for card in came["touchpoints"].values()] == ["A", "A"]
    assert plan.counts["new"] == 1


def test_a_sheet_without_the_new_columns_touches_none_of_their_fields():
    rich = b"external_id,stage,lane,title,notes,owner_role,slot,moment_of_truth\na,S,CSM,A,Mind,AE,4,yes\n"
    document, _, roles, playbooks = brought(rich, None)
    before = deepcopy(document)
    came, plan, _, _ = brought(b"external_id,stage,lane,title\na,S,CSM,A\n", document, roles, playbooks, start=700_000)
    assert plan.changes_nothing
    assert came["touchpoints"] == before["touchpoints"]


def test_an_arrow_turned_round_in_the_sheet_does_not_stay_both_ways():
    document, _, roles, _ = brought(b"external_id,stage,title,after\nx,S,X,\ny,S,Y,x\n", None)
    came, _, _, _ = brought(b"external_id,stage,title,after\nx,S,X,y\ny,S,Y,\n", document, roles, start=700_000)
    titles = {id: card["title"] for id, card in came["touchpoints"].items()}
    assert [(titles[c["source_id"]], titles[c["target_id"]]) for c in came["connectors"].values()] == [("Y", "X")]
