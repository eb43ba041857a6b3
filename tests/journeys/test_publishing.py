"""A version is the map as it was published: numbered, complete, and nobody changes it any more."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Role
from journeys.beginning import begin_copy
from journeys.breaking_down import break_down
from journeys.document import plain
from journeys.models import Change, Connector, Handoff, Journey, Lane, Touchpoint, Version
from journeys.models.element import ActRefused
from journeys.publishing import published
from journeys.reading import read_document
from playbooks.models import Playbook

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def who(owner):
    return {"by": owner, "at": NOW}


@pytest.fixture
def card(journey, who):
    role = Role.objects.get(workspace=journey.segment.workspace, name="Support")
    lane = journey.add_lane("Support", role=role, **who)
    return Touchpoint.catch(journey, "Kickoff call", journey.add_stage("Start", **who), lane, 0, **who)


def test_the_first_is_number_one_and_each_next_one_follows_without_a_gap(journey, card, who):
    made = [journey.publish("As agreed with sales", **who)]
    for n in range(2):
        card.edit({"title": f"Call {n}"}, **who)
        made.append(journey.publish("", **who))
    assert [version.number for version in made] == [1, 2, 3]
    assert (made[0].note, made[0].by, made[0].at) == ("As agreed with sales", who["by"], NOW)
    assert [version.document["touchpoints"][card.id_text]["title"] for version in made] == ["Kickoff call", "Call 0", "Call 1"]


def test_it_holds_the_whole_document_and_the_draft_stays_as_it_is(journey, card, who):
    other = Touchpoint.catch(journey, "Training", card.stage, card.lane, 1, **who)
    Connector.join(card, other, "sequence", **who)
    Handoff.draw(card, Role.objects.get(workspace=journey.segment.workspace, name="Operations"), **who)
    journey.edit({"review_on": NOW.date()}, **who)
    before = read_document(journey)
    log = list(Change.objects.of(journey).values_list("revision", "label"))
    version = Version.objects.get(pk=journey.publish("", **who).pk)
    assert version.document == before == read_document(journey)
    assert list(version.document["touchpoints"]) == list(before["touchpoints"])
    assert version.revision == before["revision"] == journey.revision
    assert list(Change.objects.of(journey).values_list("revision", "label")) == log


def test_names_stay_as_they_were(journey, card, who):
    playbook = Playbook.objects.draft(journey.segment.workspace, "How we call", at=NOW)
    card.edit({"playbook_id": playbook.pk}, **who)
    child = break_down(card, **who)
    version = journey.publish("", **who)
    Role.objects.get(name="Support").rename("Helpers")
    playbook.describe(title="Another way", summary="", at=NOW)
    child.rename("Deeper", **who)
    kept = Version.objects.get(pk=version.pk).names
    assert sorted(kept.values()) == ["How we call", "Kickoff call", "Support"]


def test_an_empty_map_is_not_published(journey, who):
    journey.add_stage("Only a stage", **who)
    with pytest.raises(ActRefused, match="no card"):
        journey.publish("", **who)
    assert not Version.objects.exists()


def test_what_has_not_changed_is_not_published_again(journey, card, who):
    journey.publish("", **who)
    with pytest.raises(ActRefused, match="Nothing has changed since version 1"):
        journey.publish("Once more", **who)
    card.edit({"title": "Another"}, **who)
    journey.undo(**who)
    journey.edit({"review_on": NOW.date()}, **who)
    with pytest.raises(ActRefused, match="Nothing has changed"):
        journey.publish("Once more", **who)
    assert Version.objects.of(journey).count() == 1


def test_what_somebody_else_has_drawn_meanwhile_is_not_published_unseen(journey, card, who, editor):
    seen = journey.revision
    card.edit({"notes": "By somebody else"}, by=editor, at=NOW)
    with pytest.raises(ActRefused, match="changed while you were looking") as refused:
        journey.publish("", seen=seen, **who)
    assert refused.value.field == "seen"
    assert journey.publish("", seen=seen + 1, **who).number == 1


def test_a_note_that_is_too_long_is_refused_and_the_database_would_refuse_it_too(journey, card, who):
    with pytest.raises(ActRefused) as refused:
        journey.publish("x" * 2001, **who)
    assert refused.value.field == "note"
    for wrong in ({"note": "x" * 2001}, {"number": 0}):
        fields = {"number": 1, "revision": 1, "note": "", "document": {}, "names": {}, **who} | wrong
        with pytest.raises(IntegrityError), transaction.atomic():
            Version.objects.create(journey=journey, **fields)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journeys_version SET note = 'Another' WHERE id = %s",
        "UPDATE journeys_version SET document = '{}' WHERE id = %s",
        "UPDATE journeys_version SET number = number WHERE id = %s",
        "DELETE FROM journeys_version WHERE id = %s",
    ],
)
def test_the_database_lets_nobody_change_or_delete_a_version(journey, card, who, statement):
    version = journey.publish("For ever", **who)
    with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [version.pk])
    for act in (version.delete, version.save):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    assert Version.objects.get(pk=version.pk).note == "For ever"


def test_versions_go_with_their_journey_and_with_nothing_else(journey, card, who):
    kept = begin_copy(journey, journey.segment, "Copy", **who)
    kept.publish("", **who)
    journey.publish("", **who)
    Journey.objects.get(pk=journey.pk).delete()
    assert [version.journey_id for version in Version.objects.all()] == [kept.pk]


def test_a_version_of_no_journey_cannot_be_made(owner, who, journey):
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.create(journey_id=owner.pk, number=1, revision=1, document={}, names={}, **who)


@pytest.mark.django_db(transaction=True)
def test_two_who_publish_at_once_make_one_version_and_one_refusal(journey, card, owner, editor):
    outcomes = []

    def publish(member):
        try:
            outcomes.append(Journey.objects.get(pk=journey.pk).publish("", by=member, at=NOW).number)
        except ActRefused as refusal:
            outcomes.append(refusal.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=publish, args=[member]) for member in (owner, editor)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, outcomes)) == ["1", "Nothing has changed since version 1."]


def test_the_draft_knows_how_many_differences_there_are_since_the_last_version(journey, card, who, django_assert_max_num_queries):
    assert (published(journey).version, published(journey).changes) == (None, 0)
    journey.publish("", **who)
    assert (published(journey).version.number, published(journey).changes) == (1, 0)
    card.edit({"title": "Another", "offset_days": 3}, **who)
    Touchpoint.catch(journey, "New", card.stage, Lane.objects.get(journey=journey, kind="customer"), 0, **who)
    assert published(journey).changes == 2
    with django_assert_max_num_queries(1):
        published(journey)
    journey.undo(**who)
    journey.undo(**who)
    assert published(journey).changes == 0


def test_the_date_of_the_review_is_logged_and_undone_like_any_field(journey, who):
    day = NOW.date()
    journey.edit({"review_on": day}, **who)
    change = Change.objects.of(journey).latest("revision")
    assert change.label == "set the review to 25 November 2026"
    assert change.patches == [
        {"kind": "journey", "id": str(journey.pk), "before": {"review_on": None}, "after": {"review_on": plain(day)}}
    ]
    journey.undo(**who)
    assert Journey.objects.get(pk=journey.pk).review_on is None
    journey.redo(**who)
    assert Journey.objects.get(pk=journey.pk).review_on == day
    assert read_document(journey)["journey"]["review_on"] == "2026-11-25"
    assert begin_copy(journey, journey.segment, "Copy", **who).review_on is None
