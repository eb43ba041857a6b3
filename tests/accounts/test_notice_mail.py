"""Mail as it really goes out: two Celery workers on the real broker, and a mail server that listens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest
from aiosmtpd.controller import Controller
from django.db import connection
from django.utils import timezone

from accounts.models import Notice
from accounts.tasks import mail_notices
from config.embedded import ROOT
from tests.serving import free_port

pytestmark = pytest.mark.django_db(transaction=True)


class Sink:
    """Keeps what it is sent."""

    def __init__(self):
        self.letters = []

    async def handle_DATA(self, server, session, envelope):  # the name that aiosmtpd calls
        self.letters.append((envelope.rcpt_tos, envelope.content.decode()))
        return "250 OK"


@pytest.fixture
def sink():
    found = Sink()
    found.port = free_port()
    server = Controller(found, hostname="127.0.0.1", port=found.port)
    server.start()
    yield found
    server.stop()


@pytest.fixture
def workers(sink):
    url = os.environ["DATABASE_URL"].replace("/touchline?", f"/{connection.settings_dict['NAME']}?")
    environment = os.environ | {
        "DATABASE_URL": url,
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(sink.port),
        "SITE_URL": "https://touchline.example",
    }
    command = [sys.executable, "-m", "celery", "-A", "config.celery", "worker", "--pool", "solo", "--loglevel", "WARNING"]
    started = [
        subprocess.Popen([*command, "-n", f"mail{n}@%h"], cwd=ROOT, env=environment, start_new_session=True) for n in range(2)
    ]
    yield started
    for one in started:
        one.send_signal(signal.SIGKILL)
        one.wait()


def test_each_notice_is_mailed_once_however_many_workers_sweep(owner, editor, sink, workers):
    now = timezone.now()
    members = (owner, editor)
    for n in range(120):
        Notice.objects.give(members[n % 2], kind="mention", text=f"Number {n}", url="/", key=str(n), at=now, mail_at=now)
    for _ in range(8):
        mail_notices.delay()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and Notice.objects.filter(mailed_at=None).exists():
        time.sleep(0.2)
    time.sleep(1)  # a second mail would come about now
    ids = Counter(line for _, text in sink.letters for line in text.splitlines() if line.startswith("Message-ID: <notice-"))
    assert len(ids) == 120
    assert set(ids.values()) == {1}
    assert Counter(to for (to,), _ in sink.letters) == {"olga@example.com": 60, "edda@example.com": 60}
