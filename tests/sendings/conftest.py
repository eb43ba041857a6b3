"""A mail server that listens, and customers to whom something is to be sent."""

from __future__ import annotations

import email
import email.policy
import os
import signal
import subprocess
import sys
import time

import pytest
from aiosmtpd.controller import Controller
from django.db import connection

from config.embedded import ROOT
from customers.models import Contact
from playbooks.models import Playbook
from tests.serving import free_port
from tests.touchpoints.handoffs import travelling
from tests.touchpoints.sheets import NOW
from touchpoints.models import ScheduledTouchpoint

TEXT = "Dear {{ contact.name }},\n\nhere is what {{ customer.name }} does first.\n\n{{ member.name }}"


class Sink:
    """Keeps what it is sent. `refuses`: address -> the answer it gets; `pauses`: seconds before it says that it has taken one."""

    def __init__(self):
        self.letters, self.refuses, self.pauses = [], {}, 0.0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.letters.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        if self.pauses:
            import asyncio

            await asyncio.sleep(self.pauses)
        return "250 OK"

    @property
    def ids(self):
        return [letter["Message-ID"] for letter in self.letters]


@pytest.fixture
def sink(settings):
    found = Sink()
    found.port = free_port()
    server = Controller(found, hostname="127.0.0.1", port=found.port)
    server.start()
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", found.port,
    )  # fmt: skip
    yield found
    server.stop()


@pytest.fixture
def work(sink):
    """work(name) -> a worker process that mails to the sink."""
    started = []
    environment = os.environ | {
        "DATABASE_URL": os.environ["DATABASE_URL"].replace("/touchline?", f"/{connection.settings_dict['NAME']}?"),
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(sink.port), "SITE_URL": "https://touchline.example",
    }  # fmt: skip

    def start(name):
        command = [sys.executable, "-m", "celery", "-A", "config.celery", "worker", "--pool", "solo", "--loglevel", "WARNING"]
        started.append(subprocess.Popen([*command, "-n", f"{name}@%h"], cwd=ROOT, env=environment, start_new_session=True))
        return started[-1]

    yield start
    for one in started:
        one.send_signal(signal.SIGKILL)
        one.wait()


def playbook(member, text=TEXT, subject="First steps for {{ customer.name }}", channel="email"):
    found = Playbook.objects.draft(member.workspace, f"First steps {text}"[:100], at=NOW)
    message = {"name": "First steps", "channel": channel, "subject": subject, "text": text}
    found.add("messages", message, at=NOW)
    return found


def to_send(member, *, by=None, address="priya@contoso.example", owned=True, delivery="automated", **more):
    """The first touchpoint of a customer, due on its first day, which Touchline is to send."""
    written = by if by is not None else playbook(member)
    enrolment = travelling(member, delivery=delivery, playbook_id=written.pk if written else None, **more)
    if owned:
        enrolment.customer.edit({"owner_id": member.pk}, by=member, at=NOW)
    Contact.objects.add(enrolment.customer, name="Aaron", job="", email="", phone="", by=member, at=NOW)
    if address:
        Contact.objects.add(enrolment.customer, name="Priya Rao", job="", email=address, phone="", by=member, at=NOW)
    return ScheduledTouchpoint.objects.of(enrolment).in_order().select_related("customer", "workspace").first()


def until(holds, seconds=40):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "It does not come."
        time.sleep(0.1)
