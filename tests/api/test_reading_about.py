"""The description says all in words that a person would write, and what it says of headers, keys and messages is so."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import drf_spectacular
import jsonschema_rs
import pytest
from django.utils import timezone

from accounts.api.fact_schemas import DATA
from accounts.api.wording import HEADERS, NAMES, NOUNS, PARAMETERS, SUMMARIES, TAGS
from accounts.facts_told import TYPES
from accounts.models.webhook_delivery import PING
from accounts.signing import new_key, signed_headers
from tests.api.conftest import description

RULES = Path(drf_spectacular.__file__).parent / "validation" / "openapi_3_1_schema.json"
OPERATIONS = [
    (f"{method.upper()} {path.removeprefix('/api/v1/')}", operation)
    for path, operations in description()["paths"].items()
    for method, operation in operations.items()
]


def test_it_is_openapi_as_the_standard_has_it():
    whole = json.loads(json.dumps(description()))
    wrong = jsonschema_rs.validator_for(json.loads(RULES.read_text())).iter_errors(whole)
    assert [f"{one.instance_path}: {one.message}"[:300] for one in wrong] == []


def test_every_parameter_is_described():
    assert len(OPERATIONS) > 90
    for door, operation in OPERATIONS:
        for one in operation.get("parameters", ()):
            assert re.fullmatch(r"\S.{9,}[.:;…]?", one.get("description", ""), re.DOTALL), f"{door}: {one['name']} says nothing"


def test_every_door_has_a_title_of_its_own_and_a_described_tag():
    titles = Counter(operation["summary"] for _, operation in OPERATIONS)
    assert [title for title, count in titles.items() if count > 1] == []
    assert all(re.fullmatch(r"[A-Z][\w ,:'-]+\w", title) for title in titles)
    assert [one["name"] for one in description()["tags"]] == list(TAGS)
    assert {tag for _, operation in OPERATIONS for tag in operation["tags"]} == set(TAGS)


def test_no_word_is_for_nothing():
    doors = [door for door, _ in OPERATIONS]
    assert set(SUMMARIES) <= set(doors)
    steps = {step for door in doors for step in door.partition(" ")[2].split("/")}
    assert set(NOUNS) <= steps
    used = set()
    for door, operation in OPERATIONS:
        last = [step for step in door.partition(" ")[2].split("/") if not step.startswith("{")][-1]
        for one in operation.get("parameters", ()):
            used |= {one["name"], f"{last} {one['name']}"}
    assert set(PARAMETERS) | set(NAMES) <= used
    told = {name for _, operation in OPERATIONS for one in operation["responses"].values() for name in one.get("headers", ())}
    assert told == set(HEADERS)


def test_both_ways_in_are_told():
    schemes = description()["components"]["securitySchemes"]
    assert (schemes["session"]["in"], schemes["session"]["name"]) == ("cookie", "sessionid")
    assert schemes["csrf"]["name"] == "X-CSRFToken"
    for door, operation in OPERATIONS:
        session = {"session": []} if door.startswith("GET") else {"session": [], "csrf": []}
        assert operation["security"] == [{"token": []}, session], door


def test_an_order_is_one_of_a_list_each_way_round_and_one_is_the_usual():
    orders = [one["schema"] for _, operation in OPERATIONS for one in operation.get("parameters", ()) if one["name"] == "order"]
    assert len(orders) > 20
    for one in orders:
        names = [name for name in one["enum"] if not name.startswith("-")]
        assert one["enum"] == [*names, *(f"-{name}" for name in names)]
        assert one["default"] in one["enum"]


def test_what_need_not_be_said_is_not_asked_for():
    free = {door for door, operation in OPERATIONS if operation.get("requestBody", {}).get("required") is False}
    assert free == {"POST journeys/{id}/versions", "POST scheduled-touchpoints/{id}/done"}


def test_each_message_of_a_webhook_is_told_with_what_it_bears():
    """That what is sent is so, each test that receives something says: tests/accounts/receivers.py."""
    said = description()["webhooks"]
    assert list(said) == [*TYPES, PING]
    for name, words in TYPES.items():
        message = said[name]["post"]
        body = message["requestBody"]["content"]["application/json"]["schema"]
        assert message["summary"] == words.removesuffix(".")
        assert body["properties"]["type"] == {"const": name}
        assert body["properties"]["data"] == DATA[name]
        assert {"workspace", "deleted", "timestamp"} <= set(body["required"])
        named = [one["$ref"].removeprefix("#/components/parameters/") for one in message["parameters"]]
        assert set(named) == set(signed_headers("msg", b"", [new_key()], at=timezone.now()))
        assert all(description()["components"]["parameters"][one]["in"] == "header" for one in named)


@pytest.mark.django_db
def test_the_guide_is_a_page_of_the_installation_and_its_links_lead_somewhere(client, owner):
    begin = description()["info"]["description"]
    pages = re.findall(r"\]\((/api/v1/[^)]+)\)", begin)
    assert pages == ["/api/v1/guide", "/api/v1/mirror.py"]
    page = client.get("/api/v1/guide", headers={"Accept": "text/html"}).content.decode()
    assert "<h1>The API, in ten minutes</h1>" in page
    assert "<td><code>changed-since</code></td>" in page
    for link in {*pages, *re.findall(r'href="(/api/v1/[^"]+)"', page)}:
        assert client.get(link).status_code == 200, link
    assert 'href="mirror.py"' in page  # beside it
    assert "Sign in" in page
    client.force_login(owner.user)
    assert "Sign in" not in client.get("/api/v1/guide").content.decode()
    assert client.get("/api/v1/mirror.py").content == (Path(__file__).resolve().parents[2] / "docs" / "mirror.py").read_bytes()
