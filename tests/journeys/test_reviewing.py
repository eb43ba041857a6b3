"""The day of the review: the owner is told in their morning, once, whoever runs the sweep and however often."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from config.embedded import ROOT
from config.schedule import SCHEDULE
from journeys import reviewing
from journeys.models import Journey
from journeys.reviewing import is_due, overdue_words, tell_owners
from journeys.tasks import tell_owners_of_reviews

DAY = date(2027, 3, 1)
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def due(journey, owner):
    journey.edit({"review_on": DAY}, by=owner, at=NOON - timedelta(days=90))
    return journey


def live_in(member, zone):
    member.user.edit_profile(name=member.user.name, time_zone=zone)


def now_of(journey):
    return Journey.objects.select_related("owner__user").get(pk=journey.pk)


def test_the_owner_gets_one_mail_that_leads_to_the_map(due, owner, settings):
    settings.SITE_URL = "https://touchline.example.com"
    assert [tell_owners(at=NOON + timedelta(minutes=n)) for n in range(3)] == [1, 0, 0]
    (found,) = mail.outbox
    assert found.to == [owner.user.email]
    assert found.subject == "Is “Enterprise journey” still true? Its review is due"
    assert "1 March 2027" in found.body
    assert f"https://touchline.example.com/w/northwind/journeys/{due.pk}/\n" in found.body
    assert found.extra_headers["Message-ID"] == f"<review.{due.pk}.2027-03-01@touchline.example.com>"
    (notice,) = owner.notices.all()
    assert (notice.text, notice.url) == (
        "The review of Enterprise journey is due: is it still true?",
        f"/w/northwind/journeys/{due.pk}/",
    )


@pytest.mark.parametrize(
    ("zone", "told_at"),
    [
        ("UTC", datetime(2027, 3, 1, 8, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2027, 3, 1, 7, tzinfo=UTC)),
        ("Pacific/Kiritimati", datetime(2027, 2, 28, 18, tzinfo=UTC)),
        ("Pacific/Pago_Pago", datetime(2027, 3, 1, 19, tzinfo=UTC)),
    ],
)
def test_it_comes_in_the_morning_of_that_day_where_the_owner_is(due, owner, zone, told_at):
    live_in(owner, zone)
    assert not is_due(now_of(due), at=told_at - timedelta(minutes=1))
    assert is_due(now_of(due), at=told_at)
    assert tell_owners(at=told_at - timedelta(minutes=1)) == 0
    assert tell_owners(at=told_at) == 1


def test_a_new_date_is_told_of_again_and_one_taken_away_is_not(due, owner):
    tell_owners(at=NOON)
    due.edit({"review_on": DAY + timedelta(days=30)}, by=owner, at=NOON)
    assert tell_owners(at=NOON) == 0
    assert tell_owners(at=NOON + timedelta(days=40)) == 1
    due.edit({"review_on": None}, by=owner, at=NOON)
    assert tell_owners(at=NOON + timedelta(days=400)) == 0


def test_nobody_is_told_of_a_map_without_an_owner_or_whose_owner_has_left(due, owner, editor):
    due.edit({"owner_id": editor.pk}, by=owner, at=NOON)
    editor.remove(by=owner, at=NOON)
    assert tell_owners(at=NOON) == 0
    due.edit({"owner_id": None}, by=owner, at=NOON)
    assert tell_owners(at=NOON) == 0
    due.edit({"owner_id": owner.pk}, by=owner, at=NOON)
    assert tell_owners(at=NOON) == 1


def test_a_mail_that_could_not_be_sent_is_tried_again_when_the_claim_has_run_out(due, monkeypatch):
    def no_server(journey, *, at):
        raise ConnectionRefusedError

    with monkeypatch.context() as patched:
        patched.setattr(reviewing, "tell_owner", no_server)
        assert tell_owners(at=NOON) == 0
    assert tell_owners(at=NOON + timedelta(minutes=4)) == 0
    assert tell_owners(at=NOON + timedelta(minutes=6)) == 1
    assert len(mail.outbox) == 1


def test_a_title_with_a_line_break_makes_no_second_header(due, owner):
    due.edit({"title": "Map\nBcc: all@example.com"}, by=owner, at=NOON)
    assert tell_owners(at=NOON) == 1
    assert "\n" not in mail.outbox[0].subject


@pytest.mark.django_db(transaction=True)
def test_two_workers_tell_once(due, monkeypatch):
    told = []
    together = threading.Barrier(2, timeout=10)
    claim = reviewing._claim
    monkeypatch.setattr(reviewing, "tell_owner", lambda journey, *, at: told.append(journey.pk))
    monkeypatch.setattr(reviewing, "_claim", lambda journey, *, at: together.wait() is not None and claim(journey, at=at))

    def sweep():
        try:
            tell_owners(at=NOON)
        finally:
            connection.close()

    threads = [threading.Thread(target=sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == [due.pk]


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_sends_it(journey, owner, tmp_path):
    journey.edit({"review_on": timezone.now().date() - timedelta(days=2)}, by=owner, at=timezone.now())
    url = os.environ["DATABASE_URL"].replace("/touchline?", f"/{connection.settings_dict['NAME']}?")
    env = os.environ | {
        "DATABASE_URL": url,
        "TOUCHLINE_VAR": str(tmp_path),
        "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
    }
    command = [sys.executable, "-m", "celery", "-A", "config.celery", "worker", "--pool", "solo", "--loglevel", "WARNING"]
    worker = subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True)
    try:
        tell_owners_of_reviews.delay()
        tell_owners_of_reviews.delay()
        deadline = time.monotonic() + 60
        while now_of(journey).review_told_for is None and time.monotonic() < deadline:
            time.sleep(0.2)
        time.sleep(1)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert now_of(journey).review_told_for == journey.review_on
    sent = [path.read_text() for path in (tmp_path / "mail").iterdir()]
    assert len(sent) == 1
    assert f"To: {owner.user.email}" in sent[0]


def test_beat_wakes_the_sweep():
    assert SCHEDULE["tell-owners-of-reviews"]["task"] == tell_owners_of_reviews.name


@pytest.mark.parametrize(
    ("days", "words"),
    [(None, ""), (1, ""), (0, "review is due today"), (-1, "review was due 1 day ago"), (-3, "review was due 3 days ago")],
)
def test_how_far_it_is_overdue_in_words(days, words):
    assert overdue_words(None if days is None else DAY + timedelta(days=days), DAY) == words
