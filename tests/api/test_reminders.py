"""What one is reminded of, read through the API: one's own, and by admins everybody's."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.api.conftest import ApiClient, problem, token_of
from tests.api.test_lists import walk
from tests.reminding.cast import BEFORE, MORNING, morning, version_for, wants, work
from tests.touchpoints.sheets import START
from touchpoints.models import Reminder

pytestmark = pytest.mark.django_db
SECRET = "https://hooks.example.com/services/T0/B0/secret"


@pytest.fixture(autouse=True)
def _morning(time_machine):
    time_machine.move_to(MORNING, tick=False)


@pytest.fixture
def reminded(contributor, editor, owner):
    """Three reminders of the contributor's, of which the one by webhook could not be sent, and one of the editor's."""
    wants(contributor, at=BEFORE, due_by=["bell", "webhook"], digest=True, webhook_url=SECRET)
    wants(editor, at=BEFORE, due_by=["bell"], digest=False)
    version = version_for(owner)
    [row] = work(owner, START, member=contributor, version=version)
    work(owner, START, member=editor, version=version)
    morning()
    failed = Reminder.objects.to(contributor).get(channel="webhook")
    for _ in range(10):
        failed.refresh_from_db()
        failed.note_not_sent("The webhook answered 404.", None, at=MORNING)
    assert Reminder.objects.count() == 4
    return row


def ids(reminders):
    return {str(one.pk) for one in reminders}


def test_ones_own_are_read_and_never_where_they_go(api, contributor, reminded):
    client = api(contributor, "read")
    found, pages = walk(client, "reminders?limit=2&order=-owed_at")
    assert pages == 2
    assert {one["id"] for one in found} == ids(Reminder.objects.to(contributor))
    by = {one["channel"]: one for one in found}
    assert by["bell"] == {
        "id": by["bell"]["id"], "member": str(contributor.pk), "subject": str(contributor.pk),
        "scheduled_touchpoint": str(reminded.pk), "due_on": str(START), "kind": "due", "channel": "bell", "state": "waiting",
        "day": str(START), "owed_at": by["bell"]["owed_at"], "remind_at": by["bell"]["remind_at"], "sent_at": None,
        "attempts": 0, "error": "",
    }  # fmt: skip
    assert by["webhook"]["state"] == "failed"
    assert by["webhook"]["error"] == "The webhook answered 404."
    assert (by["email"]["kind"], by["email"]["scheduled_touchpoint"]) == ("digest", None)
    assert "secret" not in str(found)
    assert len(walk(client, f"reminders?scheduled_touchpoint={reminded.pk}")[0]) == 2
    assert [one["channel"] for one in walk(client, "reminders?state=failed")[0]] == ["webhook"]
    for query in ("state=late", "member=x", "undelivered=yes", "channel=bell"):
        problem(client.ask("GET", f"reminders?{query}"), 400, "bad-parameter")


def test_an_admin_reads_a_colleagues_and_all_that_was_not_delivered(api, contributor, editor, owner, reminded):
    client = api(owner)
    assert walk(client, "reminders")[0] == []
    assert {one["id"] for one in walk(client, f"reminders?member={editor.pk}")[0]} == ids(Reminder.objects.to(editor))
    assert {one["id"] for one in walk(client, "reminders?undelivered=true")[0]} == ids(Reminder.objects.undelivered())
    assert walk(client, f"reminders?undelivered=true&member={editor.pk}")[0] == []


def test_nobody_else_does(api, contributor, editor, stranger, reminded):
    answers = [api(editor).ask("GET", f"reminders?member={id}") for id in (contributor.pk, uuid4(), stranger.pk)]
    assert len({answer.content for answer in answers}) == 1
    problem(answers[0], 403, "not-allowed")
    problem(api(editor).ask("GET", "reminders?undelivered=true"), 403, "not-allowed")
    assert len(walk(api(editor), f"reminders?member={editor.pk}")[0]) == 1
    theirs = ApiClient(token_of(stranger, "admin"))
    for query in (f"member={contributor.pk}", f"scheduled_touchpoint={reminded.pk}", "undelivered=true"):
        assert theirs.ask("GET", f"reminders?{query}").json() == {"results": [], "next": None}
