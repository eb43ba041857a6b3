"""Opening a map of 1,000 touchpoints in production. Limits: server 5x a bare read of the same rows, paint 2x the same page from a
folder, scripts 40 kB, heap 4 MB, an unchanged map 1.5x an empty view.
"""

from __future__ import annotations

import functools
import json
import os
import statistics
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from benchmarks.production import production, serving
from benchmarks.stage import chromium, found_workspace, medians_ms, open_page, report, settle, touchline
from benchmarks.thousand_cards import draw_thousand_cards
from config.embedded import ROOT

ROUNDS, LOADS = 40, 9
#: when the browser has painted the cards, in milliseconds from the start of the navigation
PAINTED = """
window.painted = new Promise((resolve) => {
  const look = () => document.readyState !== "loading" && document.querySelector(".card")
    ? requestAnimationFrame(() => setTimeout(() => resolve(performance.now())))
    : requestAnimationFrame(look);
  look();
});
"""


def main() -> None:
    with touchline(TOUCHLINE_EMBEDDED="0", HTTPS="0") as services:
        from django.conf import settings
        from django.test import Client
        from django.utils import timezone

        os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright runs a loop in this thread
        owner, segment = found_workspace()
        journey = draw_thousand_cards(segment, by=owner, at=timezone.now())
        path = f"/w/{segment.workspace.slug}/journeys/{journey.pk}/"
        with serving(services.data, production(services.data)) as address:
            client = Client(headers={"host": "localhost"})
            client.force_login(owner.user)
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            measure_server(client, path, journey)
            measure_unchanged(client, path)
            # What the browser gets, so that not even the cookie of the forms differs.
            html = client.get(path).content
            with folder_of(services.data, html) as static, chromium() as browser:
                cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}
                measure_paint(browser, address + path, static, cookie)
                measure_scripts(browser, address, path, cookie, services.data)
                measure_heap(browser, address + path, cookie)


def measure_server(client: Any, path: str, journey: Any) -> None:
    """Request to answer through all middleware, against psycopg reading the same rows, every column, as it comes."""
    import psycopg
    from django.conf import settings
    from django.core.cache import cache

    from journeys.changing import WRITE_ORDER
    from journeys.models import Journey

    def get(_: int) -> None:
        assert client.get(path).status_code == 200

    def get_cold(n: int) -> None:
        cache.delete_many(cache_keys)
        get(n)

    cache_keys = [f"picture:{journey.pk}:1:{n}" for n in range(4)]
    dsn = settings.DATABASES["default"]
    host = dsn["OPTIONS"].get("host") or dsn["HOST"]
    with psycopg.connect(host=host, user=dsn["USER"], dbname=dsn["NAME"]) as bare:

        def read(_: int) -> None:
            for model in (Journey, *WRITE_ORDER):
                key = "id" if model is Journey else "journey_id"
                bare.execute(f"SELECT * FROM {model._meta.db_table} WHERE {key} = %s ORDER BY id", [journey.pk]).fetchall()
            bare.commit()

        medians_ms([get_cold, get, read], 8)
        cold, warm, peer = medians_ms([get_cold, get, read], ROUNDS)
    print(f"bare read {peer:.2f} ms, canvas {warm:.2f} ms, with nothing in the cache {cold:.2f} ms")
    report("canvas, nothing in the cache / bare read", cold / peer, 5)
    report("canvas, picture in the cache / bare read", warm / peer, 5)


def measure_unchanged(client: Any, path: str) -> None:
    from django.http import HttpResponse
    from django.urls import clear_url_caches
    from django.urls import path as route

    import config.urls
    from accounts.doors import door
    from accounts.models import Access

    @door("GET", access=Access.VIEWER)
    def empty(request: Any) -> HttpResponse:
        return HttpResponse()

    config.urls.urlpatterns.insert(0, route("w/<slug:workspace>/empty/", empty))
    clear_url_caches()
    nothing = "/".join([*path.split("/")[:3], "empty/"])
    tag = client.get(path)["ETag"]

    def ask(_: int) -> None:
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304

    def ask_nothing(_: int) -> None:
        assert client.get(nothing).status_code == 200

    medians_ms([ask, ask_nothing], 20)
    unchanged, peer = medians_ms([ask, ask_nothing], 10 * ROUNDS)
    report(f"unchanged map {unchanged:.2f} ms / empty view {peer:.2f} ms", unchanged / peer, 1.5)


@contextmanager
def folder_of(folder: Path, html: bytes) -> Iterator[str]:
    """The page and what it links, as files, served by Python's own file server. Yields the address."""
    (folder / "index.html").write_bytes(html)

    class Quiet(SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None: ...

        def handle(self) -> None:
            with suppress(ConnectionResetError):  # a browser that has seen enough
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/index.html"
    server.shutdown()


def measure_paint(browser: Any, live: str, static: str, cookie: dict[str, str]) -> None:
    times: dict[str, list[tuple[float, float]]] = {live: [], static: []}
    for _ in range(LOADS + 1):
        for address, taken in times.items():
            page = open_page(browser, address, cookie, PAINTED)
            cards = page.evaluate("() => window.painted")
            first = page.evaluate("() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime")
            taken.append((first or cards, cards))
            page.context.close()
    for n, name in enumerate(("first contentful paint", "cards painted")):
        ours, peer = (statistics.median(one[n] for one in taken[1:]) for taken in times.values())
        report(f"{name} {ours:.0f} ms / from a folder {peer:.0f} ms", ours / peer, 2)


def measure_scripts(browser: Any, address: str, path: str, cookie: dict[str, str], folder: Path) -> None:
    page = open_page(browser, "about:blank", cookie)
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    kinds: dict[str, str] = {}
    sizes: dict[str, float] = {}
    wire.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
    wire.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    page.goto(address + path)
    settle(page)

    def scripts() -> float:
        return sum(size for id, size in sizes.items() if kinds[id] == "Script") / 1000

    report("scripts on the wire, kB", scripts(), 40)
    from config.static_files import pages

    published = json.loads((folder / "static" / "staticfiles.json").read_text())["paths"]
    others = {f"js/{name}" for names in pages(ROOT / "templates") for name in names}
    for name, hashed in published.items():
        if name.startswith("js/") and name not in others:
            page.evaluate("(address) => import(address)", f"/static/{hashed}")
    settle(page)
    report("with all that is loaded on demand, kB", scripts(), 40)
    page.context.close()


def measure_heap(browser: Any, address: str, cookie: dict[str, str]) -> None:
    page = open_page(browser, address, cookie)
    settle(page)
    inside = page.context.new_cdp_session(page)
    for _ in range(3):
        inside.send("HeapProfiler.collectGarbage")
    report("JavaScript heap, MB", inside.send("Runtime.getHeapUsage")["usedSize"] / 1e6, 4)
    page.context.close()


if __name__ == "__main__":
    main()
