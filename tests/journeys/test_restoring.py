"""Bringing a map back to what it was: exactly that, as one act, and back again by undo."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.ids import new_id
from journeys.breaking_down import break_down
from journeys.importing import import_sheet
from journeys.models import Change, Dismissal, Handoff, Journey, Lane, NamedRevision, Segment, Stage, Touchpoint
from journeys.models.element import ActRefused
from journeys.reading import read_document
from journeys.restoring import restore
from journeys.sheets import read_sheet
from playbooks.models import Playbook
from tests.journeys.test_change_log import KINDS, perform, pick

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db
ACTS = st.lists(
    st.tuples(st.sampled_from([*KINDS, "external id", "title", "restore"]), *[st.integers(0, 9)] * 2, st.booleans()), max_size=25
)


def drawn(journey):
    return {**read_document(journey), "revision": 0}


def perform_more(journey, kind, n, m, by):
    """Also acts that make two elements trade what only one may have, and earlier restores."""
    who = {"by": by, "at": NOW}
    if kind == "external id":
        model = (Touchpoint, Stage)[m % 2]
        if element := pick(model, journey, n):
            element.edit({"external_id": f"CRM {m % 3}" if m else ""}, **who)
    elif kind == "title":
        journey.rename(f"Map {m}", **who)
    elif kind == "restore":
        restore(journey, 1 + n % journey.revision, **who)
    else:
        perform(journey, kind, n, m, by)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS, st.integers(0, 30))
def test_any_revision_comes_back_exactly_and_undo_and_redo_lead_to_and_fro(owner, editor, acts, which):
    segment = Segment.objects.make(owner.workspace, str(new_id()), at=NOW)
    journey = Journey.objects.begin(segment, "Map", by=owner, at=NOW)
    seen = {journey.revision: drawn(journey)}
    for kind, n, m, second in acts:
        try:
            with transaction.atomic():
                perform_more(journey, kind, n, m, editor if second else owner)
        except (ActRefused, IntegrityError):
            journey.refresh_from_db()
            continue
        seen[journey.revision] = drawn(journey)
    before, revision = drawn(journey), 1 + which % journey.revision
    then = seen.get(revision)
    if then is None:
        return
    restored = restore(journey, revision, by=owner, at=NOW)
    assert restored.left_out == []
    assert drawn(journey) == then
    assert (restored.change is None) == (then == before)
    if restored.change:
        assert journey.undo(by=owner, at=NOW).left_alone == []
        assert drawn(journey) == before
        journey.redo(by=owner, at=NOW)
        assert drawn(journey) == then


@pytest.fixture
def card(journey, owner):
    stage = journey.add_stage("Pursuit", by=owner, at=NOW)
    lane = journey.add_lane("", role=owner.workspace.roles.get(name="Support"), by=owner, at=NOW)
    return Touchpoint.catch(journey, "Kickoff", stage, lane, 0, by=owner, at=NOW)


def fresh(journey):
    return Journey.objects.get(pk=journey.pk)


def test_what_is_gone_for_good_is_left_out_and_named(journey, card, owner):
    who = {"by": owner, "at": NOW}
    other = Touchpoint.catch(journey, "Review", card.stage, Lane.objects.get(journey=journey, kind="customer"), 1, **who)
    role = owner.workspace.roles.create(name="Astrologer")
    playbook = Playbook.objects.draft(owner.workspace, "Stars", at=NOW)
    other.edit({"owner_id": role.pk, "playbook_id": playbook.pk}, **who)
    handoff = Handoff.draw(card, role, **who)
    Dismissal.set_aside(journey, "package", str(handoff.pk), "Not here", called="a gap", **who)
    then, revision = drawn(journey), fresh(journey).revision
    handoff.remove(**who)
    other.edit({"owner_id": None, "playbook_id": None}, **who)
    role.remove()
    playbook.remove()
    restored = restore(journey, revision, **who)
    assert sorted(restored.left_out) == [
        "Review: its owner is gone for good",
        "Review: its playbook is gone for good",
        "the handoff at Kickoff: its role is gone for good",
    ]
    assert restored.change is None
    card.edit({"title": "Renamed"}, **who)
    restore(journey, revision, **who)
    now = drawn(journey)
    assert now["touchpoints"][str(card.pk)] == then["touchpoints"][str(card.pk)]
    assert not now["handoffs"]
    assert not now["dismissals"]


def test_a_card_opened_as_a_journey_is_closed_and_opened_again(journey, card, owner):
    before = drawn(journey)
    child = break_down(card, by=owner, at=NOW)
    opened = fresh(journey).revision
    restore(journey, opened - 1, by=owner, at=NOW)
    assert drawn(journey) == before
    restore(journey, opened, by=owner, at=NOW)
    assert Touchpoint.objects.get(pk=card.pk).child_id == child.pk


def test_it_says_what_it_restored_by_its_name_if_it_has_one(journey, card, owner):
    restore(journey, 2, by=owner, at=NOW)
    NamedRevision.objects.give(journey, 4, "Before the workshop", by=owner, at=NOW)
    restored = restore(journey, 4, by=owner, at=NOW)
    labels = Change.objects.of(journey).order_by("-revision").values_list("label", flat=True)
    assert list(labels[:2]) == [
        "restored the map as it was at “Before the workshop”",
        "restored the map as it was at revision 2",
    ]
    assert restored.change.revision == fresh(journey).revision == 6


@pytest.mark.parametrize("revision", [0, -1, 5, 10**12])
def test_a_revision_that_does_not_exist_is_refused(journey, card, owner, revision):
    with pytest.raises(ActRefused):
        restore(journey, revision, by=owner, at=NOW)
    assert fresh(journey).revision == 4


def test_two_cards_that_traded_their_external_ids_trade_them_back(journey, card, owner):
    who = {"by": owner, "at": NOW}
    other = Touchpoint.catch(journey, "Review", card.stage, card.lane, 1, **who)
    card.edit({"external_id": "A"}, **who)
    other.edit({"external_id": "B"}, **who)
    then, revision = drawn(journey), fresh(journey).revision
    card.edit({"external_id": ""}, **who)
    other.edit({"external_id": "A"}, **who)
    card.edit({"external_id": "B"}, **who)
    now = drawn(journey)
    restore(journey, revision, **who)
    assert drawn(journey) == then
    journey.undo(**who)
    assert drawn(journey) == now


def test_an_imported_map_of_a_thousand_cards_comes_and_goes_with_few_queries(owner):
    segment = Segment.objects.make(owner.workspace, "Large", at=NOW)
    lines = [f"Stage {n % 12},Role {n % 10},Card {n},C{n},{f'C{n - 12}' if n >= 12 else ''}" for n in range(1000)]
    sheet = read_sheet(("stage,lane,title,external_id,after\n" + "\n".join(lines)).encode())
    journey, _, _ = import_sheet(sheet, segment, "Large", name="x", by=owner, at=NOW)
    full = drawn(journey)
    assert len(full["touchpoints"]) == 1000
    with CaptureQueriesContext(connection) as emptied:
        restore(journey, 1, by=owner, at=NOW)
    assert not drawn(journey)["touchpoints"]
    with CaptureQueriesContext(connection) as filled:
        restore(journey, 2, by=owner, at=NOW)
    assert drawn(journey) == full
    with CaptureQueriesContext(connection) as undone:
        journey.undo(by=owner, at=NOW)
    assert not drawn(journey)["touchpoints"]
    assert max(len(emptied), len(filled), len(undone)) < 90
