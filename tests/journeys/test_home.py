from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from journeys.models import Journey, Segment

pytestmark = pytest.mark.django_db
NOW = timezone.now()
#: what pictures that nobody has drawn yet take, however many: the journeys, six kinds of elements, a savepoint and its end
PICTURES = 10


def segment_with(owner, name, journeys):
    """A segment whose journeys are called "<name> 00", "<name> 01" ..., the first one changed longest ago."""
    segment = Segment.objects.make(owner.workspace, name, at=NOW)
    for n in range(journeys):
        Journey.objects.begin(segment, f"{name} {n:02}", by=owner, at=NOW - timedelta(days=100 - n))
    return segment


def home(workspace):
    return reverse("journeys:home", args=[workspace.slug])


def all_of(segment):
    return reverse("journeys:segment_journeys", args=[segment.workspace.slug, segment.pk])


def test_home_shows_the_six_journeys_changed_last_of_each_segment_and_a_way_to_all(client_for, owner, viewer):
    many, six = segment_with(owner, "Many", 8), segment_with(owner, "Six", 6)
    text = client_for(viewer).get(home(owner.workspace)).content.decode()
    shown = [n for n in range(8) if f"Many {n:02}" in text]
    assert shown == [2, 3, 4, 5, 6, 7]
    assert text.index("Many 07") < text.index("Many 02")
    assert all(f"Six {n:02}" in text for n in range(6))
    assert "All 8 journeys" in text
    assert all_of(many) in text
    assert all_of(six) not in text
    assert text.count("<small>Olga</small>") == 12


def test_home_asks_as_many_questions_for_ten_segments_as_for_one(client_for, owner):
    client = client_for(owner)
    segment_with(owner, "First", 8)
    client.get(home(owner.workspace))
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(home(owner.workspace))
    for n in range(9):
        segment_with(owner, f"Segment {n}", 3)
    with CaptureQueriesContext(connection) as drawing:
        client.get(home(owner.workspace))
    with CaptureQueriesContext(connection) as ten:
        client.get(home(owner.workspace))
    assert len(ten) == len(one)
    assert len(drawing) <= len(ten) + PICTURES


def test_a_segment_brings_its_latest_journeys_and_the_number_of_all(owner):
    segment_with(owner, "Many", 9)
    segment_with(owner, "None", 0)
    many, none = Segment.objects.visible_to(owner).in_order().with_latest_journeys(6)
    assert (many.journey_count, [j.title for j in many.latest_journeys][:2]) == (9, ["Many 08", "Many 07"])
    assert len(many.latest_journeys) == 6
    assert (none.journey_count, none.latest_journeys) == (0, [])


def test_all_journeys_of_a_segment_are_paged_latest_first(client_for, owner, viewer, django_assert_max_num_queries):
    segment = segment_with(owner, "Many", 52)
    segment_with(owner, "Other", 1)
    client = client_for(viewer)
    with django_assert_max_num_queries(8 + PICTURES):
        client.get(all_of(segment))
    with django_assert_max_num_queries(8):
        first = client.get(all_of(segment)).content.decode()
    assert "52 journeys" in first
    assert "Page 1 of 2" in first
    assert "Many 51" in first
    assert "Many 01" not in first
    assert "Other 00" not in first
    assert "Many 01" in client.get(all_of(segment) + "?page=2").content.decode()


def test_journeys_of_a_segment_elsewhere_do_not_exist(client_for, owner, stranger):
    segment = segment_with(owner, "Many", 1)
    url = reverse("journeys:segment_journeys", args=[stranger.workspace.slug, segment.pk])
    assert client_for(stranger).get(url).status_code == 404


def test_a_segment_without_journeys_says_so(client_for, owner):
    segment = segment_with(owner, "Digital", 0)
    assert "No journey yet for Digital." in client_for(owner).get(all_of(segment)).content.decode()
    assert "No journey yet for Digital." in client_for(owner).get(home(owner.workspace)).content.decode()
