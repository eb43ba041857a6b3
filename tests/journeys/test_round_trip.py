"""A journey goes out as CSV, XLSX or JSON and comes back the same; the file brought to its own map changes nothing."""

from __future__ import annotations

import csv
import io
import re
from copy import deepcopy
from datetime import UTC, datetime

import openpyxl
import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys.circles import find_circle
from journeys.document import apply_patches, empty_document
from journeys.exports.json_file import write_json
from journeys.exports.sheet import write_csv
from journeys.exports.workbook import write_xlsx
from journeys.import_plan import plan_import
from journeys.sheet_columns import COLUMNS
from journeys.sheet_marks import mark, mark_inside, unmark, unmark_inside
from journeys.sheets import read_sheet
from journeys.unpacking import to_document
from tests.journeys.documents import PLAYBOOKS, ROLES, documents, free, ids, normal, subject

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
DANGER = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


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
