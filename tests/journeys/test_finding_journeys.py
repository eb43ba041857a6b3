"""What the palette asks the server: journeys by a part of their title or of their segment's name."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from journeys.models import Journey, Segment

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def begin(member, segment, *titles):
    made = Segment.objects.make(member.workspace, segment, at=NOW)
    for n, title in enumerate(titles):
        Journey.objects.begin(made, title, by=member, at=NOW - timedelta(days=n))


def found(client, workspace, text):
    answer = client.get(reverse("journeys:find_journeys", args=[workspace.slug]), {"q": text})
    return [one["title"] for one in answer.json()["journeys"]]


def test_every_word_is_in_the_title_or_in_the_segments_name(client_for, owner, viewer):
    begin(owner, "Enterprise", "The first 90 days", "Renewal year")
    begin(owner, "Digital", "The first week", "100 % automated")
    client = client_for(viewer)
    assert set(found(client, owner.workspace, "FIRST")) == {"The first 90 days", "The first week"}
    assert found(client, owner.workspace, "digital first") == ["The first week"]
    assert found(client, owner.workspace, "enterprise") == ["The first 90 days", "Renewal year"]
    assert found(client, owner.workspace, "%") == ["100 % automated"]
    assert found(client, owner.workspace, "nothing like it") == []
    assert found(client, owner.workspace, "\0") == found(client, owner.workspace, "")


def test_a_search_leads_to_the_canvas_and_says_the_segment(client_for, owner, journey):
    (one,) = client_for(owner).get(reverse("journeys:find_journeys", args=[owner.workspace.slug])).json()["journeys"]
    assert one["segment"] == "Enterprise"
    assert client_for(owner).get(one["url"]).status_code == 200


def test_the_seven_changed_last_are_enough_and_cost_one_look(client_for, owner, django_assert_max_num_queries):
    begin(owner, "Enterprise", *(f"Journey {n}" for n in range(9)))
    client = client_for(owner)
    found(client, owner.workspace, "")
    with django_assert_max_num_queries(5):
        assert found(client, owner.workspace, "journey") == [f"Journey {n}" for n in range(7)]


def test_what_is_elsewhere_is_not_found(client_for, owner, stranger, journey):
    begin(stranger, "Enterprise", "Their secret")
    assert found(client_for(owner), owner.workspace, "secret") == []
    assert found(client_for(stranger), stranger.workspace, "") == ["Their secret"]
