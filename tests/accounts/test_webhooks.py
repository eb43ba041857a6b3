"""Webhooks: what they are told, how it is signed, and what their admins may do."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from accounts import telling
from accounts.models import TooManyWebhooks, WebhookDelivery
from accounts.models.webhook import BOTH_KEYS
from accounts.models.webhook_delivery import KEPT
from accounts.models.webhooks import MOST
from accounts.outgoing import Refused
from accounts.signing import signed_headers
from accounts.tasks import forget_deliveries
from accounts.telling import send_due, send_now
from tests.accounts.receivers import again, at, hooked, is_signed, owing, receiving
from tests.accounts.test_outgoing import say

pytestmark = pytest.mark.django_db
__all__ = ["at", "hooked", "receiving"]
State = WebhookDelivery.State


def test_the_signature_is_that_of_the_specs_own_example():
    # From the reference libraries of Standard Webhooks, which all test against it.
    key, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = signed_headers("msg_p5jXN8AQM9LWM0D4loKWxJek", body, [key], at=at)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_is_sent_says_what_happened_and_where_and_is_signed(receiving, hooked, owner, at):
    sink = receiving()
    hook = hooked(sink)
    (row,) = owing(hook, at=at)
    later = at + timedelta(seconds=90)
    assert send_due(lambda: later) == 1
    ((path, headers, body),) = sink.posts
    assert path == "/hook?key=secret"
    assert headers["webhook-id"] == row.message
    assert row.message.startswith("msg_")
    assert "." not in row.message
    assert headers["webhook-timestamp"] == str(int(later.timestamp()))
    assert headers["Content-Type"] == "application/json"
    assert is_signed(headers, body, hook.key)
    assert not is_signed(headers, body + b" ", hook.key)
    assert json.loads(body) == {
        "type": "customer.changed",
        "timestamp": at.isoformat().replace("+00:00", "Z"),
        "workspace": owner.workspace.slug,
        "kind": "customer",
        "id": str(hook.pk),
        "deleted": False,
        "data": {"external_id": "crm-1", "segment": str(hook.pk), "owner": None, "changed": ["health"]},
    }
    again(row)
    assert (row.state, row.attempts, row.status, row.delivered_at) == (State.DELIVERED, 1, 204, later)
    assert send_due(lambda: later) == 0


def test_while_a_key_is_replaced_both_sign_and_a_day_later_only_the_new_one(receiving, hooked, owner, at):
    sink = receiving()
    hook = hooked(sink)
    old = hook.key
    hook.rotate(by=owner, at=at)
    assert hook.key != old
    for after in (timedelta(), BOTH_KEYS - timedelta(seconds=1), BOTH_KEYS):
        owing(hook, at=at)
        send_due(lambda after=after: at + after)
    signed = [[is_signed(headers, body, key) for key in (hook.key, old)] for _, headers, body in sink.posts]
    assert signed == [[True, True], [True, True], [True, False]]
    hook.rotate(by=owner, at=at)
    hook.end_old_key(by=owner, at=at)
    owing(hook, at=at)
    send_due(lambda: at)
    _, headers, body = sink.posts[-1]
    assert headers["webhook-signature"].count("v1,") == 1
    assert is_signed(headers, body, hook.key)


def test_a_private_address_is_refused_when_it_is_added_changed_and_sent_to(receiving, hooked, owner, settings, at):
    sink = receiving()
    hook = hooked(sink)
    (row,) = owing(hook, at=at)
    settings.OUTGOING_ALLOWED_HOSTS = []
    with pytest.raises(Refused, match="private network"):
        hooked(sink)
    with pytest.raises(Refused, match="private network"):
        hook.change(url="http://10.0.0.1/", description="", types=[], by=owner, at=at)
    send_due(lambda: at)
    assert sink.posts == []
    assert again(row).state == State.WAITING
    assert "private network" in row.error


@pytest.mark.django_db(transaction=True)
def test_who_turns_it_on_again_chooses_what_becomes_of_what_happened_meanwhile(receiving, hooked, owner, at):
    sink = receiving()
    hook = hooked(sink)
    for with_missed, said in ((True, ["waiting", "meanwhile True"]), (False, [])):
        sink.posts.clear()
        owing(hook, at=at, type="customer.made")
        hook.turn_off(by=owner, at=at)
        owner.workspace.roles.create(name=f"meanwhile {with_missed}")
        telling.owe(at=at)
        assert telling.send_due(lambda: at) == 0
        hook.turn_on(by=owner, at=at, with_missed=with_missed)
        telling.owe(at=at)
        assert telling.send_due(lambda: at) == len(said)
    assert hook.deliveries.in_state(State.GIVEN_UP).get().error == "It was turned off when this was due."


def test_one_that_is_sent_again_bears_its_id_and_a_ping_is_tried_once_also_where_it_is_off(receiving, hooked, owner, at):
    sink = receiving(say(200, ""), say(200, ""), say(500, "x"))
    hook = hooked(sink)
    (row,) = owing(hook, at=at)
    send_due(lambda: at)
    assert again(row).send_again(at=at)
    assert again(row).attempts == 0
    hook.turn_off(by=owner, at=at)
    assert send_now(row.pk, lambda: at)
    assert sink.ids() == [row.message] * 2
    ping = WebhookDelivery.objects.ping(hook, at=at)
    assert not send_now(ping.pk, lambda: at)
    assert not send_now(ping.pk, lambda: at)
    assert sink.told()[-1] == {
        "type": "webhook.ping", "timestamp": at.isoformat().replace("+00:00", "Z"), "workspace": owner.workspace.slug,
        "kind": "webhook", "id": str(hook.pk), "deleted": False, "data": {},
    }  # fmt: skip
    again(ping, hook)
    assert (ping.state, ping.attempts, hook.failures) == (State.GIVEN_UP, 1, 0)
    assert len(sink.posts) == 3


def test_a_workspace_has_so_many_and_the_log_is_forgotten_after_a_month(receiving, hooked, owner, at):
    sink = receiving()
    hooks = [hooked(sink) for _ in range(MOST)]
    with pytest.raises(TooManyWebhooks):
        hooked(sink)
    old, waits, new = owing(hooks[0], 3, at=at)
    aged = WebhookDelivery.objects.filter(pk__in=[old.pk, waits.pk])
    aged.update(made_at=at - KEPT - timedelta(minutes=1))
    aged.filter(pk=old.pk).update(state=State.DELIVERED, delivered_at=at)
    hooks[0].rotate(by=owner, at=at - BOTH_KEYS - timedelta(minutes=1))
    forget_deliveries()
    assert {row.pk for row in WebhookDelivery.objects.all()} == {waits.pk, new.pk}
    assert again(hooks[0]).old_key == ""
