"""A real Chromium on a real server, signed in as any member of the cast."""

from __future__ import annotations

import os
import shutil
import threading
from contextlib import suppress

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.utils import timezone
from playwright.sync_api import TimeoutError

from journeys.demo import FOLDER
from journeys.importing import import_sheet
from journeys.models import Segment
from journeys.sheets import read_sheet


@pytest.fixture(scope="session")
def browser_type_launch_args():
    path = os.environ.get("TOUCHLINE_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    arguments = {"args": ["--no-sandbox", "--disable-background-networking"]}
    return {**arguments, "executable_path": path} if path else arguments


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """Pages without the worker that shows maps offline; a test that wants it asks for it by its mark."""
    return {**browser_context_args, "service_workers": "block"}


@pytest.fixture
def five_stages(transactional_db, owner):
    """The client's five-stage journey, imported."""
    segment = Segment.objects.make(owner.workspace, "Enterprise", at=timezone.now())
    sheet = read_sheet((FOLDER / "five-stages.csv").read_bytes())
    journey, _, _ = import_sheet(sheet, segment, "Enterprise journey", name="x", by=owner, at=timezone.now())
    return journey


class Answering:
    """The requests that the live server is answering. A test's rows are emptied only once there are none: a page that is closed
    in the middle of one leaves its transaction open, and TRUNCATE and that transaction would wait for each other."""

    def __init__(self):
        self.count = 0
        self.changed = threading.Condition()
        request_started.connect(self._begin)
        request_finished.connect(self._end)

    def _begin(self, **_):
        with self.changed:
            self.count += 1

    def _end(self, **_):
        with self.changed:
            self.count -= 1
            self.changed.notify_all()

    def wait_for_the_last(self):
        with self.changed:
            assert self.changed.wait_for(lambda: self.count <= 0, timeout=20), f"{self.count} requests without an end"

    def forget(self):
        request_started.disconnect(self._begin)
        request_finished.disconnect(self._end)


@pytest.fixture
def answering():
    found = Answering()
    yield found
    found.forget()


@pytest.fixture
def visit(transactional_db, live_server, context, client_for, answering):
    """visit(member, path) -> a page on which nothing may go wrong silently, but for what a test names in `visit.provoked`."""
    troubles, provoked = [], ["422"]

    def open_page(member, path, **viewport):
        client = client_for(member)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        page = context.new_page()
        if viewport:
            page.set_viewport_size(viewport)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
        page.goto(live_server.url + path)
        return page

    open_page.provoked = provoked
    yield open_page
    for page in context.pages:
        with suppress(TimeoutError):  # a page that asks for progress is never idle
            page.wait_for_load_state("networkidle", timeout=3000)
        page.close()
    answering.wait_for_the_last()
    assert [trouble for trouble in troubles if not any(what in trouble for what in provoked)] == []
