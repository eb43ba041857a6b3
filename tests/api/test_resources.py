"""What is listed and read one by one: who is here, what they do, how, and who travels."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from accounts.models import Role
from customers.models import Enrolment
from customers.models.enrolments import stage_order
from journeys.models import Touchpoint
from journeys.publishing import publish
from playbooks.models import Playbook
from tests.api.conftest import problem
from tests.api.test_lists import walk
from tests.touchpoints.sheets import NOW, START, enrolled, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(api, viewer):
    return api(viewer, "read")


def told(moment):
    return moment.isoformat()


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


def test_one_member_and_one_role_and_who_bears_what(client, owner, editor, viewer):
    first, second = Role.objects.visible_to(owner).order_by("pk")[:2]
    editor.set_roles([second, first], by=owner, at=NOW)
    answer = client.ask("GET", f"members/{editor.pk}")
    assert answer.json() == next(one for one in walk(client, "members")[0] if one["id"] == str(editor.pk))
    assert answer.json()["roles"] == [str(first.pk), str(second.pk)]
    assert client.ask("GET", f"members/{editor.pk}", If_None_Match=answer["ETag"]).status_code == 304
    editor.set_roles([second], by=owner, at=NOW)
    assert client.ask("GET", f"members/{editor.pk}", If_None_Match=answer["ETag"]).json()["roles"] == [str(second.pk)]
    assert client.ask("GET", f"roles/{first.pk}").json() == {"id": str(first.pk), "name": first.name}

    def found(query):
        return [one["name"] for one in walk(client, f"members?limit=1&{query}")[0]]

    assert found("access=editor") == found(f"role={second.pk}") == found(f"role={second.pk}&access=editor") == ["Edda"]
    assert found(f"role={first.pk}") == found(f"role={uuid4()}") == found(f"role={second.pk}&access=viewer") == []
    for query in ("access=chief", "role=x"):
        problem(client.ask("GET", f"members?{query}"), 400, "bad-parameter")
    editor.remove(by=owner, at=NOW)
    problem(client.ask("GET", f"members/{editor.pk}"), 404, "not-found")


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
            "made_at": told(NOW), "changed_at": told(NOW),
        }  # fmt: skip


def test_enrolments_by_version_stage_and_whether_they_are_over_and_by_when_they_began_or_were_changed(client, owner):
    journey, version = published("saas-lifecycle", owner)
    first, second, third = (
        enrolled(version, owner, START + timedelta(days), name=f"Company {days}") for days in (2, 0, 1)
    )  # fmt: skip
    elsewhere = enrolled(published("five-stages", owner)[1], owner, START - timedelta(9), name="Fabrikam")
    stage = UUID(stage_order(version.document)[1])
    for hours in (1, 2):  # the second time it says what it says already: that is no change
        third.move_to_stage(stage, START, by=owner, at=NOW + timedelta(hours=hours))
    second.leave(START, "They went", by=owner, at=NOW + timedelta(minutes=1))
    card = Touchpoint.objects.filter(journey=journey, kind="touchpoint").first()
    card.edit({"title": "Another"}, by=owner, at=NOW)
    newest = publish(journey, "", by=owner, at=NOW)
    Enrolment.objects.move_many_over([first.customer_id], newest, START, by=owner, at=NOW + timedelta(days=1))

    def found(query):
        return [one["id"] for one in walk(client, f"enrolments?limit=1&{query}")[0]]

    def ids(*enrolments):
        return [str(one.pk) for one in enrolments]

    assert found("order=started_on") == ids(elsewhere, second, third, first)
    assert found("order=-started_on") == ids(first, third, second, elsewhere)
    assert found("order=changed_at") == ids(elsewhere, second, third, first)
    assert found(f"version={version.pk}") == ids(second, third)
    assert found(f"version={newest.pk}") == ids(first)
    assert found(f"stage={stage}&journey={journey.pk}") == ids(third)
    assert found(f"active=false&journey={journey.pk}") == found("active=false") == ids(second)
    assert found("active=true") == ids(first, third, elsewhere)
    assert found(f"customer={third.customer_id}&active=true") == ids(third)
    assert client.ask("GET", f"enrolments/{third.pk}").json()["changed_at"] == told(NOW + timedelta(hours=1))
    assert found(f"stage={uuid4()}") == found(f"version={uuid4()}") == []
    for query in ("active=yes", "stage=x", "version=1", "order=stage"):
        problem(client.ask("GET", f"enrolments?{query}"), 400, "bad-parameter")


def test_a_version_by_its_id_and_its_number(client, owner):
    journey, version = published("saas-lifecycle", owner)
    path = f"journeys/{journey.pk}/versions"
    [listed] = walk(client, path)[0]
    answer = client.ask("GET", f"{path}/1")
    assert answer.json() == client.ask("GET", f"{path}/{version.pk}").json() == listed
    assert client.ask("GET", f"{path}/{version.pk}", If_None_Match=answer["ETag"]).status_code == 304
    other = published("five-stages", owner)[1]
    for none in (other.pk, uuid4(), "2", "0", "9" * 40, "x", "²", version.pk.hex):
        for rest in ("", "/document"):
            problem(client.ask("GET", f"{path}/{none}{rest}"), 404, "not-found")
    problem(client.ask("GET", f"{path}/1?fields=id"), 400, "bad-parameter")


def test_the_map_as_a_version_has_published_it(api, client, owner):
    journey, version = published("saas-lifecycle", owner)
    draft = f"journeys/{journey.pk}/document"
    address = f"journeys/{journey.pk}/versions/1/document"
    then, answer = client.ask("GET", draft).json(), client.ask("GET", address)
    assert answer.json() == then
    assert client.ask("GET", f"journeys/{journey.pk}/versions/{version.pk}/document").content == answer.content
    assert client.ask("GET", address, If_None_Match=answer["ETag"]).status_code == 304
    card = Touchpoint.objects.filter(journey=journey, kind="touchpoint", owner__isnull=False).first()
    title, roles = card.title, Role.objects.count()
    card.edit({"title": "Another"}, by=owner, at=NOW)
    card.owner.rename("Somebody else")
    then = client.ask("GET", address).json()
    [said] = [one for one in then["touchpoints"] if one["id"] == str(card.pk)]
    assert (said["title"], said["owner"]) == (title, "Somebody else")
    problem(client.ask("PUT", address, then), 405, "method-not-allowed")
    # The map is brought back to it by its own door.
    now = client.ask("GET", draft)
    assert now.json() != then
    back = api(owner).ask("PUT", draft, then, If_Match=now["ETag"]).json()
    assert {one["id"]: one["how"] for one in back["changes"]}[str(card.pk)] == "changed"
    assert [one["title"] for one in client.ask("GET", draft).json()["touchpoints"] if one["id"] == str(card.pk)] == [title]
    assert (Role.objects.count(), Touchpoint.objects.get(pk=card.pk).owner_id) == (roles, card.owner_id)


def test_the_answer_to_publishing_says_where_the_version_is(api, owner, drawn):
    client = api(owner)
    made = client.ask("POST", f"journeys/{drawn['journey'].pk}/versions", {"note": "First"})
    assert made.status_code == 201
    found = client.ask("GET", made["Location"].removeprefix("/api/v1/"))
    assert (found.json(), found["ETag"]) == (made.json(), made["ETag"])
