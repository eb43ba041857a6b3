"""A mail server and a webhook that count what they are sent, and workers of our own to kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psutil
from aiosmtpd.controller import Controller
from django.db import connection

from config.embedded import ROOT, die_with_parent
from tests.serving import free_port


class Post:
    """A mail server. `refuses(mail id, how often it has come)` says which it refuses, and with what."""

    def __init__(self, refuses=lambda id, times: ""):
        self.refuses = refuses
        self.mails = []
        self.ids = Counter()
        self.tried = Counter()
        self.connections = 0
        self.port = free_port()
        self.server = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_HELO(self, server, session, envelope, hostname):
        session.host_name = hostname
        return "250 here"

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_DATA(self, server, session, envelope):
        mail = message_from_bytes(envelope.content)
        id = mail["Message-ID"]
        self.tried[id] += 1
        if refusal := self.refuses(id, self.tried[id]):
            return refusal
        self.ids[id] += 1
        self.mails.append((time.monotonic(), mail))
        return "250 OK"

    def __enter__(self):
        self.server.start()
        return self

    def __exit__(self, *_):
        self.server.stop()

    def settings(self):
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(self.port),
            "SITE_URL": "https://touchline.example",
        }


class Webhook:
    """Takes what it is posted and answers with `status` and `text`."""

    def __init__(self, status=200, text="ok"):
        self.status, self.text, self.posts, self.ids = status, text, [], Counter()
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                sink.posts.append(told)
                sink.ids[told["touchline"].get("id")] += 1
                self.send_response(sink.status)
                self.end_headers()
                self.wfile.write(sink.text.encode())

            def log_message(self, *_):
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.url = f"http://{self.host}/services/T0/B0/secret"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class Worker:
    """A Celery worker with so many processes that do its work, each of which may be killed; the worker itself as well."""

    def __init__(self, processes=2, **settings):
        url = os.environ["DATABASE_URL"].replace("/touchline?", f"/{connection.settings_dict['NAME']}?")
        command = [sys.executable, "-m", "celery", "-A", "config.celery", "worker", "--concurrency", str(processes),
                   "--loglevel", "CRITICAL", "--without-gossip", "--without-mingle"]  # fmt: skip
        environment = os.environ | {"DATABASE_URL": url} | settings
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, preexec_fn=die_with_parent)

    def hands(self):
        """Those of its processes that do the work."""
        try:
            return psutil.Process(self.process.pid).children()
        except psutil.NoSuchProcess:
            return []

    def stop(self):
        hands = self.hands()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        for hand in hands:
            try:
                hand.kill()
                hand.wait(5)
            except psutil.NoSuchProcess:
                continue


def wait_until(done, seconds=30, every=0.1):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if done():
            return True
        time.sleep(every)
    return done()
