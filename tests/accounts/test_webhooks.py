"""Webhooks, against real servers on this machine. Times are given, so that three days pass at once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from accounts import telling
from accounts.mailing_notices import mail_owed_notices
from accounts.models import Access, Fact, TooManyWebhooks, Webhook, WebhookDelivery, webhook
from accounts.models.webhook import AHEAD, BOTH_KEYS, MOST
from accounts.models.webhook import LEASE as TENDED_FOR
from accounts.models.webhook_delivery import DELAYS, GIVES_UP_AFTER, KEPT
from accounts.outgoing import Refused
from accounts.signing import signed_headers
from accounts.tasks import forget_deliveries, tell_webhooks
from accounts.telling import send_due, send_now
from tests.accounts.test_outgoing import say, web_server
from tests.conftest import join

pytestmark = pytest.mark.django_db
State = WebhookDelivery.State


class Sink:
    """A receiver, and what it was sent."""

    def __init__(self, host, posts):
        self.host, self.posts = host, posts

    @property
    def url(self):
        return f"http://{self.host}/hook?key=secret"

    def ids(self):
        return [headers["webhook-id"] for _, headers, _ in self.posts]

    def told(self):
        return [json.loads(body) for _, _, body in self.posts]


@pytest.fixture
def receiving(settings):
    """receiving(answer, ...) -> a sink that answers so, one after the other, the last for ever; until the test is over."""
    open_ones = []

    def begin(*answers):
        answers = list(answers) or [say(204, "")]

        def answer(handler):
            return (answers.pop(0) if len(answers) > 1 else answers[0])(handler)

        server = web_server(answer)
        open_ones.append(server)
        sink = Sink(*server.__enter__())
        settings.OUTGOING_ALLOWED_HOSTS = [*settings.OUTGOING_ALLOWED_HOSTS, sink.host]
        return sink

    yield begin
    for server in open_ones:
        server.__exit__(None, None, None)


@pytest.fixture
def at():
    return timezone.now()


@pytest.fixture
def hooked(owner, at):
    def make(sink, **more):
        return Webhook.objects.make(sink.url, by=owner, at=at, **more)

    return make


def owing(hook, count=1, *, at, type="customer.changed"):
    """Messages as the log of facts would have them owed."""
    facts = [
        Fact(
            id=number,
            transaction=1,
            workspace_id=hook.workspace_id,
            type=type,
            subject=hook.pk,
            body={"changed": [number]},
            at=at,
        )
        for number in range(1, count + 1)
    ]
    return WebhookDelivery.objects.bulk_create(WebhookDelivery.telling(hook, fact, at=at) for fact in facts)


def again(*rows):
    for row in rows:
        row.refresh_from_db()
    return rows[0] if len(rows) == 1 else rows


def is_signed(headers, body, secret):
    """Whether one of the signatures is by this key. Written from the text of the spec, not from what signs."""
    content = headers["webhook-id"] + "." + headers["webhook-timestamp"] + "." + body.decode()
    assert secret.startswith("whsec_")
    expected = base64.b64encode(hmac.digest(base64.b64decode(secret[6:]), content.encode(), hashlib.sha256)).decode()
    return ("v1", expected) in [tuple(one.split(",", 1)) for one in headers["webhook-signature"].split(" ")]


def test_the_signature_is_that_of_the_specs_own_example():
    # From the reference libraries of Standard Webhooks, which all test against it.
    key, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = signed_headers("msg_p5jXN8AQM9LWM0D4loKWxJek", body, [key], at=at)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_is_sent_says_what_happened_and_is_signed(receiving, hooked, at):
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
        "data": {"kind": "customer", "id": str(hook.pk), "deleted": False, "changed": [1]},
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


def test_what_is_not_taken_is_sent_again_later_and_later_the_very_same_for_three_days(receiving, hooked, workspace, at):
    sink = receiving(say(500, "out\0of order"))
    hook = hooked(sink)
    (row,) = owing(hook, at=at)
    now, waits = at, []
    for _ in range(30):
        send_due(lambda now=now: now)
        again(row)
        if row.state == State.GIVEN_UP:
            break
        waits.append(row.next_at - now)
        assert send_due(lambda now=now: now) == 0
        now = max(row.next_at, again(hook).rests_until or now)
    for waited, usual in zip(waits[:-1], DELAYS, strict=False):
        assert 0.9 * usual <= waited <= 1.1 * usual
    assert now == at + GIVES_UP_AFTER
    assert row.attempts == len(sink.posts) == len(waits) + 1 > 8
    assert len(set(sink.ids())) == len({body for _, _, body in sink.posts}) == 1
    assert len({headers["webhook-timestamp"] for _, headers, _ in sink.posts}) == row.attempts
    assert all(is_signed(headers, body, hook.key) for _, headers, body in sink.posts)
    assert (row.status, row.answer, row.error) == (500, "outof order", "It answered 500: outof order.")
    assert not again(hook).is_on


def test_where_nothing_arrived_for_three_days_it_is_turned_off_and_all_admins_get_a_mail(receiving, hooked, owner, settings, at):
    settings.SITE_URL = "https://touchline.example"
    admin, editor = join(owner.workspace, "Adam", Access.ADMIN), join(owner.workspace, "Eve", Access.EDITOR)
    join(owner.workspace, "Gone", Access.ADMIN).remove(by=owner, at=at)
    sink = receiving(say(500, "no disk left"))
    hook = hooked(sink)
    owing(hook, at=at)
    send_due(lambda: at)
    late = at + GIVES_UP_AFTER
    owing(hook, 3, at=late)
    send_due(lambda: late)
    again(hook)
    assert (hook.is_on, hook.disabled_at, hook.disabled_because) == (False, late, "It answered 500: no disk left.")
    assert len(sink.posts) == 2  # nothing more goes there
    send_due(lambda: late + timedelta(days=1))
    assert len(sink.posts) == 2
    mail_owed_notices(at=late)
    assert {to for letter in mail.outbox for to in letter.to} == {owner.user.email, admin.user.email} - {editor.user.email}
    text = mail.outbox[0].body
    for part in (f"http://{sink.host}/hook", f"{at:%-d %B %Y, %H:%M} UTC", "It answered 500: no disk left."):
        assert part in text
    assert "key=secret" not in text
    assert "https://touchline.example/w/northwind/notices/" in text
    notice = owner.notices.get()
    assert notice.url == f"/w/northwind/webhooks/{hook.pk}/"


def test_one_message_that_is_never_taken_keeps_none_of_the_others_and_turns_nothing_off(receiving, hooked, at):
    sink = receiving(say(422, "not that one"), say(200, "ok"))
    hook = hooked(sink)
    bad, *others = owing(hook, 4, at=at)
    assert send_due(lambda: at) == 3
    assert sink.ids() == [one.message for one in (bad, *others)]
    assert again(bad).state == State.WAITING
    assert again(hook).failing_since is None


def test_however_many_it_refuses_it_gets_those_that_it_takes_in_the_same_turn(receiving, hooked, at):
    def answer(handler):
        return say(422 if handler.headers["webhook-id"] in refused else 204, "")(handler)

    refused = set()
    sink = receiving(answer)
    hook = hooked(sink)
    *bad, good = owing(hook, 13, at=at)
    refused.update(one.message for one in bad)
    assert send_due(lambda: at) == 1
    assert again(good).state == State.DELIVERED
    assert again(hook).failing_since is None


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


def test_a_test_of_one_that_is_off_goes_out_although_its_worker_died(receiving, hooked, owner, at):
    sink = receiving()
    hook = hooked(sink)
    hook.turn_off(by=owner, at=at)
    ping = WebhookDelivery.objects.ping(hook, at=at)
    assert WebhookDelivery.objects.take(ping.pk, at=at)
    telling.send_tests(lambda: at + TENDED_FOR)
    telling.send_tests(lambda: at + TENDED_FOR)
    assert sink.ids() == [ping.message]
    assert again(ping).state == State.DELIVERED


def test_one_that_is_silent_is_left_alone_and_all_that_waited_goes_out_when_it_is_back(receiving, hooked, settings, at):
    sink = receiving()
    hook = hooked(sink)
    rows = owing(hook, 3, at=at)
    Webhook.objects.update(url="http://127.0.0.1:9/")  # nobody is there
    settings.OUTGOING_ALLOWED_HOSTS = [*settings.OUTGOING_ALLOWED_HOSTS, "127.0.0.1:9"]
    now = at
    for _ in range(8):
        assert send_due(lambda now=now: now) == 0
        now = again(hook).rests_until
    assert sum(one.attempts for one in again(*rows)) == 8  # one at a time
    assert timedelta(minutes=10) < now - at < timedelta(minutes=30)
    assert send_due(lambda: now - timedelta(seconds=1)) == 0
    Webhook.objects.update(url=sink.url)
    assert send_due(lambda: now) == 3
    again(hook)
    assert (hook.failing_since, hook.failures, hook.rests_until) == (None, 0, None)


def test_who_asks_for_time_gets_it_within_bounds(receiving, hooked, at):
    sink = receiving(
        say(503, "later", **{"Retry-After": "600"}), say(429, "later", **{"Retry-After": "999999999999"}), say(200, "")
    )
    hook = hooked(sink)
    first, second = owing(hook, 2, at=at)
    send_due(lambda: at)
    assert again(first).next_at == at + timedelta(seconds=600) == again(hook).rests_until
    assert again(second).attempts == 0
    later = at + timedelta(seconds=600)
    send_due(lambda: later)
    assert max(one.next_at for one in again(first, second)) == later + timedelta(days=1)
    assert again(hook).rests_until == later + timedelta(minutes=15)


def test_gone_turns_it_off_at_once_and_one_redirect_does_not(receiving, hooked, owner, at):
    gone, elsewhere = receiving(say(410, "")), receiving(say(301, "", Location="http://169.254.169.254/"))
    hooks = [hooked(gone), hooked(elsewhere)]
    rows = [owing(hook, 2, at=at)[0] for hook in hooks]
    send_due(lambda: at)
    again(*hooks, *rows)
    assert [hook.is_on for hook in hooks] == [False, True]
    assert [row.state for row in rows] == [State.GIVEN_UP, State.WAITING]
    assert hooks[0].disabled_because == "It answered 410."
    assert "sends on to another" in rows[1].error
    assert owner.notices.count() == 1
    assert len(gone.posts) == 1


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
    assert [told["data"] for told in some.told()] == [{"kind": "role", "id": str(role.pk), "deleted": False}]
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
    assert [told["data"]["id"] for told in sink.told()] == [str(role.pk) for role in roles]
    assert Webhook.objects.behind() == []
    # From a dump of a database whose transactions bore higher numbers.
    Webhook.objects.update(place_transaction=2**40)
    assert telling.owe(at=at) == 0
    owner.workspace.roles.create(name="After restoring")
    assert telling.owe(at=at) == 1
    assert again(hook).place_transaction < 2**40


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
    assert sink.told()[-1]["type"] == "webhook.ping"
    again(ping, hook)
    assert (ping.state, ping.attempts, hook.failures) == (State.GIVEN_UP, 1, 0)
    assert len(sink.posts) == 3


def test_one_that_is_being_sent_is_not_sent_again_meanwhile(receiving, hooked, at):
    (row,) = owing(hooked(receiving()), at=at)
    assert WebhookDelivery.objects.take(row.pk, at=at)
    assert not row.send_again(at=at)
    assert WebhookDelivery.objects.take(row.pk, at=at) is None


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
