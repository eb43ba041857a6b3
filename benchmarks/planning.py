"""Planning 100,000 enrolments of a version with 40 touchpoints, in batches as a worker does it, against INSERT ... SELECT of the
same rows into a table with the same indexes. Limits: 4x; a quarter of that time where nothing has changed; 400 MB.

    python -m benchmarks.planning [enrolments]
"""

from __future__ import annotations

import resource
import sys
import time
from datetime import date
from typing import Any

from benchmarks.stage import found_workspace, report, touchline

CARDS, STAGES, BATCH = 40, 5, 250


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with touchline():
        from django.db import connection
        from django.utils import timezone

        from customers.models.enrolments import stage_order
        from journeys.importing import import_sheet
        from journeys.publishing import publish
        from journeys.sheets import read_sheet
        from touchpoints.planning.reconcile import reconcile

        owner, segment = found_workspace()
        now = timezone.now()
        sheet = read_sheet(("external_id,stage,lane,title,anchor,offset_days,after\n" + "\n".join(rows())).encode())
        journey, _, _ = import_sheet(sheet, segment, "Journey", name="x", by=owner, at=now)
        version = publish(journey, "", by=owner, at=now)
        given = {
            "workspace": owner.workspace_id, "segment": segment.pk, "journey": journey.pk, "version": version.pk, "count": count,
            "stage": stage_order(version.document)[0], "by": owner.pk, "now": now, "day": date(2026, 11, 30),
        }  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(CUSTOMERS, given)
            cursor.execute(ENROLMENTS, given)
            cursor.execute("SELECT id FROM customers_enrolment ORDER BY id")
            ids = [id for (id,) in cursor.fetchall()]
            cursor.execute("VACUUM ANALYZE customers_customer, customers_enrolment")

        def plan_all() -> tuple[float, int]:
            begun, added = time.perf_counter(), 0
            for first in range(0, len(ids), BATCH):
                added += reconcile(ids[first : first + BATCH], at=now).added
            return time.perf_counter() - begun, added

        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        planned, added = plan_all()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        again, added_again = plan_all()
        assert (added, added_again) == (count * CARDS, 0)
        peer = copied(connection)
    print(f"{added:,} rows planned in {planned:.1f} s, again in {again:.1f} s, INSERT ... SELECT {peer:.1f} s")
    print(f"{before / 1024:.0f} MB before")
    report("planning / INSERT ... SELECT", planned / peer, 4)
    report("again with nothing changed / the first time (limit a quarter)", again / planned, 0.25)
    report("memory at its most, MB", peak / 1024, 400)


def rows() -> list[str]:
    """Forty cards: bound to the enrolment, to the renewal, to what comes before them and to their stages."""
    found = []
    for n in range(CARDS):
        anchor = ("enrolment", "after", "stage", "renewal" if n > CARDS - 6 else "enrolment")[n % 4]
        offset = -90 + n if anchor == "renewal" else n % 7 if anchor == "after" else n * 3
        after = f"c{n - 1}" if n % 4 == 1 else ""
        found.append(f"c{n},Stage {n * STAGES // CARDS},Role {n % 4},Card {n},{anchor},{offset},{after}")
    return found


def copied(connection: Any) -> float:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE peer (LIKE touchpoints_scheduledtouchpoint INCLUDING ALL)")
        begun = time.perf_counter()
        cursor.execute("INSERT INTO peer SELECT * FROM touchpoints_scheduledtouchpoint")
        return time.perf_counter() - begun


CUSTOMERS = """
    INSERT INTO customers_customer (id, workspace_id, segment_id, name, external_id, renewal_on, notes, made_at, changed_at)
    SELECT uuidv7(), %(workspace)s, %(segment)s, 'Customer ' || n, '', DATE '2027-11-30' + (n %% 300), '', %(now)s, %(now)s
    FROM generate_series(1, %(count)s) AS n"""
ENROLMENTS = """
    INSERT INTO customers_enrolment (id, workspace_id, customer_id, journey_id, version_id, started_on, stage_id, entered, cycle,
        left_because, planned_from, by_id, at, changed_at)
    SELECT uuidv7(), %(workspace)s, id, %(journey)s, %(version)s, %(day)s::date, %(stage)s::uuid,
        jsonb_build_object(%(stage)s::text, %(day)s::date), 1, '', '', %(by)s, %(now)s, %(now)s
    FROM customers_customer"""


if __name__ == "__main__":
    main()
