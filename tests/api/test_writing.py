"""What is made and changed one by one besides the parts of a map: segments, maps, versions, playbooks, customers, enrolments."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import Role
from customers.models import Activity, Customer, Enrolment
from journeys.models import Change, Journey, Segment, Touchpoint
from playbooks.models import Playbook
from tests.api.conftest import ApiClient, problem, token_of
from tests.touchpoints.sheets import enrolled, published
from touchpoints.models import ScheduledTouchpoint

pytestmark = pytest.mark.django_db
NOW = timezone.now()
NOBODY = str(uuid.uuid4())


@pytest.fixture
def client(api, editor):
    return api(editor)


@pytest.fixture
def theirs(stranger):
    return ApiClient(token_of(stranger))


def pointers(answer):
    return [one["pointer"] for one in problem(answer, 422, "invalid")["errors"]]


def test_a_segment_is_made_described_and_removed_while_no_map_is_of_it(client, journey):
    made = client.ask("POST", "segments", {"name": "Digital", "expected_customers": 400})
    one = made["Location"].removeprefix("/api/v1/")
    assert (made.status_code, made.json()) == (201, client.ask("GET", one).json())
    assert client.ask("PATCH", one, {"description": "Many"}).json() == made.json() | {"description": "Many"}
    assert pointers(client.ask("POST", "segments", {"name": "digital"})) == ["/name"]
    assert pointers(client.ask("PATCH", one, {"name": "ENTERPRISE"})) == ["/name"]
    assert pointers(client.ask("POST", "segments", {"expected_customers": "x"})) == ["/name", "/expected_customers"]
    problem(client.ask("PATCH", one, {"name": "x"}, If_Match=made["ETag"]), 412, "changed-since")
    problem(client.ask("DELETE", f"segments/{journey.segment_id}"), 409, "in-use")
    assert client.ask("DELETE", one).status_code == 204
    assert Segment.objects.get() == journey.segment


def test_what_a_map_says_about_itself_is_changed_in_one_act(client, editor, journey, theirs):
    one, digital = f"journeys/{journey.pk}", client.ask("POST", "segments", {"name": "Digital"}).json()["id"]
    seen = client.ask("GET", one)
    said = {"title": "Renamed", "summary": "All", "review_on": "2027-03-01", "owner": str(editor.pk), "segment": digital}
    after = client.ask("PATCH", one, said)
    assert after.json() | said == after.json()
    [change] = Change.objects.of(journey).since(1)
    assert (change.by, set(change.patches[0]["after"])) == (
        editor, {"title", "summary", "review_on", "owner_id", "segment_id"},
    )  # fmt: skip
    assert client.ask("PATCH", one, said).json() == after.json()
    problem(client.ask("PATCH", one, {"title": "x"}, If_Match=seen["ETag"]), 412, "changed-since")
    journey.undo(by=editor, at=NOW)
    then = client.ask("GET", one).json()
    assert {name: then[name] for name in said} == {name: seen.json()[name] for name in said}

    far = theirs.ask("POST", "segments", {"name": "Theirs"}).json()["id"]
    for id in (far, NOBODY):
        assert pointers(client.ask("PATCH", one, {"segment": id, "owner": id})) == ["/segment", "/owner"]
    assert pointers(client.ask("PATCH", one, {"title": " ", "review_on": "1.3.2027", "revision": 7})) == [
        "/title", "/review_on", "/revision",
    ]  # fmt: skip
    assert pointers(client.ask("PATCH", one, {"review_on": "0027-03-01"})) == ["/review_on"]


def test_a_map_is_published_as_it_was_seen(client, editor, journey):
    versions, who = f"journeys/{journey.pk}/versions", {"by": editor, "at": NOW}
    problem(client.ask("POST", versions, {}), 422, "invalid")
    stage, lane = journey.add_stage("Onboarding", **who), journey.add_lane("CSM", **who)
    Touchpoint.catch(journey, "Kickoff call", stage, lane, 0, **who)
    stale = problem(client.ask("POST", versions, {"seen": 3}), 412, "changed-since")
    assert (stale["revision"], "send its “revision” as “seen”" in stale["hint"]) == (4, True)
    made = client.ask("POST", versions, {"seen": 4, "note": "First"})
    assert (made.status_code, made.json()["number"], made.json()["note"]) == (201, 1, "First")
    assert client.ask("GET", versions).json()["results"] == [made.json()]
    same = problem(client.ask("POST", versions, {}), 422, "invalid")
    assert same["errors"] == [{"pointer": "", "detail": "Nothing has changed since version 1."}]
    assert "“?order=-number&limit=1”" in same["hint"]
    assert client.ask("GET", f"{versions}?order=-number&limit=1").json()["results"] == [made.json()]
    client.ask("PATCH", f"journeys/{journey.pk}/stages/{stage.pk}", {"name": "Start"})
    assert client.generic("POST", f"/api/v1/{versions}").json()["number"] == 2  # nothing need be said


def test_a_playbook_is_drafted_and_rewritten(client, owner, stranger):
    role = Role.objects.visible_to(owner).first()
    body = {
        "steps": [{"title": "Prepare", "role_id": str(role.pk)}, {"title": "Call"}],
        "messages": [{"name": "Invitation", "channel": "email", "text": "Hello {{customer}}"}],
        "links": [{"url": "https://example.com"}], "minutes": 45,
    }  # fmt: skip
    made = client.ask("POST", "playbooks", {"title": "Kickoff of ours", "body": body})
    assert made.status_code == 201, made.content
    one = made["Location"].removeprefix("/api/v1/")
    row = client.ask("GET", one).json()
    assert row == made.json()
    assert [step["title"] for step in row["body"]["steps"]] == ["Prepare", "Call"]
    assert (row["body"]["minutes"], row["body"]["talk_track"]) == (45, "")

    steps = [{**row["body"]["steps"][1], "guidance": "Be brief"}]
    after = client.ask("PATCH", one, {"summary": "How", "body": {"steps": steps}}, If_Match=made["ETag"]).json()
    assert (after["summary"], after["body"]["steps"]) == ("How", steps)
    assert after["body"]["links"] == row["body"]["links"]
    problem(client.ask("PATCH", one, {"title": "x"}, If_Match=made["ETag"]), 412, "changed-since")

    foreign = str(Role.objects.visible_to(stranger).first().pk)
    wrong = {"steps": [{"title": "x"}, {"guidance": "y"}], "links": [{"url": "javascript:x"}], "messages": "z", "colour": 1}
    assert set(pointers(client.ask("PATCH", one, {"body": wrong}))) == {
        "/body/steps/1/title", "/body/links/0/url", "/body/colour", "/body/messages",
    }  # fmt: skip
    assert pointers(client.ask("PATCH", one, {"body": {"steps": ["x", {"title": "y", "size": 1}]}})) == [
        "/body/steps/0", "/body/steps/1/size",
    ]  # fmt: skip
    assert pointers(client.ask("PATCH", one, {"body": {"messages": "z"}})) == ["/body/messages"]
    steps = [{"title": 1, "bogus": 2, "guidance": 3}, {"title": "x", "role": str(role.pk)}]
    answer = client.ask("PATCH", one, {"body": {"steps": steps}})
    told = {one["pointer"]: one["detail"] for one in problem(answer, 422, "invalid")["errors"]}
    assert told.keys() == {f"/body/steps/{place}" for place in ("0/title", "0/bogus", "0/guidance", "1/role")}
    assert told["/body/steps/0/bogus"] == told["/body/steps/1/role"]
    assert "There are id, title, guidance, role_id." in told["/body/steps/1/role"]
    for id in (foreign, NOBODY):
        said = {"body": {"steps": [{"title": "x", "role_id": id}]}}
        assert pointers(client.ask("PATCH", one, said)) == ["/body/steps/0/role_id"]
    assert pointers(client.ask("POST", "playbooks", {"title": "kickoff OF ours"})) == ["/title"]
    assert client.ask("POST", "playbooks", {"title": "Success plan"}).json()["body"]["steps"]  # comes ready-made
    assert not client.ask("POST", "playbooks", {"title": "Value review", "summary": "Mine"}).json()["body"]["steps"]


def test_a_playbook_that_a_card_uses_stays(client, editor, journey):
    used = Playbook.objects.draft(editor.workspace, "Used", at=NOW)
    who = {"by": editor, "at": NOW}
    card = Touchpoint.catch(journey, "Call", journey.add_stage("One", **who), journey.add_lane("CSM", **who), 0, **who)
    card.edit({"playbook_id": used.pk}, **who)
    problem(client.ask("DELETE", f"playbooks/{used.pk}"), 409, "in-use")
    card.edit({"playbook_id": None}, **who)
    assert client.ask("DELETE", f"playbooks/{used.pk}").status_code == 204


def test_a_customer_is_made_once_and_changed(client, editor, journey, theirs):
    said = {
        "id": str(uuid.uuid4()), "name": "Contoso", "segment": str(journey.segment_id), "external_id": "crm-1",
        "value": "12000.50", "owner": str(editor.pk), "renewal_on": "2027-05-01", "health": "watch", "notes": "Met at the fair",
    }  # fmt: skip
    made = client.ask("POST", "customers", said)
    assert made.status_code == 201, made.content
    assert made.json() | said == made.json()
    again = client.ask("POST", "customers", said | {"value": 12000.5})
    assert (again.status_code, again.json()) == (201, made.json())
    one = made["Location"].removeprefix("/api/v1/")
    assert (
        client.ask("PATCH", one, {"health": None, "notes": None, "external_id": "crm-2"}, If_Match=made["ETag"]).status_code
        == 200
    )
    problem(client.ask("POST", "customers", said), 409, "id-in-use")  # it says something else by now
    now = client.ask("GET", one).json()
    assert now == made.json() | {"health": None, "notes": "", "external_id": "crm-2", "changed_at": now["changed_at"]}
    told = list(Activity.objects.of(Customer.objects.get()).latest_first())
    assert [(one.by, str(one.text)) for one in told] == [
        (editor, "changed external id, health, notes"), (editor, "added Contoso"),
    ]  # fmt: skip
    problem(client.ask("PATCH", one, {"name": "x"}, If_Match=made["ETag"]), 412, "changed-since")

    new = {"name": "Fabrikam", "segment": said["segment"]}
    assert pointers(client.ask("POST", "customers", new | {"external_id": "crm-2"})) == ["/external_id"]
    other = client.ask("POST", "customers", new).json()
    assert pointers(client.ask("PATCH", f"customers/{other['id']}", {"external_id": "crm-2"})) == ["/external_id"]
    assert pointers(client.ask("POST", "customers", {"health": "fine", "value": -1, "size": 3})) == [
        "/name", "/segment", "/health", "/value", "/size",
    ]  # fmt: skip
    far = theirs.ask("POST", "segments", {"name": "Theirs"}).json()["id"]
    for id in (far, NOBODY):
        assert pointers(client.ask("POST", "customers", new | {"segment": id})) == ["/segment"]
    problem(theirs.ask("POST", "customers", {"id": said["id"], "name": "x", "segment": far}), 409, "id-in-use")


def test_a_customer_is_enrolled_moves_on_and_leaves(client, owner, editor, theirs):
    journey, version = published("saas-lifecycle", owner)
    customer = Customer.objects.add(owner.workspace, "Contoso", journey.segment, by=owner, at=NOW)
    today = owner.workspace.today(timezone.now())
    who = {"customer": str(customer.pk), "journey": str(journey.pk)}
    made = client.ask("POST", "enrolments", who)
    assert made.status_code == 201, made.content
    row = made.json()
    assert row | {**who, "version": str(version.pk), "started_on": str(today), "left_on": None} == row
    one = made["Location"].removeprefix("/api/v1/")
    assert client.ask("GET", one).json() == row
    enrolment = Enrolment.objects.get()
    assert ScheduledTouchpoint.objects.of(enrolment).planned().exists()
    assert pointers(client.ask("POST", "enrolments", who)) == ["/journey"]

    stages = [one["id"] for one in client.ask("GET", f"journeys/{journey.pk}/stages").json()["results"]]
    assert client.ask("PATCH", one, {"stage": stages[1], "since": str(today)}).json()["stage"] == stages[1]
    earlier = str(today - timedelta(9))
    assert client.ask("PATCH", one, {"started_on": earlier}).json()["started_on"] == earlier
    problem(client.ask("PATCH", one, {"started_on": earlier}, If_Match=made["ETag"]), 412, "changed-since")
    Touchpoint.objects.filter(journey=journey).first().edit({"title": "Another name"}, by=owner, at=NOW)
    second = client.ask("POST", f"journeys/{journey.pk}/versions", {}).json()["id"]
    assert pointers(client.ask("PATCH", one, {"version": str(version.pk)})) == ["/version"]
    assert client.ask("PATCH", one, {"version": second}).json()["version"] == second
    for said, where in (
        ({"stage": stages[0], "started_on": earlier}, ["/started_on"]), ({"left_because": "x"}, ["/left_because"]),
        ({"stage": NOBODY}, ["/stage"]), ({"left_on": "0027-01-01"}, ["/left_on"]), ({"left_on": None}, ["/left_on"]),
        ({"cycle": 2}, ["/cycle"]),
    ):  # fmt: skip
        assert pointers(client.ask("PATCH", one, said)) == where
    left = client.ask("PATCH", one, {"left_on": str(today), "left_because": "Bought by another"}).json()
    assert (left["left_on"], left["left_because"]) == (str(today), "Bought by another")
    assert not ScheduledTouchpoint.objects.of(enrolment).planned().filter(due_on__gt=today).exists()
    assert pointers(client.ask("PATCH", one, {"left_on": str(today)})) == ["/left_on"]
    assert {told.by for told in Activity.objects.of(customer).latest_first()[:4]} == {editor}
    assert client.ask("POST", "enrolments", {**who, "started_on": str(date(2027, 1, 4))}).status_code == 201


def test_only_what_is_published_and_ones_own_is_travelled(client, owner, journey, theirs):
    customer = Customer.objects.add(owner.workspace, "Contoso", journey.segment, by=owner, at=NOW)
    assert pointers(client.ask("POST", "enrolments", {"customer": str(customer.pk), "journey": str(journey.pk)})) == ["/journey"]
    segment = theirs.ask("POST", "segments", {"name": "Theirs"}).json()["id"]
    far = theirs.ask("POST", "journeys", {"title": "Far", "segment": segment}).json()["id"]
    answers = [client.ask("POST", "enrolments", {"customer": id, "journey": id}) for id in (far, NOBODY)]
    assert pointers(answers[0]) == ["/customer", "/journey"]
    assert answers[0].content == answers[1].content
    mine = enrolled(published("five-stages", owner)[1], owner, name="Fabrikam")
    problem(theirs.ask("PATCH", f"enrolments/{mine.pk}", {"left_on": "2027-01-04"}), 404, "not-found")
    assert Journey.objects.count() == 3
