"""What is due for customers, listed and acted on as on the pages."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Activity
from customers.undoing import undo
from tests.api.conftest import ApiClient, problem, token_of
from tests.api.lived import CSM, MOMENT, TODAY, map_of, row_of, travel
from tests.api.test_lists import walk
from tests.touchpoints.sheets import START
from touchpoints.models import Passage, ScheduledTouchpoint

pytestmark = pytest.mark.django_db
LIST = "scheduled-touchpoints"


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(MOMENT, tick=False)


@pytest.fixture
def mapped(owner):
    return map_of(owner)


@pytest.fixture
def travelled(owner, editor, mapped):
    """(the cards by title, two customers)."""
    version, cards = mapped
    return cards, travel(owner, version, 2, {CSM: editor})


@pytest.fixture
def client(api, contributor):
    return api(contributor)


def act(client, row, name, body=None, **headers):
    return client.ask("POST", f"{LIST}/{row.pk}/{name}", {} if body is None else body, **headers)


def test_one_says_what_stands_on_the_map_and_what_became_of_it(client, editor, owner, travelled):
    cards, (customer, _) = travelled
    row = row_of(customer, cards["Kick-off"])
    row.finish(TODAY, by=owner, at=MOMENT, outcome="Fine", felt=-1, today=TODAY)
    found = client.ask("GET", f"{LIST}/{row.pk}").json()
    assert found == {
        "id": str(row.pk), "customer": str(customer.pk), "customer_external_id": "crm-0", "enrolment": str(row.enrolment_id),
        "journey": str(row.enrolment.journey_id), "touchpoint": str(cards["Kick-off"]), "title": "Kick-off", "cycle": 1,
        "occurrence": 0, "due_on": str(row.due_on), "state": "done", "role": str(row.role_id), "member": str(editor.pk),
        "by_person": True, "must": True, "snoozed_until": None, "started_at": None, "settled_on": str(TODAY),
        "settled_at": MOMENT.isoformat(), "settled_by": str(owner.pk), "outcome": "Fine", "felt": -1,
    }  # fmt: skip
    [listed] = walk(client, f"{LIST}?customer={customer.pk}&state=done")[0]
    assert listed == found


def test_they_are_walked_through_in_the_order_of_their_days_and_filtered(client, editor, stranger, travelled):
    cards, (customer, other) = travelled
    row = row_of(customer, cards["Kick-off"])
    ScheduledTouchpoint.objects.filter(pk=row_of(customer, cards["Monthly call"], 3).pk).update(member=None)
    rows = list(ScheduledTouchpoint.objects.of_customer(customer.pk).order_by("due_on", "id"))
    whole = [str(one.pk) for one in rows]
    assert len(whole) > 10
    one, enrolment = f"customer={customer.pk}", f"enrolment={row.enrolment_id}"
    for query in (one, enrolment, f"{one}&journey={row.enrolment.journey_id}"):
        found, pages = walk(client, f"{LIST}?limit=4&{query}")
        assert [each["id"] for each in found] == whole
        assert pages == (len(whole) + 3) // 4
    assert [each["id"] for each in walk(client, f"{LIST}?limit=4&order=-due_on&{one}")[0]] == whole[::-1]

    def expect(query, wanted):
        assert [each["id"] for each in walk(client, f"{LIST}?limit=5&{query}")[0]] == [str(one.pk) for one in rows if wanted(one)]

    expect(f"{one}&state=planned&by_person=false", lambda one: not one.by_person)
    expect(f"{one}&member=none", lambda one: one.member_id is None)
    expect(f"{one}&member={editor.pk}", lambda one: one.member == editor)
    expect(f"{enrolment}&role={row.role_id}", lambda one: one.role_id == row.role_id)
    first, last = START, START + timedelta(40)
    expect(f"{one}&due_from={first}&due_to={last}", lambda one: first <= one.due_on <= last)
    # A member's, and all that is planned.
    everything = ScheduledTouchpoint.objects.planned().in_order()
    mine = everything.filter(member=editor, by_person=True)
    found = walk(client, f"{LIST}?limit=7&member={editor.pk}&by_person=true&state=planned")[0]
    assert [each["id"] for each in found] == [str(one.pk) for one in mine]
    found = walk(client, f"{LIST}?limit=7&state=planned&due_from={TODAY}")[0]
    assert [each["id"] for each in found] == [str(one.pk) for one in everything.due_from(TODAY)]
    assert {each["customer"] for each in found} == {str(customer.pk), str(other.pk)}
    assert walk(client, f"{LIST}?{one}&fields=title,due_on&limit=200")[0][0].keys() == {"title", "due_on"}
    # Somebody else's are not there.
    theirs = ApiClient(token_of(stranger))
    for name, id in (("customer", customer.pk), ("enrolment", row.enrolment_id)):
        for query in (f"{name}={id}", f"{name}={uuid4()}"):
            assert theirs.ask("GET", f"{LIST}?{query}").json() == {"results": [], "next": None}
    for query in (f"member={editor.pk}&by_person=true&state=planned", "state=planned"):
        assert theirs.ask("GET", f"{LIST}?{query}").json()["results"] == []


def test_what_became_of_all_is_listed_by_when_it_was_due_and_by_the_day_and_the_instant_it_was_settled(
    client, owner, stranger, travelled
):
    cards, (customer, other) = travelled
    settled = []
    for hours, (one, title) in enumerate([(customer, "Kick-off"), (other, "Sales handoff"), (other, "Kick-off")]):
        row = row_of(one, cards[title])
        row.finish(TODAY - timedelta(hours), by=owner, at=MOMENT + timedelta(hours=hours), today=TODAY)
        settled.append(row.pk)
    row_of(customer, cards["Sales handoff"]).skip(TODAY, "They knew it", by=owner, at=MOMENT, today=TODAY)
    other.enrolments.get().leave(TODAY, "They went", by=owner, at=MOMENT + timedelta(hours=9))
    done = list(ScheduledTouchpoint.objects.in_state("done"))
    assert {one.pk for one in done} > set(settled)  # milestones tick themselves

    def found(query):
        return [each["id"] for each in walk(client, f"{LIST}?limit=2&{query}")[0]]

    def ids(by, wanted=lambda one: True, rows=done):
        return [str(one.pk) for one in sorted(rows, key=lambda one: (getattr(one, by), one.pk)) if wanted(one)]

    assert found("state=done") == ids("due_on")
    assert found(f"state=done&due_to={START}") == ids("due_on", lambda one: one.due_on <= START)
    assert found("state=done&order=settled_on") == ids("settled_on")
    assert found("state=done&order=-settled_at") == ids("settled_at")[::-1]
    first = TODAY - timedelta(1)
    assert found(f"state=done&order=settled_on&settled_from={first}") == ids("settled_on", lambda one: one.settled_on >= first)
    assert found(f"state=done&order=settled_on&settled_to={first}") == ids("settled_on", lambda one: one.settled_on <= first)
    late = ids("settled_at", lambda one: one.settled_at >= MOMENT + timedelta(hours=1))
    for moment in ("2026-12-11T10:00:00Z", "2026-12-11T11:00:00%2B01:00"):
        assert found(f"state=done&order=settled_at&settled_since={moment}") == late
    assert found(f"customer={other.pk}&state=done&order=settled_at") == ids("settled_at", lambda one: one.customer == other)
    missed = list(ScheduledTouchpoint.objects.in_state("missed"))
    assert {one.settled_at for one in missed} == {MOMENT + timedelta(hours=9)}
    assert found("state=missed&order=settled_at") == ids("settled_at", rows=missed)
    undo(Activity.objects.of(other).latest_first()[0], by=owner, at=MOMENT)
    assert {one.settled_at for one in ScheduledTouchpoint.objects.planned()} == {None}
    for query in ("state=done", "state=done&order=settled_at", "state=skipped&order=settled_on"):
        assert ApiClient(token_of(stranger)).ask("GET", f"{LIST}?{query}").json()["results"] == []


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("state=done", "scheduled_over_due"), ("state=skipped&due_from=2026-12-01", "scheduled_over_due"),
        ("state=done&order=settled_on&settled_from=2026-12-01", "scheduled_settled_on"),
        ("state=missed&order=-settled_at", "scheduled_settled_at"),
        ("state=done&order=settled_at&settled_since=2026-12-01T00:00:00Z", "scheduled_settled_at"),
    ],
)  # fmt: skip
def test_what_became_of_all_is_found_by_an_index_in_its_order(client, travelled, query, index):
    first = client.ask("GET", f"{LIST}?limit=1&{query}").json()["next"]
    for path in [f"{LIST}?limit=1&{query}", *([first.partition("/api/v1/")[2]] if first else [])]:
        with CaptureQueriesContext(connection) as asked:
            client.ask("GET", path)
        [sql] = [one["sql"] for one in asked if 'FROM "touchpoints_scheduledtouchpoint"' in one["sql"]]
        with connection.cursor() as cursor:
            for other in ("seqscan", "bitmapscan", "sort"):  # with so few rows they are cheaper
                cursor.execute(f"SET LOCAL enable_{other} = off")
            cursor.execute(f"EXPLAIN {sql}".replace("%", "%%"))
            plan = "\n".join(row[0] for row in cursor.fetchall())
        assert index in plan, plan
        assert "Sort" not in plan, plan


def test_a_page_asks_as_much_however_long_it_is(client, travelled):
    _, (customer, _) = travelled
    asked = []
    for limit in (1, 1, 200):
        with CaptureQueriesContext(connection) as found:
            client.ask("GET", f"{LIST}?customer={customer.pk}&limit={limit}")
        asked.append(len(found))
    assert asked[1] == asked[2]


@pytest.mark.parametrize(
    "query",
    [
        "", "order=settled_at", "state=open", "role={id}&state=planned", "role={id}&state=done", "state=done&order=id",
        "member=none&state=planned", "member={id}&state=planned", "member={id}&by_person=true",
        "member={id}&by_person=true&state=skipped", "journey={id}&state=planned", "state=planned&by_person=true", "customer=x",
        "customer={id}&due_from=20270101", "customer={id}&order=id", "customer={id}&by_person=1",
        "customer={id}&touchpoint={id}", "customer={id}&order=settled_on", "customer={id}&settled_from=2026-12-01",
        "state=planned&order=settled_at", "state=planned&settled_since=2026-12-01T00:00:00Z",
        "member={id}&by_person=true&state=done&order=settled_at", "state=done&settled_from=2026-12-01",
        "state=done&settled_since=2026-12-01T00:00:00Z&order=settled_on", "state=done&order=settled_at&due_to=2026-12-01",
        "state=done&order=settled_at&settled_since=2026-12-01", "state=done&order=settled_at&settled_since=2026-12-01T00:00:00",
    ],
)  # fmt: skip
def test_what_no_index_finds_is_not_looked_for(client, query):
    problem(client.ask("GET", f"{LIST}?{query.format(id=uuid4())}"), 400, "bad-parameter")


def test_done_skipped_and_opened_again_with_all_that_follows(client, contributor, travelled):
    cards, (customer, _) = travelled
    row = row_of(customer, cards["Sales handoff"])
    said = act(client, row, "done", {"on": str(TODAY - timedelta(2)), "outcome": "Went well", "felt": 2}).json()
    assert said == client.ask("GET", f"{LIST}/{row.pk}").json()
    assert [said[name] for name in ("state", "settled_on", "settled_by", "outcome", "felt")] == [
        "done", str(TODAY - timedelta(2)), str(contributor.pk), "Went well", 2,
    ]  # fmt: skip
    assert row_of(customer, cards["Settled in"]).state == "done"
    assert Passage.objects.filter(customer=customer).count() == 1
    for name in ("done", "skip", "reschedule", "snooze"):
        body = {"skip": {"because": "x"}, "reschedule": {"on": str(TODAY)}, "snooze": {"until": None}}.get(name)
        refused = problem(act(client, row, name, body), 409, "not-open")
        assert (refused["state"], refused["detail"]) == ("done", "Sales handoff is done already.")
    assert act(client, row, "reopen").json()["state"] == "planned"
    assert problem(act(client, row, "reopen"), 409, "not-settled")["state"] == "planned"
    assert client.generic("POST", f"/api/v1/{LIST}/{row.pk}/done").json()["state"] == "done"  # nothing need be said
    assert act(client, row, "reopen").json()["state"] == "planned"
    skipped = act(client, row, "skip", {"because": " Not wanted "}).json()
    assert [skipped[name] for name in ("state", "outcome", "settled_on")] == ["skipped", "Not wanted", str(TODAY)]
    told = Activity.objects.of(customer).filter(by=contributor).values_list("text", flat=True)
    assert set(told) >= {"finished Sales handoff", "opened Sales handoff again", "skipped Sales handoff"}


def test_put_on_another_day_and_snoozed(client, travelled):
    cards, (customer, _) = travelled
    row, day = row_of(customer, cards["Kick-off"]), TODAY + timedelta(20)
    assert (
        act(client, row, "snooze", {"until": "2026-12-24T08:00:00+01:00"}).json()["snoozed_until"].startswith("2026-12-24T07:00")
    )
    moved = act(client, row, "reschedule", {"on": str(day)}).json()
    assert (moved["due_on"], moved["snoozed_until"]) == (str(day), None)
    assert act(client, row, "snooze", {"until": None}).json()["snoozed_until"] is None


@pytest.mark.parametrize(
    ("name", "body", "pointer"),
    [
        ("done", {"on": str(TODAY + timedelta(1))}, "/on"),
        ("done", {"on": "1999-01-01"}, "/on"),
        ("done", {"felt": 3}, "/felt"),
        ("done", {"outcom": "x"}, "/outcom"),
        ("done", {"outcome": "a\0b"}, "/outcome"),
        ("skip", {}, "/because"),
        ("skip", {"because": " "}, "/because"),
        ("reschedule", {"on": "2026-11-01"}, "/on"),
        ("reschedule", {"on": "9999-01-01"}, "/on"),
        ("snooze", {}, "/until"),
        ("snooze", {"until": "2027-01-01T08:00:00"}, "/until"),
        ("snooze", {"until": "2026-12-01T08:00:00Z"}, "/until"),
        ("snooze", {"until": "9999-12-31T23:59:59-12:00"}, "/until"),
    ],
)
def test_what_makes_no_sense_is_refused_and_pointed_to(client, travelled, name, body, pointer):
    cards, (customer, _) = travelled
    row = row_of(customer, cards["Kick-off"])
    found = problem(act(client, row, name, body), 422, "invalid")
    assert [one["pointer"] for one in found["errors"]] == [pointer]
    row.refresh_from_db()
    assert (row.state, row.snoozed_until) == ("planned", None)


def test_what_the_map_plans_no_longer_stays_as_it_is(client, owner, travelled):
    cards, (customer, _) = travelled
    row = row_of(customer, cards["Monthly call"], 1)
    row.finish(TODAY, by=owner, at=MOMENT, today=TODAY)
    customer.enrolments.get().leave(TODAY, "They went", by=owner, at=MOMENT)
    assert row.due_on > TODAY
    problem(act(client, row, "reopen"), 409, "not-planned")
    assert client.ask("GET", f"{LIST}/{row.pk}").json()["state"] == "done"
    gone = row_of(customer, cards["Kick-off"])
    for name, what in (("done", "not-open"), ("reopen", "not-settled")):
        told = problem(act(client, gone, name), 409, what)
        assert told["state"] == "missed"
        assert re.fullmatch("Kick-off was missed: .* journey. Undo that .* and it is planned again.", told["detail"])
    undo(Activity.objects.of(customer).latest_first()[0], by=owner, at=MOMENT)
    assert client.ask("GET", f"{LIST}/{gone.pk}").json()["state"] == "planned"


def test_an_act_that_is_sent_again_under_its_key_is_done_once(client, travelled):
    cards, (customer, _) = travelled
    row, key = row_of(customer, cards["Kick-off"]), {"Idempotency_Key": "once"}
    first, again = (act(client, row, "done", {"felt": 1}, **key) for _ in range(2))
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"


def test_viewers_look_and_do_nothing(api, viewer, travelled):
    cards, (customer, _) = travelled
    row = row_of(customer, cards["Kick-off"])
    client = api(viewer, "read")
    assert client.ask("GET", f"{LIST}/{row.pk}").status_code == 200
    problem(act(client, row, "done"), 403, "scope-too-small")
