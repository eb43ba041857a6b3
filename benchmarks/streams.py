"""A thousand pages on one web process: how soon an act reaches each of them, and what a stream costs. Limits: 3x a bare asyncio
broadcaster (p99), 80 kB a stream, no thread and no database connection for them.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import time
import urllib.request
from typing import Any
from urllib.parse import urlencode, urlsplit

import psutil

from benchmarks.production import production, serve
from benchmarks.stage import colleagues, crowd, found_workspace, report, touchline

STREAMS, ACTS, MEMBERS = 1000, 30, 50


def main() -> None:
    with touchline(TOUCHLINE_EMBEDDED="0", HTTPS="0") as services:
        from django.db import connection
        from django.utils import timezone

        from journeys.demo import FOLDER
        from journeys.importing import import_sheet
        from journeys.models import Touchpoint
        from journeys.sheets import read_sheet

        def connections() -> int:
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
                return cursor.fetchone()[0]

        owner, segment = found_workspace()
        sheet = read_sheet((FOLDER / "five-stages.csv").read_bytes())
        journey, _, _ = import_sheet(sheet, segment, "Five stages", name="x", by=owner, at=timezone.now())
        journey.refresh_from_db()
        card = Touchpoint.objects.filter(journey=journey, title="Discovery call").get()
        cookies = [cookie for _, cookie in colleagues(segment.workspace, MEMBERS)]
        path = f"/w/{segment.workspace.slug}/journeys/{journey.pk}/"
        ours = serve("config.asgi:application", production(services.data, TOUCHLINE_EMBEDDED="1"), "/healthz")
        theirs = serve("benchmarks.bare_sse:application", dict(os.environ), "/")
        with ours as address, theirs as bare:
            act = editing(address + path, f"{address}{path}touchpoints/{card.pk}/edit/", cookies[0])
            for _ in range(30):
                act()
            web = process_at(address)
            before = (web.memory_info().rss, web.num_threads(), connections())
            with crowd(f"{address}{path}live/?since={journey.revision}", STREAMS, cookies) as people:
                time.sleep(3)
                act()
                after = (web.memory_info().rss, web.num_threads(), connections())
                our_times = fan_out(people, act)
            with crowd(f"{bare}/live/", STREAMS) as people:
                their_times = fan_out(people, lambda: post(f"{bare}/act/", marked().encode(), {}))
        print(f"act to client: p50 {statistics.median(our_times):.0f} ms, bare {statistics.median(their_times):.0f} ms")
        report(
            f"fan-out to {STREAMS}, p99 ({p99(our_times):.0f} / {p99(their_times):.0f} ms)", p99(our_times) / p99(their_times), 3
        )
        report("kB a stream (limit as a ratio: 80 kB)", (after[0] - before[0]) / STREAMS / 1024 / 80, 1)
        report("threads for the streams", after[1] - before[1], 4)
        report("database connections for the streams", after[2] - before[2], 4)


def fan_out(people: subprocess.Popen[str], act: Any) -> list[float]:
    """Milliseconds until an act has reached each client, of all acts."""
    assert people.stdin
    assert people.stdout
    ask(people)
    for _ in range(ACTS):
        act()
        time.sleep(1.0)  # each act a step of its own
    taken = ask(people)
    assert len(taken) >= STREAMS * ACTS * 0.99, f"{len(taken)} of {STREAMS * ACTS} arrived"
    return taken


def ask(people: subprocess.Popen[str]) -> list[float]:
    people.stdin.write("\n")  # type: ignore[union-attr]
    people.stdin.flush()  # type: ignore[union-attr]
    return json.loads(people.stdout.readline())  # type: ignore[union-attr]


def editing(page: str, address: str, cookie: str) -> Any:
    """An act of a member: a title that says when it was sent."""
    answer = urllib.request.urlopen(urllib.request.Request(page, headers={"Cookie": cookie}))  # noqa: S310
    token = answer.headers["Set-Cookie"].split("csrftoken=")[1].split(";")[0]
    headers = {"Cookie": f"{cookie}; csrftoken={token}", "X-CSRFToken": token}
    return lambda: post(address, urlencode({"title": marked()}).encode(), headers)


def marked() -> str:
    return f"sent-{time.time_ns() // 1000}-"


def post(address: str, body: bytes, headers: dict[str, str]) -> None:
    urllib.request.urlopen(urllib.request.Request(address, body, headers)).read()  # noqa: S310 (our own address)


def process_at(address: str) -> psutil.Process:
    port = str(urlsplit(address).port)
    return next(one for one in psutil.process_iter(["cmdline"]) if port in (one.info["cmdline"] or []))


def p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100)[98]


if __name__ == "__main__":
    main()
