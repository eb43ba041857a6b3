"""A map that is as it was is answered with 304; whatever its page depends on makes it be sent anew."""

from __future__ import annotations

import re

import pytest
from django.contrib import messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import Access, Role
from config.build import build
from journeys.breaking_down import break_down
from journeys.models import Journey, Touchpoint
from tests.conftest import PASSWORD, join

pytestmark = pytest.mark.django_db


def url_of(journey):
    return reverse("journeys:canvas", args=[journey.segment.workspace.slug, journey.pk])


class Browser:
    """Keeps a page and asks whether it still holds."""

    def __init__(self, client, journey):
        self.client, self.url = client, url_of(journey)
        self.tag = ""
        assert self.load() == 200

    def load(self):
        answer = self.client.get(self.url, headers={"If-None-Match": self.tag} if self.tag else {})
        self.tag = answer.get("ETag", "")
        assert answer["Cache-Control"] == "private, no-cache"
        assert "Cookie" in answer["Vary"]
        if answer.status_code == 200:
            self.text = answer.content.decode()
        return answer.status_code


def test_an_unchanged_map_is_not_sent_again_and_its_document_is_not_read(
    client_for, editor, journey, card, django_assert_max_num_queries
):
    browser = Browser(client_for(editor), journey)
    with django_assert_max_num_queries(3):
        assert browser.load() == 304


CHANGES = {
    "a card is caught": lambda journey, card, editor, who: Touchpoint.catch(journey, "Next", card.stage, card.lane, 1, **who),
    "an act is undone": lambda journey, card, editor, who: journey.undo(**who),
    "the journey is renamed": lambda journey, card, editor, who: journey.rename("Another title", **who),
    "a role is renamed": lambda journey, card, editor, who: Role.objects.first().rename("Another role"),
    "a role is added": lambda journey, card, editor, who: Role.objects.add(journey.segment.workspace, "New role"),
    "a role is removed": lambda journey, card, editor, who: Role.objects.last().remove(),
    "the segment is renamed": lambda journey, card, editor, who: journey.segment.describe(
        name="Another segment", description="", expected_customers=None
    ),
    "the workspace is renamed": lambda journey, card, editor, who: journey.segment.workspace.describe(
        name="Eastwind", time_zone="UTC", **who
    ),
    "the person is renamed": lambda journey, card, editor, who: editor.user.edit_profile(name="Edith", time_zone="UTC"),
    "the person may only look": lambda journey, card, editor, who: editor.change_access(Access.VIEWER, **who),
    "the person administers": lambda journey, card, editor, who: editor.change_access(Access.ADMIN, **who),
}


@pytest.mark.parametrize("change", CHANGES)
def test_it_is_sent_again_when(change, client_for, editor, journey, card, who):
    browser = Browser(client_for(editor), journey)
    before = re.sub(r"csrfmiddlewaretoken[^>]*|X-CSRFToken[^}]*", "", browser.text)
    CHANGES[change](journey, card, editor, who)
    assert browser.load() == 200
    assert re.sub(r"csrfmiddlewaretoken[^>]*|X-CSRFToken[^}]*", "", browser.text) != before
    assert browser.load() == 304


def test_a_child_map_is_sent_again_when_a_journey_around_it_is_renamed_or_it_is_no_longer_inside(
    client_for, editor, journey, card, who
):
    child = break_down(card, **who)
    browser = Browser(client_for(editor), child)
    Journey.objects.get(pk=journey.pk).rename("The whole way", **who)
    assert browser.load() == 200
    assert "The whole way" in browser.text
    Touchpoint.objects.get(pk=card.pk).remove(**who)
    assert browser.load() == 200
    assert "The whole way" not in browser.text


def test_nobody_gets_304_for_the_page_of_somebody_else(client_for, editor, viewer, stranger, journey):
    tag = Browser(client_for(editor), journey).tag
    ask = {"headers": {"If-None-Match": tag}}
    assert client_for(viewer).get(url_of(journey), **ask).status_code == 200
    assert client_for(stranger).get(url_of(journey), **ask).status_code == 404
    assert client_for(None).get(url_of(journey), **ask).status_code == 302


def test_signing_out_and_in_again_makes_a_new_page_because_its_forms_have_a_new_secret(client_for, editor, journey):
    client = client_for(editor)
    browser = Browser(client, journey)
    client.post(reverse("account_logout"))
    assert browser.client.get(browser.url, headers={"If-None-Match": browser.tag}).status_code == 302
    client.post(reverse("account_login"), {"login": editor.user.email, "password": PASSWORD})
    assert client.get(browser.url, headers={"If-None-Match": browser.tag}).status_code == 200


def test_a_message_is_shown_once_and_a_page_with_one_is_never_kept(client_for, editor, journey, rf):
    browser = Browser(client_for(editor), journey)
    request = rf.get("/")
    request.session = browser.client.session
    storage = FallbackStorage(request)
    storage.add(messages.INFO, "Only once")
    answer = HttpResponse()
    storage.update(answer)
    browser.client.cookies.update(answer.cookies)
    kept = browser.tag
    assert browser.load() == 200
    assert "Only once" in browser.text
    assert browser.tag == ""
    browser.tag = kept
    assert browser.load() == 304


def test_a_page_that_was_kept_can_still_act(owner, journey, card):
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner.user)
    browser = Browser(client, journey)
    token = re.search(r'X-CSRFToken": "(\w+)"', browser.text)[1]
    assert browser.load() == 304
    move = reverse("journeys:move_touchpoint", args=[owner.workspace.slug, journey.pk, card.pk])
    values = {"stage": str(card.stage_id), "lane": str(card.lane_id), "slot": "2"}
    assert client.post(move, values, headers={"X-CSRFToken": "0" * 64}).status_code == 403
    assert client.post(move, values, headers={"X-CSRFToken": token}).status_code == 200


def test_another_build_sends_every_page_again(client_for, editor, journey, settings, tmp_path):
    browser = Browser(client_for(editor), journey)
    settings.BASE_DIR = tmp_path
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "canvas.html").write_text("new")
    build.cache_clear()
    try:
        assert browser.load() == 200
    finally:
        build.cache_clear()


def test_who_joins_sees_what_their_access_shows(workspace, client_for, journey):
    pages = [
        Browser(client_for(join(workspace, name, access)), journey) for name, access in (("Ann", "editor"), ("Bob", "viewer"))
    ]
    assert ["data-catch-stage" in page.text for page in pages] == [True, False]
    assert pages[0].tag != pages[1].tag
