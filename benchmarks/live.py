"""A card moved in one browser until it is painted in another one, with 2, 20 and 100 people on the map, against a bare server
that pushes the same fragment into a page which shows the same map. Limit: 3x, the medians.

Two moves: within the room that a stage has, and one that makes its stage wider, so that everything to its right moves too.
"""

from __future__ import annotations

import os
import statistics
import time
from typing import Any

from benchmarks.production import production, serve, serving
from benchmarks.stage import chromium, colleagues, crowd, found_workspace, open_page, report, touchline

ROUNDS = 60
PEOPLE = (2, 20, 100)
#: milliseconds after which the next act comes: nobody's act is timed while the last one is still on its way
PAUSE = 250

#: in the page that watches: when each change of the card is painted, in milliseconds of the machine's clock
WATCH = """(card) => {
  window.painted = [];
  let was = document.getElementById(card).style.cssText;
  new MutationObserver(() => {
    const now = document.getElementById(card)?.style.cssText;
    if (!now || now === was) return;
    was = now;
    // The message comes after the frame that shows it.
    requestAnimationFrame(() => { const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => window.painted.push(performance.timeOrigin + performance.now()); port2.postMessage(0); });
  }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["style"] });
}"""
#: the map of a page as it stands, with its styles and without its scripts
BARE = """() => {
  const styles = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText)).join("\\n");
  const page = document.documentElement.cloneNode(true);
  page.querySelectorAll("script, link, dialog, [hx-sse\\\\:connect]").forEach((one) => one.remove());
  page.querySelector("head").append(Object.assign(document.createElement("style"), { textContent: styles }));
  return "<!doctype html>" + page.outerHTML;
}"""
#: keeps what the stream brings, as the bare server is to push it
KEEP = """() => document.addEventListener("htmx:before:sse:message", ({ detail: { message } }) => {
  if (!message.event) window.fragment = message.data;
}, true)"""
MOVES = {"within its stage": (1, 2), "making its stage wider": (4, 5)}
POST = """async ([path, values]) => {
  const at = performance.timeOrigin + performance.now();
  const headers = JSON.parse(document.body.getAttribute("hx-headers:inherited") ?? "{}");
  const body = typeof values === "string" ? values : new URLSearchParams(values);
  await (await fetch(path, { method: "POST", headers, body })).text();
  return at;
}"""


def main() -> None:
    with touchline(TOUCHLINE_EMBEDDED="0", HTTPS="0") as services:
        os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        from django.conf import settings
        from django.test import Client
        from django.utils import timezone

        from journeys.demo import FOLDER
        from journeys.importing import import_sheet
        from journeys.models import Touchpoint
        from journeys.sheets import read_sheet

        owner, segment = found_workspace()
        sheet = read_sheet((FOLDER / "five-stages.csv").read_bytes())
        journey, _, _ = import_sheet(sheet, segment, "Five stages", name="x", by=owner, at=timezone.now())
        journey.refresh_from_db()
        card = Touchpoint.objects.filter(journey=journey, title="Discovery call").get()
        client = Client(headers={"host": "localhost"})
        client.force_login(owner.user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        path = f"/w/{segment.workspace.slug}/journeys/{journey.pk}/"
        cookies = [cookie for _, cookie in colleagues(segment.workspace, max(PEOPLE))]
        bare_app = serve("benchmarks.bare_sse:application", dict(os.environ), "/")
        with serving(services.data, production(services.data)) as address, bare_app as bare, chromium() as browser:
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}
            for people in PEOPLE:
                stream = f"{address}{path}live/?since={journey.revision}"
                with crowd(stream, people - 2, cookies), crowd(f"{bare}/live/", people - 2):
                    for move, slots in MOVES.items():
                        ours, theirs = measure(browser, address + path, cookie, bare, card, slots)
                        print(
                            f"{people} people, {move}: {statistics.median(ours):.1f} ms, bare {statistics.median(theirs):.1f} ms"
                            f" (95 %: {percentile(ours):.1f}, {percentile(theirs):.1f})"
                        )
                        ratio = statistics.median(ours) / statistics.median(theirs)
                        report(f"act to painted in the second browser, {people} people, {move}", ratio, 3)


def measure(
    browser: Any, url: str, cookie: dict[str, str], bare: str, card: Any, slots: tuple[int, int]
) -> tuple[list[float], list[float]]:
    acting, watching = open_page(browser, url, cookie), open_page(browser, url, cookie)
    values = {"stage": str(card.stage_id), "lane": str(card.lane_id)}
    moves = [[f"{url}touchpoints/{card.pk}/move/", values | {"slot": str(slot)}] for slot in slots]
    acting.evaluate(POST, moves[1])
    watching.wait_for_timeout(1500)
    page = watching.evaluate(BARE)
    assert watching.request.put(f"{bare}/", data=page.encode()).ok
    bare_acting, bare_watching = open_page(browser, bare), open_page(browser, bare)
    for page in (watching, bare_watching):
        page.evaluate(WATCH, f"card-{card.pk}")
    watching.evaluate(KEEP)
    watching.wait_for_timeout(500)
    acts, bare_acts = [], []
    for n in range(ROUNDS):
        acts.append(acting.evaluate(POST, moves[n % 2]))
        until_painted(watching, n)
        watching.wait_for_timeout(PAUSE)
        fragment = watching.evaluate("() => window.fragment")
        bare_acts.append(bare_acting.evaluate(POST, [f"{bare}/act/", fragment]))
        until_painted(bare_watching, n)
        watching.wait_for_timeout(PAUSE)
    painted, bare_painted = (page.evaluate("() => window.painted") for page in (watching, bare_watching))
    for page in (acting, watching, bare_acting, bare_watching):
        page.context.close()
    ours = [after - before for before, after in zip(acts, painted, strict=True)]
    theirs = [after - before for before, after in zip(bare_acts, bare_painted, strict=True)]
    return ours[10:], theirs[10:]


def until_painted(page: Any, n: int) -> None:
    deadline = time.monotonic() + 20
    while page.evaluate("() => window.painted.length") <= n:
        assert time.monotonic() < deadline, "It was never painted."
        time.sleep(0.02)


def percentile(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[18]


if __name__ == "__main__":
    main()
