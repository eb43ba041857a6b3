"""The parts of a map as resources: whatever a program does to one is one act of its member, as it is on a page."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from journeys.models import Change, Journey, Touchpoint
from playbooks.models import Playbook
from tests.api.conftest import ApiClient, problem, token_of
from tests.api.drawing import NOW, at, ids_in
from tests.api.test_lists import walk

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(api, editor):
    return api(editor)


PACKAGE = [{"item": "Goals", "where": "CRM", "reader": "CSM"}]
#: kind -> what a new one says, how it is changed
BODIES = {
    "stages": (
        {"name": "Renewal", "length_days": 30, "goal": "To stay", "before": "@stage", "external_id": "s-9"},
        {"name": "Renewing", "goal": "", "length_days": None, "before": None},
    ),
    "lanes": ({"name": "Support", "before": "@lane"}, {"name": "Help", "before": None}),
    "touchpoints": (
        {
            "title": "Go live", "stage": "@stage", "lane": "@lane", "slot": 3, "kind": "milestone", "owner": "@other_role",
            "playbook": "@playbook", "effort_min": 30, "emotion": 1, "moment_of_truth": True, "anchor": "stage",
            "offset_days": -3, "external_id": "t-9",
        },
        {"title": "Went live", "stage": "@later", "slot": 7, "kind": "touchpoint", "emotion": None, "channel": "call"},
    ),
    "events": (
        {"title": "New CIO", "stage": "@stage", "lane": "@lane", "slot": 1, "notes": "Ask who"},
        {"title": "A new CIO", "lane": "@other_lane", "owner": "@other_role", "playbook": "@playbook"},
    ),
    "connectors": (
        {"source": "@card", "target": "@other", "kind": "unordered", "label": "then"},
        {"source": "@other", "target": "@card", "kind": "sequence", "label": ""},
    ),
    "handoffs": (
        {"touchpoint": "@card", "to_role": "@other_role", "to_touchpoint": "@other", "package": PACKAGE, "note": "Soon"},
        {"accept_within_days": None, "to_touchpoint": None, "package": [], "note": ""},
    ),
    "emotions": (
        {"title": "-2 nervous", "stage": "@stage", "slot": 2, "level": 1, "why": "All is new", "anchor": "enrolment"},
        {"title": "+1 proud", "stage": "@later", "slot": 0, "level": 2, "why": ""},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", BODIES)
def test_one_is_made_read_changed_and_deleted_each_time_by_one_act_that_its_member_takes_back(client, editor, drawn, kind):
    journey = drawn["journey"]
    new, changed = (ids_in(said, drawn) for said in BODIES[kind])

    def acts():
        return list(Change.objects.of(journey).since(drawn_at).values_list("by", "at"))

    journey.refresh_from_db()
    drawn_at = journey.revision
    made = client.ask("POST", at(drawn, kind), new)
    assert made.status_code == 201, made.content
    row = made.json()
    said = {name: value for name, value in new.items() if name != "before"}
    assert {name: row[name] for name in said} == said
    where = at(drawn, kind, row["id"])
    assert made["Location"] == f"/api/v1/{where}"
    got = client.ask("GET", where)
    assert (got.json(), got["ETag"]) == (row, made["ETag"])
    assert row in client.ask("GET", at(drawn, kind)).json()["results"]
    assert len(acts()) == 1
    assert not Change.objects.of(journey).latest("revision").label.startswith("edited")

    after = client.ask("PATCH", where, changed)
    assert after.status_code == 200, after.content
    assert after.json() == row | {name: value for name, value in changed.items() if name != "before"}
    again = client.ask("PATCH", where, changed)
    assert (again.json(), again["ETag"]) == (after.json(), after["ETag"])
    assert len(acts()) == 2  # what is as it was is no act
    journey.undo(by=editor, at=NOW)
    assert client.ask("GET", where).json() == row

    gone = client.ask("DELETE", where)
    assert (gone.status_code, gone.content) == (204, b"")
    problem(client.ask("GET", where), 404, "not-found")
    problem(client.ask("DELETE", where), 404, "not-found")
    journey.undo(by=editor, at=NOW)
    assert client.ask("GET", where).json() == row
    assert {by for by, _ in acts()} == {editor.pk}


@pytest.mark.parametrize("kind", BODIES)
def test_a_create_that_is_sent_again_is_one_create_and_one_with_another_body_is_refused(client, drawn, kind):
    new = ids_in(BODIES[kind][0], drawn) | {"id": str(uuid.uuid4())}
    first = client.ask("POST", at(drawn, kind), new)
    assert (first.status_code, first.json()["id"]) == (201, new["id"])
    revision = Journey.objects.get(pk=drawn["journey"].pk).revision
    again = client.ask("POST", at(drawn, kind), new)
    assert (again.status_code, again.json()) == (201, first.json())
    name = next(name for name in ("title", "name", "label", "note") if name in new)
    told = problem(client.ask("POST", at(drawn, kind), new | {name: "Another"}), 409, "id-in-use")
    assert told["errors"][0]["pointer"] == "/id"
    assert client.ask("GET", at(drawn, kind, new["id"])).json() == first.json()
    assert Journey.objects.get(pk=drawn["journey"].pk).revision == revision


@pytest.mark.parametrize(
    ("kind", "name", "other"),
    [
        ("touchpoints", "stage", "@later"), ("touchpoints", "lane", "@other_lane"), ("touchpoints", "owner", "@role"),
        ("connectors", "target", "@third"), ("handoffs", "to_role", "@role"), ("handoffs", "touchpoint", "@other"),
        ("emotions", "stage", "@later"),
    ],
)  # fmt: skip
def test_a_create_that_is_sent_again_with_another_reference_is_refused(client, editor, drawn, kind, name, other):
    if other == "@third":
        stage, lane = drawn["stage"], drawn["lane"]
        drawn = {**drawn, "third": Touchpoint.catch(drawn["journey"], "Third", stage, lane, 9, by=editor, at=NOW)}
    new = ids_in(BODIES[kind][0], drawn) | {"id": str(uuid.uuid4())}
    first = client.ask("POST", at(drawn, kind), new)
    assert first.status_code == 201, first.content
    problem(client.ask("POST", at(drawn, kind), new | ids_in({name: other}, drawn)), 409, "id-in-use")
    assert client.ask("GET", at(drawn, kind, new["id"])).json() == first.json()


def test_a_create_that_leaves_something_to_us_is_the_same_when_it_is_sent_again(client, drawn):
    new = ids_in({"touchpoint": "@card", "to_role": None, "to_touchpoint": "@other"}, drawn) | {"id": str(uuid.uuid4())}
    answers = [client.ask("POST", at(drawn, "handoffs"), new) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


def test_an_id_that_belongs_elsewhere_is_refused(client, editor, stranger, drawn):
    other = Journey.objects.begin(drawn["journey"].segment, "Another", by=editor, at=NOW)
    theirs = ApiClient(token_of(stranger))
    segment = theirs.ask("POST", "segments", {"name": "Ours"}).json()["id"]
    far = theirs.ask("POST", "journeys", {"title": "Far", "segment": segment}).json()["id"]
    elsewhere = other.add_stage("Pursuit", by=editor, at=NOW).pk, theirs_of(theirs, far)
    for taken in (*elsewhere, drawn["card"].pk, drawn["journey"].pk):
        body = problem(client.ask("POST", at(drawn, "stages"), {"name": "Mine", "id": str(taken)}), 409, "id-in-use")
        assert body["errors"] == [{"pointer": "/id", "detail": "That id is in use already."}]
    new = ids_in(BODIES["events"][0], drawn) | {"id": str(drawn["card"].pk)}
    problem(client.ask("POST", at(drawn, "events"), new), 409, "id-in-use")


def theirs_of(client, journey):
    return client.ask("POST", f"journeys/{journey}/stages", {"name": "Theirs"}).json()["id"]


@pytest.mark.parametrize(
    ("kind", "name", "of"),
    [
        ("stages", "before", "stage"), ("lanes", "role", "role"), ("touchpoints", "stage", "stage"), ("events", "lane", "lane"),
        ("touchpoints", "owner", "role"), ("touchpoints", "playbook", "playbook"), ("connectors", "target", "card"),
        ("handoffs", "to_role", "role"), ("handoffs", "to_touchpoint", "card"), ("emotions", "stage", "stage"),
    ],
)  # fmt: skip
def test_what_another_map_or_another_workspace_has_does_not_exist(client, stranger, drawn, kind, name, of):
    theirs = ApiClient(token_of(stranger))
    segment = theirs.ask("POST", "segments", {"name": "Ours"}).json()["id"]
    far = f"journeys/{theirs.ask('POST', 'journeys', {'title': 'Far', 'segment': segment}).json()['id']}"
    stage = theirs.ask("POST", f"{far}/stages", {"name": "Theirs"}).json()["id"]
    lane = theirs.ask("POST", f"{far}/lanes", {"name": "Theirs"}).json()["id"]
    card = theirs.ask("POST", f"{far}/touchpoints", {"title": "x", "stage": stage, "lane": lane, "slot": 0}).json()["id"]
    foreign = {
        "stage": stage, "lane": lane, "card": card, "role": str(Role.objects.visible_to(stranger).first().pk),
        "playbook": str(Playbook.objects.draft(stranger.workspace, "Theirs", at=NOW).pk),
    }  # fmt: skip
    new = ids_in(BODIES[kind][0], drawn)
    revision = Journey.objects.get(pk=drawn["journey"].pk).revision
    answers = [client.ask("POST", at(drawn, kind), new | {name: id}) for id in (foreign[of], str(uuid.uuid4()))]
    assert problem(answers[0], 422, "invalid")["errors"][0]["pointer"] == f"/{name}"
    assert answers[0].content == answers[1].content
    assert Journey.objects.get(pk=drawn["journey"].pk).revision == revision


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("stages", {"name": "  "}), ("stages", {"name": 7}), ("stages", {"length_days": 1.5}), ("stages", {"length_days": 4000}),
        ("stages", {"goal": "a\0b"}), ("stages", {"goal": None}), ("stages", {"position": 3.0}), ("stages", {"before": "x"}),
        ("lanes", {"kind": "outside"}), ("lanes", {"name": "x" * 121}), ("touchpoints", {"slot": -1}),
        ("touchpoints", {"slot": "3"}), ("touchpoints", {"kind": "card"}), ("touchpoints", {"moment_of_truth": 1}),
        ("touchpoints", {"emotion": 3}), ("touchpoints", {"stage": None}), ("touchpoints", {"child": None}),
        ("touchpoints", {"repeat_days": 0}), ("events", {"kind": "event"}), ("connectors", {"kind": "dashed"}),
        ("handoffs", {"package": [{"item": "x"}]}), ("handoffs", {"package": {"item": "a\0b"}}),
        ("handoffs", {"accept_within_days": 0}), ("emotions", {"level": 3}), ("emotions", {"anchor": "someday"}),
        ("emotions", {"surprise": 1}),
    ],
)  # fmt: skip
def test_a_value_that_makes_no_sense_is_refused_at_its_place_and_nothing_is_done(client, drawn, kind, said):
    new = ids_in(BODIES[kind][0], drawn)
    [name] = said
    answer = client.ask("POST", at(drawn, kind), new | said)
    assert [one["pointer"] for one in problem(answer, 422, "invalid")["errors"]] == [f"/{name}"]
    where = at(drawn, kind, client.ask("POST", at(drawn, kind), new).json()["id"])
    before = client.ask("GET", where)
    refused = problem(client.ask("PATCH", where, {**BODIES[kind][1], **said, "before": 3}), 422, "invalid")
    assert f"/{name}" in [one["pointer"] for one in refused["errors"]]
    after = client.ask("GET", where)
    assert (after.json(), after["ETag"]) == (before.json(), before["ETag"])


def test_all_that_is_wrong_is_said_at_once(client, drawn):
    body = problem(client.ask("POST", at(drawn, "touchpoints"), {"slot": "x", "colour": "red"}), 422, "invalid")
    assert {one["pointer"] for one in body["errors"]} == {"/title", "/stage", "/lane", "/slot", "/colour"}
    assert problem(client.ask("POST", at(drawn, "touchpoints"), [1]), 422, "invalid")["errors"][0]["pointer"] == ""
    problem(client.ask("PATCH", at(drawn, "touchpoints", drawn["card"].pk)), 400, "malformed")
    assert client.ask("PATCH", at(drawn, "touchpoints", drawn["card"].pk), {}).status_code == 200


def test_an_external_id_names_one_element_of_a_map(client, drawn):
    client.ask("PATCH", at(drawn, "touchpoints", drawn["card"].pk), {"external_id": "crm-1"})
    answer = client.ask("PATCH", at(drawn, "touchpoints", drawn["other"].pk), {"external_id": "crm-1", "title": "x"})
    assert problem(answer, 422, "invalid")["errors"][0]["pointer"] == "/external_id"


def test_who_says_what_they_have_seen_overwrites_nobody(client, owner, drawn):
    where = at(drawn, "touchpoints", drawn["card"].pk)
    seen = client.ask("GET", where)["ETag"]
    assert client.ask("GET", where, If_None_Match=seen).status_code == 304
    drawn["journey"].add_stage("Elsewhere", by=owner, at=NOW)  # of no concern to the card
    assert client.ask("PATCH", where, {"notes": "Mine"}, If_Match=seen).status_code == 200
    for method, said in (("PATCH", {"notes": "Theirs"}), ("DELETE", None)):
        body = problem(client.ask(method, where, said, If_Match=seen), 412, "changed-since")
        assert body["now"]["notes"] == "Mine"
        answer = client.ask("GET", where)
        assert body["now"] == answer.json()
    problem(client.ask("PATCH", where, {"notes": "x"}, If_Match="nonsense"), 412, "changed-since")
    now = f'W/"{answer["ETag"].strip(chr(34))}-gzip"'  # as a proxy marks it
    assert client.ask("PATCH", where, {"notes": "Last"}, If_Match=now).status_code == 200
    assert client.ask("PATCH", where, {"notes": "Wins"}).status_code == 200
    assert client.ask("DELETE", where, If_Match="*").status_code == 204


def test_who_only_reads_draws_nothing(api, viewer, contributor, drawn):
    for who in (viewer, contributor):
        assert api(who, "read").ask("GET", at(drawn, "stages")).status_code == 200
    client = api(contributor)
    for kind, (new, _) in BODIES.items():
        problem(client.ask("POST", at(drawn, kind), ids_in(new, drawn)), 403, "not-allowed")
    problem(client.ask("PATCH", at(drawn, "stages", drawn["stage"].pk), {"name": "x"}), 403, "not-allowed")
    problem(client.ask("DELETE", at(drawn, "stages", drawn["stage"].pk)), 403, "not-allowed")


def test_a_thousand_cards_take_as_few_questions_as_one(client, editor, drawn):
    path = f"{at(drawn, 'touchpoints')}?limit=200"
    client.ask("GET", path)
    with CaptureQueriesContext(connection) as few:
        client.ask("GET", path)
    with drawn["journey"].act("drew a lot", by=editor, at=NOW) as act:
        for n in range(1000):
            act.create(Touchpoint(title=f"Card {n}", stage=drawn["stage"], lane=drawn["lane"], slot=n))
    with CaptureQueriesContext(connection) as many:
        first = client.ask("GET", path).json()
    assert len(many) == len(few)
    assert len(first["results"]) == 200
    found, pages = walk(client, f"{path}&fields=id")
    assert (len({one["id"] for one in found}), pages) == (1002, 6)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_make_the_same_at_once_one_makes_it_and_neither_breaks(editor, drawn):
    """On one map it is the same create; of two maps one gets the id. Again and again, so that they meet."""
    other = Journey.objects.begin(drawn["journey"].segment, "Another", by=editor, at=NOW)
    token, gate = token_of(editor), threading.Barrier(2)

    def send(path, id, answers):
        gate.wait()
        answers.append(ApiClient(token).ask("POST", path, {"name": "Met", "id": id}))
        connection.close()

    for second in [drawn["journey"], other] * 4:
        id, answers = str(uuid.uuid4()), []
        paths = (at(drawn, "stages"), f"journeys/{second.pk}/stages")
        hands = [threading.Thread(target=send, args=[path, id, answers]) for path in paths]
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join()
        assert sorted(one.status_code for one in answers) == ([201, 409] if second is other else [201, 201])
        assert [one["pointer"] for answer in answers for one in answer.json().get("errors", ())] in ([], ["/id"])
        assert Change.objects.filter(patches__contains=[{"kind": "stage", "id": id}]).count() == 1
