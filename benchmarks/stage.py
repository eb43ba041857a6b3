"""What the benchmarks share: durable PostgreSQL and Valkey of their own, and a workspace to draw in."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from config.embedded import ROOT, Services, die_with_parent, environment


@contextmanager
def touchline(**settings: str) -> Iterator[Services]:
    """Django on a fresh, durable database (fsync on, as `make run` has it). `settings` are environment variables."""
    with tempfile.TemporaryDirectory(prefix="touchline-bench-") as folder:
        services = Services(Path(folder))
        services.start()
        try:
            os.environ.update(environment(services, Path(folder)) | settings)
            import django

            django.setup()
            from django.core.management import call_command

            call_command("migrate", verbosity=0)
            yield services
        finally:
            from django.db import connection

            connection.close_pool()
            services.stop()


def found_workspace() -> Any:
    """(owner, segment) of a new workspace."""
    from django.utils import timezone

    from accounts.models import Member, User, Workspace
    from journeys.models import Segment

    user = User.objects.create_user("bench@example.com", "bench", name="Bench")
    workspace = Workspace.objects.found("Bench", user, at=timezone.now())
    return Member.objects.get(workspace=workspace), Segment.objects.make(workspace, "Enterprise", at=timezone.now())


def colleagues(workspace: Any, count: int) -> list[tuple[Any, str]]:
    """(member, cookie) of so many editors, each signed in."""
    from django.conf import settings
    from django.test import Client
    from django.utils import timezone

    from accounts.models import Member, User

    found = []
    for n in range(count):
        user = User.objects.create_user(f"colleague{n}@example.com", None, name=f"Colleague {n}")
        member = Member.objects.create(workspace=workspace, user=user, access="editor", joined_at=timezone.now())
        client = Client(headers={"host": "localhost"})
        client.force_login(user)
        found.append((member, f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"))
    return found


def median_ms(act: Callable[[int], Any], rounds: int) -> float:
    return medians_ms([act], rounds)[0]


def medians_ms(acts: list[Callable[[int], Any]], rounds: int) -> list[float]:
    """The median of each, one round of each after the other."""
    times: list[list[float]] = [[] for _ in acts]
    for n in range(rounds):
        for act, taken in zip(acts, times, strict=True):
            begun = time.perf_counter()
            act(n)
            taken.append((time.perf_counter() - begun) * 1000)
    return [statistics.median(taken) for taken in times]


@contextmanager
def chromium() -> Iterator[Any]:
    """A Playwright browser."""
    from playwright.sync_api import sync_playwright

    from tests.run import find_chromium

    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=arguments)
        yield browser
        browser.close()


def open_page(browser: Any, address: str, cookie: dict[str, str] | None = None, script: str = "") -> Any:
    """A page of a browser that has seen nothing yet, loaded. `script` runs before any of the page's own."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    if cookie:
        context.add_cookies([cookie])
    page = context.new_page()
    page.add_init_script(script)
    page.goto(address)
    return page


def settle(page: Any) -> None:
    """Until a page has asked for nothing more for a second. Its stream stays open: to the browser the network is never idle."""
    before = -1
    while (asked := page.evaluate("() => performance.getEntriesByType('resource').length")) != before:
        before = asked
        page.wait_for_timeout(1000)


@contextmanager
def crowd(url: str, count: int, cookies: Iterable[str] = ()) -> Iterator[subprocess.Popen[str]]:
    """`count` people who read a stream, in a process of their own: see benchmarks/crowd.py."""
    command = [sys.executable, "-m", "benchmarks.crowd", url, str(count), *cookies]
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=die_with_parent
    )
    try:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.wait()


def report(name: str, ratio: float, limit: float) -> None:
    print(f"{'ok  ' if ratio <= limit else 'OVER'}  {name}: {ratio:.2f} (limit {limit:g})")
