"""Lists: a page at a time, nothing missed or seen twice; parameters that make no sense are refused and named."""

from __future__ import annotations

import base64
import json

import pytest
from django.utils import timezone

from journeys.models import Journey
from tests.api.conftest import description, problem

pytestmark = pytest.mark.django_db


def walk(client, path):
    """All results of a list, page by page, and how many pages there were."""
    found, pages = [], 0
    while path:
        body = client.ask("GET", path).json()
        found += body["results"]
        pages += 1
        path = body["next"].partition("/api/v1/")[2] if body["next"] else None
    return found, pages


@pytest.fixture
def journeys(journey, owner):
    now = timezone.now()
    # Several that nothing but the id tells apart.
    return [journey, *(Journey.objects.begin(journey.segment, f"Map {n // 3}", by=owner, at=now) for n in range(10))]


@pytest.mark.parametrize("order", ["changed_at", "-changed_at", "title", "-title", "id", "-id"])
def test_a_list_is_walked_through_in_any_order(api, viewer, journeys, order):
    found, pages = walk(api(viewer, "read"), f"journeys?limit=3&order={order}")
    assert pages == 4
    assert sorted(one["id"] for one in found) == sorted(str(one.pk) for one in journeys)
    keys = [(one[order.removeprefix("-")], one["id"]) for one in found]
    assert keys == sorted(keys, reverse=order.startswith("-"))


def test_what_comes_in_while_one_walks_is_neither_missed_nor_seen_twice(api, owner, journeys):
    client = api(owner)
    first = client.ask("GET", "journeys?limit=4&order=id").json()
    Journey.objects.begin(journeys[0].segment, "New", by=owner, at=timezone.now())
    rest, _ = walk(client, first["next"].partition("/api/v1/")[2])
    ids = [one["id"] for one in first["results"] + rest]
    assert len(ids) == len(set(ids)) == 12


def test_a_list_is_filtered(api, owner, journeys):
    client = api(owner)
    assert {one["title"] for one in walk(client, "journeys?search=map+2")[0]} == {"Map 2"}
    assert len(walk(client, f"journeys?segment={journeys[0].segment_id}")[0]) == 11
    assert client.ask("GET", "segments").json()["results"][0]["name"] == "Enterprise"


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("limit=0", "limit"), ("limit=201", "limit"), ("limit=x", "limit"), ("order=secret", "order"), ("cursor=x", "cursor"),
        ("cursor=WzEsMiwzXQ==", "cursor"), ("segment=x", "segment"), ("surprise=1", "surprise"), ("limit=²", "limit"),
        ("cursor=é", "cursor"), ("cursor=", "cursor"), ("fields=", "fields"), ("segment=", "segment"),
        ("cursor=WyJjaGFuZ2VkX2F0Iix7fSwxXQ==", "cursor"),
    ],
)  # fmt: skip
def test_a_parameter_that_makes_no_sense_is_named(api, viewer, journeys, query, name):
    body = problem(api(viewer, "read").ask("GET", f"journeys?{query}"), 400, "bad-parameter")
    assert body["parameter"] == name


def test_what_is_refused_where_it_is_empty_is_described_as_not_empty():
    found = {
        (path, one["name"]): one["schema"]
        for path, door in description()["paths"].items()
        for one in door.get("get", {}).get("parameters", ())
        if one["name"] in ("cursor", "fields", "types", "kinds")
    }
    assert len(found) > 40
    assert {key for key, schema in found.items() if schema.get("minLength") != 1} == set()


def test_a_cursor_with_what_no_text_may_hold_is_refused(api, viewer, journeys):
    cursor = base64.urlsafe_b64encode(json.dumps(["title", "\0", str(journeys[0].pk)]).encode()).decode()
    problem(api(viewer, "read").ask("GET", f"journeys?order=title&cursor={cursor}"), 400, "bad-parameter")


def test_a_body_in_chunks_is_not_taken_for_none(api, editor):
    answer = api(editor).post("/api/v1/journeys", b"", content_type="application/json", headers={"Transfer-Encoding": "chunked"})
    problem(answer, 411, "length-missing")


def test_a_cursor_of_another_order_is_refused(api, viewer, journeys):
    client = api(viewer, "read")
    following = client.ask("GET", "journeys?limit=2&order=title").json()["next"].partition("/api/v1/")[2]
    problem(client.ask("GET", following.replace("order=title", "order=id")), 400, "bad-parameter")


def test_so_many_requests_a_minute_and_the_headers_say_what_is_left(api, viewer, editor, settings, journey):
    settings.API_RATE = 3
    client = api(viewer, "read")
    left = [client.ask("GET", "me")["RateLimit"] for _ in range(3)]
    assert [one.split(";")[1] for one in left] == ["r=2", "r=1", "r=0"]
    answer = client.ask("GET", "me")
    problem(answer, 429, "too-many-requests")
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert answer["RateLimit-Policy"] == '"requests";q=3;w=60'
    assert api(editor).ask("GET", "me").status_code == 200


def test_a_journey_is_begun_and_a_retried_request_is_the_same_request(api, editor, journey):
    client = api(editor)
    id = "01932c07-5b7a-7000-8000-000000000001"
    answers = [client.ask("POST", "journeys", {"segment": str(journey.segment_id), "title": "New", "id": id}) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[0]["Location"] == f"/api/v1/journeys/{id}"
    assert client.ask("GET", f"journeys/{id}").json()["revision"] == 1
    assert client.ask("PATCH", f"journeys/{id}", {"summary": "x"}, If_Match=answers[1]["ETag"]).status_code == 200
    problem(client.ask("POST", "journeys", {"segment": str(journey.segment_id), "title": "Other", "id": id}), 409, "id-in-use")
    assert client.ask("GET", f"journeys/{id}").json()["title"] == "New"


@pytest.mark.parametrize("body", [{}, [], "x", None, {"segment": "x", "title": "t"}, {"title": "t\0", "segment": 3}])
def test_a_body_that_makes_no_sense_is_refused_with_pointers(api, editor, journey, body):
    answer = api(editor).ask("POST", "journeys", json.dumps(body))
    assert problem(answer, 422, "invalid")["errors"]


def test_what_is_no_json_is_refused(api, editor):
    client = api(editor)
    problem(client.post("/api/v1/journeys", "{", content_type="application/json"), 400, "malformed")
    problem(client.post("/api/v1/journeys", "a=b", content_type="application/x-www-form-urlencoded"), 415, "not-json")


def test_what_is_too_large_is_refused(api, editor, settings):
    settings.API_LARGEST_BODY = 1000
    problem(api(editor).ask("POST", "journeys", {"title": "x" * 1000}), 413, "too-large")


@pytest.mark.parametrize("value", [1e300, 10**30, True, None, [], "x" * 5, 1])
@pytest.mark.parametrize("path", ["journeys?order=changed_at", "customers?order=name", "journeys/{}/changes?order=revision"])
def test_a_cursor_that_somebody_made_up_brings_nothing_down(api, owner, journey, path, value):
    order = path.rpartition("=")[2]
    cursor = base64.urlsafe_b64encode(json.dumps([order, value, str(journey.pk)]).encode()).decode()
    answer = api(owner).ask("GET", f"{path.format(journey.pk)}&cursor={cursor}")
    assert answer.status_code in (200, 400)
