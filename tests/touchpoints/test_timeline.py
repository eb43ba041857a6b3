"""A customer's journey on the map it travels: how each card stands, on a real enrolment of the sample sheets."""

from __future__ import annotations

import html
import re
from collections import Counter
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.facts import travel_changed
from customers.models import Enrolment, LoggedEvent
from customers.models.enrolment import stage_order
from journeys.breaking_down import break_down
from journeys.models import Journey, Lane, Segment, Stage, Touchpoint
from journeys.publishing import publish
from tests.touchpoints.sheets import NOW, START, enrolled, published
from touchpoints.models import ScheduledTouchpoint
from touchpoints.timeline.reading import timeline_of
from touchpoints.timeline.standing import State
from touchpoints.timeline.words import on_card

pytestmark = pytest.mark.django_db


@pytest.fixture
def travelled(owner):
    """(the enrolment, title of a card -> its spot) of the journey of five weeks."""
    _, version = published("gitlab-onboarding", owner)
    enrolment = enrolled(version, owner)
    return enrolment, spots(version.journey)


def spots(journey):
    return dict(Touchpoint.objects.filter(journey=journey).values_list("title", "pk"))


def rows(enrolment, spot=None):
    found = ScheduledTouchpoint.objects.of(enrolment).in_order()
    return found.filter(spot=spot) if spot else found


def settle(row, state="done", on=START, **fields):
    ScheduledTouchpoint.objects.filter(pk=row.pk).update(state=state, settled_on=on, settled_at=NOW, **fields)


def standings(enrolment, today):
    return timeline_of(enrolment, today).standings


def test_a_card_is_planned_then_next_then_due_then_overdue_then_done(travelled):
    enrolment, _ = travelled
    first, *_, last = rows(enrolment)
    before = standings(enrolment, first.due_on - timedelta(7))
    assert (before[first.spot].state, before[last.spot].state) == (State.NEXT, State.PLANNED)
    assert standings(enrolment, first.due_on)[first.spot].state is State.TODAY
    late = standings(enrolment, first.due_on + timedelta(1))[first.spot]
    assert (late.state, late.on, late.late) == (State.OVERDUE, first.due_on, 1)
    settle(first, on=first.due_on + timedelta(2), felt=1)
    done = standings(enrolment, first.due_on + timedelta(30))[first.spot]
    assert (done.state, done.on, done.felt) == (State.DONE, first.due_on + timedelta(2), 1)


def test_what_was_skipped_or_missed_says_so(travelled):
    enrolment, _ = travelled
    one, other = rows(enrolment)[:2]
    settle(one, "skipped")
    settle(other, "missed")
    found = standings(enrolment, START + timedelta(100))
    assert [found[row.spot].state for row in (one, other)] == [State.SKIPPED, State.MISSED]
    settle(rows(enrolment)[2])
    timeline = timeline_of(enrolment, START + timedelta(100))
    assert sum(stage.done for stage in timeline.stages.values()) == 1  # over, but not done
    assert sum(stage.total for stage in timeline.stages.values()) == rows(enrolment).values("spot").distinct().count()


def test_every_card_of_every_sheet_has_a_standing(owner):
    for name in ("gitlab-onboarding", "saas-lifecycle", "five-stages"):
        journey, version = published(name, owner)
        found = standings(enrolled(version, owner, name=name), START)
        assert set(found) == set(Touchpoint.objects.filter(journey=journey).values_list("pk", flat=True))
        # Without a renewal date what hangs on it has no day; what hangs on an event waits for it.
        for card in Touchpoint.objects.filter(journey=journey):
            if card.anchor == "event":
                assert found[card.pk].state is State.WAITS, card.title
            if card.anchor == "renewal" and not rows_at(card.pk):
                assert found[card.pk].state is State.UNDATED, card.title


def rows_at(spot):
    return ScheduledTouchpoint.objects.filter(spot=spot).exists()


def recurring(enrolment):
    """The spot that comes most often, and its rows."""
    counted = Counter(row.spot for row in rows(enrolment))
    spot, count = counted.most_common(1)[0]
    assert count > 3
    return spot, list(rows(enrolment, spot))


def test_what_recurs_says_how_often_it_was_done_and_when_it_comes_next(owner):
    _, version = published("five-stages", owner)
    enrolment = enrolled(version, owner, renewal_on=date(2027, 11, 30))
    spot, found = recurring(enrolment)
    for row in found[:3]:
        settle(row, on=row.due_on)
    standing = standings(enrolment, found[2].due_on + timedelta(1))[spot]
    assert (standing.done, standing.on) == (3, found[3].due_on)
    card = timeline_of(enrolment, START).route.by_spot[spot]
    assert on_card(card, standing, found[3].due_on) == f"3 done, next {found[3].due_on:%-d %b}"
    late = standings(enrolment, found[4].due_on + timedelta(1))[spot]
    assert on_card(card, late, found[4].due_on) == f"2 overdue, {found[3].due_on:%-d %b}"


def test_what_the_customer_was_taken_past_is_not_travelled(owner):
    _, version = published("five-stages", owner)
    enrolment = enrolled(version, owner)
    order = stage_order(version.document)
    enrolment.move_to_stage(UUID(order[2]), START + timedelta(10), by=owner, at=NOW)
    timeline = timeline_of(enrolment, START + timedelta(11))
    passed = [card for card in timeline.route.cards if card.stage == 1 and not card.on_event]
    assert passed
    assert {timeline.standings[card.spot].state for card in passed} == {State.PASSED}
    now = [stage for stage in timeline.stages.values() if stage.is_now]
    assert [(stage.id, stage.entered) for stage in now] == [(order[2], START + timedelta(10))]
    assert [timeline.stages[id].is_past for id in order[:4]] == [True, True, False, False]


def test_an_event_that_happened_says_when_and_its_answers_are_due(owner):
    journey, _ = published("five-stages", owner)
    event = Touchpoint.objects.get(journey=journey, kind="event")
    event.edit({"playbook_id": None}, by=owner, at=NOW)  # nothing is to be done but what follows from it
    enrolment = enrolled(publish(Journey.objects.select_related("segment").get(pk=journey.pk), "", by=owner, at=NOW), owner)
    trigger = timeline_of(enrolment, START).route.by_spot[event.pk]
    assert standings(enrolment, START)[trigger.spot].state is State.WAITS
    LoggedEvent.objects.create(enrolment=enrolment, touchpoint_id=trigger.id, number=0, happened_on=START, by=owner, at=NOW)
    travel_changed.send(None, enrolments=[enrolment.pk], at=NOW)
    timeline = timeline_of(enrolment, START)
    assert (timeline.standings[trigger.spot].state, timeline.standings[trigger.spot].on) == (State.HAPPENED, START)
    answers = [card for card in timeline.route.answers[trigger.id] if card is not trigger]
    assert answers
    assert all(timeline.standings[card.spot].is_open for card in answers)


def test_only_the_cycle_that_is_travelled_counts_and_those_before_are_counted(travelled, owner, client_for):
    enrolment, _ = travelled
    first = rows(enrolment).first()
    settle(first, on=START, outcome="They liked it.")
    stage = enrolment.stage_id
    fields = {"cycle": 2, "cycle_started_on": START + timedelta(365), "cycle_stage_id": stage, "stage_id": stage, "entered": {}}
    enrolment.change(fields, "began cycle 2", by=owner, at=NOW)
    assert standings(enrolment, START)[first.spot].is_open
    assert "cycle 2, 1 settled before" in look(client_for(owner), enrolment)
    card = look(client_for(owner), enrolment, first.spot)
    assert "They liked it." in card
    assert "cycle 1" in card


def test_a_drill_down_says_how_many_of_the_cards_inside_are_done(owner, client_for):
    enrolment, parent, inside = with_drill_down(owner)
    timeline = timeline_of(enrolment, START)
    assert timeline.standings[parent].inside == (0, 2)
    settle(rows(enrolment, inside[0]).get())
    assert timeline_of(enrolment, START).standings[parent].inside == (1, 2)
    page = look(client_for(owner), enrolment)
    assert "1 of 2 inside done" in page
    other = rows(enrolment, inside[1]).get()
    late = timeline_of(enrolment, other.due_on + timedelta(1)).standings[parent]
    assert (late.inside, late.late_inside) == ((1, 2), 1)
    card = look(client_for(owner), enrolment, parent)
    assert "Check the seats" in card
    assert "done 30 November 2026" in card


def with_drill_down(owner):
    journey, _ = published("gitlab-onboarding", owner)
    card = Touchpoint.objects.filter(journey=journey, anchor="enrolment").first()
    child = break_down(card, by=owner, at=NOW)
    stage, lane = Stage.objects.filter(journey=child).first(), Lane.objects.filter(journey=child, kind="role").first()
    for slot, title in enumerate(["Check the contract", "Check the seats"]):
        Touchpoint.catch(child, title, stage, lane, slot, by=owner, at=NOW)
    publish(child, "", by=owner, at=NOW)
    journey = Journey.objects.select_related("segment").get(pk=journey.pk)
    enrolment = enrolled(publish(journey, "", by=owner, at=NOW + timedelta(minutes=1)), owner)
    parent = timeline_of(enrolment, START).route.by_spot[card.pk]
    assert parent.inner is not None
    return enrolment, card.pk, [one.spot for one in parent.inner.cards]


def look(client, enrolment, card=None, **headers):
    slug = enrolment.customer.workspace.slug
    name, more = ("timeline_card", [card]) if card else ("timeline", [])
    answer = client.get(reverse(f"touchpoints:{name}", args=[slug, enrolment.pk, *more]), headers=headers)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


@time_machine.travel("2026-12-08 09:00Z", tick=False)
def test_the_page_says_of_each_card_how_it_stands_and_what_is_next(travelled, client_for, viewer, owner):
    enrolment, titles = travelled
    done, late = rows(enrolment)[:2]
    settle(done, on=START, felt=-1)
    page = look(client_for(viewer), enrolment)
    assert page.count("data-card ") == len(titles)
    title = {spot: title for title, spot in titles.items()}
    assert f'aria-label="{title[done.spot]}, done 30 November 2026, the customer felt uneasy' in page
    assert f'aria-label="{title[late.spot]}, overdue since {late.due_on:%-d %B %Y}' in page
    assert "here since 30 Nov" in page
    following = page[page.index('aria-label="What comes next') :]
    assert following.count("<time") == 5
    assert following.index(title[late.spot]) < following.index(title[rows(enrolment)[3].spot])
    assert reverse("touchpoints:plan", args=[owner.workspace.slug, enrolment.customer_id]) in following


def test_it_comes_as_a_part_of_a_page_or_as_a_page(travelled, client_for, viewer):
    enrolment, titles = travelled
    for card in (None, next(iter(titles.values()))):
        assert "<html" in look(client_for(viewer), enrolment, card)
        assert "<html" not in look(client_for(viewer), enrolment, card, **{"HX-Request": "true"})


def test_the_customers_page_loads_one_for_each_journey_that_is_travelled(owner, client_for):
    enrolment = enrolled(published("gitlab-onboarding", owner)[1], owner)
    other = Enrolment.objects.enrol(enrolment.customer, published("five-stages", owner)[1], START, by=owner, at=NOW)
    address = reverse("customers:customer", args=[owner.workspace.slug, enrolment.customer_id])
    parts = [f'hx-get="{reverse("touchpoints:timeline", args=[owner.workspace.slug, one.pk])}"' for one in (enrolment, other)]
    page = client_for(owner).get(address).content.decode()
    assert [page.count(part) for part in parts] == [1, 1]
    other.leave(START, "", by=owner, at=NOW)
    page = client_for(owner).get(address).content.decode()
    assert [page.count(part) for part in parts] == [1, 0]
    left = look(client_for(owner), other)
    assert "Left on 30 November 2026" in left
    assert "Nothing is planned any more." in left


def test_it_takes_as_many_queries_for_a_long_journey_as_for_a_short_one(owner, client_for):
    client, counts = client_for(owner), []
    for name in ("saas-lifecycle", "five-stages"):
        enrolment = enrolled(published(name, owner)[1], owner, name=name)
        look(client, enrolment)
        with CaptureQueriesContext(connection) as found:
            look(client, enrolment)
        counts.append(len(found))
    enrolment, *_ = with_drill_down(owner)
    look(client, enrolment)
    with CaptureQueriesContext(connection) as found:
        look(client, enrolment)
    assert len(set(counts)) == 1
    assert len(found) == counts[0] + 1  # which drill-downs are published by now
    assert counts[0] <= 14


def test_what_is_not_on_the_map_is_not_there(travelled, client_for, viewer, stranger):
    enrolment, titles = travelled
    spot = next(iter(titles.values()))
    slug = enrolment.customer.workspace.slug
    for client, workspace, pk, card, code in (
        (client_for(viewer), slug, enrolment.pk, uuid4(), 404),
        (client_for(viewer), slug, uuid4(), spot, 404),
        (client_for(stranger), stranger.workspace.slug, enrolment.pk, spot, 404),
    ):
        assert client.get(reverse("touchpoints:timeline_card", args=[workspace, pk, card])).status_code == code
    theirs = reverse("touchpoints:timeline", args=[stranger.workspace.slug, enrolment.pk])
    assert client_for(stranger).get(theirs).status_code == 404


def test_what_people_type_is_text_and_not_markup(owner, client_for):
    segment = Segment.objects.make(owner.workspace, "Odd", at=NOW)
    journey = Journey.objects.begin(segment, "<i>Odd</i>", by=owner, at=NOW)
    stage = Stage.add(journey, "<b>Start</b>", by=owner, at=NOW)
    lane = Lane.objects.filter(journey=journey).first()
    Touchpoint.catch(journey, '<script>"alert"</script>', stage, lane, 0, by=owner, at=NOW)
    journey = Journey.objects.select_related("segment").get(pk=journey.pk)
    enrolment = enrolled(publish(journey, "", by=owner, at=NOW), owner, name="<u>Us</u>")
    address = reverse("touchpoints:timeline", args=[owner.workspace.slug, enrolment.pk])
    page = client_for(owner).get(address).content.decode()
    assert not re.search(r"<script>|<b>Start|<i>Odd|<u>", page)
    assert "&lt;script&gt;&quot;alert" in page
