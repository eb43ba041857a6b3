"""The page of a day with 4,000 touchpoints of one's own among 4 million, against a signed-in page with nothing on it, and against
the same page with 40,000 touchpoints in all. Limits: 8 queries, 6x, 1.3x.

    python -m benchmarks.today [scheduled touchpoints]
"""

from __future__ import annotations

import sys
from datetime import date, timedelta
from typing import Any

from benchmarks.planning import CUSTOMERS, ENROLMENTS
from benchmarks.stage import colleagues, found_workspace, medians_ms, report, touchline

OWN, FEW, ROUNDS, CARDS = 4_000, 40_000, 40, 40


def main() -> None:
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 4_000_000
    with touchline():
        from django.db import connection
        from django.test import Client
        from django.test.utils import CaptureQueriesContext
        from django.urls import reverse
        from django.utils import timezone

        from touchpoints.today.workload import read_workload

        owner, segment = found_workspace()
        others = [member for member, _ in colleagues(owner.workspace, 200)]
        client = Client(headers={"host": "localhost"})
        client.force_login(owner.user)
        empty = reverse("accounts:roles", args=[owner.workspace.slug])
        page = reverse("touchpoints:today", args=[owner.workspace.slug])

        def get(address: str) -> Any:
            answer = client.get(address)
            assert answer.status_code == 200
            return answer

        def measure() -> tuple[float, float, int]:
            for _ in range(10):
                get(page)
            with CaptureQueriesContext(connection) as asked:
                get(page)
            queries = len(asked)  # as long as nothing else is asked
            bare, taken = medians_ms([lambda _: get(empty), lambda _: get(page)], ROUNDS)
            return bare, taken, queries

        version = prepared(owner, segment, many // CARDS)
        fill(owner, others, version, 0, FEW // CARDS)
        bare_few, taken_few, _ = measure()
        fill(owner, others, version, FEW // CARDS, many // CARDS)
        bare, taken, queries = measure()
        load = read_workload(owner, today=timezone.localdate(), at=timezone.now())
        assert sum(share.count for share in load.shares) > OWN / 2, "one's own are there to be counted"
    print(f"{taken:.1f} ms with {many:,}, {taken_few:.1f} ms with {FEW:,}; an empty page {bare:.1f} and {bare_few:.1f} ms")
    report("queries", queries, 8)
    report("Today / an empty page", taken / bare, 6)
    report(f"{many:,} touchpoints / {FEW:,}", (taken / bare) / (taken_few / bare_few), 1.3)


def prepared(owner: Any, segment: Any, count: int) -> Any:
    """A version of forty cards, and so many who travel it."""
    from django.db import connection
    from django.utils import timezone

    from customers.models.enrolments import stage_order
    from journeys.importing import import_sheet
    from journeys.publishing import publish
    from journeys.sheets import read_sheet

    now = timezone.now()
    importance = ("must", "should", "could")
    text = "external_id,stage,lane,title,channel,importance,effort_min\n" + "\n".join(
        f"c{n},Stage {n // 8},Role {n % 4},Card {n},call,{importance[n % 3]},{15 + n}" for n in range(CARDS)
    )
    journey, _, _ = import_sheet(read_sheet(text.encode()), segment, "Journey", name="x", by=owner, at=now)
    version = publish(journey, "", by=owner, at=now)
    given = {
        "workspace": owner.workspace_id, "segment": segment.pk, "journey": journey.pk, "version": version.pk, "count": count,
        "stage": stage_order(version.document)[0], "by": owner.pk, "now": now, "day": date.today() - timedelta(60),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(CUSTOMERS, given)
        cursor.execute(ENROLMENTS, given)
        cursor.execute("VACUUM ANALYZE customers_customer, customers_enrolment")
    return version


def fill(owner: Any, others: list[Any], version: Any, first: int, last: int) -> None:
    """Forty touchpoints for each of these, from ten days ago to three weeks ahead. Of the first 40,000 a tenth is one's own."""
    from django.db import connection

    spots = list(version.document["touchpoints"])
    given = {
        "first": first, "last": last, "spots": spots, "others": [one.pk for one in others], "owner": owner.pk,
        "own": FEW // CARDS, "workspace": owner.workspace_id,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(SCHEDULED, given)
        cursor.execute("VACUUM ANALYZE touchpoints_scheduledtouchpoint")


SCHEDULED = """
    INSERT INTO touchpoints_scheduledtouchpoint (id, workspace_id, customer_id, enrolment_id, cycle, spot, occurrence, due_on,
        state, member_id, by_person, must, ticks_itself, outcome)
    SELECT uuidv7(), %(workspace)s, customer_id, id, 1, (%(spots)s::uuid[])[1 + card], 0,
        current_date - 10 + ((n * 7 + card * 13) %% 34)::int, 'planned',
        CASE WHEN n < %(own)s AND (n + card) %% 10 = 0 THEN %(owner)s::uuid
            ELSE (%(others)s::uuid[])[1 + floor(random() * cardinality(%(others)s::uuid[]))] END, true, card %% 3 = 0, false, ''
    FROM (SELECT id, customer_id, row_number() OVER (ORDER BY id) - 1 AS n FROM customers_enrolment) AS travelled,
        generate_series(0, 39) AS card
    WHERE n >= %(first)s AND n < %(last)s"""


if __name__ == "__main__":
    main()
