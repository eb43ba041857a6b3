"""What stands in an address is understood, or refused and named: at every door, by every method."""

from __future__ import annotations

import pytest

from tests.api.conftest import problem
from tests.api.test_matrix import DOORS, address, ids  # noqa: F401

pytestmark = pytest.mark.django_db


def test_what_is_said_twice_or_is_nothing_is_named_at_every_door(api, owner, settings, ids):  # noqa: F811
    settings.API_RATE = 10**9
    client, wrong = api(owner, "admin"), []
    for path, cls in DOORS:
        for method in cls.doors:
            twice = {name: f"{name}=1&{name}=1" for name in cls.parameters(method)}
            for name, query in {**twice, "surprise": "surprise=1"}.items():
                body = {} if method in ("POST", "PUT", "PATCH") else None
                answer = client.ask(method, f"{address(path, ids)}?{query}", body)
                if answer.status_code != 400 or answer.json().get("parameter") != name:
                    wrong.append((method, path, query, answer.content[:100]))
    assert wrong == []


@pytest.mark.parametrize("query", ["limit=1&limit=2", "health=risk&health=good", "fields=id&fields=name", "limit=1&limit=1"])
def test_neither_of_two_values_is_lost(api, viewer, query):
    found = problem(api(viewer, "read").ask("GET", f"customers?{query}"), 400, "bad-parameter")
    assert found["parameter"] == query.partition("=")[0]
    assert "more than once" in found["detail"]
