"""What may go wrong, with real processes: workers killed, a broker emptied, a mail server that refuses. Nothing is lost."""

from __future__ import annotations

import os
import random
import time
from contextlib import suppress
from datetime import timedelta

import psutil
import pytest
import redis
from django.utils import timezone

from accounts.models import Notice, Workspace
from tests.reminding.cast import BEFORE, many, morning, wants
from tests.reminding.sinks import Post, Webhook, Worker, wait_until
from touchpoints.models import Reminder, Reminding, ScheduledTouchpoint
from touchpoints.reminding.owing import owe
from touchpoints.tasks import owe_reminders, send_reminders

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.alone]
#: a worker that was killed gives up what it had after that many seconds
QUICK = {"REMINDER_LEASE": "3", "REMINDER_BACKOFF": "1", "REMINDER_BATCH": "20"}


@pytest.fixture(autouse=True)
def _everybody_was_here_before(owner):
    owe(at=BEFORE)
    yield
    redis.Redis.from_url(os.environ["REDIS_URL"]).flushall()


def owed_now(owner, count, channels, **fields):
    """So many reminders by each of these channels, due now."""
    wants(owner, due_by=channels, digest=False, **fields)
    many(owner, count)
    morning()
    Reminder.objects.update(remind_at=timezone.now(), owed_at=timezone.now())
    assert Reminder.objects.waiting().count() == count * len(channels)


def everything_is_sent():
    return not Reminder.objects.exclude(state="sent").exists()


def mail_ids():
    return {f"<reminder-{pk}@touchline.example>" for pk in Reminder.objects.filter(channel="email").values_list("pk", flat=True)}


def test_a_worker_killed_fifty_times_loses_nothing_and_sends_at_most_one_a_kill_twice(owner):
    with Post() as post, Webhook() as hook:
        owed_now(owner, 1000, ["email", "webhook"], webhook_url=hook.url)
        worker = Worker(3, **post.settings(), **QUICK, OUTGOING_ALLOWED_HOSTS=hook.host)
        kills, chance = 0, random.Random(6)

        def came():
            return sum(post.ids.values()) + sum(hook.ids.values())

        deadline = time.monotonic() + 60
        try:
            while time.monotonic() < deadline and (kills < 50 or not everything_is_sent()):
                for _ in range(3):
                    send_reminders.delay()
                # Killed after so many messages, not after so long: in the midst of sending, however quick the machine is.
                goal, patience = came() + chance.randint(1, 30), time.monotonic() + 1
                while came() < goal and time.monotonic() < patience:
                    time.sleep(0.005)
                hands = worker.hands()
                if kills < 50 and hands and came() >= goal:
                    assert not everything_is_sent()  # each of them is killed while there is work
                    with suppress(psutil.NoSuchProcess):
                        chance.choice(hands).kill()
                        kills += 1
            assert kills == 50
            assert everything_is_sent()
        finally:
            worker.stop()
    assert set(post.ids) == mail_ids()
    assert len(hook.ids) == 1000
    for sink in (post, hook):
        assert sum(sink.ids.values()) - len(sink.ids) <= kills


def made_due_today(owner, count, **fields):
    """So many that are due today, and whose morning it is now; nothing is owed yet."""
    wants(owner, **fields)
    many(owner, count)
    now = timezone.now()
    # Told nobody: with another calendar planning would take away what it has not planned.
    Workspace.objects.update(work_week=list(range(7)))
    ScheduledTouchpoint.objects.filter(member=owner).update(due_on=now.date())
    Reminding.objects.update(next_at=now - timedelta(seconds=1), told_on=None)


def test_two_beats_at_once_send_nothing_twice(owner):
    with Post() as post:
        made_due_today(owner, 200, due_by=["bell", "email"])
        worker = Worker(4, **post.settings())
        try:
            # Both beats strike four times while the first strike is being worked on.
            for _ in range(4):
                for beat in (owe_reminders, send_reminders, owe_reminders, send_reminders):
                    beat.delay()
            assert wait_until(lambda: Reminder.objects.count() == 401 and everything_is_sent())
            time.sleep(1)  # a second one would come about now
        finally:
            worker.stop()
    assert Notice.objects.of(owner).count() == 200
    assert set(post.ids) == mail_ids()
    assert sum(post.ids.values()) == len(post.ids) == 201


def test_after_ten_minutes_without_a_beat_it_is_caught_up_with_within_a_minute(owner):
    with Post() as post:
        made_due_today(owner, 500, due_by=["email"], digest=False)
        Reminding.objects.update(next_at=timezone.now() - timedelta(minutes=10))
        worker = Worker(2, **post.settings())
        try:
            assert wait_until(lambda: worker.hands())
            begun = time.monotonic()
            owe_reminders.delay()
            assert wait_until(lambda: Reminder.objects.count() == 500 and everything_is_sent(), seconds=60)
            assert time.monotonic() - begun < 60
        finally:
            worker.stop()
    assert sum(post.ids.values()) == len(post.ids) == 500


def test_a_broker_that_is_emptied_in_the_middle_loses_nothing(owner):
    with Post() as post:
        owed_now(owner, 400, ["email"])
        broker = redis.Redis.from_url(os.environ["REDIS_URL"])
        worker = Worker(2, **post.settings(), **QUICK)
        try:
            for _ in range(5):
                send_reminders.delay()
            assert wait_until(lambda: len(post.ids) > 100, every=0.01)
            broker.flushall()
            worker.stop()  # and what it was at is lost with it
            assert not everything_is_sent()
            worker = Worker(2, **post.settings(), **QUICK)

            def beat():
                send_reminders.delay()
                return everything_is_sent()

            assert wait_until(beat, every=0.5)
        finally:
            worker.stop()
    assert set(post.ids) == mail_ids()
    assert sum(post.ids.values()) - 400 <= 2


def test_a_mail_server_that_refuses_half_delays_no_other_and_gets_all_in_the_end(owner):
    def refuses(id, times):
        return "451 Not now" if int(id[-25], 16) % 2 and times < 3 else ""

    with Post(refuses) as post:
        owed_now(owner, 100, ["email"])
        worker = Worker(1, **post.settings(), **QUICK | {"REMINDER_LEASE": "30"})
        try:

            def beat():
                send_reminders.delay()
                return everything_is_sent()

            assert wait_until(beat, every=0.5)
        finally:
            worker.stop()
    assert set(post.ids) == mail_ids()
    assert sum(post.ids.values()) == 100
    refused = {id for id, times in post.tried.items() if times > 1}
    assert 20 < len(refused) < 80
    # The others had all gone out before the first of these came again.
    came = [(mail["Message-ID"], at) for at, mail in post.mails]
    assert max(at for id, at in came if id not in refused) < min(at for id, at in came if id in refused)
