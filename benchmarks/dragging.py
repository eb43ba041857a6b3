"""Dragging a card over a map of 1,000 touchpoints, in production. Limit: 50 frames a second."""

from __future__ import annotations

import math
import statistics
import time
from itertools import pairwise
from typing import Any

from benchmarks.production import production, serving
from benchmarks.stage import chromium, found_workspace, open_page, report, settle, touchline
from benchmarks.thousand_cards import draw_thousand_cards

SECONDS, ROUNDS = 3.0, 3
FRAMES = """
() => {
  const at = window.frames_at = [];
  const note = (now) => { if (at === window.frames_at) { at.push(now); requestAnimationFrame(note); } };
  requestAnimationFrame(note);
}
"""


def main() -> None:
    with touchline(TOUCHLINE_EMBEDDED="0", HTTPS="0") as services:
        from django.conf import settings
        from django.test import Client
        from django.utils import timezone

        owner, segment = found_workspace()
        journey = draw_thousand_cards(segment, by=owner, at=timezone.now())
        client = Client(headers={"host": "localhost"})
        client.force_login(owner.user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        with serving(services.data, production(services.data)) as address, chromium() as browser:
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}
            page = open_page(browser, f"{address}/w/{segment.workspace.slug}/journeys/{journey.pk}/", cookie)
            settle(page)
            idle, dragged = [], []
            for _ in range(ROUNDS):
                idle += gaps(page, lambda: time.sleep(SECONDS / 2))
                dragged += gaps(page, lambda: drag(page))
    still = 1000 / statistics.mean(idle)
    print(f"no drag: {still:.1f} frames a second, 95 % of the frames within {percentile(idle, 95):.1f} ms")
    print(f"drag: 95 % within {percentile(dragged, 95):.1f} ms, the longest {max(dragged):.0f} ms, {len(dragged)} frames")
    report("frames a second while dragging (the other way round: 50 / ours)", 50 * statistics.mean(dragged) / 1000, 1)


def gaps(page: Any, act: Any) -> list[float]:
    """Milliseconds from frame to frame while `act` goes on."""
    page.evaluate(FRAMES)
    act()
    at = page.evaluate("() => window.frames_at")
    return [after - before for before, after in pairwise(at[5:-5])]


def drag(page: Any) -> None:
    """Round and round over the map by the mouse, as fast as the browser takes it, then Esc."""
    cards = (card.bounding_box() for card in page.locator(".card").all())
    box = next(box for box in cards if 400 < box["x"] < 1000 and 250 < box["y"] < 500)
    x, y = box["x"] + 80, box["y"] + 30
    page.mouse.move(x, y)
    page.mouse.down()
    begun = time.monotonic()
    while (gone := time.monotonic() - begun) < SECONDS:
        page.mouse.move(760 + 420 * math.sin(gone * 3), 420 + 180 * math.sin(gone * 5))
    assert page.locator(".card.is-dragging").count() == 1
    page.keyboard.press("Escape")
    page.mouse.up()


def percentile(values: list[float], at: int) -> float:
    return statistics.quantiles(values, n=100)[at - 1]


if __name__ == "__main__":
    main()
