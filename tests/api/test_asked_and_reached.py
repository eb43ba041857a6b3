"""What customers have asked for, and the handoffs that they have reached: read by whoever hears of them."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.models import Fact
from customers.models import Request
from tests.api.conftest import ApiClient, problem, token_of
from tests.api.test_lists import walk
from tests.touchpoints.handoffs import AE, CSM, DAY, reached, role
from tests.touchpoints.sheets import NOW, START, customer
from touchpoints.models import Passage

pytestmark = pytest.mark.django_db


def ids(*rows):
    return [str(one.pk) for one in rows]


def listed(client, path):
    return [one["id"] for one in walk(client, path)[0]]


@pytest.fixture
def asked(journey, owner, editor, contributor):
    """Three requests: one that is still with the contributor, one handed on to the editor, one that is done."""
    found = customer(owner, journey.segment, external_id="crm-1")
    new, handed, done = (
        Request.objects.log(found, text, by=contributor, on=START, at=NOW + timedelta(minutes=n))
        for n, text in enumerate(("An invoice", "A discount", "A login"))
    )
    handed.hand_on(editor, url="/", role=role(owner, AE), by=contributor, at=NOW)
    done.finish("It works", START + timedelta(2), url="/", by=contributor, at=NOW)
    return new, handed, done


def test_a_request_says_what_was_asked_with_whom_it_is_and_what_came_of_it(api, viewer, editor, contributor, asked):
    _, handed, done = asked
    client = api(viewer, "read")
    answer = client.ask("GET", f"requests/{handed.pk}")
    assert answer.json() == {
        "id": str(handed.pk), "customer": str(handed.customer_id), "customer_external_id": "crm-1", "text": "A discount",
        "state": "open", "role": str(handed.role_id), "holder": str(editor.pk), "logged_by": str(contributor.pk),
        "logged_on": str(START), "done_on": None, "outcome": "", "made_at": (NOW + timedelta(minutes=1)).isoformat(),
    }  # fmt: skip
    assert client.ask("GET", f"requests/{handed.pk}", If_None_Match=answer["ETag"]).status_code == 304
    said = client.ask("GET", f"requests/{done.pk}").json()
    assert [said[name] for name in ("state", "done_on", "outcome")] == ["done", str(START + timedelta(2)), "It works"]


def test_whoever_is_here_lists_all_requests_and_narrows_them_down(api, viewer, editor, contributor, asked):
    new, handed, done = asked
    team, own, looks = api(editor), api(contributor), api(viewer, "read")
    assert listed(team, "requests?limit=1") == ids(new, handed, done)
    assert listed(team, "requests?limit=1&order=-made_at") == ids(done, handed, new)
    assert listed(team, "requests?state=open") == listed(team, f"requests?holder={editor.pk}&limit=1") == ids(handed)
    assert listed(team, f"requests?customer={new.customer_id}&state=new&limit=1") == ids(new)
    assert listed(team, f"requests?customer={uuid4()}") == listed(team, f"requests?holder={uuid4()}") == []
    assert listed(own, "requests?limit=1") == listed(looks, "requests") == ids(new, handed, done)
    assert (
        listed(own, f"requests?holder={contributor.pk}") == listed(looks, f"requests?holder={contributor.pk}") == ids(new, done)
    )
    assert listed(own, "requests?handed_on=true&limit=1") == ids(handed)
    assert listed(looks, "requests?handed_on=true") == listed(team, "requests?handed_on=true") == []
    for query in ("state=x", "customer=x", "holder=none", "handed_on=1", "order=text"):
        problem(team.ask("GET", f"requests?{query}"), 400, "bad-parameter")


def test_a_handoff_that_was_reached_says_where_it_stands_and_one_alone_its_package(api, viewer, editor, contributor, owner):
    row = reached(owner, giver=contributor, receiver=editor)
    row.fill({0: ("Grow by half", False)}, {0: ("", False)}, by=contributor, at=DAY)
    row.offer(by=contributor, at=DAY)
    client = api(viewer, "read")
    answer = client.ask("GET", f"handoffs/{row.pk}")
    found = answer.json()
    assert found == {
        "id": str(row.pk), "customer": str(row.customer_id), "customer_external_id": "", "enrolment": str(row.enrolment_id),
        "journey": str(row.enrolment.journey_id), "handoff": str(row.handoff_id), "cycle": 1, "occurrence": 0,
        "title": "Sales handoff", "to_title": "Kick-off", "state": "offered", "giver_role": str(role(owner, AE).pk),
        "giver": str(contributor.pk), "receiver_role": str(role(owner, CSM).pk), "receiver": str(editor.pk),
        "reached_on": str(row.reached_on), "offered_on": str(row.offered_on), "answer_by": str(row.answer_by),
        "accepted_on": None, "accepted_at": None, "accepted_by": None, "note": "Call them first.", "accept_within_days": 2,
        "package": [
            {"item": "Goals", "where": "CRM", "reader": "CSM", "value": "Grow by half", "there": False},
            {"item": "Known risks", "where": "", "reader": "CSM", "value": "", "there": False},
        ],
    }  # fmt: skip
    assert client.ask("GET", f"handoffs/{row.pk}", If_None_Match=answer["ETag"]).status_code == 304
    [told] = walk(client, "handoffs")[0]
    assert found == told | {name: found[name] for name in ("note", "accept_within_days", "package")}
    assert "package" not in told


def test_handoffs_that_were_reached_are_listed_by_their_day_and_filtered(api, viewer, editor, contributor, owner):
    row = reached(owner, giver=contributor, receiver=editor)
    # Of the same map, as if others had reached it before and after.
    others = []
    for days in (-3, 4):
        values = {
            **Passage.objects.filter(pk=row.pk).values().get(),
            "id": uuid4(),
            "reached_on": row.reached_on + timedelta(days),
        }
        others.append(Passage.objects.create(**values | {"occurrence": 9 + days, "giver_id": None, "receiver_id": None}))
    row.offer(by=contributor, at=DAY)
    client = api(viewer, "read")
    assert listed(client, "handoffs?limit=1") == ids(others[0], row, others[1])
    assert listed(client, "handoffs?limit=1&order=-reached_on") == ids(others[1], row, others[0])
    assert listed(client, "handoffs?state=preparing&limit=1") == ids(*others)
    for query in (f"giver={contributor.pk}", f"receiver={editor.pk}", "state=offered"):
        assert listed(client, f"handoffs?{query}&limit=1") == ids(row), query
    for query in (f"customer={row.customer_id}", f"enrolment={row.enrolment_id}"):
        assert listed(client, f"handoffs?{query}&limit=2") == ids(others[0], row, others[1])
    for name in ("giver", "receiver", "customer", "enrolment"):
        assert listed(client, f"handoffs?{name}={uuid4()}") == []
        problem(client.ask("GET", f"handoffs?{name}=x"), 400, "bad-parameter")
    problem(client.ask("GET", "handoffs?state=open"), 400, "bad-parameter")


def test_whoever_hears_of_one_reads_it_and_nobody_else_does(api, viewer, stranger, owner, asked):
    row = reached(owner)
    told = Fact.objects.of_workspace(owner.workspace_id).of_types({"request.made", "handoff.reached"})
    addresses = {f"{fact.type.partition('.')[0]}s/{fact.subject}" for fact in told}
    assert addresses == {f"handoffs/{row.pk}", *(f"requests/{one.pk}" for one in asked)}
    client, theirs = api(viewer, "read"), ApiClient(token_of(stranger))
    for address in addresses:
        assert client.ask("GET", address).json()["id"] == address.partition("/")[2]
        problem(theirs.ask("GET", address), 404, "not-found")
    assert theirs.ask("GET", f"requests?customer={asked[0].customer_id}").json() == {"results": [], "next": None}
