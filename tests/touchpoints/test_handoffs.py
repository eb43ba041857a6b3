"""A handoff of the map, lived: it is reached once, its package is filled in, offered, asked about, accepted; and somebody owns
the moment all along."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts.models import Access, Notice, Role
from customers.models import Activity, Assignment
from journeys.models import Handoff, Journey, Lane, Segment, Stage, Touchpoint
from journeys.publishing import publish
from tests.conftest import join
from tests.touchpoints.handoffs import AE, CSM, DAY, drawn, reached, role, travelling
from tests.touchpoints.sheets import NOW, START, enrolled
from touchpoints.models import HandoffDay, Passage, PassageStep, ScheduledTouchpoint
from touchpoints.models.passage import MovedOn, WrittenMeanwhile
from touchpoints.passing import open_days, open_passages
from touchpoints.planning.route import within
from touchpoints.tasks import open_handoffs

pytestmark = pytest.mark.django_db


@pytest.fixture
def giver(workspace):
    return join(workspace, "Gina", Access.CONTRIBUTOR)


@pytest.fixture
def receiver(workspace):
    return join(workspace, "Rosa", Access.CONTRIBUTOR)


@pytest.fixture
def passage(owner, giver, receiver):
    return reached(owner, giver, receiver)


def settle(enrolment, on):
    """As an act of finishing it will: the row is history, and what follows from it is there at once."""
    card = ScheduledTouchpoint.objects.of(enrolment).in_order()[0]
    ScheduledTouchpoint.objects.filter(pk=card.pk).update(state="done", settled_on=on, settled_at=NOW)
    open_passages([enrolment.pk], at=NOW)


def test_it_is_reached_on_the_day_its_card_is_due_and_only_once(owner, giver, receiver):
    enrolment = travelling(owner, giver, receiver)
    assert open_days(at=DAY - timedelta(days=1)) == 0
    assert open_days(at=DAY) == 1
    assert open_days(at=DAY) == 0
    assert open_passages([enrolment.pk], at=DAY) == 0
    open_handoffs()
    found = Passage.objects.get()
    assert (found.state, found.reached_on, found.cycle, found.occurrence) == ("preparing", START, 1, 0)
    assert (found.title, found.to_title, found.note) == ("Sales handoff", "Kick-off", "Call them first.")
    assert (found.giver, found.receiver, found.holder) == (giver, receiver, giver)
    assert found.missing_in_words == "2 of 2 are missing: Goals, Known risks"


def test_a_card_that_is_done_before_its_day_is_reached_with_it(owner, giver, receiver):
    settle(travelling(owner, giver, receiver), on=NOW.date())
    assert Passage.objects.get().reached_on == NOW.date()


def test_the_day_is_that_of_the_workspace(owner, giver):
    travelling(owner, giver)
    owner.workspace.describe(name="Northwind", time_zone="Pacific/Auckland", by=owner, at=NOW)
    late_on_the_day_before_in_utc = DAY.replace(hour=12) - timedelta(days=1)
    assert open_days(at=late_on_the_day_before_in_utc) == 1


def test_everybody_is_looked_at_once_a_day_and_again_where_a_worker_died_over_it(owner, giver, monkeypatch):
    travelling(owner, giver)

    def die(*_, **__):
        raise RuntimeError("killed")

    with monkeypatch.context() as dying:
        dying.setattr("touchpoints.passing.open_passages", die)
        with pytest.raises(RuntimeError):
            open_days(at=DAY)
    assert not HandoffDay.objects.exists()
    assert open_days(at=DAY) == 1
    Passage.objects.all().delete()
    assert open_days(at=DAY + timedelta(hours=5)) == 0
    assert open_days(at=DAY + timedelta(days=1)) == 1


def test_a_handoff_in_a_drill_down_is_reached_by_who_travels_the_map_around_it(owner, giver):
    inner, handoff = drawn(owner)
    publish(inner, "", by=owner, at=NOW)
    outer = Journey.objects.begin(Segment.objects.make(owner.workspace, "Outer", at=NOW), "Outer", by=owner, at=NOW)
    stage = Stage.add(outer, "All", by=owner, at=NOW)
    card = Touchpoint.catch(outer, "Onboarding", stage, Lane.objects.filter(journey=outer)[0], 0, by=owner, at=NOW)
    card.edit({"anchor": "enrolment", "child_id": inner.pk}, by=owner, at=NOW)
    enrolment = enrolled(publish(outer, "", by=owner, at=NOW), owner)
    assert open_days(at=DAY) == 1
    passage = Passage.objects.get(enrolment=enrolment)
    assert (passage.handoff_id, passage.title) == (within(card.pk, str(handoff.pk)), "Sales handoff")


def test_each_occurrence_of_a_card_and_each_cycle_is_a_handoff_of_its_own(owner, giver):
    enrolment = travelling(owner, giver, at=DAY, repeat_days=10)
    assert open_days(at=DAY + timedelta(days=10)) == 1
    assert sorted(Passage.objects.values_list("cycle", "occurrence")) == [(1, 0), (1, 1)]
    again = {"cycle": 2, "cycle_started_on": START + timedelta(days=15)}
    enrolment.change(again, "renewed", by=owner, at=DAY + timedelta(days=15))
    assert sorted(Passage.objects.values_list("cycle", "occurrence")) == [(1, 0), (1, 1), (2, 0)]


def test_who_leaves_the_journey_has_nothing_open(owner, giver, passage):
    assert Passage.objects.to_give(giver).get() == passage
    passage.enrolment.leave(START, "", by=owner, at=DAY)
    assert not Passage.objects.to_give(giver).exists()
    assert open_days(at=DAY) == 0


def test_it_goes_to_and_fro_until_it_is_accepted_and_the_giver_owns_the_moment_until_then(owner, giver, receiver, passage):
    customer = passage.customer
    passage.fill({0: ("Go live by May", False)}, {0: ("", False)}, by=giver, at=DAY)
    passage.offer(by=giver, at=DAY)
    assert (passage.state, passage.answer_by) == ("offered", date(2026, 12, 2))
    assert (passage.holder, passage.held_by) == (giver, "Gina")
    assert passage.missing_in_words == "1 of 2 is missing: Known risks"
    passage.ask_for_more("Which risks?", by=receiver, at=DAY)
    assert (passage.state, passage.answer_by, passage.holder) == ("more_asked", None, giver)
    passage.offer({1: ("A reorganisation", False)}, {1: ("", False)}, by=giver, at=DAY + timedelta(days=1))
    passage.take_back(by=giver, at=DAY + timedelta(days=1))
    passage.offer(by=giver, at=DAY + timedelta(days=1))
    assert passage.missing_in_words == ""
    passage.accept("Thank you", by=receiver, at=DAY + timedelta(days=2))
    passage.refresh_from_db()
    assert (passage.state, passage.holder, passage.took_days) == ("accepted", receiver, 2)
    assert not passage.is_late(START + timedelta(days=90))
    told = [(str(step.by), step.told, step.text) for step in PassageStep.objects.of(passage).latest_first()][::-1]
    assert told == [
        ("Gina", "filled in", "Goals"),
        ("Gina", "offered it, to be answered by 2 December 2026", "1 of 2 is missing: Known risks"),
        ("Rosa", "asked for more", "Which risks?"),
        ("Gina", "filled in", "Known risks"),
        ("Gina", "offered it, to be answered by 3 December 2026", ""),
        ("Gina", "took it back", ""),
        ("Gina", "offered it, to be answered by 3 December 2026", ""),
        ("Rosa", "accepted it", "Thank you"),
    ]
    done = [one.text for one in Activity.objects.of(customer).latest_first()]
    assert "accepted it (handoff Sales handoff → Kick-off): Thank you" in done
    assert [notice.text for notice in Notice.objects.of(giver).newest_first()] == [
        "Rosa has accepted Contoso: Sales handoff",
        "Rosa asks for more on Contoso: Sales handoff",
    ]
    assert Notice.objects.of(receiver).count() == 3
    assert not Assignment.objects.filter(from_on=DAY.date()).exists()


def test_an_answer_after_its_working_days_is_late(owner, giver, passage):
    passage.accept_within_days = 5
    passage.save()
    passage.offer(by=giver, at=DAY)
    assert passage.answer_by == date(2026, 12, 7)  # Monday to Monday
    assert not passage.is_late(date(2026, 12, 7))
    assert passage.is_late(date(2026, 12, 8))
    passage.accept(by=owner, at=DAY + timedelta(days=8))
    assert passage.is_late(date(2027, 12, 8))


def test_without_a_limit_nothing_is_late(giver, passage):
    passage.accept_within_days = None
    passage.save()
    passage.offer(by=giver, at=DAY)
    assert passage.answer_by is None
    assert not passage.is_late(date(2030, 1, 1))


def test_an_act_that_comes_too_late_does_nothing(giver, receiver, passage):
    seen = Passage.objects.get(pk=passage.pk)
    passage.offer(by=giver, at=DAY)
    passage.take_back(by=giver, at=DAY)
    for act in (seen.accept, seen.take_back, lambda **who: seen.ask_for_more("More", **who)):
        with pytest.raises(MovedOn):
            act(by=receiver, at=DAY)
    passage.offer(by=giver, at=DAY)
    passage.accept(by=receiver, at=DAY)
    with pytest.raises(MovedOn):
        seen.fill({0: ("x", False)}, {}, by=giver, at=DAY)
    with pytest.raises(MovedOn):
        seen.offer(by=giver, at=DAY)


def test_two_who_fill_in_the_same_item_do_not_overwrite_each_other(owner, giver, passage):
    blank = ("", False)
    passage.fill({0: ("Hers", False), 1: blank}, {0: blank, 1: blank}, by=giver, at=DAY)
    with pytest.raises(WrittenMeanwhile) as refused:
        passage.fill({0: ("His", False), 1: ("Risky", True)}, {0: blank, 1: blank}, by=owner, at=DAY)
    assert refused.value.now == {0: ("Hers", False)}
    passage.fill({0: blank, 1: ("Risky", True)}, {0: blank, 1: blank}, by=owner, at=DAY)
    passage.refresh_from_db()
    assert [(one["value"], one["there"]) for one in passage.items] == [("Hers", False), ("Risky", True)]


def test_where_nobody_fills_the_receiving_role_whoever_accepts_does_from_then_on(owner, giver, receiver):
    passage = reached(owner, giver)
    assert passage.to_whom == f"nobody fills {CSM}"
    assert not passage.may_receive(receiver)
    receiver.roles.add(role(owner, CSM))
    assert passage.may_receive(receiver)
    assert Passage.objects.to_receive(receiver).get() == passage
    passage.offer(by=giver, at=DAY)
    passage.accept(by=receiver, at=DAY)
    filled = Assignment.objects.of(passage.customer).get(role=role(owner, CSM))
    assert (filled.member, filled.from_on) == (receiver, DAY.date())
    kickoff = ScheduledTouchpoint.objects.of(passage.enrolment).in_order()[1]
    assert (passage.holder, kickoff.member) == (receiver, receiver)


def test_it_follows_who_fills_the_roles_while_it_is_open(owner, editor, giver, receiver, passage):
    customer = passage.customer
    customer.assign(role(owner, CSM), editor, from_on=START, by=owner, at=DAY)
    customer.assign(role(owner, AE), receiver, from_on=START + timedelta(days=3), by=owner, at=DAY)
    passage.refresh_from_db()
    assert (passage.giver, passage.receiver) == (giver, editor)
    open_days(at=DAY + timedelta(days=3))
    passage.refresh_from_db()
    assert (passage.holder, passage.receiver) == (receiver, editor)
    passage.offer(by=receiver, at=DAY)
    passage.accept(by=editor, at=DAY)
    customer.assign(role(owner, CSM), giver, from_on=START, by=owner, at=DAY)
    passage.refresh_from_db()
    assert passage.receiver == editor


def test_a_member_who_has_left_holds_nothing(owner, giver, receiver, passage):
    giver.remove(by=owner, at=DAY)
    receiver.remove(by=owner, at=DAY)
    found = Passage.objects.with_names().get()
    assert (found.holder, found.from_whom) == (None, f"nobody fills {AE} (was Gina, who has left)")
    assert found.may_give(owner)
    found.offer(by=owner, at=DAY)
    found.accept(by=owner, at=DAY)
    assert found.holder == owner


def test_a_running_one_keeps_its_package_though_the_map_goes_on(owner, passage):
    handoff = Handoff.objects.get(pk=passage.handoff_id)
    handoff.edit({"package": []}, by=owner, at=DAY)
    passage.refresh_from_db()
    assert [one["item"] for one in passage.items] == ["Goals", "Known risks"]


def test_a_role_that_has_been_removed_since_is_nobody(owner, giver):
    journey, handoff = drawn(owner)
    spare = Role.objects.add(owner.workspace, "Spare")
    to_spare = Handoff.draw(handoff.touchpoint, spare, by=owner, at=NOW)
    version = publish(journey, "", by=owner, at=NOW)
    to_spare.remove(by=owner, at=NOW)
    spare.remove()
    enrolled(version, owner)
    assert open_days(at=DAY) == 2
    passage = Passage.objects.get(to_title="")
    assert (str(passage), passage.to_whom) == ("Sales handoff → a role that is gone", "nobody")
    passage.offer(by=giver, at=DAY)
    passage.accept(by=owner, at=DAY)
    assert passage.holder == owner


def test_a_map_without_handoffs_and_a_customer_without_a_day_reach_nothing(owner):
    handoff = drawn(owner)[1]
    handoff.remove(by=owner, at=NOW)
    assert open_days(at=DAY) == 0
    assert open_passages([], at=DAY) == 0
