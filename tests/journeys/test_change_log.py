"""The property the log is for: apply(changes since r, the document at r) == the document now."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.ids import new_id
from journeys.bringing_back import bring_back
from journeys.catching import catch_lines
from journeys.changing import MODELS
from journeys.copying import copy_stage, part_of, paste
from journeys.document import apply_patches, empty_document, turned_round
from journeys.models import Change, Connector, Dismissal, Emotion, Handoff, Journey, Lane, Segment, Stage, Touchpoint
from journeys.models.element import ActRefused
from journeys.outline import read_outline
from journeys.reading import read_document
from journeys.selection import Place, Selection
from journeys.slots import insert_slot, take_out_empty_slots

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def pick(model, journey, n):
    rows = list(model.objects.filter(journey=journey).order_by("id"))
    for row in rows:
        row.journey = journey
    return rows[n % len(rows)] if rows else None


def perform(journey, kind, n, m, by):
    """One act chosen by numbers; acts that the map does not allow just now are refused and leave no trace."""
    who = {"by": by, "at": NOW}
    stage, lane, card = pick(Stage, journey, n), pick(Lane, journey, m), pick(Touchpoint, journey, n)
    if kind == "stage":
        journey.add_stage(f"Stage {n}", before=stage if m % 2 else None, **who)
    elif kind == "lane":
        role = list(journey.segment.workspace.roles.order_by("id"))[n % 7]
        journey.add_lane(role.name, role=role, **who)
    elif kind == "card" and stage and lane:
        Touchpoint.catch(journey, f"Card {n}", stage, lane, m % 5, **who)
    elif kind == "emotion" and stage:
        Emotion.place(journey, f"Feels {n}", stage, m % 5, m % 5 - 2, **who)
    elif kind == "move" and card and stage and lane:
        card.move_to(stage, lane, m % 5, **who)
    elif kind == "edit" and card:
        card.edit({"title": f"Renamed {m}", "offset_days": m, "emotion": m % 5 - 2}, **who)
    elif kind == "connect" and card:
        Connector.join(card, pick(Touchpoint, journey, m), "sequence" if n % 2 else "unordered", **who)
    elif kind == "hand off" and card:
        Handoff.draw(card, journey.segment.workspace.roles.order_by("id")[m % 7], **who)
    elif kind == "set aside" and (card or stage):
        subject = pick((Stage, Touchpoint, Connector, Handoff, Emotion)[m % 5], journey, n) or stage
        Dismissal.set_aside(journey, "owner", subject.id_text, "Not here", called="a gap", **who)
    elif kind == "take up" and (dismissal := pick(Dismissal, journey, n)):
        dismissal.take_up(called="a gap", **who)
    elif kind == "move stage" and stage:
        stage.move_before(pick(Stage, journey, m), **who)
    elif kind == "delete card" and card:
        card.remove(**who)
    elif kind == "delete stage" and stage:
        stage.remove(**who)
    elif kind == "delete lane" and lane:
        lane.remove(**who)
    elif kind in ("move many", "duplicate", "delete many", "paste") and card and stage and lane:
        perform_on_many(journey, kind, stage, lane, m, who)
    elif kind == "copy stage" and stage:
        copy_stage(journey, read_document(journey), str(stage.pk), before=stage if m % 2 else None, **who)
    elif kind == "slots" and stage:
        insert_slot(journey, stage, m % 5, **who) if m % 2 else take_out_empty_slots(journey, stage, **who)
    elif kind == "lines" and stage:
        catch_lines(journey, read_outline("One\n  Two\n- Three\tand more"), stage, lane if n % 2 else None, m, **who)
    elif kind == "about":
        journey.edit({"summary": f"About {n}", "review_on": NOW.date() + timedelta(days=m) if m % 3 else None}, **who)
    elif kind == "bring back":
        gone = [p for c in Change.objects.of(journey).order_by("revision") for p in c.patches if p["after"] is None]
        gone = [p for p in gone if p["kind"] != "dismissal"]
        if gone:
            bring_back(journey, MODELS[gone[n % len(gone)]["kind"]], gone[n % len(gone)]["id"], **who)
    elif kind == "undo":
        journey.undo(**who)
    elif kind == "redo":
        journey.redo(**who)


def perform_on_many(journey, kind, stage, lane, m, who):
    document = read_document(journey)
    chosen, felt = list(document["touchpoints"])[m % 3 :: 2], list(document["emotions"])[m % 2 :]
    several = Selection(journey, chosen, felt)
    if kind == "move many":
        several.move([Place(id, str(stage.pk), str(lane.pk), m + n) for n, id in enumerate([*chosen, *felt])], **who)
    elif kind == "duplicate":
        several.duplicate(**who)
    elif kind == "delete many":
        several.remove(**who)
    else:
        paste(journey, part_of(document, {*chosen, *felt}), document, stage, lane if m % 2 else None, m % 4, **who)


KINDS = ["stage", "lane", "card", "card", "card", "emotion", "move", "edit", "connect", "hand off", "move stage"]
KINDS += ["set aside", "set aside", "take up"]
KINDS += ["move many", "duplicate", "delete many", "paste", "copy stage", "slots", "lines"]
KINDS += ["about", "bring back", "bring back"]
KINDS += ["delete card", "delete stage", "delete lane", "undo", "undo", "redo"]
ACTS = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 9), st.integers(0, 9), st.booleans()), max_size=25)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_the_log_replays_to_the_document_for_any_sequence_of_acts(owner, editor, acts):
    segment = Segment.objects.make(owner.workspace, str(new_id()), at=NOW)
    journey = Journey.objects.begin(segment, "Map", by=owner, at=NOW)
    seen = {journey.revision: read_document(journey)}
    for kind, n, m, second in acts:
        try:
            perform(journey, kind, n, m, editor if second else owner)
        except ActRefused:
            continue
        seen[journey.revision] = read_document(journey)
    now = seen[journey.revision]
    log = list(Change.objects.of(journey).since(0))
    assert [change.revision for change in log] == list(range(1, journey.revision + 1))
    for revision, document in seen.items():
        forward = document
        for change in log[revision:]:
            forward = apply_patches(forward, change.patches, change.revision)
        assert forward == now
        back = now
        for change in reversed(log[revision:]):
            back = apply_patches(back, turned_round(change.patches), change.revision - 1)
        assert back == document
    start = empty_document(str(journey.pk)) | {"journey": now["journey"]}
    for change in log:
        start = apply_patches(start, change.patches, change.revision)
    assert start == now


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_undoing_everything_and_redoing_it_gives_the_same_map(owner, acts):
    segment = Segment.objects.make(owner.workspace, str(new_id()), at=NOW)
    journey = Journey.objects.begin(segment, "Map", by=owner, at=NOW)
    for kind, n, m, _ in acts:
        if kind not in ("undo", "redo"):
            try:
                perform(journey, kind, n, m, owner)
            except ActRefused:
                continue
    before = read_document(journey)
    undone = 0
    while journey.undo(by=owner, at=NOW).change:
        undone += 1
    assert not read_document(journey)["stages"]
    for _ in range(undone):
        assert journey.redo(by=owner, at=NOW).change
    assert {**read_document(journey), "revision": 0} == {**before, "revision": 0}


def test_a_retried_create_is_the_same_create(journey, owner):
    stage = journey.add_stage("Pursuit", by=owner, at=NOW)
    lane = Lane.objects.get(journey=journey, kind="customer")
    id = new_id()
    for _ in range(2):
        Touchpoint.catch(journey, "Kick-off", stage, lane, 0, by=owner, at=NOW, id=id)
    assert Touchpoint.objects.filter(journey=journey).count() == 1
    assert journey.revision == 3


def test_an_act_that_changes_nothing_leaves_no_trace(journey, owner):
    stage = journey.add_stage("Pursuit", by=owner, at=NOW)
    revision = journey.revision
    stage.rename("Pursuit", by=owner, at=NOW)
    assert journey.revision == revision
    assert Change.objects.of(journey).count() == revision


def test_undo_brings_back_a_deleted_stage_with_all_that_stood_on_it(journey, owner):
    stage = journey.add_stage("Pursuit", by=owner, at=NOW, goal="Know whether it fits")
    lane = Lane.objects.get(journey=journey, kind="customer")
    first = Touchpoint.catch(journey, "A", stage, lane, 0, by=owner, at=NOW)
    second = Touchpoint.catch(journey, "B", stage, lane, 1, by=owner, at=NOW)
    Connector.join(first, second, "sequence", by=owner, at=NOW)
    Handoff.draw(first, owner.workspace.roles.first(), by=owner, at=NOW)
    Emotion.place(journey, "Nervous", stage, 0, -1, by=owner, at=NOW)
    before = read_document(journey)
    stage.remove(by=owner, at=NOW)
    empty = read_document(journey)
    assert not any(empty[key] for key in ("stages", "touchpoints", "emotions", "connectors", "handoffs"))
    journey.undo(by=owner, at=NOW)
    assert {**read_document(journey), "revision": 0} == {**before, "revision": 0}


def test_a_sequence_that_closes_a_circle_is_refused_with_the_circle_named(journey, owner):
    stage = journey.add_stage("Pursuit", by=owner, at=NOW)
    lane = Lane.objects.get(journey=journey, kind="customer")
    a, b, c = (Touchpoint.catch(journey, t, stage, lane, i, by=owner, at=NOW) for i, t in enumerate("ABC"))
    Connector.join(a, b, "sequence", by=owner, at=NOW)
    Connector.join(b, c, "sequence", by=owner, at=NOW)
    with pytest.raises(ActRefused, match="circle: A → B → C → A"):
        Connector.join(c, a, "sequence", by=owner, at=NOW)
    assert Connector.objects.filter(journey=journey).count() == 2


@pytest.mark.django_db(transaction=True)
def test_revisions_have_no_gap_when_many_draw_at_once(journey, owner):
    stage = journey.add_stage("Pursuit", by=owner, at=NOW)
    lane = Lane.objects.get(journey=journey, kind="customer")
    failures = []

    def draw(worker):
        try:
            mine = Journey.objects.get(pk=journey.pk)
            for n in range(10):
                Touchpoint.catch(mine, f"{worker}-{n}", stage, lane, n, by=owner, at=NOW)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=draw, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    journey.refresh_from_db()
    revisions = list(Change.objects.of(journey).order_by("revision").values_list("revision", flat=True))
    assert revisions == list(range(1, 63))
    assert journey.revision == 62


def test_the_beginning_of_a_map_is_not_taken_back(journey, owner):
    journey.add_stage("Pursuit", by=owner, at=NOW)
    assert journey.undo(by=owner, at=NOW).change
    assert journey.undo(by=owner, at=NOW).label == ""
    assert [lane["kind"] for lane in read_document(journey)["lanes"].values()] == ["customer", "outside"]
