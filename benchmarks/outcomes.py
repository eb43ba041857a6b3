"""5,000 outcomes of as many customers on a map of forty touchpoints in one request, as benchmarks/api.py measures it."""

from __future__ import annotations

import time
from typing import Any

from benchmarks.stage import report

OUTCOMES, BATCH, ROUNDS = 5_000, 500, 5


def outcomes(client: Any, owner: Any) -> None:
    import orjson
    from django.db import connection
    from django.utils import timezone

    from benchmarks.today import prepared
    from customers.models import Enrolment
    from journeys.models import Segment
    from touchpoints.models import ScheduledTouchpoint
    from touchpoints.planning.reconcile import reconcile

    now, day = timezone.now(), str(timezone.localdate())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM customers_activity")
        cursor.execute("DELETE FROM customers_customer")
    version = prepared(owner, Segment.objects.make(owner.workspace, "Those who travel", at=now), OUTCOMES)
    ids = list(Enrolment.objects.order_by("pk").values_list("pk", flat=True))

    def plan() -> None:
        for start in range(0, OUTCOMES, BATCH):
            reconcile(ids[start : start + BATCH], at=now)

    plan()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE customers_customer SET external_id = name")
        cursor.execute("CREATE TABLE lived (LIKE touchpoints_scheduledtouchpoint INCLUDING ALL)")
        cursor.execute("INSERT INTO lived SELECT * FROM touchpoints_scheduledtouchpoint")
        cursor.execute("VACUUM ANALYZE customers_customer, customers_enrolment, touchpoints_scheduledtouchpoint, lived")

    times: dict[str, list[float]] = {}

    def timed(name: str, act: Any) -> None:
        begun = time.perf_counter()
        act()
        times.setdefault(name, []).append(time.perf_counter() - begun)

    def bare(spot: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(BARE, {"ids": rows[spot], "day": day, "by": owner.pk})

    def ask(body: bytes, result: str) -> None:
        answer = client.post("/api/v1/scheduled-touchpoints/outcomes", body, content_type="application/json")
        assert answer.json()["counts"] == {result: OUTCOMES}, answer.content[:1000]

    def plan_anew() -> None:
        Enrolment.objects.update(planned_from=b"")
        plan()

    spots = list(version.document["touchpoints"])[:ROUNDS]
    rows = {spot: list(ScheduledTouchpoint.objects.filter(spot=spot).values_list("pk", flat=True)) for spot in spots}
    names = list(Enrolment.objects.values_list("customer__external_id", flat=True))
    for spot in spots:
        said = {"touchpoint": spot, "state": "done", "on": day, "outcome": "Fine", "felt": 1}
        body = orjson.dumps({"outcomes": [{"external_id": name, **said} for name in names]})
        timed("bare", lambda spot=spot: bare(spot))
        timed("settled", lambda body=body: ask(body, "settled"))
        timed("unchanged", lambda body=body: ask(body, "unchanged"))
        timed("planned", plan_anew)
    update, settled, unchanged, planned = (
        sorted(times[name])[ROUNDS // 2] for name in ("bare", "settled", "unchanged", "planned")
    )
    print(f"UPDATE ... FROM {update:.2f} s, planning anew {planned:.2f}, settled {settled:.2f}, unchanged {unchanged:.2f}")
    print(f"      {OUTCOMES:,} outcomes / UPDATE ... FROM alone: {settled / update:.1f}")
    report(f"{OUTCOMES:,} outcomes / UPDATE ... FROM and planning anew", settled / (update + planned), 2)
    report("unchanged / settled", unchanged / settled, 0.25)


BARE = """
    UPDATE lived SET state = 'done', settled_on = %(day)s::date, settled_at = now(), settled_by_id = %(by)s,
        outcome = 'Fine', felt = 1
    FROM unnest(%(ids)s::uuid[]) AS said(id) WHERE lived.id = said.id"""
