"""Acts on what is due are done only on what was read, and only as what was said is understood."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection, transaction

from customers.models import Activity
from tests.api.conftest import description, problem
from tests.api.lived import MOMENT, TODAY, map_of, row_of, travel
from touchpoints.models import ScheduledTouchpoint

pytestmark = pytest.mark.django_db
LIST = "scheduled-touchpoints"
NEEDED = {"skip": {"because": "x"}, "reschedule": {"on": str(TODAY + timedelta(9))}, "snooze": {"until": "2027-01-01T08:00:00Z"}}
ACTS = ("done", "skip", "reopen", "reschedule", "snooze")


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(MOMENT, tick=False)


@pytest.fixture
def row(owner):
    version, cards = map_of(owner)
    [customer] = travel(owner, version, 1)
    return row_of(customer, cards["Kick-off"])


@pytest.fixture
def client(api, contributor):
    return api(contributor)


def read(client, row):
    return client.ask("GET", f"{LIST}/{row.pk}")


def act(client, row, name, body=None, **headers):
    return client.ask("POST", f"{LIST}/{row.pk}/{name}", {} if body is None else body, **headers)


def settle(row, name, member):
    if name == "reopen":
        row.finish(TODAY, by=member, at=MOMENT, today=TODAY)


@pytest.mark.parametrize("name", ACTS)
def test_what_has_changed_since_is_not_acted_on(client, owner, row, name):
    settle(row, name, owner)
    seen = read(client, row)["ETag"]
    ScheduledTouchpoint.objects.filter(pk=row.pk).update(started_at=MOMENT)
    now, told = read(client, row), Activity.objects.count()
    refused = act(client, row, name, NEEDED.get(name), If_Match=seen)
    assert problem(refused, 412, "changed-since")["now"] == now.json()
    assert refused["ETag"] == now["ETag"]
    assert read(client, row).json() == now.json()
    assert Activity.objects.count() == told
    done = act(client, row, name, NEEDED.get(name), If_Match=refused["ETag"])
    assert done.status_code == 200
    assert done["ETag"] == read(client, row)["ETag"] != seen


def test_an_act_that_somebody_else_has_done_is_stale_and_without_a_tag_it_is_not_open(client, owner, row):
    seen = read(client, row)["ETag"]
    row.finish(TODAY, by=owner, at=MOMENT, today=TODAY)
    assert problem(act(client, row, "done", If_Match=seen), 412, "changed-since")["now"]["state"] == "done"
    problem(act(client, row, "done", If_Match="*"), 409, "not-open")
    problem(act(client, row, "done"), 409, "not-open")


@pytest.mark.django_db(transaction=True)
def test_what_was_seen_is_compared_when_nobody_else_is_at_it(client, row):
    seen, answers = read(client, row)["ETag"], []

    def ask():
        answers.append(act(client, row, "done", If_Match=seen))
        connection.close()

    other = Thread(target=ask)
    with transaction.atomic():
        row.held()
        other.start()
        other.join(1)
        assert other.is_alive()
        ScheduledTouchpoint.objects.filter(pk=row.pk).update(started_at=MOMENT)
    other.join(20)
    problem(answers[0], 412, "changed-since")
    assert read(client, row).json()["state"] == "planned"


def test_an_act_that_is_sent_again_under_its_key_has_the_tag_of_the_first(client, row):
    key = {"Idempotency_Key": "once", "If_Match": read(client, row)["ETag"]}
    first, again = (act(client, row, "done", {"felt": 1}, **key) for _ in range(2))
    assert again["Idempotency-Replayed"] == "true"
    assert first["ETag"] == again["ETag"] == read(client, row)["ETag"]


@pytest.mark.parametrize("name", ACTS)
def test_it_is_described(name):
    said = description()["paths"][f"/api/v1/{LIST}/{{id}}/{name}"]["post"]
    assert "If-Match" in {one["name"] for one in said["parameters"]}
    assert "ETag" in said["responses"]["200"]["headers"]
    assert "ETag" in said["responses"]["412"]["headers"]
    if "requestBody" in said:
        assert said["requestBody"]["content"]["application/json"]["schema"]["additionalProperties"] is False


@pytest.mark.parametrize(
    ("name", "body", "pointers"),
    [
        ("done", {"felt": "2", "outcome": 5}, ["/felt", "/outcome"]),
        ("done", {"felt": 1.5, "on": "tomorrow", "becuase": ""}, ["/becuase", "/felt", "/on"]),
        ("done", {"felt": True, "on": None}, ["/felt", "/on"]),
        ("done", {"felt": -3, "on": str(TODAY + timedelta(1)), "outcome": "x" * 4001}, ["/felt", "/on", "/outcome"]),
        ("skip", {"on": f"{TODAY}T00:00:00Z"}, ["/because", "/on"]),
        ("skip", {"because": 5}, ["/because"]),
        ("skip", {"because": "x" * 4001}, ["/because"]),
        ("reopen", {"because": "oops", "on": 3}, ["/because", "/on"]),
        ("reschedule", {"on": 20270101}, ["/on"]),
        ("reschedule", {"on": str(TODAY + timedelta(9)), "felt": 1}, ["/felt"]),
        ("snooze", {"until": 1798790400}, ["/until"]),
        ("snooze", {"until": "2027-01-01"}, ["/until"]),
        ("snooze", {"until": False, "on": 1}, ["/on", "/until"]),
    ],
)
def test_it_is_read_strictly_and_all_that_is_wrong_is_said_at_once(client, owner, row, name, body, pointers):
    settle(row, name, owner)
    before = read(client, row).json()
    found = problem(act(client, row, name, body), 422, "invalid")
    assert sorted(one["pointer"] for one in found["errors"]) == pointers
    assert read(client, row).json() == before


def test_what_there_is_is_said(client, owner, row):
    def told(name, body):
        return [one["detail"] for one in problem(act(client, row, name, body), 422, "invalid")["errors"]]

    assert told("done", {"felt": 9}) == ["It is a whole number from -2 to 2."]
    assert told("snooze", {"until": "2027-01-01T08:00:00"}) == ["It is an instant with its zone, as 2027-01-31T08:00:00Z."]
    assert told("skip", {"reason": "x", "because": "y"}) == ["There is no such field here. There are on, because."]
    assert told("reopen", {"on": 3}) == ["There is no such field here. There are none."]
    assert told("reopen", []) == ["It is no object."]
    for name in NEEDED:
        problem(client.generic("POST", f"/api/v1/{LIST}/{row.pk}/{name}"), 400, "malformed")


def test_what_need_not_be_said_may_be_null(client, row):
    done = act(client, row, "done", {"outcome": None, "felt": None}).json()
    assert (done["state"], done["outcome"], done["felt"]) == ("done", "", None)
    assert client.generic("POST", f"/api/v1/{LIST}/{row.pk}/reopen").json()["state"] == "planned"
