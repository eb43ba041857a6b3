"""A request that makes something is sent again with the same key: it is done once."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import psycopg
import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts.models import KeptAnswer
from accounts.models.kept_answer import KEPT, LEASE
from accounts.tasks import forget_answers
from customers.models import Customer
from customers.models.customer import CustomerQuerySet
from customers.upserting import Reader
from journeys.api import journeys
from journeys.models import Journey, Segment
from tests.api.conftest import ApiClient, problem, token_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(api, editor):
    return api(editor)


def begin(client, journey, title="New", key="k-1"):
    return client.ask("POST", "journeys", {"segment": str(journey.segment_id), "title": title}, Idempotency_Key=key)


def test_the_same_request_gets_the_same_answer_and_is_done_once(client, journey):
    first, second = begin(client, journey), begin(client, journey)
    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert first["Location"] == second["Location"]
    made = [client.ask("POST", "segments", {"name": "New"}, Idempotency_Key="s") for _ in range(2)]
    for name in ("ETag", "Location"):
        assert made[0][name] == made[1][name]
    assert second["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert Journey.objects.filter(title="New").count() == 1
    assert begin(client, journey, key="k-2").json()["id"] != first.json()["id"]


def test_how_the_body_is_written_is_all_one(client, journey):
    first = begin(client, journey)
    body = f'{{ "title":"New",  "segment": "{journey.segment_id}" }}'
    assert client.ask("POST", "journeys", body, Idempotency_Key="k-1").content == first.content


def test_another_request_under_the_same_key_is_refused(client, journey):
    begin(client, journey)
    problem(begin(client, journey, "Another"), 422, "key-used")
    problem(client.ask("POST", "customers/bulk", {"customers": []}, Idempotency_Key="k-1"), 422, "key-used")
    problem(client.ask("POST", "customers/bulk?dry_run=true", {"customers": []}, Idempotency_Key="k-1"), 422, "key-used")
    assert Journey.objects.count() == 2


def test_what_is_nested_too_deep_is_refused_with_a_key_too(client):
    body = '{"x": ' + "[" * 300 + "]" * 300 + "}"
    assert client.ask("POST", "journeys", body, Idempotency_Key="k").status_code in (400, 422)


def test_a_key_is_its_members_own(client, api, owner, journey):
    assert begin(client, journey).json()["id"] != begin(api(owner), journey).json()["id"]


def test_what_was_refused_may_be_sent_again_put_right(client, journey):
    problem(begin(client, journey, ""), 422, "invalid")
    assert begin(client, journey).status_code == 201


def test_what_went_wrong_leaves_nothing_and_may_be_sent_again(client, journey, monkeypatch):
    client.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr(KeptAnswer, "keep", lambda *_: 1 / 0)
        assert begin(client, journey).status_code == 500
    assert not Journey.objects.filter(title="New").exists()
    assert begin(client, journey).status_code == 201


def test_what_the_database_checks_at_the_end_is_refused_and_may_be_sent_again(client, editor, monkeypatch):
    segment = Segment.objects.make(editor.workspace, "Mid-touch", at=timezone.now())

    def make():
        return client.ask("POST", "customers", {"name": "Acme", "segment": str(segment.pk)}, Idempotency_Key="k")

    def add(self, *args, **more):
        made = added(self, *args, **more)
        Segment.objects.filter(pk=segment.pk)._raw_delete("default")  # as somebody else does it in between
        return made

    added = CustomerQuerySet.add
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(CustomerQuerySet, "add", add)
        problem(make(), 409, "busy")
    assert make().status_code == 201


@pytest.mark.parametrize(
    ("path", "said", "reader", "name"),
    [("journeys", {"title": "New"}, journeys, "begin_empty"), ("customers", {"name": "New"}, Reader, "_segment")],
)
def test_a_segment_that_is_deleted_meanwhile_is_one_that_does_not_exist(client, editor, monkeypatch, path, said, reader, name):
    segment = Segment.objects.make(editor.workspace, "Mid-touch", at=timezone.now())
    usual = getattr(reader, name)

    def lost_meanwhile(*args, **more):
        found = usual(*args, **more) if reader is Reader else None
        Segment.objects.filter(pk=segment.pk).delete()
        return found or usual(*args, **more)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(reader, name, lost_meanwhile)
        racing = client.ask("POST", path, said | {"segment": str(segment.pk)})
    problem(racing, 422, "invalid")
    Segment.objects.filter(pk=segment.pk).delete()  # where it was deleted in the midst of the act, that was taken back with it
    assert racing.content == client.ask("POST", path, said | {"segment": str(segment.pk)}).content


def test_while_it_is_being_done_one_is_asked_to_wait_and_if_its_process_has_died_it_is_done(client, editor, journey):
    begin(client, journey)
    KeptAnswer.objects.update(status=None, body=None)
    answer = begin(client, journey)
    problem(answer, 409, "in-flight")
    assert answer["Retry-After"] == "1"
    KeptAnswer.objects.update(at=timezone.now() - LEASE)
    assert begin(client, journey).status_code == 201


def test_after_a_day_the_key_is_free(client, journey):
    first = begin(client, journey).json()["id"]
    with time_machine.travel(timezone.now() + KEPT - timedelta(minutes=1)):
        assert begin(client, journey).json()["id"] == first
        forget_answers()
        assert KeptAnswer.objects.count() == 1
    with time_machine.travel(timezone.now() + KEPT + timedelta(minutes=1)):
        assert begin(client, journey, "Another").status_code == 201
    with time_machine.travel(timezone.now() + 2 * KEPT + timedelta(minutes=2)):
        forget_answers()
        assert not KeptAnswer.objects.exists()


@pytest.mark.parametrize("key", ["x" * 201, "a\x7fb"])
def test_a_key_that_makes_no_sense_is_refused(client, journey, key):
    problem(begin(client, journey, key=key), 400, "bad-key")


@pytest.mark.django_db(transaction=True)
def test_sent_twice_at_the_same_moment_it_is_done_once(editor, journey):
    token, gate, answers = token_of(editor), threading.Barrier(4), []
    items = [{"external_id": f"crm-{n}", "name": f"Company {n}", "segment": str(journey.segment_id)} for n in range(300)]

    def send():
        gate.wait()
        answers.append(ApiClient(token).ask("POST", "customers/bulk", {"customers": items}, Idempotency_Key="one"))
        connection.close()

    hands = [threading.Thread(target=send) for _ in range(4)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert {one.status_code for one in answers} <= {200, 409}
    done = [one for one in answers if one.status_code == 200]
    assert done
    assert all(one.json()["counts"] == {"new": 300} for one in done)
    assert Customer.objects.count() == 300


@pytest.mark.django_db(transaction=True)
def test_whose_request_has_been_taken_over_is_asked_to_wait_and_leaves_nothing(editor, journey):
    token, answers = token_of(editor), []

    def send():
        answers.append(begin(ApiClient(token), journey))
        connection.close()

    hands = [threading.Thread(target=send) for _ in range(2)]
    here = connection.connection.info
    where = {"host": here.host, "port": here.port, "user": here.user, "password": here.password, "dbname": here.dbname}
    with psycopg.connect(**where) as other:
        # Both have to wait for it in the middle of their act.
        other.execute("SELECT FROM journeys_segment WHERE id = %s FOR UPDATE", [journey.segment_id])
        hands[0].start()
        wait_for(KeptAnswer.objects.exists)
        KeptAnswer.objects.update(at=timezone.now() - LEASE)  # so long ago that its process must be dead
        first = KeptAnswer.objects.get().run
        hands[1].start()
        wait_for(lambda: KeptAnswer.objects.get().run != first)
    for hand in hands:
        hand.join()
    assert sorted(one.status_code for one in answers) == [201, 409]
    problem(next(one for one in answers if one.status_code == 409), 409, "in-flight")
    assert Journey.objects.filter(title="New").count() == 1
    assert KeptAnswer.objects.get().status == 201


def wait_for(what, seconds=20):
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.01)
