"""The list of 100,000 customers: every filter and every order it offers, alone and together, at its beginning, in its middle and
at its end, against a signed-in page with nothing on it. Limits: 6x, and 8 queries.

    python -m benchmarks.customer_list [customers]
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from benchmarks.stage import colleagues, found_workspace, medians_ms, report, touchline

ROUNDS, JOURNEYS, STAGES = 5, 6, 5
#: the dearest of so many pages are partly those that something else got in the way of: they are measured again
AGAIN, ROUNDS_AGAIN = 20, 25


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with touchline():
        from django.db import connection
        from django.test import Client
        from django.test.utils import CaptureQueriesContext
        from django.urls import reverse

        owner, segment = found_workspace()
        fill(owner, segment, count)
        client = Client(headers={"host": "localhost"})
        client.force_login(owner.user)
        # With the few roles every workspace begins with.
        empty, listed = (reverse(name, args=[owner.workspace.slug]) for name in ("accounts:roles", "customers:customers"))

        def get(address: str) -> Any:
            answer = client.get(address)
            assert answer.status_code == 200
            return answer

        addresses = {}
        for query in questions(owner):
            for where, place in places(owner, query):
                said = ", ".join(f"{name} {str(value)[:12]}" for name, value in query.items() if value) or "as it is"
                addresses[f"{said}; {where}"] = f"{listed}?{urlencode({**query, **place})}"
        worst: dict[str, tuple[float, float, float]] = {}
        queries = {}

        def measure(said: str, rounds: int) -> None:
            bare, taken = medians_ms([lambda _: get(empty), functools.partial(shown, get, addresses[said])], rounds)
            worst[said] = (taken / bare, taken, bare)

        for said, address in addresses.items():
            with CaptureQueriesContext(connection) as asked:
                get(address)
            queries[said] = len(asked)
            measure(said, ROUNDS)
        for said in sorted(worst, key=lambda said: worst[said][0], reverse=True)[:AGAIN]:
            measure(said, ROUNDS_AGAIN)
        ranked = sorted(worst, key=lambda said: worst[said][0], reverse=True)
        for said in ranked[:12]:
            ratio, taken, bare = worst[said]
            print(f"      {ratio:.2f} = {taken:.1f} / {bare:.1f} ms: {said}")
        dearest = max(queries, key=lambda said: queries[said])
        print(f"{len(addresses)} pages of {count:,} customers")
        report(f"the slowest page / an empty one ({ranked[0]})", worst[ranked[0]][0], 6)
        report(
            f"the page in the middle of these / an empty one ({ranked[len(ranked) // 2]})", worst[ranked[len(ranked) // 2]][0], 6
        )
        report(f"queries at most ({dearest})", queries[dearest], 8)


def shown(get: Any, address: str, _: int) -> None:
    get(address)


def questions(owner: Any) -> Iterator[dict[str, Any]]:
    """Each filter in each order, and what one may well ask together."""
    from django.utils import timezone

    from customers.filtering import SORTS, WINDOWS
    from customers.models import Customer
    from journeys.models import Journey, Segment

    today = timezone.localdate()
    segments = [str(one.pk) for one in Segment.objects.visible_to(owner).in_order()]
    rare = Customer.objects.visible_to(owner).matching("Quixotic").first()
    journeys = [str(one.pk) for one in Journey.objects.visible_to(owner).order_by("title")]
    filters: list[dict[str, Any]] = [{}]
    filters += [{"segment": one} for one in segments]
    filters += [{"health": one} for one in (1, 2, 3)]
    filters += [{"owner": "nobody"}, {"owner": owner.pk}, {"owner": rare.owner_id}]  # type: ignore[union-attr]
    filters += [{"renewal": one} for one, _ in WINDOWS]
    filters += [
        {"since": today + timedelta(10), "until": today + timedelta(12)},
        {"until": "1999-01-01"},
        {"since": "2000-01-01"},
    ]
    filters += [{"journey": "none"}, {"journey": journeys[0]}, {"journey": journeys[-1]}]
    filters += [{"segment": segments[0], "stage": f"Stage {n}"} for n in (0, STAGES - 1)]
    filters += [{"journey": journeys[-1], "stage": "Stage 2"}]
    words = ("Customer", "north", "Quixotic", "no", "z", "zephyr", "C-777", "north 77", "nothing is called that")
    filters += [{"q": one} for one in words]
    filters += [
        {"segment": segments[0], "health": 1, "renewal": "90"},
        {"segment": segments[0], "owner": owner.pk, "q": "north"},
        {"segment": segments[1], "journey": "none", "health": 3},
        {"segment": segments[0], "stage": "Stage 1", "health": 1, "owner": owner.pk, "renewal": "90"},
    ]
    for one in filters:
        for sort, _ in SORTS:
            yield {**one, "sort": sort}


def places(owner: Any, query: dict[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """The first page, one in the middle, and the last but one, backwards."""
    from django.db.models import F
    from django.http import QueryDict
    from django.utils import timezone

    from customers.filtering import CustomerFilterForm
    from customers.listing import Place

    yield "first page", {}
    form = CustomerFilterForm(QueryDict(urlencode(query)), by=owner)
    order = form.order
    rows = form.found(today=timezone.localdate()).annotate(key=order.by)
    sign, key = ("-", F("key").desc(nulls_last=True)) if order.down else ("", F("key").asc(nulls_last=True))
    ordered = rows.order_by(key, f"{sign}pk").values_list("pk", "key")
    if (there := rows.count()) > 150:
        yield "middle", {"after": str(Place(*ordered[there // 2]))}
        yield "end, backwards", {"before": str(Place(*ordered[there - 30]))}
        known = rows.filter(key__isnull=False).count()
        if 20 < known < there:
            yield "where it ceases to be known", {"after": str(Place(*ordered[known - 20]))}


def fill(owner: Any, segment: Any, count: int) -> None:
    """Customers of three segments and thirty owners, nearly all of them on one of six journeys, as the years leave them: some
    segments and journeys large, some small, and of one in ten something is not known."""
    from django.db import connection
    from django.utils import timezone

    from journeys.importing import import_sheet
    from journeys.models import Segment
    from journeys.publishing import publish
    from journeys.sheets import read_sheet

    now = timezone.now()
    segments = [segment, *(Segment.objects.make(owner.workspace, name, at=now) for name in ("Mid-touch", "Digital"))]
    owners = [owner, *(member for member, _ in colleagues(owner.workspace, 30))]
    text = "stage,lane,title\n" + "\n".join(f"Stage {n * STAGES // 40},Role {n % 4},Card {n}" for n in range(40))
    travelled, stages = [], []
    for n in range(JOURNEYS):
        home = segments[n % len(segments)]
        journey, _, _ = import_sheet(read_sheet(text.encode()), home, f"Journey {n}", name="x", by=owner, at=now)
        version = publish(journey, "", by=owner, at=now)
        travelled.append((journey.pk, version.pk))
        stages += [id for id, _ in sorted(version.document["stages"].items(), key=lambda pair: pair[1]["position"])]
    given = {
        "workspace": owner.workspace_id, "count": count, "segments": [one.pk for one in segments], "now": now, "by": owner.pk,
        "owners": [one.pk for one in owners], "journeys": [one for one, _ in travelled], "stages": stages,
        "versions": [one for _, one in travelled],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(CUSTOMERS, given)
        cursor.execute(ENROLMENTS, given)
        cursor.execute("VACUUM ANALYZE customers_customer, customers_enrolment")


#: random() ^ 3: of the first of a list many, of the last few
CUSTOMERS = """
    INSERT INTO customers_customer (id, workspace_id, segment_id, name, external_id, owner_id, renewal_on, value, health, notes,
        made_at, changed_at)
    SELECT uuidv7(), %(workspace)s, (%(segments)s::uuid[])[1 + floor(random() ^ 3 * 3)],
        (ARRAY['North', 'South', 'Contoso', 'Blue', 'Acme', 'Zephyr'])[1 + floor(random() * 6)] || ' Customer ' || n
            || CASE WHEN n %% 9973 = 0 THEN ' Quixotic' ELSE '' END,
        'C-' || n,
        CASE WHEN random() > 0.1 THEN (%(owners)s::uuid[])[1 + floor(random() ^ 3 * cardinality(%(owners)s::uuid[]))] END,
        CASE WHEN random() > 0.1 THEN current_date - 20 + floor(random() * 400)::int END,
        CASE WHEN random() > 0.1 THEN round((random() * 200000)::numeric, 2) END,
        CASE WHEN random() > 0.1 THEN 1 + floor(random() * 3) END, '', %(now)s, %(now)s
    FROM generate_series(1, %(count)s) AS n"""
ENROLMENTS = """
    INSERT INTO customers_enrolment (id, workspace_id, customer_id, journey_id, version_id, started_on, stage_id, entered, cycle,
        left_because, planned_from, by_id, at, changed_at)
    SELECT uuidv7(), %(workspace)s, id, (%(journeys)s::uuid[])[j], (%(versions)s::uuid[])[j], current_date,
        (%(stages)s::uuid[])[(j - 1) * 5 + 1 + floor(random() ^ 2 * 5)], '{}', 1, '', '', %(by)s, %(now)s, %(now)s
    FROM (SELECT id, 1 + floor(random() ^ 3 * 6)::int AS j FROM customers_customer WHERE random() > 0.05) AS chosen"""


if __name__ == "__main__":
    main()
