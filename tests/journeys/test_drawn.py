"""Pictures that are kept are the pictures that would be drawn."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts.models import Role
from journeys.drawn import REVISIONS, drawn, drawn_since
from journeys.models import Handoff, Journey, Touchpoint
from journeys.reading import read_document
from journeys.rendering import draw

pytestmark = pytest.mark.django_db


@pytest.fixture
def card(journey, who):
    stage = journey.add_stage("Start", **who)
    lane = journey.add_lane("Team", **who)
    card = Touchpoint.catch(journey, "First <call>", stage, lane, 0, **who)
    Handoff.draw(card, Role.objects.last(), **who)
    return card


def names():
    return {str(role.pk): role.name for role in Role.objects.all()}


def now(journey):
    return Journey.objects.get(pk=journey.pk)


def test_a_kept_picture_is_the_one_that_was_drawn(journey, card, django_assert_num_queries):
    map_, roles = now(journey), names()
    fresh = draw(read_document(map_), roles, room=1)
    assert drawn(map_, roles, room=1) == fresh
    with django_assert_num_queries(0):
        kept = drawn(map_, roles, room=1)
    assert kept == fresh
    assert list(kept) == list(fresh)


def test_an_act_another_role_name_and_another_room_have_pictures_of_their_own(journey, card, who):
    first = drawn(now(journey), names(), room=1)
    card.edit({"title": "Another title"}, **who)
    assert "Another title" in drawn(now(journey), names(), room=1)[f"card-{card.pk}"].html
    Role.objects.last().rename("Renamed")
    badges = [fragment.html for id, fragment in drawn(now(journey), names(), room=1).items() if id.startswith("handoff-")]
    assert any("Renamed" in html for html in badges)
    assert drawn(now(journey), names(), room=0)["map-size"] != first["map-size"]


@pytest.mark.parametrize("lost", ["nothing", "everything"])
def test_what_has_changed_is_the_same_whether_pictures_are_kept_or_not(lost, journey, card, who):
    documents, roles = {}, names()
    for n in range(REVISIONS + 2):
        documents[now(journey).revision] = read_document(journey)
        drawn(now(journey), roles, room=1)
        card.edit({"title": f"Title {n}"}, **who)
    if lost == "everything":
        cache.clear()
    for revision, document in documents.items():
        then, latest = drawn_since(now(journey), revision, roles, room=1)
        assert then == draw(document, roles, room=1)
        assert latest == draw(read_document(journey), roles, room=1)


def test_after_an_act_the_canvas_finds_the_picture_that_its_delta_drew(
    client_for, owner, journey, card, who, django_assert_max_num_queries
):
    client, address = client_for(owner), reverse("journeys:canvas", args=[owner.workspace.slug, journey.pk])
    client.get(address)
    seen = now(journey).revision
    card.edit({"title": "Another title"}, **who)
    assert "Another title" in client.get(f"{address}delta/?since={seen}").content.decode()
    with django_assert_max_num_queries(9):
        assert "Another title" in client.get(address).content.decode()
