"""The page of a timeline: what it says, to whom, and what it costs."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import Enrolment
from journeys.models import Journey, Lane, Segment, Stage, Touchpoint
from journeys.publishing import publish
from tests.touchpoints.lived import look, rows, settle, spots, standings, with_drill_down
from tests.touchpoints.sheets import NOW, START, enrolled, published
from touchpoints.timeline.reading import timeline_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def travelled(owner):
    """(the enrolment, title of a card -> its spot) of the journey of five weeks."""
    _, version = published("gitlab-onboarding", owner)
    enrolment = enrolled(version, owner)
    return enrolment, spots(version.journey)


def test_only_the_cycle_that_is_travelled_counts_and_those_before_are_counted(travelled, owner, client_for):
    enrolment, _ = travelled
    first = rows(enrolment).first()
    settle(first, on=START, outcome="They liked it.")
    stage = enrolment.stage_id
    fields = {"cycle": 2, "cycle_started_on": START + timedelta(365), "cycle_stage_id": stage, "stage_id": stage, "entered": {}}
    enrolment.change(fields, "began cycle 2", by=owner, at=NOW)
    assert standings(enrolment, START)[first.spot].is_open
    before = rows(enrolment).filter(cycle=1)  # what was still open of it was missed
    assert {row.state for row in before} == {"done", "missed"}
    assert f"cycle 2, {before.count()} settled before" in look(client_for(owner), enrolment)
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
