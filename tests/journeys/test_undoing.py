"""Undo among several people: it takes back one's own, leaves theirs alone, and says whose act stood in the way."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings

from accounts.ids import new_id
from journeys.models import Change, Connector, Handoff, Journey, Lane, Segment, Touchpoint
from journeys.models.element import ActRefused
from journeys.reading import read_document
from tests.journeys.test_change_log import ACTS, perform

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_undo_takes_back_ones_own_act_and_leaves_a_later_one_of_somebody_else(journey, owner, editor):
    stage = journey.add_stage("Pursuit", by=owner, at=NOW)
    lane = Lane.objects.get(journey=journey, kind="customer")
    card = Touchpoint.catch(journey, "Kick-off", stage, lane, 0, by=owner, at=NOW)
    card.edit({"title": "Kick-off call", "notes": "mine"}, by=owner, at=NOW)
    card.edit({"title": "Kick-off meeting"}, by=editor, at=NOW)
    outcome = journey.undo(by=owner, at=NOW)
    card.refresh_from_db()
    assert (card.title, card.notes) == ("Kick-off meeting", "")
    assert outcome.left_alone == ["Edda has since “renamed Kick-off to Kick-off meeting”"]


def test_undo_names_whose_act_stands_in_the_way_and_takes_nothing_back_by_halves(client_for, journey, owner, editor):
    pursuit, delivery = (journey.add_stage(name, by=owner, at=NOW) for name in ("Pursuit", "Delivery"))
    lane = Lane.objects.get(journey=journey, kind="customer")
    card = Touchpoint.catch(journey, "Kick-off", pursuit, lane, 0, by=owner, at=NOW)
    card.move_to(delivery, lane, 2, by=owner, at=NOW)
    card.move_to(delivery, lane, 4, by=editor, at=NOW)
    before = read_document(journey)
    base = reverse("journeys:canvas", args=[journey.segment.workspace.slug, journey.pk])
    told = client_for(owner).post(f"{base}undo/").json()["said"]
    assert told == "Could not take back “moved Kick-off to Delivery”: Edda has since “moved Kick-off to Delivery”."
    assert read_document(journey) == before
    # The next undo reaches the act before it; that is in the way of hers as well.
    told = client_for(owner).post(f"{base}undo/").json()["said"]
    assert told == "Could not take back “added Kick-off”: Edda has since “moved Kick-off to Delivery”."
    assert read_document(journey) == before


def test_what_somebody_put_back_to_the_same_words_is_theirs(journey, owner, editor):
    stage = journey.add_stage("Pursuit", by=owner, at=NOW)
    stage.edit({"goal": "Mine"}, by=owner, at=NOW)
    stage.edit({"goal": "Hers"}, by=editor, at=NOW)
    stage.edit({"goal": "Mine"}, by=editor, at=NOW)
    outcome = journey.undo(by=owner, at=NOW)
    assert (outcome.change, outcome.left_alone) == (None, ["Edda has since “edited stage Pursuit”"])
    stage.refresh_from_db()
    assert stage.goal == "Mine"


def test_what_somebody_took_back_stands_in_nobodys_way(journey, owner, editor):
    stage = journey.add_stage("Pursuit", by=owner, at=NOW)
    stage.edit({"goal": "Mine"}, by=owner, at=NOW)
    stage.edit({"goal": "Hers"}, by=editor, at=NOW)
    journey.undo(by=editor, at=NOW)
    outcome = journey.undo(by=owner, at=NOW)
    assert (bool(outcome.change), outcome.left_alone) == (True, [])
    stage.refresh_from_db()
    assert stage.goal == ""
    journey.redo(by=owner, at=NOW)
    journey.redo(by=editor, at=NOW)
    assert journey.undo(by=owner, at=NOW).left_alone == ["Edda has since “redid: edited stage Pursuit”"]


def test_a_card_that_somebody_drew_an_arrow_to_or_hands_over_to_is_not_taken_away(journey, owner, editor):
    stage = journey.add_stage("Pursuit", by=owner, at=NOW)
    lane = Lane.objects.get(journey=journey, kind="customer")
    theirs = Touchpoint.catch(journey, "Demo", stage, lane, 1, by=editor, at=NOW)
    mine = Touchpoint.catch(journey, "Kick-off", stage, lane, 0, by=owner, at=NOW)
    Handoff.draw(theirs, owner.workspace.roles.first(), mine, by=editor, at=NOW)
    assert "Edda has since “drew a handoff from Demo to" in journey.undo(by=owner, at=NOW).left_alone[0]
    other = Touchpoint.catch(journey, "Review", stage, lane, 2, by=owner, at=NOW)
    Connector.join(theirs, other, "sequence", by=editor, at=NOW)
    assert journey.undo(by=owner, at=NOW).left_alone == ["Edda has since “connected Demo to Review”"]


def writers_of(journey):
    """(kind, id, field) -> who wrote it last, when a write that was taken back counts as none."""
    found = {}
    for change in Change.objects.of(journey).order_by("revision"):
        for patch in change.patches:
            for name in patch["after"] or {}:
                stack = found.setdefault((patch["kind"], patch["id"], name), [])
                if change.kind == "undo":
                    stack[:] = [one for one in stack if one[0] != change.reverts_id]
                else:
                    stack.append((change.reverts_id or change.pk, change.by_id))
    return {key: stack[-1][1] for key, stack in found.items() if stack}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_undo_never_touches_a_field_that_somebody_else_wrote_last(owner, editor, acts):
    segment = Segment.objects.make(owner.workspace, str(new_id()), at=NOW)
    journey = Journey.objects.begin(segment, "Map", by=owner, at=NOW)
    for kind, n, m, second in [*acts, *[("undo", 0, 0, False)] * 3, *[("undo", 0, 0, True)] * 2]:
        me = editor if second else owner
        before, revision = writers_of(journey), journey.revision
        try:
            perform(journey, kind, n, m, me)
        except ActRefused:
            continue
        if kind == "undo" and journey.revision > revision:
            for patch in Change.objects.of(journey).latest("revision").patches:
                # A gap set aside goes with the thing it was about: it holds nothing (Element.holds).
                falls_along = patch["kind"] == "dismissal" and patch["after"] is None
                if patch["before"] is not None and not falls_along:
                    writers = {before.get((patch["kind"], patch["id"], name), me.pk) for name in patch["before"]}
                    assert writers <= {me.pk}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_ones_undos_and_redos_give_the_same_map_while_others_act_elsewhere(owner, editor, acts):
    """Each draws on stages of their own: what the one takes back and does again is as if nothing had been."""
    segment = Segment.objects.make(owner.workspace, str(new_id()), at=NOW)
    journey = Journey.objects.begin(segment, "Map", by=owner, at=NOW)
    lane = Lane.objects.get(journey=journey, kind="customer")
    theirs = journey.add_stage("Hers", by=editor, at=NOW)
    mine = journey.add_stage("Mine", by=owner, at=NOW)
    done = 0
    for _, n, m, second in acts:
        who, stage = (editor, theirs) if second else (owner, mine)
        cards = list(Touchpoint.objects.filter(journey=journey, stage=stage).order_by("id"))
        card = cards[n % len(cards)] if cards and m else None
        if card is None:
            Touchpoint.catch(journey, f"Card {n}", stage, lane, n, by=who, at=NOW)
            done += not second
            continue
        card.journey, revision = journey, journey.revision
        if m % 3 == 0:
            card.remove(by=who, at=NOW)
        elif m % 3 == 1:
            card.edit({"title": f"Renamed {n}", "offset_days": m}, by=who, at=NOW)
        else:
            card.move_to(stage, lane, n, by=who, at=NOW)
        done += journey.revision > revision and not second
    before = read_document(journey)

    def meanwhile(n):
        Touchpoint.catch(journey, f"Elsewhere {n}", theirs, lane, n, by=editor, at=NOW)
        if n % 2:
            journey.undo(by=editor, at=NOW)
        return str(Touchpoint.objects.filter(journey=journey).latest("id").pk) if not n % 2 else None

    new = {meanwhile(0)}
    for n in range(done):
        outcome = journey.undo(by=owner, at=NOW)
        assert (outcome.change is not None, outcome.left_alone) == (True, [])
        new.add(meanwhile(n + 1))
    for _ in range(done):
        assert journey.redo(by=owner, at=NOW).left_alone == []
    after = read_document(journey)
    after["touchpoints"] = {id: row for id, row in after["touchpoints"].items() if id not in new}
    assert {**after, "revision": 0} == {**before, "revision": 0}
