"""Whoever tries again and again is slowed down, on every door, by where they come from and by whose account it is."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone

from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
WRONG = {
    "sign-in": {"login": "olga@example.com", "password": "wrong"},
    "password/reset": {"email": "olga@example.com"},
    "password/change": {"oldpassword": "wrong", "password1": "another good phrase"},
    "sign-in-again": {"password": "wrong"},
}


@pytest.fixture
def olga(client, owner):
    """A browser in which the owner is signed in."""
    EmailAddress.objects.create(user=owner.user, email=owner.user.email, primary=True, verified=True)
    client.force_login(owner.user)
    return client


def statuses(client, path, tries, data, **where):
    """What `tries` posts answer, each from a network address of its own unless `where` says otherwise."""
    return [
        client.post(f"/accounts/{path}/", data, **({"REMOTE_ADDR": f"10.0.{n // 250}.{n % 250}"} | where)).status_code
        for n in range(tries)
    ]


@pytest.mark.parametrize("door", ["sign-in", "password/reset"])
def test_one_account_is_protected_from_many_addresses_before_sign_in(client, owner, door):
    got = statuses(client, door, 6, WRONG[door])
    assert got[-1] == 429
    assert 429 not in got[:5]


@pytest.mark.parametrize("door", ["password/change", "sign-in-again"])
def test_one_account_is_protected_from_many_addresses_after_sign_in(olga, door):
    got = statuses(olga, door, 6, WRONG[door])
    assert got[-1] == 429
    assert 429 not in got[:5]


@pytest.mark.parametrize(
    ("door", "data"),
    [
        ("sign-in", lambda n: {"login": f"p{n}@example.com", "password": "wrong"}),
        ("password/reset", lambda n: {"email": f"p{n}@example.com"}),
        ("sign-up", lambda n: {"name": "", "email": f"p{n}@example.com", "password1": "x"}),
    ],
)
def test_one_address_is_slowed_down_over_many_accounts(client, owner, door, data):
    got = [client.post(f"/accounts/{door}/", data(n)).status_code for n in range(31)]
    assert got[0] != 429
    assert got[-1] == 429


def test_a_made_up_forwarding_header_is_no_other_address(client, owner):
    got = [
        client.post("/accounts/sign-up/", {"email": "x"}, headers={"X-Forwarded-For": f"10.1.1.{n}"}).status_code
        for n in range(31)
    ]
    assert got[-1] == 429


@pytest.mark.parametrize("path", ["join/guess", "confirm-email/guess", "password/reset/key/guess-guess"])
def test_guessing_at_mailed_links_is_slowed_down_also_by_looking_only(client, owner, path):
    _, token = owner.workspace.invite("new@example.com", "viewer", [], by=owner, at=timezone.now())
    got = [client.get(f"/accounts/{path}{n}/").status_code for n in range(61)]
    assert 429 not in got[:60]
    assert got[-1] == 429
    assert client.get(f"/accounts/join/{token}/").status_code == 429
    assert client.get(f"/accounts/join/{token}/", REMOTE_ADDR="10.0.0.9").status_code == 200


def test_wrong_new_passwords_at_a_reset_link_are_slowed_down(client, owner):
    got = statuses(client, "password/reset/key/guess-set-password", 21, {"password1": "x"}, REMOTE_ADDR="10.0.0.1")
    assert got[-1] == 429


def test_signing_up_again_and_again_with_one_address_sends_one_mail(client_for, db):
    data = {"name": "Nora", "email": "nora@example.com", "password1": "a long good phrase"}
    for n in range(5):
        client_for(None).post("/accounts/sign-up/", data, REMOTE_ADDR=f"10.0.0.{n}")
    assert [letter.to for letter in mail.outbox] == [["nora@example.com"]]


def test_the_right_password_gets_no_further_once_the_wrong_ones_were_too_many(client, owner):
    statuses(client, "sign-in", 5, WRONG["sign-in"])
    answer = client.post("/accounts/sign-in/", WRONG["sign-in"] | {"password": PASSWORD}, REMOTE_ADDR="10.9.9.9")
    assert answer.status_code == 429
    assert "Too many failed login attempts" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_the_answer_is_a_calm_page_of_ours(olga):
    statuses(olga, "password/change", 5, WRONG["password/change"])
    answer = olga.post("/accounts/password/change/", WRONG["password/change"])
    assert answer.status_code == 429
    text = answer.content.decode()
    assert "Wait a few minutes and try again." in text
    assert 'class="bar__logo"' in text


def test_invitations_are_not_sent_by_the_hundred(client_for, owner):
    client = client_for(owner)
    got = [client.post(f"/w/{owner.workspace.slug}/members/invite/", {"email": "x"}).status_code for _ in range(31)]
    assert (got[0], got[-1]) == (422, 429)


def test_signing_in_and_out_needs_no_message_but_a_new_password_does(client, owner):
    text = client.post("/accounts/sign-in/", {"login": owner.user.email, "password": PASSWORD}, follow=True).content.decode()
    assert "Northwind" in text
    assert "Successfully signed in" not in text
    data = {"oldpassword": PASSWORD, "password1": "another good phrase", "password2": "another good phrase"}
    text = client.post("/accounts/password/change/", data, follow=True).content.decode()
    assert "Password successfully changed." in text
    text = client.post("/accounts/sign-out/", follow=True).content.decode()
    assert "Sign in" in text
    assert "signed out" not in text
