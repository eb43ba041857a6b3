"""The canvas as production serves it: bundled, hashed, compressed."""

from __future__ import annotations

import json
import os
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import expect

from benchmarks.production import collect, production, serve
from tests.browser.test_offline import wait_until_kept


@pytest.fixture
def server(transactional_db, tmp_path):
    database = connection.settings_dict
    host = database["OPTIONS"].get("host") or database["HOST"]
    url = f"postgresql://{database['USER']}@/{database['NAME']}?host={host}"
    collect(production(tmp_path, SECRET_KEY="build-only"))  # as the image does it: the keys of the house come later
    environment = production(tmp_path, DATABASE_URL=url, SECRET_KEY=settings.SECRET_KEY, ALLOWED_HOSTS="localhost")
    with serve("config.asgi:application", environment, "/healthz") as address:
        yield address


@pytest.mark.browser_context_args(service_workers="allow")
def test_a_map_is_drawn_on_with_the_bundled_scripts_and_every_one_of_them_loads(
    server, context, client_for, owner, five_stages, tmp_path
):
    troubles, loaded = [], []
    cookie = client_for(owner).cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": server}])
    page = context.new_page()
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on("response", lambda answer: loaded.append(answer) if answer.request.resource_type == "script" else None)
    page.goto(f"{server}/w/{owner.workspace.slug}/journeys/{five_stages.pk}/")
    card = page.locator("[data-element^=touchpoints]").first
    card.focus()
    card.press("F2")
    page.keyboard.type("Written with a bundle")
    page.keyboard.press("Enter")
    expect(page.locator("[data-element]", has_text="Written with a bundle")).to_be_visible()

    published = json.loads((tmp_path / "static" / "staticfiles.json").read_text())["paths"]
    assert {"js/canvas.js", "css/canvas.css", "django_htmx/htmx-4.min.js"} <= set(published)
    names = {settings.STATIC_URL + hashed for hashed in published.values()}
    assert {urlsplit(answer.url).path for answer in loaded} <= names
    assert all(answer.headers.get("content-encoding") in ("br", "gzip") for answer in loaded)
    assert all("immutable" in answer.headers["cache-control"] for answer in loaded)
    modules = [hashed for name, hashed in published.items() if name.startswith("js/")]
    assert len(modules) < len(os.listdir(settings.BASE_DIR / "static" / "js")) / 2
    for hashed in modules:
        # A script of another page does not find its elements here; it must be JavaScript all the same.
        failure = page.evaluate("(address) => import(address).then(() => '', String)", settings.STATIC_URL + hashed)
        assert "SyntaxError" not in failure
        assert "Failed to fetch" not in failure
    assert troubles == []

    wait_until_kept(page)
    context.set_offline(True)
    page.reload()
    expect(page.locator("[data-element]", has_text="Written with a bundle")).to_be_visible()
    page.locator("[data-element^=touchpoints]").nth(1).focus()
    page.keyboard.press("Delete")
    expect(page.get_by_text("No connection. 1 change waits here and will be sent.")).to_be_visible()
