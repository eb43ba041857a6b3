"""Webhooks set up by a program. What is sent, and how: tests/accounts/test_webhook*.py."""

from __future__ import annotations

import uuid

import pytest
from django.utils import timezone

from accounts.models import Access, AuditEntry, KeptAnswer, Webhook, WebhookDelivery
from accounts.models.webhooks import MOST
from accounts.telling import send_due, send_now
from tests.accounts.receivers import is_signed, receiving
from tests.accounts.test_outgoing import say
from tests.api.conftest import problem
from tests.api.test_lists import walk
from tests.conftest import join

pytestmark = pytest.mark.django_db
__all__ = ["receiving"]

HOOK = "https://1.1.1.1/hook"


@pytest.fixture
def client(api, workspace):
    return api(join(workspace, "Adam", Access.ADMIN), "admin")


def test_one_is_made_changed_and_deleted_and_tells_its_secret_once(client, workspace):
    answer = client.ask("POST", "webhooks", {"url": HOOK, "types": ["role.made", "customer.made"]})
    assert answer.status_code == 201
    made = answer.json()
    assert answer["Location"] == f"/api/v1/webhooks/{made['id']}"
    secret = made.pop("secret")
    assert secret == Webhook.objects.get().key
    assert secret.startswith("whsec_")
    assert (made["types"], made["is_on"], made["description"]) == (["customer.made", "role.made"], True, "")
    assert client.ask("GET", f"webhooks/{made['id']}").json() == made
    assert client.ask("GET", "webhooks").json()["results"] == [made]
    changed = client.ask("PATCH", f"webhooks/{made['id']}", {"description": "The warehouse", "types": [], "is_on": False}).json()
    assert changed == made | {"description": "The warehouse", "types": [], "is_on": False}
    again = client.ask("PATCH", f"webhooks/{made['id']}", {"is_on": True, "with_missed": True}).json()
    assert again == changed | {"is_on": True}
    rotated = client.ask("POST", f"webhooks/{made['id']}/rotate").json()
    assert rotated["secret"] == Webhook.objects.get().key != secret
    assert rotated["old_secret_until"] > made["made_at"]
    assert {client.ask("DELETE", f"webhooks/{made['id']}/old-secret").status_code for _ in range(2)} == {204}
    assert client.ask("GET", f"webhooks/{made['id']}").json()["old_secret_until"] is None
    assert Webhook.objects.get().keys(at=timezone.now()) == [rotated["secret"]]
    assert client.ask("DELETE", f"webhooks/{made['id']}").status_code == 204
    problem(client.ask("GET", f"webhooks/{made['id']}"), 404, "not-found")
    assert not Webhook.objects.exists()
    verbs = list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))
    assert [verb for verb in verbs if "webhook" in verb] == [
        "added a webhook", "changed a webhook", "turned a webhook off", "turned a webhook on", "changed the key of a webhook",
        "ended the old key of a webhook", "deleted a webhook",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "pointer", "detail"),
    [
        ({}, "/url", "required"),
        ({"url": "http://10.0.0.1/"}, "/url", "private network"),
        ({"url": "ftp://1.1.1.1/"}, "/url", "begin with https"),
        ({"url": 7}, "/url", "is text"),
        ({"url": HOOK, "types": ["role.mad"]}, "/types", "nothing called “role.mad”"),
        ({"url": HOOK, "types": "role.made"}, "/types", "is a list"),
        ({"url": HOOK, "description": "x" * 101}, "/description", "at most 100"),
        ({"url": HOOK, "secret": "x"}, "/secret", "no such field"),
    ],
)
def test_what_makes_no_sense_is_refused_where_it_stands(client, said, pointer, detail):
    ((found),) = problem(client.ask("POST", "webhooks", said), 422, "invalid")["errors"]
    assert found["pointer"] == pointer
    assert detail in found["detail"]
    assert not Webhook.objects.exists()


def test_who_has_seen_it_otherwise_neither_changes_nor_deletes_it(client):
    made = client.ask("POST", "webhooks", {"url": f"  {HOOK} "})
    assert made["Cache-Control"] == "no-store"
    path = f"webhooks/{made.json()['id']}"
    tag = client.ask("GET", path)["ETag"]
    changed = client.ask("PATCH", path, {"description": "New"}, If_Match=tag)
    assert changed.json()["url"] == HOOK
    assert problem(client.ask("PATCH", path, {"is_on": False}, If_Match=tag), 412, "changed-since")["now"] == changed.json()
    problem(client.ask("DELETE", path, If_Match=tag), 412, "changed-since")
    assert client.ask("DELETE", path, If_Match=changed["ETag"]).status_code == 204


def test_a_change_is_refused_as_a_whole_and_there_are_so_many_at_most(client):
    made = client.ask("POST", "webhooks", {"url": HOOK}).json()
    path = f"webhooks/{made['id']}"
    for said, pointer in (
        ({"is_on": False, "url": "http://[::1]/"}, "/url"), ({"with_missed": True}, "/with_missed"), ({"is_on": 1}, "/is_on"),
    ):  # fmt: skip
        assert problem(client.ask("PATCH", path, said), 422, "invalid")["errors"][0]["pointer"] == pointer
    assert client.ask("GET", path).json()["is_on"]
    for _ in range(MOST - 1):
        assert client.ask("POST", "webhooks", {"url": HOOK}).status_code == 201
    said = problem(client.ask("POST", "webhooks", {"url": HOOK}), 422, "invalid")
    [error] = said["errors"]
    assert (error["pointer"], f"{MOST} webhooks at most" in error["detail"]) == ("", True)
    assert "GET /api/v1/webhooks lists them" in said["hint"]


def test_the_log_is_read_by_state_and_what_is_in_it_is_sent_again(client, receiving):
    sink = receiving(say(200, "thanks"), say(500, "no disk left"), say(200, ""))
    made = client.ask("POST", "webhooks", {"url": sink.url}).json()
    path = f"webhooks/{made['id']}"
    pings = [client.ask("POST", f"{path}/ping") for _ in range(2)]
    assert [(one.status_code, one.json()["state"], one.json()["type"]) for one in pings] == [(202, "waiting", "webhook.ping")] * 2
    for ping in pings:  # as the worker does
        send_now(uuid.UUID(ping.json()["id"]))
    assert is_signed(*sink.posts[0][1:], made["secret"])
    bad, taken = client.ask("GET", f"{path}/deliveries").json()["results"]
    assert [one["id"] for one in walk(client, f"{path}/deliveries?limit=1")[0]] == [bad["id"], taken["id"]]
    assert [one["id"] for one in walk(client, f"{path}/deliveries?limit=1&order=id")[0]] == [taken["id"], bad["id"]]
    assert (taken["state"], taken["status"], taken["answer"], taken["error"]) == ("delivered", 200, "thanks", "")
    assert taken["message_id"] == sink.ids()[0]
    assert taken["payload"] == sink.told()[0]
    assert (bad["state"], bad["status"], bad["error"]) == ("given_up", 500, "It answered 500: no disk left.")
    for state, ids in (("given_up", [bad["id"]]), ("waiting", [])):
        assert [row["id"] for row in client.ask("GET", f"{path}/deliveries?state={state}&fields=id").json()["results"]] == ids
    problem(client.ask("GET", f"{path}/deliveries?state=lost"), 400, "bad-parameter")
    again = client.ask("POST", f"{path}/deliveries/{bad['id']}/resend")
    assert (again.status_code, again.json()["state"], again.json()["message_id"]) == (202, "waiting", sink.ids()[1])
    assert send_due() == 1
    assert sink.ids()[1] == sink.ids()[2]
    client.ask("POST", f"{path}/deliveries/{bad['id']}/resend")
    WebhookDelivery.objects.take(uuid.UUID(bad["id"]), at=timezone.now())
    problem(client.ask("POST", f"{path}/deliveries/{bad['id']}/resend"), 409, "busy")


def test_webhooks_are_listed_by_whether_they_are_on(client):
    on, off = (client.ask("POST", "webhooks", {"url": f"{HOOK}/{n}"}).json()["id"] for n in range(2))
    client.ask("PATCH", f"webhooks/{off}", {"is_on": False})
    for said, found in (("true", on), ("false", off)):
        assert [one["id"] for one in client.ask("GET", f"webhooks?is_on={said}").json()["results"]] == [found]
    problem(client.ask("GET", "webhooks?is_on=1"), 400, "bad-parameter")


def test_a_webhook_made_twice_under_one_key_is_one_and_its_secret_is_not_kept_with_the_answer(client, owner):
    def make():
        return client.ask("POST", "webhooks", {"url": HOOK}, Idempotency_Key="k")

    first, again = make(), make()
    assert first.json() == again.json()
    assert again["Cache-Control"] == "no-store"
    hook = Webhook.objects.get()
    assert hook.key == first.json()["secret"]
    path = f"webhooks/{hook.pk}/rotate"
    rotated = [client.ask("POST", path, {}, Idempotency_Key="r").json()["secret"] for _ in range(2)]
    assert rotated == [Webhook.objects.get().key] * 2
    for kept in KeptAnswer.objects.all():
        assert b"whsec_" not in bytes(kept.body)
    # The first one still signs, until somebody ends it.
    assert make().json()["secret"] == hook.key
    Webhook.objects.get().end_old_key(by=owner, at=timezone.now())
    assert make().json() == first.json() | {"secret": None}


def test_a_page_shows_no_webhook_of_another_workspace_nor_any_to_an_editor(client_for, owner, editor, stranger):
    hook = Webhook.objects.make(HOOK, by=owner, at=timezone.now())
    ping = WebhookDelivery.objects.ping(hook, at=timezone.now())
    theirs = client_for(stranger)
    for path in ("", "rotate/", "end-old-key/", "switch/", "delete/", "ping/", f"{ping.pk}/again/"):
        assert theirs.post(f"/w/secret-rival/webhooks/{hook.pk}/{path}", {"to": "off"}).status_code == 404
    assert client_for(editor).get("/w/northwind/webhooks/").status_code == 403
    assert HOOK not in theirs.get("/w/secret-rival/webhooks/").content.decode()
    assert Webhook.objects.get().is_on
