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
from journeys.models import Change, Connector, Handoff, Journey, Lane, NamedRevision, Segment, Stage, Touchpoint
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
