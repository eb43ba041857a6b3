"""Sheets onto maps: the client's three samples element by element, again without change, edited with just that change."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.ids import new_id
from journeys.demo import FOLDER
from journeys.document import KEYS, apply_patches, empty_document
from journeys.import_plan import plan_import
from journeys.importing import import_sheet
from journeys.models import Journey, Segment, Touchpoint
from journeys.models.element import ActRefused
from journeys.reading import read_document
from journeys.sheets import read_sheet

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SAMPLES = sorted(FOLDER.glob("*.csv"))


def sample_rows(path):
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))


def bring(path_or_bytes, owner, title="Map"):
    data = path_or_bytes if isinstance(path_or_bytes, bytes) else path_or_bytes.read_bytes()
    segment = Segment.objects.filter(workspace=owner.workspace).first()
    segment = segment or Segment.objects.make(owner.workspace, "Enterprise", at=NOW)
    return import_sheet(read_sheet(data), segment, title, name="sheet.csv", by=owner, at=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_row_of_a_sample_is_on_the_map_with_every_field(path, owner):
    journey, plan, _ = bring(path, owner)
    document = read_document(journey)
    assert not plan.problems
    roles = {str(role.pk): role.name for role in owner.workspace.roles.all()}
    books = {str(book.pk): book.title for book in owner.workspace.playbooks.all()}
    elements = {e["external_id"]: (id, e) for key in ("touchpoints", "emotions") for id, e in document[key].items()}
    rows = sample_rows(path)
    assert set(elements) == {row["external_id"] for row in rows}
    arrows = {(c["source_id"], c["target_id"]): c["kind"] for c in document["connectors"].values()}
    named = 0
    for row in rows:
        id, element = elements[row["external_id"]]
        assert element["title"] == row["title"]
        assert document["stages"][element["stage_id"]]["name"] == row["stage"]
        if row["kind"] == "emotion":
            assert (element["level"], element["offset_days"]) == (int(row["emotion"]), int(row["offset_days"]))
            continue
        lane = document["lanes"][element["lane_id"]]
        assert (element["kind"], lane["name"]) == (row["kind"], row["lane"])
        assert roles.get(element["owner_id"], "") == (row["lane"] if lane["kind"] == "role" else "")
        for name in ("customer_view", "channel"):
            assert element[name] == row[name]
        assert element["delivery"] == (row["delivery"] or "person")
        assert element["importance"] == (row["importance"] or "must")
        assert element["anchor"] == (row["anchor"] or "enrolment")
        assert element["offset_days"] == int(row["offset_days"] or 0)
        for name in ("repeat_days", "effort_min", "emotion"):
            assert element[name] == (int(row[name]) if row[name] else None)
        assert books.get(element["playbook_id"], "") == row["playbook"]
        handed = [roles[h["to_role_id"]] for h in document["handoffs"].values() if h["touchpoint_id"] == id]
        assert handed == ([row["handoff_to"]] if row["handoff_to"] else [])
        for other in filter(None, row["after"].split(";")):
            assert arrows[elements[other][0], id] == "sequence"
            named += 1
        for other in filter(None, row["with"].split(";")):
            pair = (elements[other][0], id)
            assert "unordered" in (arrows.get(pair), arrows.get(pair[::-1]))
    assert list(arrows.values()).count("sequence") == named
    stages = sorted(document["stages"].values(), key=lambda stage: stage["position"])
    assert [stage["name"] for stage in stages] == list(dict.fromkeys(row["stage"] for row in rows))


@pytest.mark.django_db
def test_the_same_sheet_again_changes_nothing(owner):
    for path in SAMPLES:
        journey, _, _ = bring(path, owner, title=path.stem)
        revision = journey.revision
        again, plan, change = bring(path, owner, title=path.stem)
        assert (again.pk, again.revision, change) == (journey.pk, revision, None)
        assert plan.changes_nothing
        assert set(plan.counts) == {"unchanged"}


@pytest.mark.django_db
def test_an_edited_sheet_updates_by_external_id_as_one_undoable_change(owner):
    path = FOLDER / "five-stages.csv"
    journey, _, _ = bring(path, owner)
    before = read_document(journey)
    text = path.read_text().replace("Discovery call,Someone", "First call,Someone").replace(",,,p2,", ",,,p1,")
    _, plan, change = bring(text.encode(), owner)
    after = read_document(journey)
    titles = {c["external_id"]: c["title"] for c in after["touchpoints"].values()}
    assert titles["p1"] == "First call"
    assert {o.number: o.detail for o in plan.outcomes if o.result == "updated"} == {2: "title", 4: "arrows"}
    assert change.revision == before["revision"] + 1
    assert {p["kind"] for p in change.patches} == {"touchpoint", "connector"}
    journey.undo(by=owner, at=NOW)
    assert {**read_document(journey), "revision": 0} == {**before, "revision": 0}


@pytest.mark.django_db
def test_good_rows_go_in_and_bad_rows_come_back_with_a_reason_each(owner, tmp_path, capsys):
    sheet = tmp_path / "mixed.csv"
    sheet.write_text(
        "external_id,kind,stage,lane,title,offset_days,emotion,after\n"
        "a,touchpoint,One,Support,Fine,Day 7,,\n"
        "b,party,One,Support,Odd,,,\n"
        "c,emotion,One,,Feels,,,\n"
        "d,touchpoint,One,Support,Late,soon,,\n"
        "a,touchpoint,One,Support,Twice,,,\n"
        "e,touchpoint,One,Support,Waits,,,zz\n"
        "f,touchpoint,One,Support,Follows,,,e\n"
        ",touchpoint,,Support,Nowhere,,,\n"
        "g,touchpoint,One,Support,=1+1,,,\n"
        "h,touchpoint,One,Support,Circle one,,,i\n"
        "i,touchpoint,One,Support,Circle two,,,h\n"
    )
    call_command("import_journey", sheet, workspace=owner.workspace.slug, segment="Mid-touch", preview=True)
    told = capsys.readouterr().out
    assert "Row 2: new touchpoint Fine\n" in told
    assert "Row 3: bad touchpoint Odd kind: party is none of touchpoint" in told
    assert not Journey.objects.exists()
    call_command("import_journey", sheet, workspace=owner.workspace.slug, segment="Mid-touch")
    journey = Journey.objects.get(segment__name="Mid-touch")
    document = read_document(journey)
    assert [(c["title"], c["offset_days"]) for c in document["touchpoints"].values()] == [("Fine", 7)]
    back = list(csv.DictReader(io.StringIO((tmp_path / "mixed-problems.csv").read_text("utf-8-sig"))))
    reasons = {row["external_id"] or row["title"]: row["problem"] for row in back}
    assert len(back) == 10
    assert "party is none of touchpoint" in reasons["b"]
    assert "from -2 to +2" in reasons["c"]
    assert "soon is not a whole number" in reasons["d"]
    assert "a is row 2 already" in reasons["a"]
    assert "zz is neither in the sheet nor on the map" in reasons["e"]
    assert "e (row 7), which has a problem" in reasons["f"]
    assert "stage: it is empty" in reasons["Nowhere"]
    assert "looks like a formula" in reasons["g"]
    assert "circle" in reasons["h"]
    assert back[7]["title"] == "'=1+1"


@pytest.mark.django_db
def test_a_refused_file_is_said_plainly_and_makes_nothing(owner, tmp_path):
    path = tmp_path / "photo.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    with pytest.raises(CommandError, match="not a sheet"):
        call_command("import_journey", path, workspace=owner.workspace.slug, segment="X")
    assert not Journey.objects.exists()


words = st.sampled_from(["Call", "Demo", "Mail", "Review", "=x", "", "Wrap-up"])
rows = st.lists(
    st.fixed_dictionaries(
        {
            "external_id": st.sampled_from(["", "", "a", "b", "c", "d", "e"]),
            "kind": st.sampled_from(["", "touchpoint", "milestone", "event", "emotion"]),
            "stage": st.sampled_from(["One", "Two", "two"]),
            "lane": st.sampled_from(["", "Support", "Customer", "outside", "CSM"]),
            "title": words,
            "offset_days": st.sampled_from(["", "3", "+7", "7d", "Day 2", "-90", "x"]),
            "emotion": st.sampled_from(["", "1", "-2"]),
            "playbook": st.sampled_from(["", "Kick-off", "kick-off"]),
            "handoff_to": st.sampled_from(["", "Support", "AE"]),
            "after": st.sampled_from(["", "", "a", "b;c", "e"]),
            "with": st.sampled_from(["", "", "d", "a"]),
        }
    ),
    min_size=1,
    max_size=12,
)


def applied(document, plan):
    kinds = {key: kind for kind, key in KEYS.items()}
    assert set(kinds.values()) >= {kind for kind, _, _ in plan.creates}
    patches = [{"kind": k, "id": i, "before": None, "after": f} for k, i, f in plan.creates]
    patches += [{"kind": k, "id": i, "before": {}, "after": f} for k, i, f in plan.updates]
    patches += [{"kind": k, "id": i, "before": {}, "after": None} for k, i in plan.deletes]
    return apply_patches(document, patches)


@settings(max_examples=300, deadline=None)
@given(rows, rows)
def test_any_sheet_planned_twice_plans_nothing_the_second_time(first, second):
    counter = iter(range(10**6))
    document, roles, books = empty_document("j"), {}, {}
    for content in (first, second):
        out = io.StringIO()
        writer = csv.DictWriter(out, list(content[0]))
        writer.writeheader()
        writer.writerows(content)
        sheet = read_sheet(out.getvalue().encode())
        for again in (False, True):
            plan = plan_import(sheet, document, roles, books, lambda: f"{next(counter):08}")
            assert len(plan.outcomes) == len(sheet.rows)
            if again:
                assert plan.changes_nothing, (plan.creates, plan.updates, plan.deletes)
            # A card that stands on the map moves only if its row says another stage or lane.
            for kind, _, fields in plan.updates:
                assert kind != "touchpoint" or "slot" not in fields or {"stage_id", "lane_id"} & set(fields)
            document = applied(document, plan)
            roles |= {name.casefold(): id for id, name in plan.new_roles}
            books |= {title.casefold(): id for id, title in plan.new_playbooks}
    places = [(c["stage_id"], c["lane_id"], c["slot"]) for c in document["touchpoints"].values()]
    assert len(places) == len(set(places))


class Planner:
    """Plans sheets one after the other onto one document, as imports do."""

    def __init__(self):
        self.document, self.roles, self.books = empty_document("j"), {}, {}
        self.ids = (f"{n:08}" for n in range(10**6))

    def take(self, text):
        plan = plan_import(read_sheet(text.encode()), self.document, self.roles, self.books, lambda: next(self.ids))
        self.document = applied(self.document, plan)
        self.roles |= {name.casefold(): id for id, name in plan.new_roles}
        return plan

    def card(self, external):
        return next(card for card in self.document["touchpoints"].values() if card["external_id"] == external)


def test_a_sheet_without_a_column_never_touches_that_field():
    planner = Planner()
    planner.take(
        "external_id,kind,stage,lane,title,anchor,emotion\na,milestone,One,Support,Won,renewal,\ne,emotion,One,,Glad,renewal,1\n"
    )
    plan = planner.take("external_id,stage,title\na,One,Won\ne,One,Glad\n")
    assert plan.changes_nothing
    assert not plan.problems
    assert planner.card("a")["kind"] == "milestone"
    assert [emotion["anchor"] for emotion in planner.document["emotions"].values()] == ["renewal"]


def test_a_row_of_which_only_an_arrow_goes_is_told_as_updated():
    planner = Planner()
    planner.take("external_id,stage,title,after\nx,S,X,\ny,S,Y,x\n")
    plan = planner.take("external_id,stage,title,after\nx,S,X,\ny,S,Y,\n")
    assert [kind for kind, _ in plan.deletes] == ["connector"]
    assert {o.title: (o.result, o.detail) for o in plan.outcomes} == {"X": ("unchanged", ""), "Y": ("updated", "arrows")}


def test_two_cards_joined_both_ways_get_one_arrow_in_sequence():
    plan = Planner().take("external_id,stage,title,after,with\nx,S,X,,y\ny,S,Y,x,\n")
    assert [fields["kind"] for kind, _, fields in plan.creates if kind == "connector"] == ["sequence"]


def test_a_renamed_lane_is_still_the_lane_of_its_role():
    planner = Planner()
    planner.take("external_id,stage,lane,title\na,S,CSM,A\n")
    lane = planner.document["lanes"][planner.card("a")["lane_id"]]
    lane["name"] = "Our CSMs"
    plan = planner.take("external_id,stage,lane,title\na,S,CSM,A\nb,S,CSM,B\n")
    assert not [kind for kind, _, _ in plan.creates if kind == "lane"]
    assert planner.card("a")["lane_id"] == planner.card("b")["lane_id"]


def test_a_comma_outside_quotes_is_named_and_a_dash_is_no_formula():
    plan = Planner().take("stage,title\nOne,Call, then write\nOne,- see (the annex)\n")
    assert "comma outside quotes" in plan.problems[2][0]
    assert list(plan.problems) == [2]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["Support", "CSM"]), st.integers(-5, 30)), min_size=2, max_size=20))
def test_cards_imported_together_stand_from_left_to_right_in_time(rows):
    planner = Planner()
    planner.take("stage,lane,title,offset_days\nOne,Support,Old,3\n")
    (old,) = [dict(card) for card in planner.document["touchpoints"].values()]
    planner.take("stage,lane,title,offset_days\n" + "".join(f"One,{lane},New {n},{day}\n" for n, (lane, day) in enumerate(rows)))
    cards = list(planner.document["touchpoints"].values())
    assert old in cards
    new = sorted((card["offset_days"], card["slot"]) for card in cards if card["title"] != "Old")
    for day, slot in new:
        assert all(other <= slot for earlier, other in new if earlier < day)


@pytest.mark.django_db
def test_a_value_that_no_element_can_hold_is_refused_as_anywhere_else(owner):
    journey, _, _ = bring(b"stage,lane,title\nOne,Support,Fine\n", owner)
    (id, card), *_ = read_document(journey)["touchpoints"].items()
    wrong = [("title", "", "blank"), ("channel", "pigeon", "not a valid choice"), ("slot", 20_001, "less than or equal to 20000")]
    wrong += [
        ("emotion", 3, "less than or equal to 2"),
        ("title", "x" * 201, "at most 200 characters"),
        ("slot", "left", "integer"),
    ]
    for field, value, words in wrong:
        rows = [(str(new_id()), {**card, field: value}) for _ in range(3)]
        with pytest.raises(ActRefused, match=words) as caught, journey.act("brought", by=owner, at=NOW) as act:
            act.bring_in(Touchpoint, rows)
        assert caught.value.field == field
    assert list(read_document(journey)["touchpoints"]) == [id]


@pytest.mark.django_db
def test_elements_that_were_brought_in_can_be_looked_at_and_changed_in_the_same_act(owner):
    journey, _, _ = bring(b"stage,lane,title\nOne,Support,Fine\n", owner)
    (card,) = read_document(journey)["touchpoints"].values()
    ids = [str(new_id()) for _ in range(3)]
    with journey.act("brought", by=owner, at=NOW) as act:
        act.bring_in(Touchpoint, [(id, {**card, "title": f"New {id}"}) for id in ids])
        brought = {str(row.pk): row for row in act.rows(Touchpoint)}
        act.change(brought[ids[0]], title="Renamed", offset_days=4)
        act.delete(brought[ids[1]])
    titles = {id: row["title"] for id, row in read_document(journey)["touchpoints"].items()}
    assert (titles[ids[0]], titles[ids[2]]) == ("Renamed", f"New {ids[2]}")
    assert ids[1] not in titles
    assert [patch["after"]["title"] for patch in act.written.patches] == ["Renamed", f"New {ids[2]}"]


@pytest.mark.django_db
def test_hundreds_of_rows_that_changed_go_in_as_one_change_that_can_be_taken_back(owner):
    head = "external_id,kind,stage,lane,title,effort_min,emotion,playbook,handoff_to,after\n"
    old = [f"x{n},,One,Support,Card {n},{n},,Book {n % 3},AE,{f'x{n - 1}' if n % 9 else ''}" for n in range(300)]
    new = [f"x{n},,Two,CSM,Renamed {n},,1,Book {n % 4},CSM," for n in range(300)]
    feelings = [[f"e{n},emotion,One,,Feels {n},,{level},,," for n in range(150)] for level in (1, -1)]
    journey, _, _ = bring((head + "\n".join(old + feelings[0])).encode(), owner)
    before = read_document(journey)
    _, plan, change = bring((head + "\n".join(new + feelings[1])).encode(), owner)
    after = read_document(journey)
    assert plan.counts == {"updated": 450}
    assert {card["title"] for card in after["touchpoints"].values()} == {f"Renamed {n}" for n in range(300)}
    assert {card["effort_min"] for card in after["touchpoints"].values()} == {None}
    assert {emotion["level"] for emotion in after["emotions"].values()} == {-1}
    assert not after["connectors"]
    assert {**apply_patches(before, change.patches), "revision": after["revision"]} == after
    journey.undo(by=owner, at=NOW)
    assert {**read_document(journey), "revision": 0} == {**before, "revision": 0}


def test_the_samples_of_the_demo_are_there():
    assert [Path(path).name for path in SAMPLES] == ["five-stages.csv", "gitlab-onboarding.csv", "saas-lifecycle.csv"]
