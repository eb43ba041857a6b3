"""Customers kept in step with another system: read, and brought in line many at a time by the ids they have there."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import close_old_connections, connection
from django.test.utils import CaptureQueriesContext

from customers.models import Activity, Customer
from journeys.models import Segment
from tests.api.conftest import ApiClient, problem, token_of
from tests.api.test_lists import walk
from tests.touchpoints.sheets import NOW, enrolled, published
from touchpoints.models import ScheduledTouchpoint
from touchpoints.planning.reconcile import reconcile

pytestmark = pytest.mark.django_db


@pytest.fixture
def segment(owner):
    return Segment.objects.make(owner.workspace, "Mid-touch", at=NOW)


@pytest.fixture
def client(api, editor):
    return api(editor)


def bulk(client, items, query=""):
    return client.ask("POST", f"customers/bulk{query}", {"customers": items})


def some(segment, count=3):
    return [
        {"external_id": f"crm-{n}", "name": f"Company {n}", "segment": str(segment.pk), "value": f"{n}000.50", "health": "watch"}
        for n in range(count)
    ]


def test_they_are_made_once_changed_where_they_differ_and_a_second_time_nothing_changes(client, editor, segment):
    items = some(segment)
    first = bulk(client, items).json()
    assert first["counts"] == {"new": 3}
    assert [one["external_id"] for one in first["results"]] == ["crm-0", "crm-1", "crm-2"]
    made = Customer.objects.get(external_id="crm-1")
    assert (made.name, made.segment, made.value, made.health) == ("Company 1", segment, Decimal("1000.50"), 2)
    assert str(made.pk) == first["results"][1]["id"]
    assert bulk(client, items).json()["counts"] == {"unchanged": 3}
    items[1] |= {"health": None, "owner": str(editor.pk), "renewal_on": "2027-05-01", "notes": "Met at the fair"}
    second = bulk(client, items).json()
    assert second["counts"] == {"unchanged": 2, "updated": 1}
    assert second["results"][1]["changed"] == ["health", "notes", "owner", "renewal_on"]
    made.refresh_from_db()
    assert (made.health, made.owner, made.renewal_on, made.notes) == (None, editor, date(2027, 5, 1), "Met at the fair")
    told = list(Activity.objects.of(made).latest_first())
    assert [one.by for one in told] == [editor, editor]
    assert told[0].after == {"health": None, "owner_id": str(editor.pk), "renewal_on": "2027-05-01", "notes": "Met at the fair"}


def test_what_an_item_does_not_say_stays_as_it_is(client, segment):
    bulk(client, some(segment))
    answer = bulk(client, [{"external_id": "crm-2", "name": "Another name"}]).json()
    assert answer["results"][0]["changed"] == ["name"]
    assert Customer.objects.get(external_id="crm-2").health == 2


def test_each_item_is_for_itself_and_the_bad_ones_say_what_is_wrong(client, segment):
    items = [
        *some(segment, 1), {"external_id": "crm-8"}, {"external_id": "crm-0", "name": "Twice"}, "x", {"name": "No id"},
        {
            "external_id": "crm-9", "name": "a\0b", "segment": "x", "owner": 7, "renewal_on": "31.12.2026", "value": -1,
            "health": "Watch", "notes": 3, "surprise": 1,
        },
    ]  # fmt: skip
    body = bulk(client, items).json()
    assert body["counts"] == {"new": 1, "bad": 5}
    wrong = [[error["pointer"] for error in one.get("errors", [])] for one in body["results"]]
    assert all(pointer.startswith(f"/customers/{number}") for number, found in enumerate(wrong) for pointer in found)
    wrong = [[pointer.removeprefix(f"/customers/{number}") for pointer in found] for number, found in enumerate(wrong)]
    assert wrong[:5] == [[], ["/name", "/segment"], ["/external_id"], [""], ["/external_id"]]
    assert sorted(wrong[5]) == [
        "/health", "/name", "/notes", "/owner", "/renewal_on", "/segment", "/surprise", "/value",
    ]  # fmt: skip
    assert Customer.objects.count() == 1


def test_all_or_nothing_takes_none_where_one_is_bad(client, segment):
    items = [*some(segment), {"external_id": "bad"}]
    body = problem(bulk(client, items, "?all_or_nothing=true"), 422, "invalid")
    assert {one["pointer"] for one in body["errors"]} == {"/customers/3/name", "/customers/3/segment"}
    assert not Customer.objects.exists()
    assert bulk(client, some(segment), "?all_or_nothing=true").json()["counts"] == {"new": 3}


def test_a_dry_run_says_what_would_become_of_them(client, segment):
    bulk(client, some(segment, 2))
    items = some(segment)
    items[0]["name"] = "Renamed"
    body = bulk(client, items, "?dry_run=true").json()
    assert body["counts"] == {"updated": 1, "unchanged": 1, "new": 1}
    assert body["dry_run"] is True
    assert body["results"][2]["id"] is None
    assert set(Customer.objects.values_list("name", flat=True)) == {"Company 0", "Company 1"}


def test_five_thousand_take_few_questions(client, segment):
    items = some(segment, 5000)
    with CaptureQueriesContext(connection) as asked:
        assert bulk(client, items).json()["counts"] == {"new": 5000}
    assert len(asked) < 20
    for item in items:
        item["health"] = "good"
    with CaptureQueriesContext(connection) as asked:
        assert bulk(client, items).json()["counts"] == {"updated": 5000}
    assert len(asked) < 25
    assert Customer.objects.filter(health=3, name_key="company 4999").count() == 1
    problem(bulk(client, some(segment, 5001)), 422, "invalid")
    problem(bulk(client, []), 422, "invalid")
    for body, pointer in (
        ({"customers": some(segment), "dry_run": True}, "/dry_run"), ({"customer": []}, "/customers"), (some(segment), ""),
    ):  # fmt: skip
        before = Customer.objects.count()
        told = problem(client.ask("POST", "customers/bulk", body), 422, "invalid")
        assert told["errors"][0]["pointer"] == pointer
        assert Customer.objects.count() == before
    assert bulk(client, [{"name": "x"}]).json()["results"][0]["errors"][0]["detail"] == "This field is required."


def test_an_amount_is_kept_as_it_was_said_or_refused(client, segment):
    def sent(value):
        return bulk(client, [some(segment, 1)[0] | {"value": value}]).json()["results"][0]

    for value, kept in (("1234.5", "1234.50"), (0, "0.00"), (12.25, "12.25"), ("999999999999.99", "999999999999.99")):
        assert sent(value)["result"] != "invalid"
        assert str(Customer.objects.get().value) == kept
    for wrong in ("12.345", 12.345, "1e3", "12.", " 12 ", "\u0661\u0662", "-1", True, "1000000000000"):
        assert sent(wrong)["errors"][0]["pointer"] == "/customers/0/value"
    assert str(Customer.objects.get().value) == "999999999999.99"


def test_what_is_planned_moves_with_the_date_of_renewal(client, owner):
    version = published("saas-lifecycle", owner)[1]
    renewal = date(2027, 6, 1)
    enrolment = enrolled(version, owner, external_id="crm-1", renewal_on=renewal)
    reconcile([enrolment.pk], at=NOW)

    def days():
        return dict(ScheduledTouchpoint.objects.of(enrolment).planned().values_list("spot", "due_on"))

    before = days()
    later = str(renewal + timedelta(70))
    assert bulk(client, [{"external_id": "crm-1", "renewal_on": later}]).json()["counts"] == {"updated": 1}
    assert days() != before
    bulk(client, [{"external_id": "crm-1", "renewal_on": str(renewal)}])
    assert days() == before


def test_a_renewal_changes_the_customer_and_a_move_to_another_stage_does_not(client, owner):
    enrolment = enrolled(published("saas-lifecycle", owner)[1], owner, external_id="crm-1", renewal_on=date(2027, 6, 1))
    one, later = f"customers/{enrolment.customer_id}", NOW + timedelta(3)
    before = client.ask("GET", one)
    enrolment.move_to_stage(enrolment.stage_id, date(2027, 1, 4), by=owner, at=later)
    assert client.ask("GET", one, If_None_Match=before["ETag"]).status_code == 304
    enrolment.renew(date(2027, 6, 1), enrolment.stage_id, date(2028, 6, 1), by=owner, at=later)
    assert datetime.fromisoformat(client.ask("GET", one).json()["changed_at"]) == later


def test_another_workspaces_customers_segments_and_members_do_not_exist(client, stranger, editor, segment):
    bulk(client, some(segment))
    theirs = ApiClient(token_of(stranger))
    mine = Segment.objects.make(stranger.workspace, "Mine", at=NOW)
    answer = bulk(theirs, [{"external_id": "crm-0", "name": "Other", "segment": str(segment.pk), "owner": str(editor.pk)}]).json()
    assert [one["detail"] for one in answer["results"][0]["errors"]] == ["There is no such segment.", "There is no such member."]
    assert bulk(theirs, [{"external_id": "crm-0", "name": "Theirs", "segment": str(mine.pk)}]).json()["counts"] == {"new": 1}
    assert Customer.objects.get(workspace=editor.workspace, external_id="crm-0").name == "Company 0"
    assert [one["name"] for one in walk(theirs, "customers")[0]] == ["Theirs"]


def test_they_are_listed_filtered_and_read(client, owner, editor, segment):
    items = some(segment, 7)
    items[3] |= {"owner": str(editor.pk), "renewal_on": "2027-03-01", "health": "risk", "notes": "Long ones"}
    bulk(client, items)
    for order in ("name", "-name", "changed_at", "id"):
        found, pages = walk(client, f"customers?limit=3&order={order}")
        assert pages == 3
        assert len({one["id"] for one in found}) == 7
    one = walk(client, "customers?external_id=crm-3")[0]
    for query in (
        f"owner={editor.pk}", "health=risk", "search=company+3", "renewal_from=2027-02-01&renewal_to=2027-03-01",
        f"segment={segment.pk}&health=risk",
    ):  # fmt: skip
        assert walk(client, f"customers?{query}")[0] == one, query
    assert len(walk(client, "customers?owner=none")[0]) == 6
    assert one[0]["value"] == "3000.50"
    assert "notes" not in one[0]
    assert client.ask("GET", f"customers/{one[0]['id']}").json() == one[0] | {"notes": "Long ones"}


def test_a_parameter_that_is_mistyped_writes_nothing(client, segment):
    problem(bulk(client, some(segment), "?dryrun=true"), 400, "bad-parameter")
    assert not Customer.objects.exists()


@pytest.mark.parametrize(
    "query",
    [
        "owner=",
        "health=",
        "renewal_from=",
        "health=3",
        "owner=x",
        "renewal_from=x",
        "renewal_from=2027-W05-1",
        "search=a&words=b",
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(client, query):
    problem(client.ask("GET", f"customers?{query}"), 400, "bad-parameter")


@pytest.mark.django_db(transaction=True)
def test_two_programs_that_bring_the_same_in_at_once_make_each_customer_once(editor, segment):
    """Again and again, so that they meet: whoever is second finds what the first has made."""
    token, answers, gate = token_of(editor), [], threading.Barrier(2)

    def send(numbers):
        gate.wait()
        items = [{"external_id": f"crm-{n}", "name": f"Company {n}", "segment": str(segment.pk)} for n in numbers]
        answers.append(bulk(ApiClient(token), items))
        close_old_connections()
        connection.close()

    for _ in range(5):
        hands = [threading.Thread(target=send, args=[order]) for order in (range(200), range(199, -1, -1))]
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join()
        assert [one.status_code for one in answers] == [200, 200]
        counts = [one.json()["counts"] for one in answers]
        assert sum(one.get("new", 0) for one in counts) == 200
        assert Customer.objects.count() == 200
        Activity.objects.all().delete()
        Customer.objects.all().delete()
        answers.clear()
