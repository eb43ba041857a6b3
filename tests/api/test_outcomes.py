"""What was done elsewhere is brought along, thousands at once: with all that follows from one act, and only once."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Activity
from playbooks.models import PlaybookVersion
from tests.api.conftest import ApiClient, problem, token_of
from tests.api.lived import AE, CSM, MOMENT, TODAY, map_of, row_of, travel
from tests.touchpoints.sheets import START
from touchpoints.models import Passage, Reminder, ScheduledTouchpoint

pytestmark = pytest.mark.django_db
BEFORE = str(TODAY - timedelta(1))


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(MOMENT, tick=False)


@pytest.fixture
def mapped(owner):
    return map_of(owner)


@pytest.fixture
def client(api, contributor):
    return api(contributor)


def bring(client, *items, query=""):
    return client.ask("POST", f"scheduled-touchpoints/outcomes{query}", {"outcomes": items})


def done(customer, spot, **more):
    return {"external_id": customer.external_id, "touchpoint": str(spot), "state": "done", "on": BEFORE, **more}


def wrong(answer):
    """The places in the items at which something is wrong, by item."""
    assert answer.status_code == 200, answer.content
    found = [[error["pointer"] for error in one.get("errors", [])] for one in answer.json()["results"]]
    assert all(pointer.startswith(f"/outcomes/{number}") for number, pointers in enumerate(found) for pointer in pointers)
    return [[pointer.removeprefix(f"/outcomes/{number}") for pointer in pointers] for number, pointers in enumerate(found)]


def test_what_was_done_is_kept_and_said_again_it_changes_nothing(client, contributor, owner, mapped):
    version, cards = mapped
    first, second = travel(owner, version, 2)
    items = [
        done(first, cards["Kick-off"], outcome=" They are glad ", felt=2),
        {"id": str(row_of(second, cards["Kick-off"]).pk), "state": "skipped", "on": str(TODAY), "because": "Not wanted"},
    ]
    answer = bring(client, *items).json()
    assert answer["counts"] == {"settled": 2}
    rows = [row_of(first, cards["Kick-off"]), row_of(second, cards["Kick-off"])]
    assert answer["results"] == [{"result": "settled", "id": str(row.pk)} for row in rows]
    said = [(row.state, str(row.settled_on), row.settled_by, row.settled_at, row.outcome, row.felt) for row in rows]
    assert said[0] == ("done", BEFORE, contributor, MOMENT, "They are glad", 2)
    assert said[1] == ("skipped", str(TODAY), contributor, MOMENT, "Not wanted", None)
    before = Activity.objects.count()
    again = bring(client, *items).json()
    assert again["counts"] == {"unchanged": 2}
    assert [one["id"] for one in again["results"]] == [str(row.pk) for row in rows]
    assert Activity.objects.count() == before
    assert bring(client, done(first, cards["Kick-off"])).json()["counts"] == {"unchanged": 1}, "what it does not say is as it is"


def lived(customer):
    """All that has become of a customer, but for ids."""
    rows = ScheduledTouchpoint.objects.of_customer(customer.pk).order_by("spot", "occurrence")
    fields = ("spot", "occurrence", "due_on", "state", "settled_on", "settled_by", "settled_at", "outcome", "felt", "member")
    return {
        "rows": list(rows.values_list(*fields, "playbook_version__body")),
        "told": sorted(Activity.objects.of(customer).values_list("text", "by", "at")),
        "handoffs": list(
            Passage.objects.filter(customer=customer).values_list("title", "state", "giver", "receiver", "reached_on")
        ),
        "reminders": sorted(Reminder.objects.filter(scheduled__customer=customer).values_list("kind", "due_on", "state")),
    }


def test_many_at_once_come_to_the_same_as_one_by_one(client, contributor, owner, editor, mapped):
    version, cards = mapped
    one, other = travel(owner, version, 2, {AE: owner, CSM: editor})
    for customer in (one, other):
        row = row_of(customer, cards["Sales handoff"])
        fields = {"workspace_id": row.workspace_id, "member": owner, "subject": owner, "due_on": row.due_on, "day": row.due_on}
        Reminder.objects.create(scheduled=row, channel="bell", kind="due", owed_at=MOMENT, remind_at=MOMENT, **fields)
    started = ScheduledTouchpoint.objects.of_customer(one.pk).count()
    who = {"by": contributor, "at": MOMENT, "today": TODAY}
    row_of(one, cards["Sales handoff"]).finish(TODAY - timedelta(1), outcome="Went well", felt=1, **who)
    row_of(one, cards["Monthly call"]).skip(TODAY, "They were away", **who)
    items = [
        done(other, cards["Sales handoff"], outcome="Went well", felt=1),
        {**done(other, cards["Monthly call"]), "state": "skipped", "on": str(TODAY), "because": "They were away"},
    ]
    assert bring(client, *items).json()["counts"] == {"settled": 2}
    found = lived(other)
    assert found == lived(one)
    # ... and that is not nothing.
    assert len(found["rows"]) == started
    settled = {row[0]: (row[3], row[4], row[5]) for row in found["rows"] if row[3] != "planned" and not row[1]}
    assert settled[cards["Handed over"]] == settled[cards["Settled in"]] == ("done", TODAY - timedelta(1), None)
    assert row_of(other, cards["Ask how it went"]).due_on >= TODAY - timedelta(1) + timedelta(5)
    assert {text for text, *_ in found["told"]} >= {"finished Sales handoff", "reached Settled in", "skipped Monthly call"}
    assert [row[:2] for row in found["handoffs"]] == [("Sales handoff", "preparing")]
    assert [state for *_, state in found["reminders"]] == ["taken_back"]
    assert PlaybookVersion.objects.count() == 1


def test_what_comes_again_is_the_next_one_and_sent_again_it_is_still_the_same(client, owner, mapped):
    version, cards = mapped
    [customer] = travel(owner, version, 1)
    call = cards["Monthly call"]
    items = [done(customer, call, on=str(START + timedelta(2))), done(customer, call, on=str(START + timedelta(9)))]
    first, second = bring(client, *items).json()["results"]
    assert [first["id"], second["id"]] == [str(row_of(customer, call, n).pk) for n in (0, 1)]
    assert bring(client, *items).json()["counts"] == {"unchanged": 2}
    assert bring(client, items[1], done(customer, call, occurrence=2)).json()["counts"] == {"unchanged": 1, "settled": 1}
    assert row_of(customer, call, 2).state == "done"
    assert bring(client, done(customer, call, occurrence=1, cycle=1, on=items[1]["on"])).json()["counts"] == {"unchanged": 1}
    # Whoever names one gets it, wherever it stands; and the same one twice is a mistake.
    rows = {n: str(row_of(customer, call, n).pk) for n in (3, 4)}
    latest = done(customer, call, on=str(TODAY))
    answer = bring(client, latest, {"id": rows[3], "state": "done", "on": BEFORE}, latest).json()
    assert [one["id"] for one in answer["results"]] == [rows[4], rows[3], None]
    assert [one["result"] for one in answer["results"]] == ["settled", "settled", "bad"]


def test_each_is_for_itself_and_the_bad_ones_say_what_is_wrong(client, owner, mapped):
    version, cards = mapped
    first, second = travel(owner, version, 2)
    kick, good = cards["Kick-off"], row_of(second, cards["Kick-off"])
    bring(client, done(first, kick, outcome="Fine", felt=1))
    answer = bring(
        client,
        {"id": str(good.pk), "state": "done", "on": BEFORE},
        {"id": str(good.pk), "state": "done", "on": str(TODAY)},
        done(first, kick, on=str(TODAY), outcome="Other", felt=None),
        {**done(first, kick), "state": "skipped", "because": "No"},
        "x",
        {"state": "done", "on": BEFORE},
        {**done(first, kick), "id": str(good.pk)},
        done(first, kick, on=str(TODAY + timedelta(1)), felt=3, because="x", surprise=1),
        {**done(first, kick), "state": "skipped"},
        {**done(first, kick), "state": "missed"},
        {"id": "x", "state": "done", "on": "31.12.2026", "outcome": "a\0b"},
        done(first, kick, occurrence=7),
        {"external_id": " ", "touchpoint": 7, "cycle": True, "occurrence": -1, "state": "done", "on": None, "felt": "1"},
    )
    assert wrong(answer) == [
        [], [""], ["/on", "/outcome", "/felt"], ["/state"], [""], ["/external_id", "/touchpoint"], ["/external_id"],
        ["/surprise", "/on", "/because", "/felt"], ["/because"], ["/state"], ["/id", "/on", "/outcome"], ["/touchpoint"],
        ["/external_id", "/touchpoint", "/cycle", "/occurrence", "/on", "/felt"],
    ]  # fmt: skip
    assert answer.json()["counts"] == {"settled": 1, "bad": 12}
    good.refresh_from_db()
    assert (good.state, str(good.settled_on)) == ("done", BEFORE)
    row = row_of(first, kick)
    assert (row.state, row.outcome, row.felt) == ("done", "Fine", 1)


def test_what_an_item_needs_is_asked_for(client, owner, mapped):
    version, cards = mapped
    [customer] = travel(owner, version, 1)
    item = done(customer, cards["Kick-off"])
    for name, said in (
        ("on", "This field is required: the day on which it was done or skipped, as 2027-01-31."),
        ("state", "It is one of done, skipped."),
    ):
        bad = {key: value for key, value in item.items() if key != name}
        assert bring(client, bad).json()["results"][0]["errors"] == [{"pointer": f"/outcomes/0/{name}", "detail": said}]


def test_all_or_nothing_takes_none_where_one_is_bad_and_a_dry_run_none_at_all(client, owner, mapped):
    version, cards = mapped
    first, second = travel(owner, version, 2)
    items = [done(first, cards["Kick-off"]), done(second, cards["Kick-off"], felt=9)]
    body = problem(bring(client, *items, query="?all_or_nothing=true"), 422, "invalid")
    assert [one["pointer"] for one in body["errors"]] == ["/outcomes/1/felt"]
    look = bring(client, *items, query="?dry_run=true").json()
    assert (look["dry_run"], look["counts"]) == (True, {"settled": 1, "bad": 1})
    assert not ScheduledTouchpoint.objects.history().exists()
    problem(bring(client, *items, query="?dryrun=true"), 400, "bad-parameter")
    for body in ({"outcomes": []}, {"outcomes": [{}] * 5001}, [], {}):
        problem(client.ask("POST", "scheduled-touchpoints/outcomes", body), 422, "invalid")


def test_what_was_missed_cannot_be_brought_along(client, owner, mapped):
    version, cards = mapped
    [customer] = travel(owner, version, 1)
    customer.enrolments.get().leave(TODAY, "They went", by=owner, at=MOMENT)
    assert row_of(customer, cards["Kick-off"]).state == "missed"
    [error] = bring(client, done(customer, cards["Kick-off"])).json()["results"][0]["errors"]
    assert error == {"pointer": "/outcomes/0/state", "detail": "It was missed: its cycle is over, or the journey."}


def test_another_workspaces_answer_as_those_that_do_not_exist(client, stranger, owner, mapped):
    version, cards = mapped
    [customer] = travel(owner, version, 1)
    theirs, row = ApiClient(token_of(stranger)), row_of(customer, cards["Kick-off"])
    foreign = [{"id": str(row.pk), "state": "done", "on": BEFORE}, done(customer, cards["Kick-off"])]
    nothing = [
        {"id": str(uuid4()), "state": "done", "on": BEFORE},
        {**foreign[1], "external_id": "x", "touchpoint": str(uuid4())},
    ]
    for query in ("", "?dry_run=true"):
        assert bring(theirs, *foreign, query=query).content == bring(theirs, *nothing, query=query).content
    assert wrong(bring(theirs, *foreign)) == [["/id"], ["/external_id"]]
    unknown = {**done(customer, uuid4())}
    assert wrong(bring(client, unknown)) == [["/touchpoint"]]
    assert not ScheduledTouchpoint.objects.history().exists()


def test_ten_times_as_many_take_as_many_questions(client, owner, mapped):
    version, cards = mapped
    customers = travel(owner, version, 221)

    def asked(some):
        with CaptureQueriesContext(connection) as found:
            answer = bring(client, *(done(one, cards["Sales handoff"], felt=1) for one in some)).json()
        assert answer["counts"] == {"settled": len(some)}
        return len(found)

    asked(customers[:1])  # maps and the like are kept from now on
    few, many = asked(customers[1:21]), asked(customers[21:])
    assert many <= few + 6, "COPY instead of INSERT"
    assert ScheduledTouchpoint.objects.filter(spot=cards["Settled in"], state="done").count() == 221
    assert Passage.objects.count() == 221


@pytest.mark.django_db(transaction=True)
def test_two_programs_that_bring_the_same_along_take_turns(contributor, owner, mapped):
    version, cards = mapped
    items = [done(one, cards[title]) for one in travel(owner, version, 60) for title in ("Sales handoff", "Kick-off")]
    token, answers, gate = token_of(contributor), [], Barrier(2)

    def send(some):
        gate.wait()
        answers.append(bring(ApiClient(token), *some))
        connection.close()

    hands = [Thread(target=send, args=[some]) for some in (items, items[::-1])]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(str(one.json()["counts"]) for one in answers) == ["{'settled': 120}", "{'unchanged': 120}"]
    assert Activity.objects.filter(text="finished Kick-off").count() == 60
