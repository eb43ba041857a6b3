"""A gap is set aside by an act like any other: in the log, undone and redone, and gone with what it was about."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from accounts.ids import new_id
from journeys.models import Change, Connector, Dismissal, Emotion, Handoff, Lane, Touchpoint
from journeys.models.element import ActRefused
from journeys.reading import read_document

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def who(owner):
    return {"by": owner, "at": NOW}


@pytest.fixture
def stage(journey, who):
    return journey.add_stage("Pursuit", **who)


@pytest.fixture
def card(journey, stage, who):
    return Touchpoint.catch(journey, "Call", stage, Lane.objects.get(journey=journey, kind="customer"), 0, **who)


def set_aside(journey, element, who, reason="Partners do it", **more):
    return Dismissal.set_aside(journey, "owner", element.id_text, reason, called="Call: nobody owns it", **who, **more)


def dismissals(journey):
    return read_document(journey)["dismissals"]


def test_it_is_one_change_that_names_the_gap_and_is_undone_and_redone(journey, card, who):
    made = set_aside(journey, card, who)
    said = {"rule": "owner", "subject_id": card.id_text, "reason": "Partners do it"}
    assert dismissals(journey) == {made.id_text: said}
    assert Change.objects.of(journey).latest("revision").label == "set aside: Call: nobody owns it"
    journey.undo(**who)
    assert dismissals(journey) == {}
    journey.redo(**who)
    assert dismissals(journey) == {made.id_text: said}
    Dismissal.on(journey, made.pk).take_up(called="Call: nobody owns it", **who)
    assert dismissals(journey) == {}
    journey.undo(**who)
    assert dismissals(journey) == {made.id_text: said}


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 501])
def test_it_needs_a_reason_of_reasonable_length(journey, card, who, reason):
    with pytest.raises(ActRefused) as refused:
        set_aside(journey, card, who, reason)
    assert refused.value.field == "reason"
    assert dismissals(journey) == {}


def test_a_retry_is_the_same_act_and_a_second_one_is_refused(journey, card, who):
    id = new_id()
    for _ in range(2):
        set_aside(journey, card, who, id=id)
    with pytest.raises(ActRefused, match="already"):
        set_aside(journey, card, who)
    assert len(dismissals(journey)) == 1


@pytest.mark.parametrize("kind", ["touchpoint", "stage", "emotion", "connector", "handoff"])
def test_it_goes_and_comes_back_with_what_it_is_about(journey, stage, card, who, kind):
    other = Touchpoint.catch(journey, "Other", stage, card.lane, 1, **who)
    element = {
        "touchpoint": lambda: card,
        "stage": lambda: stage,
        "emotion": lambda: Emotion.place(journey, "Lost", stage, 0, -2, **who),
        "connector": lambda: Connector.join(card, other, "sequence", **who),
        "handoff": lambda: Handoff.draw(card, journey.segment.workspace.roles.first(), **who),
    }[kind]()
    set_aside(journey, element, who)
    before = dismissals(journey)
    element.remove(**who)
    assert dismissals(journey) == {}
    journey.undo(**who)
    assert dismissals(journey) == before


def test_somebody_else_who_set_a_gap_of_a_card_aside_does_not_hold_the_card(journey, card, who, editor):
    set_aside(journey, card, {"by": editor, "at": NOW})
    assert journey.undo(**who).left_alone == []
    document = read_document(journey)
    assert (document["touchpoints"], document["dismissals"]) == ({}, {})
