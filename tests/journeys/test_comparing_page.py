"""The page that compares two maps: choosing the sides, what it tells, and what it makes of nonsense."""

from __future__ import annotations

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from journeys.beginning import begin_copy
from journeys.demo import FOLDER
from journeys.importing import import_sheet
from journeys.models import Journey, Segment, Stage, Touchpoint
from journeys.sheets import read_sheet

pytestmark = pytest.mark.django_db


@pytest.fixture
def five_stages(owner):
    segment = Segment.objects.make(owner.workspace, "Enterprise", at=timezone.now())
    sheet = read_sheet((FOLDER / "five-stages.csv").read_bytes())
    return import_sheet(sheet, segment, "Big customers", name="x", by=owner, at=timezone.now())[0]


@pytest.fixture
def other(owner, five_stages, who):
    """The journey of another segment, begun as a copy."""
    segment = Segment.objects.make(owner.workspace, "Digital", at=timezone.now())
    return begin_copy(five_stages, segment, "Small customers", **who)


def page(client, member, status=200, **values):
    answer = client.get(reverse("journeys:compare_maps", args=[member.workspace.slug]), values)
    assert answer.status_code == status
    return answer.content.decode()


def counts(text):
    words = "All differences|Added|Removed|Moved|Retimed|Changed|The same"
    return {word: int(count) for word, count in re.findall(rf"({words}) <b>(\d+)</b>", text)}


def test_a_version_and_the_draft(client_for, viewer, five_stages, who):
    five_stages.publish("", **who)
    card = Touchpoint.objects.get(journey=five_stages, title="Discovery call")
    card.edit({"title": "Sponsor call", "offset_days": 3}, **who)
    Touchpoint.objects.get(journey=five_stages, title="Renewal proposal").remove(**who)
    client = client_for(viewer)
    text = page(client, viewer, a=f"{five_stages.pk}.1", b=five_stages.pk)
    assert counts(text)["Retimed"] == counts(text)["Changed"] == 1
    assert "Sponsor call" in text
    assert "3 days after enrolment" in text
    assert f"/versions/1/#about-{card.pk}" in text
    assert f"/journeys/{five_stages.pk}/#card-{card.pk}" in text
    only_cards = counts(page(client, viewer, a=f"{five_stages.pk}.1", b=five_stages.pk, what="cards"))
    assert (only_cards["Removed"], only_cards["All differences"]) == (1, 2)
    text = page(client, viewer, a=f"{five_stages.pk}.1", b=five_stages.pk, what="cards", only="removed")
    assert "Renewal proposal" in text
    assert "Sponsor call" not in text


def test_journeys_of_two_segments(client_for, viewer, five_stages, other, who):
    card = Touchpoint.objects.get(journey=other, title="Kick-off meeting")
    card.edit({"title": "Kickoff meetings"}, **who)
    stage = Stage.objects.filter(journey=other).order_by("-position").first()
    Touchpoint.catch(other, "Only digital", stage, card.lane, 0, **who)
    text = page(client_for(viewer), viewer, a=five_stages.pk, b=other.pk, what="cards")
    found = counts(text)
    assert (found["Added"], found["Changed"], found["All differences"]) == (1, 1, 2)
    assert "Kickoff meetings" in text
    assert "Only digital" in text


def test_two_that_do_not_differ_and_one_with_itself(client_for, viewer, five_stages, who):
    five_stages.publish("", **who)
    client = client_for(viewer)
    assert "They do not differ" in page(client, viewer, a=f"{five_stages.pk}.1", b=five_stages.pk)
    assert "These two are the same" in page(client, viewer, a=five_stages.pk, b=five_stages.pk)


def test_the_pickers_find_by_title_and_segment_and_keep_what_was_chosen(client_for, viewer, five_stages, other, who):
    five_stages.publish("", **who)
    client = client_for(viewer)
    text = page(client, viewer)
    assert "Big customers: version 1" in text
    assert "Small customers: draft" in text
    side = page(client, viewer, a=other.pk, qa="enterprise").partition('id="side-b"')[0]
    assert "Big customers: draft" in side
    assert re.search(r"selected>Small customers: draft", side)
    assert "Small customers" not in page(client, viewer, qa="Big").partition('id="side-b"')[0]


def test_many_differences_are_paged(client_for, viewer, five_stages, who):
    five_stages.publish("", **who)
    card = Touchpoint.objects.filter(journey=five_stages).first()
    for n in range(70):
        Touchpoint.catch(five_stages, f"New {n:02}", card.stage, card.lane, n, **who)
    client = client_for(viewer)
    sides = {"a": f"{five_stages.pk}.1", "b": five_stages.pk, "only": "added"}
    first, second = (page(client, viewer, **sides, page=number) for number in (1, 2))
    assert "Page 1 of 2" in first
    assert first.count('compared__row"') == 60
    assert second.count('compared__row"') == 10
    assert "only=added" in first.partition("Next")[0].rpartition("href")[2]


NONSENSE = [
    "abc",
    "\0",
    str(uuid.uuid5(uuid.NAMESPACE_URL, "nowhere")),
    "9" * 5000,
    "{own}.99",
    "{own}.0",
    "{own}.",
    "{own}.-1",
    "{own}.9999999999",
    "' OR 1=1",
]


@pytest.mark.parametrize("key", NONSENSE)
def test_a_side_that_is_not_there_is_said_where_it_was_chosen(client_for, viewer, five_stages, key):
    text = page(client_for(viewer), viewer, status=404, a=key.format(own=five_stages.pk), b=five_stages.pk)
    assert "is not here. Choose another one" in text.partition('id="side-b"')[0]
    assert "is not here" not in text.partition('id="side-b"')[2]
    assert re.search(r"selected>Big customers: draft", text.partition('id="side-b"')[2])


@pytest.mark.parametrize("name", ["only", "what", "page", "qa", "qb"])
def test_other_nonsense_is_passed_over(client_for, viewer, five_stages, other, name):
    for value in ("abc", "-1", "\0", "9" * 5000, "²"):
        page(client_for(viewer), viewer, a=five_stages.pk, b=other.pk, **{name: value})


def test_a_journey_of_another_workspace_is_not_there_and_not_among_the_choices(client_for, stranger, five_stages, who):
    five_stages.publish("", **who)
    client = client_for(stranger)
    for key in (five_stages.pk, f"{five_stages.pk}.1"):
        text = page(client, stranger, status=404, a=key)
        assert "Big customers" not in text
        assert "Enterprise" not in text


def test_it_asks_as_many_questions_for_many_journeys_as_for_few(client_for, viewer, five_stages, other, who):
    client = client_for(viewer)
    sides = {"a": five_stages.pk, "b": other.pk}
    page(client, viewer, **sides)
    with CaptureQueriesContext(connection) as few:
        page(client, viewer, **sides)
    for n in range(10):
        Journey.objects.begin(other.segment, f"Map {n}", **who)
    with CaptureQueriesContext(connection) as many:
        page(client, viewer, **sides)
    assert len(many) == len(few)
