"""What is listed and read one by one: who is here, what they do, how, and who travels."""

from __future__ import annotations

import pytest

from accounts.models import Role
from playbooks.models import Playbook
from tests.api.test_lists import walk
from tests.touchpoints.sheets import NOW, START, enrolled, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(api, viewer):
    return api(viewer, "read")


def test_members_and_roles(client, owner, editor, viewer):
    members = {one["name"]: one for one in walk(client, "members?limit=2")[0]}
    assert set(members) == {"Olga", "Edda", "Vera"}
    assert members["Edda"]["email"] == "edda@example.com"
    assert members["Edda"]["access"] == "editor"
    editor.remove(by=owner, at=NOW)
    assert len(walk(client, "members")[0]) == 2
    roles = walk(client, "roles?limit=1")[0]
    assert [one["name"] for one in roles] == sorted(one["name"] for one in roles)
    assert {one["id"] for one in roles} == {str(role.pk) for role in Role.objects.visible_to(owner)}


def test_playbooks_and_what_one_says(client, owner):
    for title in ("Kickoff", "Kickoff call", "Business review"):
        Playbook.objects.draft(owner.workspace, title, at=NOW)
    assert [one["title"] for one in walk(client, "playbooks?limit=1")[0]] == ["Business review", "Kickoff", "Kickoff call"]
    found = walk(client, "playbooks?search=kickoff")[0]
    assert [one["title"] for one in found] == ["Kickoff", "Kickoff call"]
    assert "body" not in found[0]
    assert client.ask("GET", f"playbooks/{found[0]['id']}").json()["body"]["steps"] == []


def test_versions_and_who_travels_them(client, owner):
    journey, version = published("saas-lifecycle", owner)
    [listed] = walk(client, f"journeys/{journey.pk}/versions")[0]
    assert (listed["id"], listed["number"], listed["by"]) == (str(version.pk), 1, str(owner.pk))
    assert "document" not in listed
    enrolment = enrolled(version, owner, name="Contoso")
    other = enrolled(published("five-stages", owner)[1], owner, name="Fabrikam")
    both = walk(client, "enrolments?limit=1")[0]
    assert {one["id"] for one in both} == {str(enrolment.pk), str(other.pk)}
    for query in (f"customer={enrolment.customer_id}", f"journey={journey.pk}"):
        [one] = walk(client, f"enrolments?{query}")[0]
        assert one == {
            "id": str(enrolment.pk), "customer": str(enrolment.customer_id), "journey": str(journey.pk),
            "version": str(version.pk), "started_on": str(START),
            "stage": str(enrolment.stage_id), "cycle": 1, "left_on": None, "left_because": "",
        }  # fmt: skip
