"""Importing 5,000 rows against parsing the same file and COPYing the same rows. Limits: 15x, and 200 MB above idle."""

from __future__ import annotations

import csv
import io
import resource
import time

from benchmarks.stage import found_workspace, report, touchline

ROWS = 5_000


def sheet() -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [
            "external_id",
            "kind",
            "stage",
            "lane",
            "title",
            "customer_view",
            "channel",
            "anchor",
            "offset_days",
            "effort_min",
            "after",
        ]
    )
    for n in range(ROWS):
        after = f"x{n - 1}" if n % 50 else ""
        lane = f"Role {n % 10}"
        writer.writerow(
            [f"x{n}", "touchpoint", f"Stage {n // 420}", lane, f"Touchpoint {n}", "We see it", "call", "stage", n % 90, 30, after]
        )
    return out.getvalue().encode()


def main() -> None:
    data = sheet()
    with touchline():
        from django.db import connection
        from django.utils import timezone

        from journeys.importing import import_sheet
        from journeys.models import Touchpoint
        from journeys.sheets import read_sheet

        owner, segment = found_workspace()
        import_sheet(read_sheet(b"stage,title\nWarm,Up\n"), segment, "Warm", name="w", by=owner, at=timezone.now())
        idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        begun = time.perf_counter()
        _, plan, _ = import_sheet(read_sheet(data), segment, "Bench", name="bench.csv", by=owner, at=timezone.now())
        whole = time.perf_counter() - begun
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert plan.counts == {"new": ROWS}, plan.counts

        # The same rows, with the same columns and indexes, by COPY.
        columns = [field.column for field in Touchpoint._meta.concrete_fields]
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM journeys_touchpoint WHERE external_id LIKE 'x%'")
            order = [column.name for column in cursor.description]
            rows = [dict(zip(order, row, strict=True)) for row in cursor.fetchall()]
            cursor.execute("CREATE TABLE peer (LIKE journeys_touchpoint INCLUDING ALL)")
            begun = time.perf_counter()
            list(csv.DictReader(io.StringIO(data.decode())))
            with cursor.copy(f"COPY peer ({', '.join(columns)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row([row[column] for column in columns])
            cursor.execute("COMMIT") if not connection.get_autocommit() else None
            bare = time.perf_counter() - begun
    print(f"import {whole * 1000:.0f} ms, parse and COPY {bare * 1000:.0f} ms")
    report("import / (parse + COPY)", whole / bare, 15)
    report("peak memory above idle, MB", (peak - idle) / 1024, 200)


if __name__ == "__main__":
    main()
