"""Durable acts a second, ten writers on one map over HTTP on two web processes, against the bare transaction on the same lock
(ten connections): it counts the map's revision, changes a card and writes a row of a log with the same keys and indexes. Limit: a
quarter of it. Then both web processes and PostgreSQL are killed in the middle, five times: no
acknowledged act may be missing in the log.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.production import production
from benchmarks.stage import colleagues, found_workspace, report, touchline
from config.embedded import ROOT, Services, die_with_parent

WRITERS, SECONDS, TURNS, KILLS = 10, 5, 4, 5


def main() -> None:
    with touchline(TOUCHLINE_EMBEDDED="0", HTTPS="0") as services, ExitStack() as stack:
        from django.db import connection
        from django.utils import timezone

        from journeys.importing import import_sheet
        from journeys.models import Change, Touchpoint
        from journeys.sheets import read_sheet
        from tests.serving import Web

        owner, segment = found_workspace()
        lines = [f"Stage {n % 5},Role {n % 6},Card {n}" for n in range(50)]
        sheet = read_sheet(("stage,lane,title\n" + "\n".join(lines)).encode())
        journey, _, _ = import_sheet(sheet, segment, "Map", name="x", by=owner, at=timezone.now())
        cards = list(Touchpoint.objects.filter(journey=journey).order_by("id")[:WRITERS])
        people = colleagues(segment.workspace, WRITERS)
        webs = []
        for n in range(2):
            folder = services.data / f"web{n}"
            folder.mkdir()
            webs.append(Web(folder, **{name: value for name, value in settings(folder).items() if os.environ.get(name) != value}))
            stack.callback(webs[-1].stop)
        path = f"/w/{segment.workspace.slug}/journeys/{journey.pk}/touchpoints/"
        urls = [f"{webs[n % 2].url}{path}{card.pk}/edit/" for n, card in enumerate(cards)]
        acknowledged = services.data / "acknowledged"

        def writers(seconds: float) -> subprocess.Popen[str]:
            return begin_writing(acknowledged, seconds, [cookie for _, cookie in people], urls)

        with connection.cursor() as cursor:
            # What an act must write, and what the database must know of it: a map that counts its revisions, a log with its keys.
            cursor.execute("CREATE TABLE peer_log (LIKE journeys_change INCLUDING ALL)")
            cursor.execute("CREATE TABLE peer_map (id uuid PRIMARY KEY, revision int NOT NULL)")
            cursor.execute("INSERT INTO peer_map VALUES (%s, 0)", [journey.pk])
            for column, table in (("journey_id", "peer_map"), ("by_id", "accounts_member"), ("reverts_id", "peer_log")):
                key = f"FOREIGN KEY ({column}) REFERENCES {table} (id) DEFERRABLE INITIALLY DEFERRED"
                cursor.execute(f"ALTER TABLE peer_log ADD {key}")
        connection.close()
        count(writers(2))
        ours = theirs = 0.0
        for _ in range(TURNS):  # in turns: the machine is not always as quick
            ours += count(writers(SECONDS)) / SECONDS / TURNS
            theirs += bare(journey.pk, [card.pk for card in cards], people[0][0].pk) / SECONDS / TURNS
        print(f"{WRITERS} writers: {ours:.0f} acts a second, bare {theirs:.0f} (load {os.getloadavg()[0]:.1f})")
        report("bare transactions / acts", theirs / ours, 4)
        for n in range(KILLS):
            writing = writers(6)
            time.sleep(1.5 + n * 0.13)
            for web in webs:
                web.kill()
            kill_postgres(services)
            services.revive()
            for web in webs:
                web.start()
            count(writing)
            asked = {line.split()[0]: line for line in acknowledged.read_text().splitlines()}
            logged = {str(id) for id in Change.objects.of(journey).values_list("act_id", flat=True)}
            connection.close()
            missing = asked.keys() - logged
            for id in missing:
                print(asked[id])
            report(f"acknowledged acts that are missing after kill {n + 1}, of {len(asked)}", len(missing), 0)


def settings(folder: Path) -> dict[str, str]:
    return production(folder, TOUCHLINE_EMBEDDED="1", DATABASE_POOL="10", LOG_LEVEL="ERROR")


def begin_writing(file: Path, seconds: float, cookies: list[str], urls: list[str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.writers", str(file), str(seconds), ",".join(cookies), *urls]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, preexec_fn=die_with_parent)


def count(writing: subprocess.Popen[str]) -> int:
    out, _ = writing.communicate(timeout=60)
    assert writing.returncode == 0
    return int(json.loads(out))


def bare(journey: Any, cards: list[Any], by: Any) -> int:
    """How many times ten connections lock the map, change a card and write a row of the log, in SECONDS."""
    import psycopg
    from django.conf import settings

    named = settings.DATABASES["default"]
    until, counts = time.monotonic() + SECONDS, [0] * WRITERS
    patch = json.dumps([{"kind": "touchpoint", "id": str(cards[0]), "before": {"title": "1"}, "after": {"title": "2"}}])

    def write(n: int) -> None:
        with psycopg.connect(host=named["OPTIONS"].get("host") or named["HOST"], user=named["USER"], dbname=named["NAME"]) as own:
            while time.monotonic() < until:
                own.execute("SELECT * FROM peer_map WHERE id = %s FOR UPDATE", [journey])
                own.execute("UPDATE peer_map SET revision = revision + 1 WHERE id = %s", [journey])
                own.execute("UPDATE journeys_touchpoint SET title = %s WHERE id = %s", [f"Writer {counts[n]}", cards[n]])
                own.execute(
                    "INSERT INTO peer_log (journey_id, revision, kind, label, patches, by_id, at, standing)"
                    " SELECT id, revision, 'act', 'renamed', %s, %s, now(), 'done' FROM peer_map WHERE id = %s",
                    [patch, by, journey],
                )
                own.commit()
                counts[n] += 1

    threads = [threading.Thread(target=write, args=(n,)) for n in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts)


def kill_postgres(services: Services) -> None:
    pid = int((services.data / "postgres" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    next(process for process in services.processes if process.pid == pid).wait(10)


if __name__ == "__main__":
    main()
