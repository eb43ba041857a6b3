from __future__ import annotations

import re
import socket
import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from accounts.models import Access, AlreadyMember, AuditEntry, Invitation, Member, NotAllowed
from tests.conftest import join, person

pytestmark = pytest.mark.django_db


def members(workspace, rest=""):
    return f"/w/{workspace.slug}/members/{rest}"


def send_again(client, invitation):
    return client.post(members(invitation.workspace, f"invitations/{invitation.pk}/send-again/"), follow=True)


def link_in(letter):
    return re.search(r"http://testserver(/accounts/join/\S+)", letter.body)[1]


def test_an_invitation_sent_again_brings_a_new_link_and_closes_the_earlier_one(client, client_for, owner):
    sent = timezone.now() - timedelta(days=13)
    invitation, old = owner.workspace.invite("new@example.com", "editor", [], by=owner, at=sent)
    answer = send_again(client_for(owner), invitation)
    assert "An invitation is on its way to new@example.com." in answer.content.decode()
    link = link_in(mail.outbox[0])
    assert client.get(f"/accounts/join/{old}/").status_code == 404
    assert client.get(link).status_code == 200
    invitation.refresh_from_db()
    assert invitation.sent_at > sent + timedelta(days=12)
    note = AuditEntry.objects.latest("id")
    assert (note.actor, note.verb, note.detail) == (owner, "sent again the invitation of", "new@example.com")


def test_an_expired_invitation_says_so_and_is_open_again_once_sent_again(client, client_for, owner):
    now = timezone.now()
    old, token = owner.workspace.invite("late@example.com", "viewer", [], by=owner, at=now - timedelta(days=14, seconds=1))
    owner.workspace.invite("fresh@example.com", "viewer", [], by=owner, at=now - timedelta(days=13))
    page = client_for(owner).get(members(owner.workspace)).content.decode()
    assert page.count("Expired") == 1
    assert "open until" in page
    assert client.get(f"/accounts/join/{token}/").status_code == 404
    assert "Expired" not in send_again(client_for(owner), old).content.decode()
    assert client.get(link_in(mail.outbox[0])).status_code == 200


def test_an_admin_cannot_send_an_owners_invitation_again_and_is_told(client_for, owner, workspace):
    admin = join(workspace, "Adam", Access.ADMIN)
    invitation, _ = workspace.invite("boss@example.com", "owner", [], by=owner, at=timezone.now())
    before = invitation.token_hash
    client = client_for(admin)
    assert "Send again" not in client.get(members(workspace)).content.decode()
    assert "Only an owner can invite an owner." in send_again(client, invitation).content.decode()
    invitation.refresh_from_db()
    assert (invitation.token_hash, invitation.invited_by, mail.outbox) == (before, owner, [])


def test_only_admins_of_the_workspace_send_again(client_for, owner, editor, stranger):
    invitation, _ = owner.workspace.invite("new@example.com", "viewer", [], by=owner, at=timezone.now())
    assert send_again(client_for(editor), invitation).status_code == 403
    foreign = members(stranger.workspace, f"invitations/{invitation.pk}/send-again/")
    assert client_for(stranger).post(foreign).status_code == 404
    assert mail.outbox == []


def test_an_invitation_that_was_used_meanwhile_is_not_sent_again(owner):
    invitation, _ = owner.workspace.invite("new@example.com", "viewer", [], by=owner, at=timezone.now())
    Invitation.objects.get(pk=invitation.pk).accept(person("new@example.com", "Nils"), at=timezone.now())
    with pytest.raises(NotAllowed):
        invitation.send_again(by=owner, at=timezone.now())


def test_who_is_a_member_already_is_not_invited_whatever_the_case_of_the_address(client_for, owner, editor):
    data = {"email": "EDDA@example.com", "access": "viewer"}
    answer = client_for(owner).post(members(owner.workspace, "invite/"), data)
    assert answer.status_code == 422
    assert "Edda is a member already." in answer.content.decode()
    assert (mail.outbox, Invitation.objects.count()) == ([], 0)


def test_who_has_been_removed_can_be_invited_again(owner, editor):
    editor.remove(by=owner, at=timezone.now())
    invitation, _ = owner.workspace.invite(editor.user.email, "viewer", [], by=owner, at=timezone.now())
    assert invitation.accept(editor.user, at=timezone.now()) == editor


def test_an_invitation_of_somebody_who_joined_another_way_is_not_sent_again(client_for, owner, workspace):
    invitation, _ = workspace.invite("edda@example.com", "viewer", [], by=owner, at=timezone.now())
    join(workspace, "Edda", Access.VIEWER)
    assert "Edda is a member already." in send_again(client_for(owner), invitation).content.decode()
    with pytest.raises(AlreadyMember):
        invitation.send_again(by=owner, at=timezone.now())


def test_invitations_are_paged_by_a_parameter_of_their_own(client_for, owner):
    for n in range(60):
        owner.workspace.invite(f"p{n:02}@example.com", "viewer", [], by=owner, at=timezone.now())
        join(owner.workspace, f"M{n:02}", Access.VIEWER)
    client = client_for(owner)
    first = client.get(members(owner.workspace)).content.decode()
    assert "p49@example.com" in first
    assert "p50@example.com" not in first
    assert f'href="{members(owner.workspace)}?invited=2#invited"' in first
    second = client.get(members(owner.workspace, "?page=2&invited=2")).content.decode()
    assert "p50@example.com" in second
    assert "m59@example.com" in second
    assert "?page=2&amp;invited=1#invited" in second
    assert "?page=1&amp;invited=2" in second
    back = client.post(members(owner.workspace, f"invitations/{Invitation.objects.last().pk}/revoke/?invited=2"))
    assert back["Location"] == members(owner.workspace, "?invited=2#invited")


def test_a_refused_invitation_leaves_pages_that_can_be_turned(client_for, owner):
    for n in range(51):
        join(owner.workspace, f"M{n:02}", Access.VIEWER)
    text = client_for(owner).post(members(owner.workspace, "invite/"), {"email": "x"}).content.decode()
    assert f'href="{members(owner.workspace)}?page=2"' in text


def test_mail_that_does_not_go_out_is_told_and_the_seat_is_kept(client_for, owner, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with socket.socket() as free:  # a port where nobody listens
        free.bind(("127.0.0.1", 0))
        settings.EMAIL_HOST, settings.EMAIL_PORT = free.getsockname()
        data = {"email": "new@example.com", "access": "viewer"}
        answer = client_for(owner).post(members(owner.workspace, "invite/"), data, follow=True)
    assert "could not be sent" in answer.content.decode()
    assert Invitation.objects.get().email == "new@example.com"


@pytest.mark.django_db(transaction=True)
def test_a_button_pressed_twice_makes_one_invitation(owner):
    troubles = []

    def press():
        try:
            owner.workspace.invite("new@example.com", "viewer", [], by=owner, at=timezone.now())
        except Exception as error:
            troubles.append(error)
        finally:
            connection.close()

    presses = [threading.Thread(target=press) for _ in range(4)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    assert troubles == []
    assert Invitation.objects.count() == 1
    assert Member.objects.count() == 1
