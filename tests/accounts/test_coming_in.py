from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Access, Invitation, LastOwner, Member, NotAllowed, User, Workspace
from tests.conftest import PASSWORD, join, person

pytestmark = pytest.mark.django_db


def sign_in(client, email, password, **extra):
    return client.post("/accounts/sign-in/", {"login": email, "password": password}, **extra)


def test_one_signs_up_makes_a_workspace_and_lands_in_it(client):
    answer = client.post("/accounts/sign-up/", {"name": "Nora", "email": "nora@example.com", "password1": "a long good phrase"})
    assert answer.status_code == 302
    assert User.objects.get(email="nora@example.com").name == "Nora"
    assert client.get("/")["Location"] == "/accounts/workspaces/"
    answer = client.post("/accounts/workspaces/", {"name": "Fabrikam"}, follow=True)
    assert answer.status_code == 200
    workspace = Workspace.objects.get(slug="fabrikam")
    assert workspace.members.get().access == Access.OWNER
    assert workspace.roles.count() == 7
    assert client.get("/")["Location"] == "/w/fabrikam/"


def test_one_signs_out_by_post_only(client, owner):
    client.force_login(owner.user)
    client.get("/accounts/sign-out/")
    assert "_auth_user_id" in client.session
    client.post("/accounts/sign-out/")
    assert "_auth_user_id" not in client.session


def test_a_forgotten_password_is_reset_by_mail(client, owner):
    answer = client.post("/accounts/password/reset/", {"email": owner.user.email}, follow=True)
    assert "Look at your mail" in answer.content.decode()
    link = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", mail.outbox[0].body)[1]
    page = client.get(link, follow=True)
    assert page.status_code == 200
    client.post(page.redirect_chain[-1][0], {"password1": "another good phrase", "password2": "another good phrase"})
    assert User.objects.get(pk=owner.user_id).check_password("another good phrase")


def test_nobody_learns_whether_an_address_has_an_account(client, owner):
    known = client.post("/accounts/password/reset/", {"email": owner.user.email})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.com"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_repeated_wrong_passwords_are_slowed_down_even_from_other_addresses(client, owner):
    for n in range(6):
        sign_in(client, owner.user.email, "wrong", REMOTE_ADDR=f"10.0.0.{n}")
    answer = sign_in(client, owner.user.email, PASSWORD, REMOTE_ADDR="10.0.0.99")
    assert "_auth_user_id" not in client.session
    assert "Too many failed login attempts" in answer.content.decode()


def test_repeated_wrong_old_passwords_are_slowed_down_too(client, owner):
    client.force_login(owner.user)
    wrong = {"oldpassword": "wrong", "password1": "another good phrase", "password2": "another good phrase"}
    codes = [client.post("/accounts/password/change/", wrong).status_code for _ in range(7)]
    assert codes[0] == 200
    assert codes[-1] == 429


def invite(client, workspace, **fields):
    data = {"email": "new@example.com", "access": "editor", "roles": []} | fields
    return client.post(f"/w/{workspace.slug}/members/invite/", data)


def test_an_invited_colleague_joins_with_the_access_and_roles_kept_for_them(client, client_for, owner):
    role = owner.workspace.roles.get(name="Support")
    assert invite(client_for(owner), owner.workspace, roles=[role.pk]).status_code == 302
    link = re.search(r"http://testserver(/accounts/join/\S+)", mail.outbox[0].body)[1]
    assert mail.outbox[0].to == ["new@example.com"]
    assert "Northwind" in client.get(link).content.decode()
    client.force_login(person("new@example.com", "Nils"))
    assert client.post(link)["Location"] == "/w/northwind/"
    member = Member.objects.get(user__email="new@example.com")
    assert (member.access, list(member.roles.all())) == ("editor", [role])
    again = client.get(link)
    unknown = client.get("/accounts/join/rubbish/")
    assert (again.status_code, unknown.status_code) == (404, 404)
    assert "Northwind" not in again.content.decode()


def test_an_invitation_is_over_after_two_weeks_or_when_taken_back(client, owner):
    now = timezone.now()
    _, old = owner.workspace.invite("a@example.com", "viewer", [], by=owner, at=now - timedelta(days=15))
    taken, token = owner.workspace.invite("b@example.com", "viewer", [], by=owner, at=now)
    taken.revoke(by=owner, at=now)
    client.force_login(person("a@example.com", "Ada"))
    assert [client.post(f"/accounts/join/{t}/").status_code for t in (old, token)] == [404, 404]
    assert not Member.objects.filter(user__email="a@example.com").exists()


def test_the_token_itself_is_nowhere_in_the_database(owner):
    invitation, token = owner.workspace.invite("a@example.com", "viewer", [], by=owner, at=timezone.now())
    assert token not in Invitation.objects.filter(pk=invitation.pk).values_list("token_hash", flat=True)


def test_an_admin_cannot_make_owners_nor_touch_one(client_for, owner, workspace):
    admin = join(workspace, "Adam", Access.ADMIN)
    assert invite(client_for(admin), workspace, access="owner").status_code == 422
    with pytest.raises(NotAllowed):
        admin.change_access("owner", by=admin, at=timezone.now())
    with pytest.raises(NotAllowed):
        owner.remove(by=admin, at=timezone.now())


def test_a_workspace_keeps_its_last_owner(owner, editor):
    with pytest.raises(LastOwner):
        owner.change_access("editor", by=owner, at=timezone.now())
    editor.change_access("owner", by=owner, at=timezone.now())
    owner.change_access("editor", by=owner, at=timezone.now())
    assert owner.access == "editor"


def test_roles_of_another_workspace_cannot_be_given(client_for, owner, stranger):
    foreign = stranger.workspace.roles.first()
    assert invite(client_for(owner), owner.workspace, roles=[foreign.pk]).status_code == 422
    assert not Invitation.objects.exists()


def test_a_refused_invitation_keeps_what_was_typed_and_says_why_at_the_field(client_for, owner):
    answer = invite(client_for(owner), owner.workspace, email="not an address")
    text = answer.content.decode()
    assert 'value="not an address"' in text
    assert 'aria-invalid="true"' in text


def test_a_profile_keeps_name_and_time_zone(client_for, owner):
    client_for(owner).post("/accounts/profile/", {"name": "Olga B", "time_zone": "Europe/Berlin"})
    owner.user.refresh_from_db()
    assert (owner.user.name, owner.user.time_zone) == ("Olga B", "Europe/Berlin")


def test_lists_are_paged(client_for, owner):
    for n in range(60):
        join(owner.workspace, f"P{n:02}", Access.VIEWER)
    text = client_for(owner).get(f"/w/{owner.workspace.slug}/members/").content.decode()
    assert "Page 1 of 2" in text
    assert text.count("<tr>") < 55


@pytest.mark.parametrize("page", ["/accounts/sign-up/", "/accounts/password/reset/"])
def test_a_mail_server_that_does_not_answer_is_told_and_takes_nothing_down(client_for, settings, db, owner, page):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens on the discard port
    fields = {"email": "new@example.com", "name": "New", "password1": "correct horse battery"}
    answer = client_for(None).post(page, fields, follow=True)
    assert answer.status_code == 200
    assert "could not be sent" in answer.content.decode()
    assert User.objects.filter(email="new@example.com").exists() == ("sign-up" in page)
