"""GET /changes: the facts of a workspace from a cursor on, as a program follows them that keeps something else in step."""

from __future__ import annotations

import base64
import json
import threading
from contextlib import suppress
from datetime import timedelta
from random import Random

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.facts_told import KINDS, TYPES
from accounts.models import Fact
from accounts.tasks import forget_facts
from customers.models import Customer, Enrolment
from customers.upserting import upsert
from journeys.models import Journey, Segment
from journeys.publishing import publish
from tests.api.conftest import problem
from tests.api.test_walk import WALK
from tests.touchpoints.handoffs import drawn

# What a transaction has written is told when it is through: a test that is one is told nothing.
pytestmark = pytest.mark.django_db(transaction=True)


class Follower:
    """A program that follows the changes of the workspace that a client belongs to."""

    def __init__(self, client, **params):
        self.client = client
        self.more = "".join(f"&{name}={value}" for name, value in params.items())
        self.cursor = client.ask("GET", "changes").json()["next"]

    def ask(self):
        answer = self.client.ask("GET", f"changes?cursor={self.cursor}{self.more}")
        assert answer.status_code == 200, answer.content
        self.cursor = answer.json()["next"]
        return answer.json()

    def told(self):
        """All that is new."""
        found, more = [], True
        while more:
            page = self.ask()
            found, more = found + page["results"], page["more"]
        return found

    def types(self):
        return [entry["type"] for entry in self.told()]


@pytest.fixture
def follower(api, viewer):
    return Follower(api(viewer, "read"))


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
    assert first["results"][1]["changed"] == ["health"]
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
    assert {one["external_id"] for one in found} == set(Customer.objects.values_list("external_id", flat=True))


LISTS = {
    "customer": "customers", "segment": "segments", "journey": "journeys", "playbook": "playbooks", "enrolment": "enrolments",
}  # fmt: skip


def every(client, path, more=""):
    """A list as it is, by id."""
    found, path = {}, f"{path}?limit=200{more}"
    while path:
        page = client.ask("GET", path).json()
        found |= {one["id"]: one for one in page["results"]}
        path = page["next"] and page["next"].partition("/api/v1/")[2]
    return found


def catch_up(client, follower, held):
    """As docs/api.md says: what is named is read again, what has been deleted is put away."""
    for entry in follower.told():
        kind, id = entry["kind"], entry["id"]
        if kind == "enrolment":
            page = every(client, "enrolments", f"&customer={entry['customer']}")
            others = {id: one for id, one in held[kind].items() if one["customer"] != entry["customer"]}
            held[kind] = others | page
        elif kind in LISTS:
            answer = client.ask("GET", f"{LISTS[kind]}/{id}")
            assert answer.status_code == 404 if entry["deleted"] else answer.status_code in (200, 404)
            held[kind].pop(id, None)
            if answer.status_code == 200:
                held[kind][id] = {name: value for name, value in answer.json().items() if name not in ("notes", "body")}


@pytest.mark.parametrize("seed", range(3))
def test_who_reads_again_what_is_named_holds_what_the_lists_say(api, owner, seed):
    chance, client, at = Random(seed), api(owner), timezone.now()
    journey, _ = drawn(owner)
    version = publish(journey, "", by=owner, at=at)
    follower = Follower(client)
    held = {kind: every(client, path) for kind, path in LISTS.items()}
    names = iter(range(10_000))

    def anyone():
        return chance.choice(list(Customer.objects.order_by("pk")) or [bring()])

    def bring():
        numbers = sorted(chance.sample(range(12), 4))
        items = [{"external_id": f"{n}", "name": f"C{chance.randrange(3)}", "segment": str(journey.segment_id)} for n in numbers]
        client.ask("POST", "customers/bulk", {"customers": items})
        return Customer.objects.order_by("pk").first()

    def enrol():
        Enrolment.objects.enrol_many([anyone().pk], version, at.date(), by=owner, at=at)

    def travel():
        for one in Enrolment.objects.active().order_by("pk")[:1]:
            if chance.random() < 0.5:
                one.start_on(at.date() + timedelta(days=chance.randrange(9)), by=owner, at=at)
            else:
                one.leave(at.date(), "", by=owner, at=at)

    def fail():
        with suppress(ZeroDivisionError), transaction.atomic():
            bring()
            raise ZeroDivisionError

    acts = [
        bring, bring, enrol, travel, fail,
        lambda: anyone().edit({"health": chance.choice([1, 2, 3])}, by=owner, at=at),
        lambda: anyone().delete(),
        lambda: Segment.objects.make(owner.workspace, f"Segment {next(names)}", at=at),
        lambda: client.ask("POST", "journeys", {"segment": str(journey.segment_id), "title": f"Map {next(names)}"}),
        lambda: Journey.objects.get(pk=journey.pk).edit({"summary": f"{next(names)}"}, by=owner, at=at),
    ]  # fmt: skip
    for _ in range(25):
        chance.choice(acts)()
        if chance.random() < 0.3:
            catch_up(client, follower, held)
    catch_up(client, follower, held)
    assert held == {kind: every(client, path) for kind, path in LISTS.items()}


def test_the_whole_vocabulary_may_be_asked_for_and_its_kinds_stand_in_the_walk(api, viewer):
    assert api(viewer, "read").ask("GET", f"changes?types={','.join(TYPES)}").status_code == 200
    assert [kind for kind in KINDS if f"`{kind}`" not in WALK.read_text()] == []
