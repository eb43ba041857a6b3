"""Every door of the house: who may come in, and what a stranger learns."""

from __future__ import annotations

import re
import uuid

import pytest
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern

from accounts.models import Access
from tests.conftest import join


def every_view(resolver=None, prefix=""):
    for pattern in (resolver or get_resolver()).url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield path, pattern.callback, pattern.name
        else:
            yield from every_view(pattern, path)


WORKSPACE_VIEWS = [(path, view) for path, view, _ in every_view() if "<slug:workspace>" in path]


def test_every_view_declares_its_methods_and_its_access():
    for path, view, _ in every_view():
        if path.startswith("api/"):
            continue  # tests/api/test_matrix.py
        door = getattr(view, "door", None)
        assert door is not None, f"{path} declares nothing"
        assert set(door.methods) <= {"GET", "POST"}
        assert door.methods
        assert door.access in ("public", "signed-in", *Access.values)
        assert ("<slug:workspace>" in path) == (door.access in Access.values), path
    assert len(WORKSPACE_VIEWS) > 40


def address(path, slug, journey):
    path = path.replace("<slug:workspace>", slug).replace("<uuid:journey>", str(journey))
    path = re.sub(r"<int:\w+>", "7", path)
    return "/" + re.sub(r"<(uuid|slug):\w+>", lambda _: str(uuid.uuid4()), path)


@pytest.mark.django_db
def test_another_workspace_does_not_exist_and_no_name_leaks(client_for, stranger, journey):
    client = client_for(stranger)
    for path, view in WORKSPACE_VIEWS:
        ours = address(path, journey.segment.workspace.slug, journey.pk)
        nowhere = address(path, "no-such-workspace", journey.pk)
        for method in view.door.methods:
            answers = [getattr(client, method.lower())(url) for url in (ours, nowhere)]
            assert [answer.status_code for answer in answers] == [404, 404], ours
            assert "Northwind" not in answers[0].content.decode()


@pytest.mark.django_db
def test_a_journey_of_another_workspace_does_not_exist_in_ones_own(client_for, stranger, journey):
    client = client_for(stranger)
    for path, view in WORKSPACE_VIEWS:
        if "<uuid:journey>" in path:
            for method in view.door.methods:
                url = address(path, stranger.workspace.slug, journey.pk)
                assert getattr(client, method.lower())(url).status_code == 404, url


@pytest.mark.django_db
@pytest.mark.parametrize("access", Access.values)
def test_each_access_level_gets_through_exactly_the_doors_it_should(client_for, workspace, journey, access):
    member = join(workspace, "Someone", access)
    client = client_for(member)
    for path, view in WORKSPACE_VIEWS:
        for method in view.door.methods:
            answer = getattr(client, method.lower())(address(path, workspace.slug, journey.pk))
            refused = answer.status_code == 403
            assert refused == (member.rank < Access(view.door.access).rank), (path, method, answer.status_code)
            assert answer.status_code < 500


@pytest.mark.django_db
def test_who_is_not_signed_in_is_asked_to(client_for, journey):
    url = reverse("journeys:canvas", args=[journey.segment.workspace.slug, journey.pk])
    answer = client_for(None).get(url)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/sign-in/?next=")
    assert client_for(None).get(url, headers={"HX-Request": "true"}).status_code == 401


@pytest.mark.django_db
def test_a_removed_member_is_out_at_once(client_for, owner, editor, journey):
    from django.utils import timezone

    client = client_for(editor)
    url = reverse("journeys:home", args=[owner.workspace.slug])
    assert client.get(url).status_code == 200
    editor.remove(by=owner, at=timezone.now())
    assert client.get(url).status_code == 404


@pytest.mark.django_db
def test_every_page_forbids_inline_script_and_framing(client_for, owner, journey):
    for url in (reverse("account_login"), reverse("journeys:canvas", args=[owner.workspace.slug, journey.pk])):
        answer = client_for(owner).get(url, follow=True)
        policy = answer["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "<script>" not in answer.content.decode()
