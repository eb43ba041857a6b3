"""What a program waits for: a map of 1,000 touchpoints as one document, 5,000 customers in one request, the end of a long log.

    python -m benchmarks.api

- reading the document: at most 2.5 x `values()` and orjson of the same rows; 304 at most 1.3 x a view that does nothing;
- putting a new one: at most 8 x a COPY of its rows; one that says what the map says: at most 1.5 x reading it;
- 5,000 customers: at most 8 x a bare INSERT ... ON CONFLICT; unchanged at most half of changed;
- 5,000 outcomes: at most 2 x a bare UPDATE ... FROM and planning the same enrolments anew; unchanged at most a quarter;
- ten changes after a log of 100,000, of a map and of the whole workspace: at most 3 x a view that does nothing.
"""

from __future__ import annotations

import time
from typing import Any

from benchmarks.outcomes import outcomes
from benchmarks.stage import found_workspace, medians_ms, report, touchline

ROUNDS, CUSTOMERS, LOG = 30, 5_000, 100_000


def main() -> None:
    with touchline(API_RATE="1000000"):
        from django.conf import settings
        from django.test import Client

        from accounts.models import ApiToken

        settings.ROOT_URLCONF = "benchmarks.api_urls"
        from django.utils import timezone

        owner, segment = found_workspace()
        token = ApiToken.objects.make(owner, "bench", "write", 1, at=timezone.now())[1]
        client = Client(headers={"host": "localhost", "Authorization": f"Bearer {token}"})
        journey = documents(client, owner, segment)
        log(client, owner, journey)
        facts(client, owner)
        customers(client, owner, segment)
        outcomes(client, owner)


def ask(client: Any, method: str, path: str, data: Any = None, **headers: str) -> Any:
    body = {} if data is None else {"data": data, "content_type": "application/json"}
    answer = getattr(client, method)(f"/api/v1/{path}", headers=headers, **body)
    assert answer.status_code in (200, 304), answer.content
    return answer


def documents(client: Any, owner: Any, segment: Any) -> Any:
    import orjson
    from django.utils import timezone

    from benchmarks.thousand_cards import draw_thousand_cards
    from journeys.models import Journey
    from journeys.portable import KINDS

    journey = draw_thousand_cards(segment, by=owner, at=timezone.now())
    path = f"journeys/{journey.pk}/document"
    answer = ask(client, "get", path)
    document, tag = answer.content, answer["ETag"]

    def bare(_: int) -> None:
        orjson.dumps([list(model.objects.filter(journey=journey).values("id", *model.logged)) for model in KINDS])  # type: ignore[attr-defined]

    acts = [
        bare, lambda _: ask(client, "get", path), lambda _: ask(client, "put", path, document, **{"If-Match": tag}),
    ]  # fmt: skip
    medians_ms(acts, 8)
    rows, got, put = medians_ms(acts, ROUNDS)
    # By themselves: what comes right behind a whole map has its rubbish to clear away.
    light = [lambda _: ask(client, "get", path, **{"If-None-Match": tag}), lambda _: ask(client, "get", "empty")]
    medians_ms(light, 8)
    same, empty = medians_ms(light, ROUNDS * 5)
    print(f"values() {rows:.1f} ms, GET {got:.1f}, 304 {same:.2f}, empty {empty:.2f}, PUT unchanged {put:.1f}")
    report("GET of a document / values() and orjson", got / rows, 2.5)
    report("304 / an empty view", same / empty, 1.3)
    report("PUT of an unchanged one / GET", put / got, 1.5)

    fresh = [Journey.objects.begin(segment, f"Copy {n}", by=owner, at=timezone.now()) for n in range(10)]
    tags = [ask(client, "get", f"journeys/{one.pk}/document")["ETag"] for one in fresh]
    copies = [copy_of(journey, KINDS, n) for n in range(10)]

    def put_new(n: int) -> None:
        ask(client, "put", f"journeys/{fresh[n].pk}/document", document, **{"If-Match": tags[n]})

    copied, taken = medians_ms([lambda n: copies[n](), put_new], 10)
    print(f"COPY {copied:.1f} ms, PUT of a new one {taken:.1f}")
    report("PUT of a new document / a COPY of its rows", taken / copied, 8)
    return journey


def copy_of(journey: Any, kinds: Any, number: int) -> Any:
    """An act that copies the rows of the map into tables with the same columns and indexes, in one transaction."""
    from django.db import connection, transaction

    rows = {}
    with connection.cursor() as cursor:
        for model in kinds:
            table = model._meta.db_table
            cursor.execute(f"CREATE TABLE peer_{number}_{model.kind_name} (LIKE {table} INCLUDING ALL)")
            columns = [field.column for field in model._meta.concrete_fields]
            cursor.execute(f"SELECT {', '.join(columns)} FROM {table} WHERE journey_id = %s", [journey.pk])
            rows[model] = columns, cursor.fetchall()

    def copy() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for model, (columns, values) in rows.items():
                statement = f"COPY peer_{number}_{model.kind_name} ({', '.join(columns)}) FROM STDIN"
                with cursor.copy(statement) as writer:
                    for row in values:
                        writer.write_row(row)

    return copy


def log(client: Any, owner: Any, journey: Any) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(CHANGES, {"journey": journey.pk, "by": owner.pk, "count": LOG})
        cursor.execute("UPDATE journeys_journey SET revision = %s WHERE id = %s", [LOG, journey.pk])
        cursor.execute("VACUUM ANALYZE journeys_change")
    path = f"journeys/{journey.pk}/changes?after={LOG - 10}"
    assert len(ask(client, "get", path).json()["results"]) == 10
    acts = [lambda _: ask(client, "get", path), lambda _: ask(client, "get", "empty")]
    medians_ms(acts, 8)
    ten, empty = medians_ms(acts, ROUNDS)
    print(f"ten changes {ten:.2f} ms, empty {empty:.2f}")
    report(f"ten changes after a log of {LOG:,} / an empty view", ten / empty, 3)


def facts(client: Any, owner: Any) -> None:
    from django.db import connection
    from django.utils import timezone

    from journeys.models import Segment

    with connection.cursor() as cursor:
        cursor.execute(FACTS, {"workspace": owner.workspace_id, "count": LOG})
        cursor.execute("VACUUM ANALYZE accounts_fact")
    path = f"changes?cursor={ask(client, 'get', 'changes').json()['next']}"
    assert ask(client, "get", path).json()["results"] == []
    for n in range(10):
        Segment.objects.make(owner.workspace, f"Segment {n}", at=timezone.now())
    assert len(ask(client, "get", path).json()["results"]) == 10
    acts = [lambda _: ask(client, "get", path), lambda _: ask(client, "get", "empty")]
    medians_ms(acts, 8)
    ten, empty = medians_ms(acts, ROUNDS)
    print(f"ten changes of the workspace {ten:.2f} ms, empty {empty:.2f}")
    report(f"ten changes of the workspace after a log of {LOG:,} / an empty view", ten / empty, 3)


def customers(client: Any, owner: Any, segment: Any) -> None:
    import orjson
    from django.db import connection

    def said(tag: str, batch: int) -> bytes:
        items = [
            {"external_id": f"{batch}-{n}", "name": f"Company {n} {tag}", "segment": str(segment.pk), "value": f"{n}.50"}
            for n in range(CUSTOMERS)
        ]
        return orjson.dumps({"customers": items})

    def bare(tag: str, batch: int) -> None:
        given = {
            "ids": [f"{batch}-{n}" for n in range(CUSTOMERS)], "names": [f"Company {n} {tag}" for n in range(CUSTOMERS)],
            "values": [f"{n}.50" for n in range(CUSTOMERS)], "segment": segment.pk, "workspace": owner.workspace_id,
        }  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(BARE, given)

    times: dict[str, list[float]] = {}

    def timed(name: str, act: Any) -> None:
        begun = time.perf_counter()
        act()
        times.setdefault(name, []).append(time.perf_counter() - begun)

    for turn in range(7):
        timed("bare", lambda turn=turn: bare("a", turn))
        for name, tag in (("new", "a"), ("unchanged", "a"), ("changed", "b")):
            body = said(tag, turn + 100)
            timed(name, lambda body=body: ask(client, "post", "customers/bulk", body))
    bare_s, new, unchanged, changed = (sorted(times[name])[3] for name in ("bare", "new", "unchanged", "changed"))
    print(f"INSERT ... ON CONFLICT {bare_s:.2f} s, new {new:.2f}, changed {changed:.2f}, unchanged {unchanged:.2f}")
    report(f"{CUSTOMERS:,} new customers / INSERT ... ON CONFLICT", new / bare_s, 8)
    report(f"{CUSTOMERS:,} changed customers / INSERT ... ON CONFLICT", changed / bare_s, 8)
    report("unchanged / changed", unchanged / changed, 0.5)


CHANGES = """
    INSERT INTO journeys_change (journey_id, revision, kind, label, patches, by_id, at, standing)
    SELECT %(journey)s, n, 'act', 'renamed something', jsonb_build_array(jsonb_build_object(
        'kind', 'touchpoint', 'id', uuidv7()::text, 'before', jsonb_build_object('title', 'Before ' || n),
        'after', jsonb_build_object('title', 'After ' || n))), %(by)s, now(), 'done'
    FROM generate_series((SELECT revision + 1 FROM journeys_journey WHERE id = %(journey)s), %(count)s) AS n"""
FACTS = """
    INSERT INTO accounts_fact (transaction, workspace_id, type, subject, body)
    SELECT n / 250, %(workspace)s, 'customer.changed', uuidv7(), jsonb_build_object('external_id', n::text)
    FROM generate_series(1, %(count)s) AS n"""
BARE = """
    INSERT INTO customers_customer (id, workspace_id, segment_id, external_id, name, value, notes, made_at, changed_at)
    SELECT uuidv7(), %(workspace)s, %(segment)s, id, name, value::numeric, '', now(), now()
    FROM unnest(%(ids)s::text[], %(names)s::text[], %(values)s::text[]) AS given (id, name, value)
    ON CONFLICT (workspace_id, external_id) WHERE external_id <> ''
        DO UPDATE SET name = excluded.name, value = excluded.value, changed_at = excluded.changed_at"""


if __name__ == "__main__":
    main()
