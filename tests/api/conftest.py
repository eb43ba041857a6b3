"""Clients as programs are: with a token, without cookies."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken


class ApiClient(Client):
    """Sends and reads JSON below /api/v1."""

    def __init__(self, token: str = ""):
        super().__init__(headers={"Authorization": f"Bearer {token}"} if token else {})

    def ask(self, method: str, path: str, data=None, **headers):
        more = {} if data is None else {"data": data, "content_type": "application/json"}
        return self.generic_json(method, path, more, headers)

    def generic_json(self, method, path, more, headers):
        call = getattr(self, method.lower())
        return call(f"/api/v1/{path}", headers={name.replace("_", "-"): value for name, value in headers.items()}, **more)


def token_of(member, scope="write"):
    return ApiToken.objects.make(member, "a program", scope, 30, at=timezone.now())[1]


@pytest.fixture
def api():
    """Makes a client for a member; without one, an anonymous one."""

    def make(member=None, scope="write"):
        return ApiClient(token_of(member, scope) if member else "")

    return make


def problem(answer, status, name):
    """The body of an answer that has to be this problem."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["type"] == f"urn:touchline:problem:{name}"
    assert body["status"] == status
    assert body["title"]
    return body
