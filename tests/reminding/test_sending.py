"""What goes out: the bell, a mail, a webhook, and what happens when one of them will not take it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

import pytest
from django.urls import reverse

from accounts.models import Notice
from tests.reminding.cast import BEFORE, MORNING, morning, wants, work
from tests.reminding.sinks import Post, Webhook
from tests.touchpoints.sheets import START
from touchpoints.models import Reminder, ScheduledTouchpoint
from touchpoints.reminding.owing import owe
from touchpoints.reminding.sending import send_due

pytestmark = pytest.mark.django_db(transaction=True)
MONDAY = START
ALL = ["bell", "email", "webhook"]


@pytest.fixture(autouse=True)
def _everybody_was_here_before(owner):
    owe(at=BEFORE)


@pytest.fixture
def mail(settings):
    with Post() as post:
        for name, value in post.settings().items():
            setattr(settings, name, value)
        yield post


@pytest.fixture
def hook(settings):
    with Webhook() as webhook:
        settings.OUTGOING_ALLOWED_HOSTS = [webhook.host]
        yield webhook


def send(at=MORNING):
    return send_due(lambda: at)


def test_one_touchpoint_goes_out_by_all_three_ways(owner, mail, hook):
    wants(owner, due_by=ALL, webhook_url=hook.url, digest=False)
    [row] = work(owner, MONDAY)
    morning()
    assert send() == 3
    assert send() == 0
    [row] = ScheduledTouchpoint.objects.filter(pk=row.pk).select_related("customer").with_cards()
    text = f"Due today: {row.title} for {row.customer}"
    path = reverse("touchpoints:delivery", args=[owner.workspace.slug, row.pk])
    assert list(Notice.objects.of(owner).values_list("text", "url", "kind")) == [(text, path, "reminder")]
    [(_, letter)] = mail.mails
    pk = Reminder.objects.get(channel="email").pk
    assert (letter["Subject"], letter["Message-ID"], letter["To"]) == (
        text,
        f"<reminder-{pk}@touchline.example>",
        "olga@example.com",
    )
    plain, html = (part.get_payload(decode=True).decode() for part in letter.get_payload())
    assert f"https://touchline.example{path}" in plain
    assert f'href="https://touchline.example{path}"' in html
    [post] = hook.posts
    assert post["text"] == text
    assert post["touchline"]["url"] == f"https://touchline.example{path}"
    assert post["touchline"]["due_on"] == "2026-11-30"


def test_a_digest_says_what_is_overdue_and_what_is_due_and_never_nothing(owner, mail):
    rows = work(owner, MONDAY - timedelta(days=3), MONDAY)
    morning()
    send()
    [(_, letter)] = mail.mails
    assert letter["Subject"] == "Your day: 1 overdue and 1 due today"
    plain = letter.get_payload()[0].get_payload(decode=True).decode()
    assert "https://touchline.example" + reverse("touchpoints:today", args=[owner.workspace.slug]) in plain
    assert plain.index("Overdue") < plain.index(str(rows[0].pk)) < plain.index("Today") < plain.index(str(rows[1].pk))
    work(owner, MONDAY + timedelta(days=1), version=rows[0].enrolment.version)
    morning(MORNING + timedelta(days=1))
    ScheduledTouchpoint.objects.filter(member=owner).update(member=None)
    send(MORNING + timedelta(days=1))
    assert len(mail.mails) == 1
    assert Reminder.objects.filter(kind="digest").values_list("state", flat=True).latest("day") == "taken_back"


GONE = {
    "it has been done": {"state": "done", "settled_on": MONDAY, "settled_at": MORNING},
    "it is due on another day": {"due_on": MONDAY + timedelta(days=1)},
    "it is somebody else's": {"member": None},
    "it sleeps": {"snoozed_until": MORNING + timedelta(hours=1)},
}


@pytest.mark.parametrize("why", GONE)
def test_right_before_it_goes_out_it_is_seen_that(owner, mail, why):
    wants(owner, due_by=["email"], digest=False)
    [row] = work(owner, MONDAY)
    morning()
    ScheduledTouchpoint.objects.filter(pk=row.pk).update(**GONE[why])  # behind everybody's back
    assert send() == 0
    assert not mail.mails
    assert Reminder.objects.get().state == "taken_back"


def test_what_is_late_says_so(owner, mail):
    wants(owner, due_by=["bell"], digest=False)
    work(owner, MONDAY)
    morning()
    send(MORNING + timedelta(days=1))
    assert Notice.objects.get().text.startswith("Overdue since Monday 30 November: ")


def test_a_mail_that_is_refused_keeps_no_other_waiting_and_is_tried_again_later(owner, editor, mail, settings):
    owe(at=BEFORE)
    version = None
    for member in (owner, editor):
        wants(member, due_by=["email"], digest=False)
        version = work(owner, MONDAY, member=member, version=version)[0].enrolment.version
    morning()
    refused = f"<reminder-{Reminder.objects.order_by('remind_at', 'id').first().pk}@touchline.example>"
    mail.refuses = lambda id, times: "451 Try again later" if id == refused and times < 3 else ""
    assert send() == 1
    assert mail.connections == 1
    waits = Reminder.objects.waiting().get()
    assert waits.error == "The mail server answered 451: Try again later"
    assert MORNING + timedelta(seconds=30) <= waits.remind_at <= MORNING + timedelta(seconds=90)
    assert send(MORNING + timedelta(seconds=20)) == 0
    assert send(MORNING + timedelta(seconds=90)) == 0
    assert send(MORNING + timedelta(seconds=90 + 180)) == 1
    assert set(mail.ids.values()) == {1}


def test_a_mail_server_that_is_away_ends_the_batch_and_is_no_failure(owner, mail, settings):
    wants(owner, due_by=["bell", "email"], digest=False)
    work(owner, *[MONDAY] * 5)
    morning()
    settings.EMAIL_PORT = 1
    assert send() == 5  # the bell rings all the same
    waiting = Reminder.objects.waiting()
    assert set(waiting.values_list("channel", "attempts", "error")) == {("email", 0, "The mail server does not answer.")}
    settings.EMAIL_PORT = mail.port
    assert send(MORNING + timedelta(minutes=2)) == 5


def test_a_mail_server_that_is_away_for_days_is_waited_for_no_longer_than_that(client_for, owner, mail, settings):
    wants(owner, due_by=["email"], digest=False)
    work(owner, MONDAY, MONDAY)
    morning()
    settings.EMAIL_PORT = 1
    send(MORNING + timedelta(days=2))
    assert set(Reminder.objects.values_list("state", "attempts")) == {("waiting", 0)}
    send(MORNING + timedelta(days=4))
    assert set(Reminder.objects.values_list("state", "error")) == {("failed", "The mail server does not answer.")}


def test_after_days_without_a_mail_server_there_is_one_digest_not_one_for_each_day(owner, mail, settings):
    work(owner, MONDAY)
    settings.EMAIL_PORT = 1
    for days in (0, 1):
        morning(MORNING + timedelta(days=days))
        send(MORNING + timedelta(days=days))
    assert Reminder.objects.filter(kind="digest").count() == 2
    settings.EMAIL_PORT = mail.port
    send(MORNING + timedelta(days=1, minutes=5))
    assert [letter["Subject"] for _, letter in mail.mails] == ["Your day: 1 overdue"]
    assert not Reminder.objects.waiting().exists()


def test_after_so_many_tries_it_is_given_up_and_an_admin_has_it_tried_again(client_for, owner, mail):
    wants(owner, due_by=["email"], digest=False)
    work(owner, MONDAY)
    morning()
    mail.refuses = lambda id, times: "550 No such mailbox here"
    for hour in range(12):
        send(MORNING + timedelta(hours=2 * hour))
    reminder = Reminder.objects.get()
    assert (reminder.state, reminder.attempts) == ("failed", 10)
    client, page = client_for(owner), reverse("touchpoints:undelivered", args=[owner.workspace.slug])
    assert "No such mailbox here" in client.get(page).content.decode()
    client.post(reverse("touchpoints:try_reminder_again", args=[owner.workspace.slug, reminder.pk]))
    mail.refuses = lambda id, times: ""
    reminder.refresh_from_db()
    assert send(reminder.remind_at) == 1
    assert "Everything has arrived" in client.get(page).content.decode()


@pytest.mark.parametrize(("status", "state"), [(404, "failed"), (500, "waiting")])
def test_a_webhook_that_will_not_take_it_says_why(owner, hook, status, state):
    wants(owner, due_by=["webhook"], webhook_url=hook.url, digest=False)
    work(owner, MONDAY)
    morning()
    hook.status, hook.text = status, "no_service"
    assert send() == 0
    reminder = Reminder.objects.get()
    assert (reminder.state, reminder.error) == (state, f"The webhook answered {status}: no_service")


def test_a_private_address_is_refused_and_nobody_is_asked(owner, hook, settings):
    settings.OUTGOING_ALLOWED_HOSTS = []
    wants(owner, due_by=["webhook"], webhook_url=hook.url, digest=False)
    work(owner, MONDAY)
    morning()
    send()
    assert not hook.posts
    assert Reminder.objects.get().state == "failed"


def test_the_unsubscribe_link_acts_on_post_only(client, owner, mail):
    wants(owner, due_by=["email"], digest=True)
    work(owner, MONDAY)
    morning()
    send()
    letter = next(letter for _, letter in mail.mails if letter["Subject"].startswith("Your day"))
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = re.fullmatch(r"<https://touchline\.example(/.*)>", letter["List-Unsubscribe"].strip())[1]
    for _ in range(2):
        assert client.get(path).status_code == 200
    owner.reminding.refresh_from_db()
    assert owner.reminding.digest
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    owner.reminding.refresh_from_db()
    assert (owner.reminding.digest, owner.reminding.due_by) == (False, ["email"])
    assert client.post(path[:-3] + "x/").status_code == 404


def test_quiet_hours_that_begin_meanwhile_are_kept(owner, mail):
    wants(owner, due_by=["email"], digest=False, quiet_from=time(18), quiet_to=time(7))
    work(owner, MONDAY)
    morning()
    assert send(datetime(2026, 11, 30, 19, tzinfo=UTC)) == 0
    assert Reminder.objects.get().remind_at == datetime(2026, 12, 1, 7, tzinfo=UTC)
