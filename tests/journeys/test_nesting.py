"""Each journey is inside of one card at most, and none inside of itself: also where undo, redo and restoring put one back."""

import pytest

from journeys.beginning import begin_copy
from journeys.breaking_down import break_down
from journeys.bringing_back import bring_back
from journeys.models import Journey, Lane, Segment, Stage, Touchpoint
from journeys.models.element import ActRefused
from journeys.nesting import misplaced
from journeys.restoring import restore

pytestmark = pytest.mark.django_db


def other_card(journey, who):
    """On another map."""
    other = Journey.objects.begin(journey.segment, "Another", **who)
    return Touchpoint.catch(other, "Elsewhere", other.add_stage("Start", **who), other.add_lane("CSM", **who), 0, **who)


def hold(card, child, who):
    """Let a card hold a journey, as a document that is put back does."""
    with card.journey.act("put it inside", **who) as act:
        act.change(act.fresh(card), child_id=child and child.pk)
        return misplaced(act)


@pytest.fixture(params=["undo", "restore", "bring back"])
def put_back(request, who):
    """Take back that the card was deleted. Answers what was left out."""

    def do(card):
        journey = card.journey
        if request.param == "undo":
            return journey.undo(**who).left_alone
        if request.param == "restore":
            return restore(journey, journey.revision - 1, **who).left_out
        return bring_back(journey, Touchpoint, card.pk, **who).notes

    return do


def test_a_card_that_comes_back_holds_its_journey_again(journey, card, who, put_back):
    child = break_down(card, **who)
    card.remove(**who)
    assert put_back(card) == []
    assert Touchpoint.objects.get(journey=journey).child == child


def test_a_card_that_comes_back_leaves_a_journey_where_it_has_gone_meanwhile(journey, card, who, put_back):
    child = break_down(card, **who)
    card.remove(**who)
    there = other_card(journey, who)
    assert hold(there, child, who) == {}
    (told,) = put_back(card)
    assert told == "Kickoff: the journey that was inside is inside of another card" + "." * told.endswith(".")
    assert list(Touchpoint.objects.filter(child=child)) == [there]
    assert Touchpoint.objects.get(journey=journey).child is None


def test_no_journey_comes_back_around_itself(journey, card, who, put_back):
    child = break_down(card, **who)
    card.remove(**who)
    stage, lane = Stage.objects.get(journey=child), Lane.objects.filter(journey=child).first()
    within = Touchpoint.catch(child, "Upside down", stage, lane, 0, **who)
    hold(within, journey, who)
    (told,) = put_back(card)
    assert "has this map inside" in told
    assert not Touchpoint.objects.filter(child=child).exists()


def test_redo_takes_no_journey_from_another_card_of_the_map(journey, card, who):
    second = Touchpoint.catch(journey, "Second", card.stage, card.lane, 1, **who)
    child = break_down(card, **who)
    journey.undo(**who)
    Touchpoint.objects.filter(pk=second.pk).update(child=child)  # as another person's act on that card alone would
    (told,) = journey.redo(**who).left_alone
    assert "inside of another card" in told
    assert list(Touchpoint.objects.filter(child=child)) == [second]


def test_a_circle_of_old_is_copied_without_its_end(journey, card, who):
    child = break_down(card, **who)
    stage, lane = Stage.objects.get(journey=child), Lane.objects.filter(journey=child).first()
    within = Touchpoint.catch(child, "Upside down", stage, lane, 0, **who)
    Touchpoint.objects.filter(pk=within.pk).update(child=journey)
    copy = begin_copy(journey, journey.segment, "Copy", **who)
    inside = Touchpoint.objects.get(journey=copy).child
    assert Touchpoint.objects.get(journey=inside).child is None


def test_a_map_stays_in_its_segment_where_the_one_it_was_of_is_gone(journey, owner, who):
    first, second = journey.segment, Segment.objects.make(owner.workspace, "Second", at=who["at"])
    with journey.act("moved it", **who) as act:
        act.change_journey(segment_id=second.pk, title="Moved")
    first.delete()
    (told,) = journey.undo(**who).left_alone
    assert "segment" in told
    journey.refresh_from_db()
    assert (journey.segment, journey.title) == (second, "Enterprise journey")
    assert restore(journey, 1, **who).left_out == ["The map: its segment is gone for good"]
    with pytest.raises(ActRefused):
        restore(journey, 99, **who)
