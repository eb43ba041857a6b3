"""The description of the API holds: whatever a client makes of it, nothing falls over, and no answer is undocumented.

Schemathesis makes the requests, good and bad, from the description that `/api/v1/schema` gives. TOUCHLINE_EXAMPLES says how many
of each kind for each door, and then they are others each time.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.models import Access, Scope
from tests.api.conftest import token_of
from tests.api.test_matrix import OF, ids  # noqa: F401
from tests.conftest import join

pytestmark = pytest.mark.django_db
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip
ASKED = int(os.environ.get("TOUCHLINE_EXAMPLES", "0"))
#: path of the description -> the kinds of what its ids name
KINDS = {re.sub(r"<\w+:(\w+)>", r"{\1}", path).replace("{pk}", "{id}"): kinds.split() for path, kinds in OF.items()}


@pytest.fixture
def described(db):
    """As Django's own test client does: the connection that holds the test's transaction stays."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/schema", get_wsgi_application())
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def operations(described):
    return [found.ok() for found in described.get_all_operations()]


def test_every_door_is_described(described):
    from tests.api.test_matrix import DOORS

    paths = {re.sub(r"<\w+:(\w+)>", r"{\1}", path).replace("{pk}", "{id}"): cls for path, cls in DOORS}
    there = {(one.path.removeprefix("/api/v1/"), one.method.upper()) for one in operations(described)}
    assert there == {(path, method) for path, cls in paths.items() for method in cls.doors}
    assert described.raw_schema["openapi"].startswith("3.1")


def test_every_door_is_in_the_list_that_people_read():
    from tests.api.test_matrix import DOORS, PARTS

    said = Path("docs/api.md").read_text().partition("| below `/api/v1` |")[2].partition("\n\n")[0]
    listed = set(re.findall("`(/[^`]+)`", said))
    for path, _ in DOORS:
        address = "/" + re.sub(r"<\w+:(\w+)>", lambda part: "{source}" if part[1] == "source" else "{id}", path)
        assert re.sub(f"/({'|'.join(f'{kind}s' for kind in PARTS)})(?=/|$)", "/{parts}", address) in listed or address in listed


@pytest.mark.parametrize("who", ["nobody", *Access.values])
def test_no_answer_falls_over_or_is_undocumented(described, workspace, settings, ids, who):  # noqa: F811
    settings.API_RATE = 10**9
    headers = {}
    if who != "nobody":
        member = join(workspace, "Someone", Access(who))
        scope = next(one for one in (Scope.ADMIN, Scope.WRITE, Scope.READ) if member.rank >= one.least.rank)
        headers["Authorization"] = f"Bearer {token_of(member, scope)}"
    many = ASKED or (6 if who == Access.ADMIN else 2)
    for operation in operations(described):
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            attack(operation, mode, headers, ids, many)


def attack(operation, mode, headers, known, many):
    names = re.findall(r"{(\w+)}", operation.path)
    kinds = KINDS.get(operation.path.removeprefix("/api/v1/"), [])
    named = [name for name in names if name != "source"]
    real = {name: str(known[kind]) for name, kind in zip(named, kinds, strict=True)} | {"source": "crm"}
    cases = operation.as_strategy(generation_mode=mode)
    cases = st.one_of(cases, cases.map(lambda case: at(case, real))) if names else cases

    @given(case=cases)
    @settings_for(many)
    def ask(case):
        with transaction.atomic():
            case.call_and_validate(headers=headers, checks=CHECKS)
            transaction.set_rollback(True)

    ask()


def at(case, real):
    """The same about what is there."""
    case.path_parameters = {name: real[name] for name in case.path_parameters}
    return case


def settings_for(many):
    return settings(
        max_examples=many, deadline=None, derandomize=not ASKED, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
