"""GET /changes: the facts of a workspace from a cursor on, as a program follows them that keeps something else in step."""

from __future__ import annotations

import base64
import json
import re
import threading
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.api.fact_schemas import DATA
from accounts.facts_told import KINDS, TYPES, kind_of
from accounts.models import Fact
from accounts.tasks import forget_facts
from customers.models import Customer
from customers.upserting import upsert
from journeys.models import Segment
from tests.api.conftest import problem
from tests.api.following import Follower, follower
from tests.api.test_walk import WALK

# What a transaction has written is told when it is through: a test that is one is told nothing.
pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["follower"]


def cursor_of(*parts):
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


def parts_of(cursor):
    return json.loads(base64.urlsafe_b64decode(cursor))


def test_it_begins_now_and_tells_what_comes_after_page_by_page(api, owner, viewer, journey):
    begun = api(viewer, "read").ask("GET", "changes").json()
    assert (begun["results"], begun["more"]) == ([], False)
    follower, at = Follower(api(viewer, "read"), limit=2), timezone.now()
    assert follower.ask() == {"results": [], "next": follower.cursor, "more": False}
    made = Customer.objects.add(owner.workspace, "Contoso", journey.segment, by=owner, at=at)
    made.edit({"health": 1}, by=owner, at=at)
    pk = str(made.pk)
    made.delete()
    first = follower.ask()
    assert [(one["type"], one["kind"], one["id"], one["deleted"]) for one in first["results"]] == [
        ("customer.made", "customer", pk, False), ("customer.changed", "customer", pk, False),
    ]  # fmt: skip
    assert first["more"]
    assert first["results"][1]["data"]["changed"] == ["health"]
    assert first["results"][0]["at"] <= first["results"][1]["at"]
    last = follower.ask()
    assert [(one["type"], one["deleted"]) for one in last["results"]] == [("customer.deleted", True)]
    assert not last["more"]
    assert follower.told() == []


def test_it_is_narrowed_to_types_and_kinds_and_what_is_mistyped_is_refused(api, owner, viewer, journey):
    client, at = api(viewer, "read"), timezone.now()
    by_kind, by_type, both = Follower(client, kinds="customer,segment"), Follower(client, types="customer.made"), Follower(client)
    both.more = "&kinds=segment&types=customer.made,segment.made"
    made = Customer.objects.add(owner.workspace, "Contoso", journey.segment, by=owner, at=at)
    made.edit({"health": 1}, by=owner, at=at)
    journey.edit({"summary": "New"}, by=owner, at=at)
    Segment.objects.make(owner.workspace, "Digital", at=at)
    assert by_kind.types() == ["customer.made", "customer.changed", "segment.made"]
    assert by_type.types() == ["customer.made"]
    assert both.types() == ["segment.made"]
    for asked in ("types=customer.mad", "types=", "kinds=customers", "limit=0", "limit=501", "cusor=x", "kinds=segment,"):
        problem(client.ask("GET", f"changes?{asked}"), 400, "bad-parameter")


def test_nobody_is_told_of_another_workspace_whoevers_cursor_they_bring(api, owner, stranger, journey):
    theirs = Follower(api(stranger))
    ours = Follower(api(owner))
    theirs.cursor = ours.cursor
    journey.edit({"summary": "Secret"}, by=owner, at=timezone.now())
    assert theirs.told() == []
    assert ours.types() == ["journey.changed"]


def test_who_comes_too_late_is_told_where_to_begin_again(api, viewer, settings, journey):
    client, settings.API_CHANGES_KEPT = api(viewer, "read"), 3
    transaction_, id, given = parts_of(client.ask("GET", "changes").json()["next"])
    assert client.ask("GET", f"changes?cursor={cursor_of(transaction_, id, given - 3 * 86_400 + 60)}").status_code == 200
    for parts in [(transaction_, id, given - 3 * 86_400 - 1), (transaction_ + 10**9, id, given)]:
        # The second one is of another database, as from before this one was restored from a dump.
        said = problem(client.ask("GET", f"changes?cursor={cursor_of(*parts)}"), 410, "cursor-expired")
        assert said["start"] == "/api/v1/changes"
    wrong = [
        "",
        "x",
        "é",
        cursor_of(1),
        cursor_of(1, 2, "3"),
        cursor_of(1, -2, 3),
        cursor_of(1, 2**70, 3),
        cursor_of(1, 2, 10**15),
    ]
    for cursor in [*wrong, base64.urlsafe_b64encode(b"\xff\xff").decode(), cursor_of([1], 2, 3), cursor_of(True, 1, 1)]:
        problem(client.ask("GET", f"changes?cursor={cursor}"), 400, "bad-parameter")
    Fact.objects.update(at=timezone.now() - timedelta(days=5))
    forget_facts()
    assert not Fact.objects.exists()


def test_who_is_committed_late_is_not_passed_over_by_those_who_have_read_on(journey, follower, owner):
    """The one that began first is through last; meanwhile a later one is, and the client reads."""
    begun, go_on = threading.Event(), threading.Event()
    at = timezone.now()

    def slow():
        try:
            with transaction.atomic():
                Customer.objects.add(owner.workspace, "Slow", journey.segment, by=owner, at=at)
                begun.set()
                go_on.wait(30)
        finally:
            connection.close()

    hand = threading.Thread(target=slow)
    hand.start()
    try:
        assert begun.wait(30)
        Segment.objects.make(owner.workspace, "Quick", at=at)
        assert Fact.objects.filter(type="segment.made").count() == 2, "it is there for all to see"
        assert follower.told() == [], "and is held back: another may come before it"
    finally:
        go_on.set()
        hand.join()
    assert follower.types() == ["customer.made", "segment.made"]
    assert follower.told() == []


def test_who_writes_in_another_database_of_the_cluster_holds_nobody_up(follower, owner):
    here = connection.connection.info
    elsewhere = {"host": here.host, "port": here.port, "user": here.user, "password": here.password, "dbname": "postgres"}
    with psycopg.connect(**elsewhere) as other:
        other.execute("SELECT pg_current_xact_id()")
        Segment.objects.make(owner.workspace, "Quick", at=timezone.now())
        assert follower.types() == ["segment.made"]
        other.rollback()


def test_many_who_write_at_once_are_each_told_exactly_once(journey, follower, owner):
    def write(name):
        try:
            for turn in range(8):
                items = [{"external_id": f"{name}-{turn}-{n}", "name": "x", "segment": str(journey.segment_id)} for n in range(3)]
                upsert(items, by=owner, at=timezone.now())
        finally:
            connection.close()

    hands = [threading.Thread(target=write, args=[name]) for name in range(4)]
    for hand in hands:
        hand.start()
    found = []
    while any(hand.is_alive() for hand in hands):
        found += follower.told()
    for hand in hands:
        hand.join()
    found += follower.told()
    assert len(found) == 4 * 8 * 3
    assert {one["data"]["external_id"] for one in found} == set(Customer.objects.values_list("external_id", flat=True))


def test_the_whole_vocabulary_may_be_asked_for_and_stands_in_the_walk_with_its_data(api, viewer):
    assert api(viewer, "read").ask("GET", f"changes?types={','.join(TYPES)}").status_code == 200
    rows = [line.split("|")[1:4] for line in WALK.read_text().splitlines() if line.startswith("| `") and line.count("|") == 4]
    told = {kind.strip(" `"): [set(re.findall(r"`(\w+)`", cell)) for cell in cells] for kind, *cells in rows}
    for kind in KINDS:
        names = {name for name in TYPES if kind_of(name) == kind}
        said = {name for one in names for name in DATA[one]["properties"]}
        assert told[kind][0] == {name.partition(".")[2] for name in names}
        assert told[kind][1] - told[kind][0] == said - told[kind][0]
