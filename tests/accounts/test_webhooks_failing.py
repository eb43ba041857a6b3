"""Webhooks that refuse, are silent, or are gone: what is sent again and when, and when one is turned off."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail

from accounts.mailing_notices import mail_owed_notices
from accounts.models import Access, AuditEntry, Webhook, WebhookDelivery
from accounts.models.webhook_delivery import DELAYS, GIVES_UP_AFTER
from accounts.telling import send_due
from tests.accounts.receivers import again, at, hooked, is_signed, owing, receiving
from tests.accounts.test_outgoing import say
from tests.conftest import join

pytestmark = pytest.mark.django_db
__all__ = ["at", "hooked", "receiving"]
State = WebhookDelivery.State


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
    for part in (f"http://{sink.host}/…", f"{at:%-d %B %Y, %H:%M} UTC", "It answered 500: no disk left."):
        assert part in text
    for kept in (text, *AuditEntry.objects.values_list("detail", flat=True)):
        assert "/hook" not in kept  # who knows the path may be able to post there
        assert "key=secret" not in kept
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
    assert len(gone.posts) == 1
    mail_owed_notices(at=at)
    (letter,) = mail.outbox
    assert f"as http://{gone.host}/… says that it is gone" in " ".join(letter.body.split())
    assert "It answered 410." in letter.body
    assert "nothing has arrived" not in letter.body
