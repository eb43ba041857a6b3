"""The page of a playbook: editors write it bit by bit, everybody else reads it, nothing typed is lost."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.ids import id_text
from playbooks.models import Playbook
from playbooks.ready_made import ready_made
from tests.test_odd_input import ODD

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
STEP, LETTER = id_text(), id_text()


@pytest.fixture
def playbook(owner):
    body = {
        "steps": [{"id": STEP, "title": "Call <them>", "guidance": "**Soon**", "role_id": str(owner.workspace.roles.first().pk)}],
        "messages": [{"id": LETTER, "name": "Hello", "channel": "email", "subject": "Hi", "text": "Dear {{ contact.name }}"}],
        "links": [{"title": "Slides", "url": "https://example.com/slides"}],
        "talk_track": "Say *hello*",
        "minutes": 45,
    }
    return Playbook.objects.draft(owner.workspace, "Kick-off", at=NOW, body=body, summary="How we begin")


@pytest.fixture
def send(client_for, owner, playbook):
    def post(name, /, *args, by=owner, **values):
        url = reverse(f"playbooks:{name}", args=[playbook.workspace.slug, playbook.pk, *args])
        return client_for(by).post(url, values)

    return post


def page(client, playbook, name="playbook", *args):
    return client.get(reverse(f"playbooks:{name}", args=[playbook.workspace.slug, playbook.pk, *args]))


@pytest.mark.parametrize("who", ["viewer", "contributor"])
def test_who_may_not_edit_reads_it(client_for, playbook, request, owner, who):
    text = page(client_for(request.getfixturevalue(who)), playbook).content.decode()
    role = owner.workspace.roles.first().name
    for part in ("Call &lt;them&gt;", "<strong>Soon</strong>", "Dear {{ contact.name }}", "45 min", "<em>hello</em>", role):
        assert part in text
    assert 'href="https://example.com/slides" target="_blank" rel="noopener noreferrer"' in text
    assert "<textarea" not in text
    assert "data-playbook" not in text


def test_a_playbook_out_of_nothing_takes_a_title_and_steps(client_for, owner):
    client = client_for(owner)
    answer = client.post(reverse("playbooks:new_playbook", args=["northwind"]), {"title": "Ask for a favour"}, follow=True)
    assert "data-first" in answer.content.decode()
    made = Playbook.objects.get()
    for title in ("One", "Two"):
        values = {"id": id_text(), "title": title}
        url = reverse("playbooks:add_item", args=["northwind", made.pk, "steps"])
        answers = [client.post(url, values).json() for _ in range(2)]  # sent again, it is the same one
        assert answers[0]["said"] == f"Added {title}"
        assert f'value="{title}"' in answers[0]["html"]
    assert [step["title"] for step in Playbook.objects.get().body["steps"]] == ["One", "Two"]
    assert "2 steps" in client.get(reverse("playbooks:playbooks", args=["northwind"])).content.decode()


def test_a_ready_made_title_begins_with_its_text_and_says_so(client_for, owner):
    answer = client_for(owner).post(
        reverse("playbooks:new_playbook", args=["northwind"]), {"title": "sales HANDOFF"}, follow=True
    )
    assert "comes with a text of ours" in answer.content.decode()
    made, told = Playbook.objects.get(), ready_made("Sales handoff")
    assert (made.title, made.summary, made.body["minutes"]) == ("sales HANDOFF", told["summary"], told["minutes"])
    assert [step["title"] for step in made.body["steps"]] == [step["title"] for step in told["steps"]]
    roles = {str(role.pk): role.name for role in owner.workspace.roles.all()}
    assert roles[made.body["steps"][0]["role_id"]] == "Account executive"


def test_a_field_is_saved_and_shown_as_it_reads(send):
    answer = send("edit_item", "steps", STEP, guidance="- one", **{"was-guidance": "**Soon**"}).json()
    assert answer == {"said": "Saved", "rendered": {"guidance": "<ul>\n<li>one</li>\n</ul>\n"}}
    assert send("edit_playbook", minutes="").json()["said"] == "Saved"
    found = Playbook.objects.get()
    assert (found.body["steps"][0]["guidance"], found.body["minutes"]) == ("- one", None)


def test_an_unknown_placeholder_is_named_at_once(send):
    answer = send("edit_item", "messages", LETTER, text="Dear {{ contct.name }}").json()
    assert answer["unknown"] == ["{{ contct.name }} is not known; did you mean contact.name?"]


def test_whoever_was_slower_gets_both_texts(send):
    send("edit_item", "steps", STEP, title="Ring")
    answer = send("edit_item", "steps", STEP, title="Phone", **{"was-title": "Call <them>"})
    assert answer.status_code == 409
    assert answer.json()["theirs"] == "Ring"


def test_a_step_is_moved_taken_out_and_brought_back(send):
    other = id_text()
    send("add_item", "steps", id=other, title="Before")
    assert send("move_item", "steps", other, before=STEP).json()["said"] == "Moved to place 1 of 2"
    gone = send("take_out_item", "steps", STEP).json()
    assert send("edit_item", "steps", STEP, title="x").json()["message"] == "Somebody has taken this step out."
    assert send("add_item", "steps", **gone["item"], before=other).status_code == 200
    assert [step["title"] for step in Playbook.objects.get().body["steps"]] == ["Call <them>", "Before"]
    assert Playbook.objects.get().body["steps"][0]["guidance"] == "**Soon**"


@pytest.mark.parametrize(
    ("name", "args", "values", "field"),
    [
        ("add_item", ["steps"], {"title": " "}, "title"),
        ("add_item", ["steps"], {"title": "x", "id": "7"}, "id"),
        ("add_item", ["links"], {"url": "javascript:alert(1)"}, "url"),
        ("edit_item", ["steps", STEP], {"role_id": str(uuid4())}, "role_id"),
        ("edit_item", ["messages", LETTER], {"channel": "pigeon"}, "channel"),
        ("move_item", ["steps", STEP], {"before": "\0"}, "before"),
        ("edit_playbook", [], {"title": ""}, "title"),
        ("edit_playbook", [], {"minutes": "soon"}, "minutes"),
        ("edit_playbook", [], {"minutes": "9" * 5000}, "minutes"),
    ],
)
def test_what_is_no_good_is_refused_at_its_field(send, name, args, values, field):
    before = Playbook.objects.get().whole
    answer = send(name, *args, **values)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert answer.json()["message"]
    assert Playbook.objects.get().whole == before


def test_odd_input_makes_nothing_fall_over(send):
    for value in ODD.values():
        for name, args, fields in (
            ("edit_playbook", [], ("title", "summary", "talk_track", "minutes")),
            ("edit_item", ["steps", STEP], ("title", "guidance", "role_id")),
            ("edit_item", ["messages", LETTER], ("name", "channel", "subject", "text")),
            ("add_item", ["links"], ("title", "url", "id", "before")),
        ):
            for field in fields:
                assert send(name, *args, **{field: value}).status_code in (200, 422), (name, field, value[:20])
    assert send("add_item", "journeys", title="x").status_code == 404
    assert send("edit_item", "steps", uuid4(), title="x").status_code == 404


def test_a_taken_title_is_refused(send, owner):
    Playbook.objects.draft(owner.workspace, "Renewal", at=NOW)
    assert send("edit_playbook", title="renewal").json()["message"] == "There is a playbook of that title already."


def test_a_stranger_and_a_viewer_change_nothing(send, stranger, viewer):
    assert send("edit_playbook", title="Mine", by=viewer).status_code == 403
    assert send("edit_playbook", title="Mine", by=stranger).status_code == 404
    assert Playbook.objects.get().title == "Kick-off"


def test_a_version_stays_as_it_was_and_is_read_only(client_for, send, playbook, viewer):
    playbook.freeze(at=NOW)
    send("edit_item", "steps", STEP, title="Ring")
    client = client_for(viewer)
    assert "Version 1" in page(client, playbook, "playbook_versions").content.decode()
    text = page(client, playbook, "playbook_version", 1).content.decode()
    assert "Call &lt;them&gt;" in text
    assert "has changed since" in text
    assert "<textarea" not in text
    assert page(client, playbook, "playbook_version", 2).status_code == 404
    assert page(client, playbook, "playbook_version", 10**30).status_code == 404


def test_a_role_that_is_gone_is_nobodys(client_for, playbook, viewer):
    body = playbook.body
    Playbook.objects.all().update(body={**body, "steps": [{**body["steps"][0], "role_id": str(uuid4())}]})
    assert page(client_for(viewer), playbook).status_code == 200
