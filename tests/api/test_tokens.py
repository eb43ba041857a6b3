"""API tokens: how they are made, what they open, and when they do not."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiToken, AuditEntry, NotAllowed, Workspace
from accounts.models.api_token import MOST, is_well_formed, new_token
from tests.api.conftest import ApiClient, problem, token_of

pytestmark = pytest.mark.django_db


def test_a_token_says_by_itself_that_it_is_one():
    text = new_token()
    assert text.startswith("tl_")
    assert len(text) == 41
    assert is_well_formed(text)
    for spoilt in (
        text[:-1],
        text + "x",
        text[:10] + ("a" if text[10] != "a" else "b") + text[11:],
        "tl_",
        "",
        "tl_é" + text[4:],
    ):
        assert not is_well_formed(spoilt)
    assert new_token() != text


def test_it_acts_in_the_name_of_its_member_in_one_workspace_and_its_use_is_seen(api, editor):
    client = api(editor, "write")
    said = client.ask("GET", "me").json()
    assert said["member"] == {"id": str(editor.pk), "name": "Edda", "email": "edda@example.com", "access": "editor"}
    assert said["workspace"]["slug"] == "northwind"
    assert said["token"]["scope"] == "write"
    [token] = ApiToken.objects.all()
    assert token.last_used_at is not None
    assert token.token_hash not in said.values()


def test_only_its_hash_is_kept(editor):
    text = token_of(editor)
    [row] = ApiToken.objects.values()
    assert text not in str(row)
    assert row["shown"] == text[:7]


def test_its_last_use_is_written_down_once_a_minute(editor):
    client = ApiClient(token_of(editor))
    seen = []
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False) as clock:
        for seconds in (0, 30, 31):
            clock.shift(timedelta(seconds=seconds))
            client.ask("GET", "me")
            seen.append(ApiToken.objects.get().last_used_at)
    assert seen[0] == seen[1] < seen[2]


def test_revoked_expired_mistyped_or_of_somebody_who_is_gone_it_opens_nothing(api, owner, editor):
    client = api(editor)
    assert client.ask("GET", "me").status_code == 200
    ApiToken.objects.get().revoke(by=editor, at=timezone.now())
    problem(client.ask("GET", "me"), 401, "token-invalid")
    other = api(editor)
    with time_machine.travel(timezone.now() + timedelta(days=30, seconds=1)):
        problem(other.ask("GET", "me"), 401, "token-invalid")
    assert other.ask("GET", "me").status_code == 200
    editor.remove(by=owner, at=timezone.now())
    answer = other.ask("GET", "me")
    problem(answer, 401, "token-invalid")
    assert answer["WWW-Authenticate"] == 'Bearer realm="Touchline"'
    problem(ApiClient(new_token()).ask("GET", "me"), 401, "token-invalid")
    for odd in ("x", "tl_\0", "Basic abc"):
        assert ApiClient(odd).ask("GET", "me").status_code == 401


def test_who_comes_back_does_not_bring_old_tokens_along(api, owner, editor):
    client = api(editor)
    editor.remove(by=owner, at=timezone.now())
    type(editor).objects.filter(pk=editor.pk).update(removed_at=None)
    problem(client.ask("GET", "me"), 401, "token-invalid")


def test_without_anything_one_is_asked_who_one_is(api):
    body = problem(api().ask("GET", "me"), 401, "not-authenticated")
    assert "Bearer" in body["hint"]


def test_nobody_gets_a_token_that_may_more_than_they(viewer, contributor, editor, owner):
    for member, allowed in ((viewer, "read"), (contributor, "write"), (editor, "write"), (owner, "admin")):
        assert ApiToken.objects.make(member, "x", allowed, 30, at=timezone.now())
    for member, above in ((viewer, "write"), (contributor, "admin"), (editor, "admin")):
        with pytest.raises(NotAllowed):
            ApiToken.objects.make(member, "x", above, 30, at=timezone.now())


def test_who_is_signed_in_in_the_browser_comes_in_too_with_csrf(editor, journey):
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor.user)
    assert client.get("/api/v1/me").json()["token"] is None
    answer = client.post(
        "/api/v1/journeys", {"segment": str(journey.segment_id), "title": "New"}, content_type="application/json"
    )
    assert "X-CSRFToken" in problem(answer, 403, "csrf-failed")["hint"]
    new = {"segment": str(journey.segment_id), "title": "New"}
    client.get("/accounts/profile/")
    headers = {"X-CSRFToken": client.cookies["csrftoken"].value}
    assert client.post("/api/v1/journeys", new, content_type="application/json", headers=headers).status_code == 201
    other = Workspace.objects.found("Another", editor.user, at=timezone.now())
    problem(client.get("/api/v1/me"), 400, "workspace-unclear")
    said = client.get("/api/v1/me", headers={"Touchline-Workspace": other.slug}).json()
    assert said["workspace"]["slug"] == other.slug
    problem(client.get("/api/v1/me", headers={"Touchline-Workspace": "secret-rival"}), 404, "not-found")


# the page


def test_a_token_is_made_on_the_page_shown_once_and_revoked(client_for, editor):
    client = client_for(editor)
    page = reverse("accounts:tokens", args=["northwind"])
    answer = client.post(page, {"name": "CRM", "scope": "write", "days": "30"}, follow=True)
    text = answer.context["made"]
    assert is_well_formed(text)
    assert text in answer.content.decode()
    assert text not in client.get(page).content.decode()
    assert ApiClient(text).ask("GET", "me").status_code == 200
    [token] = ApiToken.objects.all()
    assert AuditEntry.objects.filter(verb="made an API token", detail__contains="CRM").count() == 1
    for _ in range(2):
        client.post(reverse("accounts:revoke_token", args=["northwind", token.pk]))
    assert ApiClient(text).ask("GET", "me").status_code == 401
    assert "Revoked" in client.get(page).content.decode()
    assert AuditEntry.objects.filter(verb="revoked an API token").count() == 1


def test_the_page_offers_no_scope_that_one_may_not_have(client_for, viewer, owner):
    answer = client_for(viewer).get(reverse("accounts:tokens", args=["northwind"]))
    assert 'value="read"' in answer.content.decode()
    assert 'value="write"' not in answer.content.decode()
    refused = client_for(viewer).post(answer.wsgi_request.path, {"name": "x", "scope": "admin", "days": "30"})
    assert refused.status_code == 422
    assert not ApiToken.objects.exists()
    assert 'value="admin"' in client_for(owner).get(answer.wsgi_request.path).content.decode()


def test_one_sees_ones_own_and_an_admin_everybodys(client_for, viewer, editor, owner, stranger):
    token_of(editor)
    [theirs] = ApiToken.objects.all()
    page, revoke = reverse("accounts:tokens", args=["northwind"]), reverse("accounts:revoke_token", args=["northwind", theirs.pk])
    assert theirs.shown not in client_for(viewer).get(page).content.decode()
    assert client_for(viewer).post(revoke).status_code == 404
    assert client_for(stranger).post(reverse("accounts:revoke_token", args=["secret-rival", theirs.pk])).status_code == 404
    assert theirs.shown in client_for(owner).get(page).content.decode()
    assert client_for(owner).post(revoke).status_code == 302
    assert ApiToken.objects.get().revoked_at


def test_there_are_no_more_than_can_be_overseen(client_for, editor):
    for _ in range(MOST):
        token_of(editor)
    answer = client_for(editor).post(reverse("accounts:tokens", args=["northwind"]), {"name": "x", "scope": "read", "days": "30"})
    assert answer.status_code == 422
    assert "Revoke one" in answer.content.decode()


# the command line


def test_a_token_is_made_on_the_command_line(editor):
    out = StringIO()
    call_command("create_token", "EDDA@example.com", "--workspace", "northwind", "--scope", "write", stdout=out)
    assert ApiClient(out.getvalue().strip()).ask("GET", "me").json()["member"]["name"] == "Edda"


@pytest.mark.parametrize(
    ("email", "slug", "scope", "days", "said"),
    [
        ("nobody@example.com", "northwind", "read", 30, "Nobody"),
        ("edda@example.com", "elsewhere", "read", 30, "Nobody"),
        ("edda@example.com", "northwind", "admin", 30, "more access"),
        ("edda@example.com", "northwind", "read", 4000, "--days"),
    ],
)
def test_the_command_says_what_is_wrong(editor, email, slug, scope, days, said):
    with pytest.raises(CommandError, match=said):
        call_command("create_token", email, "--workspace", slug, "--scope", scope, "--days", str(days))
