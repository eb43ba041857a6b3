"""What is said about a map, through the API: as on its pages, whoever may comment may, and nothing of it is drawn."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Notice
from journeys.models import Comment, Journey, Thread
from tests.api.conftest import problem
from tests.api.test_lists import walk

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def stage(journey, owner):
    return journey.add_stage("Onboarding", by=owner, at=NOW)


@pytest.fixture
def where(journey):
    return f"journeys/{journey.pk}/comments"


@pytest.fixture
def client(api, contributor):
    return api(contributor)


def test_a_talk_is_begun_answered_settled_and_opened_again(client, api, contributor, viewer, stage, where):
    about = {"kind": "stage", "element": str(stage.pk)}
    begun = client.ask("POST", where, {"text": "Too long?", **about})
    assert begun.status_code == 201, begun.content
    talk = begun.json()
    assert talk | about == talk
    assert (talk["called"], talk["begun_by"], talk["comment_count"]) == ("Onboarding", str(contributor.pk), 1)
    one = f"{where}/{talk['id']}"
    assert begun["Location"] == f"/api/v1/{one}"
    reader = api(viewer, "read")
    assert reader.ask("GET", one).json() == talk == reader.ask("GET", where).json()["results"][0]

    assert client.ask("PATCH", one, {"resolved": True}).json()["resolved_by"] == str(contributor.pk)
    assert walk(reader, f"{where}?open=true")[0] == []
    said = client.ask("POST", f"{one}/replies", {"text": "Not at all"})
    assert (said.status_code, said["Location"]) == (201, f"/api/v1/{one}/replies/{said.json()['id']}")
    assert reader.ask("GET", said["Location"].removeprefix("/api/v1/")).json() == said.json()
    talk = reader.ask("GET", one).json()
    assert (talk["resolved_at"], [one["text"] for one in talk["comments"]]) == (None, ["Too long?", "Not at all"])
    assert [one["text"] for one in walk(reader, f"{one}/replies?limit=1")[0]] == ["Too long?", "Not at all"]
    assert client.ask("PATCH", one, {"resolved": True}).json()["resolved_at"]
    assert client.ask("PATCH", one, {"resolved": False}).json()["resolved_at"] is None
    assert Journey.objects.get().revision == 2  # nothing of it is drawn


def test_what_is_sent_again_is_said_once(client, where):
    talk, reply = ({"text": text, "id": str(uuid.uuid4())} for text in ("First", "Second"))
    for _ in range(2):
        assert client.ask("POST", where, talk).json()["id"] == talk["id"]
        assert client.ask("POST", f"{where}/{talk['id']}/replies", reply).json()["id"] == reply["id"]
    assert (Thread.objects.count(), Comment.objects.count()) == (1, 2)


def test_an_id_that_is_somebody_elses_is_refused(client, api, editor, where):
    talk = api(editor).ask("POST", where, {"text": "Mine"}).json()["id"]
    for path in (where, f"{where}/{client.ask('POST', where, {'text': 'x'}).json()['id']}/replies"):
        body = problem(client.ask("POST", path, {"text": "Yours", "id": talk}), 409, "id-in-use")
        assert body["errors"][0]["pointer"] == "/id"


def test_only_who_wrote_a_comment_changes_it_or_takes_it_back(client, api, editor, where):
    talk = client.ask("POST", where, {"text": "Frist"}).json()["id"]
    mine, others = f"{where}/{talk}/replies/{talk}", api(editor)
    assert client.ask("PATCH", mine, {"text": "First"}).json()["edited_at"]
    for method, said in (("PATCH", {"text": "x"}), ("DELETE", None)):
        assert problem(others.ask(method, mine, said), 403, "not-allowed")["hint"] == "Reply to it instead."
    seen, seen_whole = client.ask("GET", mine)["ETag"], client.ask("GET", f"{where}/{talk}")["ETag"]
    client.ask("PATCH", mine, {"text": "First of all"}, If_Match=seen)
    for method, said in (("PATCH", {"text": "x"}), ("DELETE", None)):
        assert problem(client.ask(method, mine, said, If_Match=seen), 412, "changed-since")["now"]["text"] == "First of all"
    others.ask("POST", f"{where}/{talk}/replies", {"text": "Second"})
    problem(client.ask("PATCH", f"{where}/{talk}", {"resolved": True}, If_Match=seen_whole), 412, "changed-since")
    assert client.ask("DELETE", mine).status_code == 204
    assert client.ask("DELETE", mine).status_code == 204  # once more: it stays so
    problem(others.ask("DELETE", mine), 403, "not-allowed")
    left = client.ask("GET", mine).json()
    assert (left["text"], bool(left["deleted_at"])) == ("", True)
    [first, second] = client.ask("GET", f"{where}/{talk}").json()["comments"]
    assert (first["text"], second["text"]) == ("", "Second")
    others.ask("DELETE", f"{where}/{talk}/replies/{second['id']}")
    problem(client.ask("GET", f"{where}/{talk}"), 404, "not-found")  # nothing is said there any more


def test_who_says_what_they_have_seen_overwrites_nobody(client, where):
    begun = client.ask("POST", where, {"text": "First"})
    talk = f"{where}/{begun.json()['id']}"
    seen = client.ask("GET", talk)["ETag"]
    assert seen == begun["ETag"]
    said = client.ask("POST", f"{talk}/replies", {"text": "Second"})
    stale = problem(client.ask("PATCH", talk, {"resolved": True}, If_Match=seen), 412, "changed-since")
    assert stale["now"] == client.ask("GET", talk).json()
    settled = client.ask("PATCH", talk, {"resolved": True}, If_Match=client.ask("GET", talk)["ETag"])
    assert settled.json()["resolved_at"]
    reply = f"{talk}/replies/{said.json()['id']}"
    better = client.ask("PATCH", reply, {"text": "Better"}, If_Match=said["ETag"])
    assert better.json()["text"] == "Better"
    for method, body in (("PATCH", {"text": "x"}), ("DELETE", None)):
        stale = problem(client.ask(method, reply, body, If_Match=said["ETag"]), 412, "changed-since")
        assert stale["now"] == better.json()
    assert client.ask("DELETE", reply, If_Match=better["ETag"]).status_code == 204


def test_who_is_mentioned_is_told(client, editor, where):
    client.ask("POST", where, {"text": f"Look, @[Edda]({editor.pk})"})
    assert Notice.objects.get().member == editor


def test_who_only_reads_says_nothing(api, viewer, client, where):
    talk = client.ask("POST", where, {"text": "First"}).json()["id"]
    reader = api(viewer, "read")
    for method, path in (("POST", where), ("PATCH", f"{where}/{talk}"), ("POST", f"{where}/{talk}/replies")):
        problem(reader.ask(method, path, {"text": "x"}), 403, "scope-too-small")


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({}, "/text"), ({"text": " "}, "/text"), ({"text": "x" * 4001}, "/text"), ({"text": "a\0b"}, "/text"),
        ({"text": "x", "kind": "stage"}, "/element"), ({"text": "x", "element": str(uuid.uuid4())}, "/kind"),
        ({"text": "x", "kind": "dismissal", "element": str(uuid.uuid4())}, "/kind"),
        ({"text": "x", "kind": "stage", "element": str(uuid.uuid4())}, "/element"), ({"text": "x", "id": "1"}, "/id"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_at_its_place(client, where, said, pointer):
    assert [one["pointer"] for one in problem(client.ask("POST", where, said), 422, "invalid")["errors"]] == [pointer]
    assert not Thread.objects.exists()


def test_talks_are_filtered_and_many_take_as_few_questions_as_one(client, contributor, journey, stage, where):
    who = {"by": contributor, "at": NOW}
    whole = Thread.objects.begin(journey, None, "", "On the whole", **who)
    client.ask("GET", where)  # the last use of a token is written once a minute
    with CaptureQueriesContext(connection) as few:
        client.ask("GET", f"{where}?limit=50")
    for n in range(30):
        Thread.objects.begin(journey, ("stage", stage.pk), "Onboarding", f"Number {n}", **who)
    for n in range(25):
        whole.reply(f"Reply {n}", **who)
    with CaptureQueriesContext(connection) as many:
        found = client.ask("GET", f"{where}?limit=50").json()["results"]
    assert len(few) == len(many)
    [long] = [one for one in found if one["id"] == str(whole.pk)]
    assert (long["comment_count"], len(long["comments"]), long["comments"][-1]["text"]) == (26, 20, "Reply 24")
    assert len(walk(client, f"{where}?element={stage.pk}&limit=20&order=-last_at")[0]) == 30
    assert [one["id"] for one in walk(client, f"{where}?element=none&fields=id")[0]] == [str(whole.pk)]
    assert walk(client, f"{where}?element={uuid.uuid4()}")[0] == []
    for query in ("open=yes", "element=x", "order=called"):
        problem(client.ask("GET", f"{where}?{query}"), 400, "bad-parameter")
