from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.models import Access, AuditEntry, LastOwner, Workspace
from tests.conftest import join

pytestmark = pytest.mark.django_db


def leave(client, member):
    return client.post(f"/accounts/workspaces/{member.pk}/leave/", follow=True)


@pytest.mark.parametrize("access", [Access.VIEWER, Access.EDITOR, Access.ADMIN])
def test_a_member_leaves_by_themselves_and_the_workspace_is_gone_for_them(client_for, owner, workspace, access):
    member = join(workspace, "Mona", access)
    client = client_for(member)
    assert client.get(f"/w/{workspace.slug}/").status_code == 200
    answer = leave(client, member)
    assert answer.redirect_chain == [("/accounts/workspaces/", 302)]
    assert "You have left Northwind." in answer.content.decode()
    assert f"/w/{workspace.slug}/" not in answer.content.decode()
    assert client.get(f"/w/{workspace.slug}/").status_code == 404
    assert client.get("/")["Location"] == "/accounts/workspaces/"
    note = AuditEntry.objects.latest("id")
    assert (note.actor, note.verb, note.detail) == (member, "left", "Mona")


def test_the_last_owner_cannot_leave_and_is_told_what_to_do(client_for, owner, editor):
    answer = leave(client_for(owner), owner)
    assert "Make somebody else owner first." in answer.content.decode()
    owner.refresh_from_db()
    assert owner.removed_at is None
    with pytest.raises(LastOwner):
        owner.leave(at=timezone.now())
    editor.change_access("owner", by=owner, at=timezone.now())
    owner.leave(at=timezone.now())
    assert owner.removed_at


def test_nobody_makes_somebody_else_leave(client_for, owner, editor, stranger):
    assert leave(client_for(owner), editor).status_code == 404
    assert leave(client_for(stranger), editor).status_code == 404
    assert client_for(editor).get(f"/accounts/workspaces/{editor.pk}/leave/").status_code == 405
    editor.refresh_from_db()
    assert editor.removed_at is None


def test_leaving_twice_is_leaving_once(client_for, owner, editor):
    client = client_for(editor)
    leave(client, editor)
    assert leave(client, editor).status_code == 404
    assert AuditEntry.objects.filter(verb="left").count() == 1


def test_ones_workspaces_are_paged_and_show_ones_access(client_for, owner, django_assert_max_num_queries):
    for n in range(55):
        Workspace.objects.found(f"Room {n:02}", owner.user, at=timezone.now())
    client = client_for(owner)
    with django_assert_max_num_queries(6):
        first = client.get("/accounts/workspaces/").content.decode()
    assert "Page 1 of 2" in first
    assert "Room 48" in first
    assert "Room 49" not in first
    assert first.count("Owner") == 50
    assert "Room 54" in client.get("/accounts/workspaces/?page=2").content.decode()


@pytest.mark.parametrize("path", ["/nothing", "/w/{}/nothing/", "/w/somebody-elses/"])
def test_an_address_that_is_none_says_so_also_to_who_is_signed_in(client_for, owner, path):
    answer = client_for(owner).get(path.format(owner.workspace.slug))
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()
