"""A journey at a glance, drawn once a revision."""

from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from journeys.demo import FOLDER
from journeys.importing import import_sheet
from journeys.models import Segment, Stage, Touchpoint
from journeys.reading import read_document
from journeys.sheets import read_sheet
from journeys.thumbnails import thumbnail, thumbnails

pytestmark = pytest.mark.django_db


@pytest.fixture
def drawn(owner):
    segment = Segment.objects.make(owner.workspace, "Enterprise", at=timezone.now())
    sheet = read_sheet((FOLDER / "five-stages.csv").read_bytes())
    journey, _, _ = import_sheet(sheet, segment, "Enterprise journey", name="x", by=owner, at=timezone.now())
    return journey


def paths(svg):
    return {path.get("class"): path.get("d") for path in ElementTree.fromstring(svg).iter() if path.get("class")}  # noqa: S314


def test_every_card_and_stage_is_in_the_picture(drawn):
    document = read_document(drawn)
    found = paths(thumbnail(document))
    for kind in ("touchpoint", "milestone", "event"):
        wanted = sum(card["kind"] == kind for card in document["touchpoints"].values())
        assert found[f"thumb__{kind}"].count("M") == wanted
    assert found["thumb__stage"].count("M") == len(document["stages"]) == 5


def test_an_empty_map_has_a_picture_too(journey):
    assert paths(thumbnail(read_document(journey)))["thumb__stage"] == ""


def test_it_is_drawn_once_a_revision_and_again_when_the_cache_is_lost(client_for, owner, drawn):
    home = reverse("journeys:home", args=[owner.workspace.slug])
    client = client_for(owner)
    first = client.get(home).content.decode()
    assert thumbnails([drawn])[str(drawn.pk)] in first
    with CaptureQueriesContext(connection) as queries:
        client.get(home)
    assert not any("journeys_touchpoint" in query["sql"] for query in queries)
    stage = Stage.objects.filter(journey=drawn).first()
    lane = drawn.add_lane("New", by=owner, at=timezone.now())
    Touchpoint.catch(drawn, "One more", stage, lane, 0, by=owner, at=timezone.now())
    second = client.get(home).content.decode()
    assert thumbnails([drawn])[str(drawn.pk)] in second
    assert thumbnails([drawn])[str(drawn.pk)] not in first
    cache.clear()
    assert thumbnails([drawn])[str(drawn.pk)] in client.get(home).content.decode()
