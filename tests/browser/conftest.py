"""A real Chromium on a real server, signed in as any member of the cast."""

from __future__ import annotations

import os
import shutil

import pytest
from django.conf import settings
from django.utils import timezone

from journeys.demo import FOLDER
from journeys.importing import import_sheet
from journeys.models import Segment
from journeys.sheets import read_sheet
from tests.serving import wait_until_idle


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


@pytest.fixture
def visit(transactional_db, web, context, new_context, client_for):
    """visit(member, path) -> a page on which nothing may go wrong silently, but for what a test names in `visit.provoked`.

    `alone=True` opens it in a browser of its own, as another person does; `on` names another web process.
    """
    troubles, provoked, contexts = [], ["422"], [context]

    def open_page(member, path, *, alone=False, on=None, **viewport):
        where = on or web
        home = context
        if alone:
            home = new_context()
            contexts.append(home)
        cookie = client_for(member).cookies[settings.SESSION_COOKIE_NAME]
        home.add_cookies([{"name": cookie.key, "value": cookie.value, "url": where.url}])
        page = home.new_page()
        if viewport:
            page.set_viewport_size(viewport)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
        page.goto(where.url + path)
        return page

    open_page.provoked = provoked
    yield open_page
    for one in contexts:
        for page in one.pages:
            page.close()
    wait_until_idle()
    assert [trouble for trouble in troubles if not any(what in trouble for what in provoked)] == []
