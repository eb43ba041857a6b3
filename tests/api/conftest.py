"""Clients as programs are: with a token, without cookies."""

from __future__ import annotations

import json
import re
from functools import cache

import jsonschema_rs
import pytest
from django.test import Client
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from accounts.api.problem_types import PROBLEM
from accounts.api.wording import HEADERS
from accounts.models import ApiToken
from tests.api.drawing import draw
from tests.touchpoints.sheets import published


@cache
def description():
    return SchemaGenerator().get_schema(request=None, public=True)


@cache
def judge(path, method, status):
    """Says what is wrong with a body; None where that answer is not documented."""
    whole = description()
    answer = whole["paths"][path][method]["responses"].get(str(status))
    if answer is None:
        return None
    content = answer.get("content")
    if not content:
        return lambda body: [f"a body: {body!r}"] if body else []
    (said,) = content.values()
    rules = jsonschema_rs.validator_for({"components": whole["components"], **said["schema"]}, validate_formats=True)
    return lambda body: [f"{one.instance_path}: {one.message}" for one in rules.iter_errors(json.loads(body))]


def refuse_undocumented(method, answer):
    """Every answer that a test gets has to be one that the description of the API speaks of."""
    door = getattr(answer, "resolver_match", None)
    cls = getattr(door and door.func, "cls", None)
    if method not in getattr(cls, "doors", {}) or answer.status_code == 500:  # tests of what went wrong look for it themselves
        return
    path = "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", door.route).replace("{pk}", "{id}")
    found = judge(path, method.lower(), answer.status_code)
    assert found, f"{method} {path} answers {answer.status_code}, which is not documented: {answer.content[:300]!r}"
    wrong = found(answer.content)
    assert not wrong, f"{method} {path} {answer.status_code}: {wrong[:3]}"
    refuse_other_headers(path, method, answer)
    if answer.status_code >= 400 and method != "HEAD":
        assert set(answer.json()) <= set(PROBLEM["properties"]), f"{method} {path}: a member that is not described"


def refuse_other_headers(path, method, answer):
    """The headers that the description speaks of are there, and no others of their kind."""
    said = set(description()["paths"][path][method.lower()]["responses"][str(answer.status_code)].get("headers", ()))
    there = {name for name in HEADERS if name in answer.headers}
    always = said - {"Idempotency-Replayed"} if answer.status_code < 400 or answer.status_code in (401, 429) else set()
    assert always <= there <= said, f"{method} {path} {answer.status_code} has {there}, described are {said}"


class ApiClient(Client):
    """Sends and reads JSON below /api/v1."""

    def __init__(self, token: str = ""):
        super().__init__(headers={"Authorization": f"Bearer {token}"} if token else {})

    def ask(self, method: str, path: str, data=None, **headers):
        more = {} if data is None else {"data": data, "content_type": "application/json"}
        return self.generic_json(method, path, more, headers)

    def generic_json(self, method, path, more, headers):
        call = getattr(self, method.lower())
        answer = call(f"/api/v1/{path}", headers={name.replace("_", "-"): value for name, value in headers.items()}, **more)
        refuse_undocumented(method, answer)
        return answer


def token_of(member, scope="write"):
    return ApiToken.objects.make(member, "a program", scope, 30, at=timezone.now())[1]


@pytest.fixture
def api():
    """Makes a client for a member; without one, an anonymous one."""

    def make(member=None, scope="write"):
        return ApiClient(token_of(member, scope) if member else "")

    return make


@pytest.fixture
def drawn(journey, owner):
    return draw(journey, owner)


@pytest.fixture
def map_of(owner):
    return published("five-stages", owner)[0]


def problem(answer, status, name):
    """The body of an answer that has to be this problem."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["type"] == f"urn:touchline:problem:{name}"
    assert body["status"] == status
    assert body["title"]
    return body
