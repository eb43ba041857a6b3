"""Workers that tell webhooks: several at once, dead ones, and faults of our own. Each message goes out."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from accounts import telling
from accounts.models import Webhook, WebhookDelivery, webhook
from accounts.models.webhook import AHEAD
from accounts.models.webhooks import LEASE as TENDED_FOR
from accounts.tasks import tell_webhooks
from accounts.telling import send_due
from tests.accounts.receivers import again, at, hooked, owing, receiving
from tests.accounts.test_outgoing import say

pytestmark = pytest.mark.django_db
__all__ = ["at", "hooked", "receiving"]
State = WebhookDelivery.State


def test_what_goes_wrong_with_one_keeps_no_other_from_being_noted(receiving, hooked, at, monkeypatch):
    hooks = [hooked(receiving()) for _ in range(3)]
    first, *others = [owing(hook, at=at)[0] for hook in hooks]
    note = telling.note

    def breaks(delivery, outcome, *, at):
        if delivery.pk == first.pk:
            raise RuntimeError("The database is away.")
        return note(delivery, outcome, at=at)

    monkeypatch.setattr(telling, "note", breaks)
    assert send_due(lambda: at) == 2
    assert {one.state for one in again(*others)} == {State.DELIVERED}
    assert again(first).state == State.WAITING
    monkeypatch.undo()
    assert send_due(lambda: at + TENDED_FOR) == 1


def test_what_a_person_has_asked_for_goes_out_although_its_worker_died_and_the_webhook_is_off(receiving, hooked, owner, at):
    sink = receiving(say(204, ""), say(500, "no disk left"))
    hook = hooked(sink)
    waits, resent = owing(hook, 2, at=at)
    hook.turn_off(by=owner, at=at)
    ping = WebhookDelivery.objects.ping(hook, at=at)
    assert resent.send_again(at=at)
    for one in (resent, ping):
        assert WebhookDelivery.objects.take(one.pk, at=at)
    telling.send_left(lambda: at + TENDED_FOR - timedelta(seconds=1))
    assert sink.posts == []
    for _ in range(2):
        telling.send_left(lambda: at + TENDED_FOR)
    assert sorted(sink.ids()) == sorted([ping.message, resent.message])
    assert {one.state for one in again(ping, resent)} == {State.DELIVERED, State.GIVEN_UP}
    assert again(waits).state == State.WAITING


def test_what_a_dead_worker_was_at_is_taken_over_after_the_lease_and_bears_the_same_id(receiving, hooked, at):
    sink = receiving()
    hook = hooked(sink)
    first, second = owing(hook, 2, at=at)
    dead = hook.pk  # any id: that of a run which died
    assert Webhook.objects.claim(dead, at=at).pk == hook.pk
    taken = WebhookDelivery.objects.take_next(hook.pk, dead, at=at)
    assert taken == first
    assert send_due(lambda: at + TENDED_FOR - timedelta(seconds=1)) == 0
    assert send_due(lambda: at + TENDED_FOR) == 2
    assert sink.ids() == [first.message, second.message]
    # It was not dead but slow: that it did not get through is not the last word, and that it did would have been.
    assert not taken.note_failed("It took too long.", at=at + TENDED_FOR)
    assert again(first).state == State.DELIVERED


def test_one_that_is_being_sent_is_not_sent_again_meanwhile(receiving, hooked, at):
    (row,) = owing(hooked(receiving()), at=at)
    assert WebhookDelivery.objects.take(row.pk, at=at)
    assert not row.send_again(at=at)
    assert WebhookDelivery.objects.take(row.pk, at=at) is None


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_deliver_each_once_and_a_slow_host_holds_up_nobody_else(receiving, hooked, at):
    let_go = threading.Event()

    def slowly(handler):
        let_go.wait(10)
        say(200, "")(handler)

    slow, quick = receiving(slowly), [receiving() for _ in range(3)]
    hooks = [hooked(sink) for sink in (slow, *quick)]
    rows = [owing(hook, 30, at=at) for hook in hooks]

    def work():
        try:
            return send_due(lambda: at)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as workers:
        runs = [workers.submit(work) for _ in range(3)]
        deadline = time.monotonic() + 8
        while time.monotonic() < deadline and sum(len(sink.posts) for sink in quick) < 90:
            time.sleep(0.02)
        assert sum(len(sink.posts) for sink in quick) == 90
        assert len(slow.posts) == 1
        let_go.set()
        assert sum(run.result() for run in runs) == 120
    for sink, owed in zip((slow, *quick), rows, strict=True):
        assert sink.ids() == [row.message for row in owed]  # in order, each once


@pytest.mark.django_db(transaction=True)
def test_from_a_fact_to_its_receiver_through_the_worker(receiving, hooked, owner, stranger, journey, at):
    journey.edit({"summary": "Before it was made"}, by=owner, at=at)
    every, some, theirs = receiving(), receiving(), receiving()
    hooked(every)
    hooked(some, types=["role.made", "journey.deleted"])
    Webhook.objects.make(theirs.url, by=stranger, at=at)
    role = owner.workspace.roles.create(name="Trainer")
    journey.edit({"summary": "After"}, by=owner, at=at)
    tell_webhooks()
    tell_webhooks()
    assert [told["type"] for told in every.told()] == ["role.made", "journey.changed"]
    (told,) = some.told()
    assert (told["workspace"], told["kind"], told["id"], told["deleted"]) == ("northwind", "role", str(role.pk), False)
    assert theirs.posts == []


@pytest.mark.django_db(transaction=True)
def test_facts_are_written_down_once_however_many_do_it_and_not_without_end(receiving, hooked, owner, monkeypatch, at):
    sink = receiving()
    hook = hooked(sink)
    monkeypatch.setattr(webhook, "AHEAD", 5)
    assert AHEAD > 100
    roles = [owner.workspace.roles.create(name=f"Role {number}") for number in range(12)]

    def work():
        try:
            return telling.owe(at=at)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as workers:
        assert sum(run.result() for run in [workers.submit(work) for _ in range(3)]) == 5
    assert telling.owe(at=at) == 0
    for _ in range(3):
        telling.send_due(lambda: at)
        telling.owe(at=at)
    assert [told["id"] for told in sink.told()] == [str(role.pk) for role in roles]
    assert Webhook.objects.behind() == []
    # From a dump of a database whose transactions bore higher numbers.
    Webhook.objects.update(place_transaction=2**40)
    assert telling.owe(at=at) == 0
    owner.workspace.roles.create(name="After restoring")
    assert telling.owe(at=at) == 1
    assert again(hook).place_transaction < 2**40
