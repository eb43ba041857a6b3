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


@pytest.fixture(scope="session")
def browser_type_launch_args():
    path = os.environ.get("TOUCHLINE_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    arguments = {"args": ["--no-sandbox", "--disable-background-networking"]}
    return {**arguments, "executable_path": path} if path else arguments


@pytest.fixture
def five_stages(transactional_db, owner):
    """The client's five-stage journey, imported."""
    segment = Segment.objects.make(owner.workspace, "Enterprise", at=timezone.now())
    sheet = read_sheet((FOLDER / "five-stages.csv").read_bytes())
    journey, _, _ = import_sheet(sheet, segment, "Enterprise journey", name="x", by=owner, at=timezone.now())
    return journey


@pytest.fixture
def visit(transactional_db, live_server, context, client_for):
    """visit(member, path) -> a page on which nothing may go wrong silently."""
    troubles = []

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

    yield open_page
    assert [trouble for trouble in troubles if "422" not in trouble] == []
