"""A page that comes back 200 revisions later, on a map of 1,000 cards: what it is sent, and how long the server takes, against
loading the canvas anew (nothing kept in the cache) and against a page that is one revision behind. It must cost the delta, not
the map: of its bytes no larger a share than twice that of the cards which have changed, and no longer than the canvas takes.
"""

from __future__ import annotations

import random
import statistics
import time
from typing import Any

from benchmarks.stage import found_workspace, report, touchline

CARDS, REVISIONS, ROUNDS = 1000, 200, 15


def main() -> None:
    with touchline():
        from django.core.cache import cache
        from django.test import Client
        from django.utils import timezone

        from journeys.importing import import_sheet
        from journeys.live.room import Room
        from journeys.models import Change, Touchpoint
        from journeys.sheets import read_sheet

        owner, segment = found_workspace()
        now = timezone.now()
        lines = [f"Stage {n % 12},Role {n % 10},Card {n}" for n in range(CARDS)]
        sheet = read_sheet(("stage,lane,title\n" + "\n".join(lines)).encode())
        journey, _, _ = import_sheet(sheet, segment, "Large", name="m", by=owner, at=now)
        journey.refresh_from_db()
        rng = random.Random(1)
        cards = list(Touchpoint.objects.filter(journey=journey).select_related("stage", "lane"))
        # One card of each lane goes to and fro, and stands on top of others: the map stays as large as it is.
        walkers = list({card.lane_id: card for card in cards}.values())

        def walk(card: Any) -> None:
            to = rng.choice([other for other in cards if other.lane_id == card.lane_id and other not in walkers])
            card.move_to(to.stage, card.lane, to.slot, by=owner, at=now)

        for card in walkers:
            walk(card)
        journey.refresh_from_db()
        begun = journey.revision
        for n in range(REVISIONS):
            if n % 4 == 0:
                walk(rng.choice(walkers))
            else:
                rng.choice(cards).edit({"title": f"Renamed {n}"} if n % 4 < 3 else {"notes": f"Note {n}"}, by=owner, at=now)
        journey.refresh_from_db()
        client = Client(headers={"host": "localhost"})
        client.force_login(owner.user)
        base = f"/w/{segment.workspace.slug}/journeys/{journey.pk}/"

        def fetch(path: str) -> tuple[float, int]:
            cache.clear()  # signs nobody out
            client.get("/healthz")
            start = time.perf_counter()
            answer = client.get(base + path)
            assert answer.status_code == 200
            return (time.perf_counter() - start) * 1000, len(answer.content)

        room = Room(journey.pk, segment.workspace_id)
        room.load()
        room.picture(1)

        def step(behind: int) -> tuple[float, int]:
            start = time.perf_counter()
            sent = room.way_from(journey.revision - behind, 1)
            assert sent is not None
            return (time.perf_counter() - start) * 1000, len(sent)

        ways: dict[str, Any] = {
            "canvas": lambda: fetch(""),
            "delta, 200 behind": lambda: fetch(f"delta/?since={journey.revision - REVISIONS}"),
            "delta, 1 behind": lambda: fetch(f"delta/?since={journey.revision - 1}"),
            "stream, 200 behind": lambda: step(REVISIONS),
            "stream, 1 behind": lambda: step(1),
        }
        seen: dict[str, list[tuple[float, int]]] = {name: [] for name in ways}
        for _ in range(ROUNDS):  # in turns: the machine is not always as quick
            for name, way in ways.items():
                seen[name].append(way())
        took = {name: statistics.median(ms for ms, _ in found) for name, found in seen.items()}
        size = {name: found[0][1] for name, found in seen.items()}
        for name in ways:
            print(f"{name}: {took[name]:.1f} ms, {size[name] / 1024:.0f} kB")
        changed = {
            patch["id"]
            for patches in Change.objects.of(journey).since(begun).values_list("patches", flat=True)
            for patch in patches
        }
        print(f"{len(changed)} of {CARDS} cards have changed")
        for name in ("delta, 200 behind", "stream, 200 behind"):
            share = size[name] / size["canvas"]
            report(f"bytes, {name} / canvas ({share:.2f}), of the share of changed cards", share * CARDS / len(changed), 2)
            report(f"time, {name} / canvas", took[name] / took["canvas"], 1)


if __name__ == "__main__":
    main()
