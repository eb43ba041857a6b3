"""What is refused says so alike everywhere: each kind is declared, described, and says what helps."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from accounts.api.problem_types import KINDS, MEMBERS, PROBLEM, TYPE
from accounts.api.problems import KNOWN, Problem
from tests.api.conftest import description, problem
from tests.api.drawing import at

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
NOBODY = "01932c07-5b7a-7000-8000-000000000001"


def raised():
    """(name, status) of each Problem that the code makes, a name that is reckoned as None; and the members it has besides."""
    kinds, members = [], set()
    for app in ("accounts", "playbooks", "journeys", "customers", "touchpoints", "config"):
        for path in (ROOT / app).rglob("*.py"):
            nodes = list(ast.walk(ast.parse(path.read_text())))
            calls = [one for one in nodes if isinstance(one, ast.Call) and getattr(one.func, "id", "") == "Problem"]
            kinds += [[one.value if isinstance(one, ast.Constant) else None for one in call.args[1::-1]] for call in calls]
            more = [one.value for call in calls for one in call.keywords if one.arg == "more"]
            named = {one.id for one in more if isinstance(one, ast.Name)}
            more += [one.value for one in nodes if isinstance(one, ast.Assign) and getattr(one.targets[0], "id", "") in named]
            members |= {key.value for one in more if isinstance(one, ast.Dict) for key in one.keys}
    return [(name, status) for name, status in kinds], members


def test_what_the_code_raises_is_what_is_declared():
    found, members = raised()
    found += [(name, status) for _, status, name, _, _ in KNOWN]
    found = [(name, status) for name, status in found if name] + [("not-open", 409), ("not-settled", 409)]  # these are reckoned
    assert set(found) == {(name, kind.status) for name, kind in KINDS.items()}
    assert members == set(MEMBERS)
    with pytest.raises(KeyError):
        Problem(400, "surprise", "What nobody has declared")


def test_the_description_says_each_kind_and_each_member_in_words():
    said = description()["components"]["schemas"]["Problem"]["properties"]
    assert said["type"]["enum"] == [TYPE + name for name in KINDS]
    assert all(f"- `{TYPE}{name}` ({kind.status}): {kind.meaning}" in said["type"]["description"] for name, kind in KINDS.items())
    assert all(one["description"] for one in said.values() if one != said["status"]["description"])
    assert PROBLEM["properties"].keys() >= MEMBERS.keys()


def test_the_page_tells_each_kind():
    told = re.findall(r"^\| (`.*?) \| [\d, ]+ \|", (ROOT / "docs" / "api.md").read_text(), re.MULTILINE)
    assert {name for row in told for name in re.findall(r"`([a-z-]+)`", row)} == set(KINDS)


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("/api/", "All addresses begin with /api/v1/"), ("/api/v2/me", "All addresses begin with /api/v1/"),
        ("/api/v1/me/", "end without a slash: /api/v1/me."), (f"/api/v1/customers/{NOBODY}/", "end without a slash"),
        ("/api/v1/customers/17", "are UUIDs"), ("/api/v1/journeys/17/stages/4", "are UUIDs"),
        (f"/api/v1/customers/{NOBODY.upper()}", "in small letters"), ("/api/v1/nothing", "/api/v1/schema"),
        ("/api/v1/nothing/", "/api/v1/schema"), (f"/api/v1/journeys/{NOBODY}/nothing", "/api/v1/docs"),
        ("/api/v1/é\n/", "/api/v1/docs"),
        ("/api/v1/journeys/by-external-id", "/api/v1/journeys/by-external-id/{source} lists"),
        ("/api/v1/journeys/by-external-id/", "/api/v1/journeys/by-external-id/{source} lists"),
    ],
)  # fmt: skip
def test_an_address_that_is_none_says_what_was_probably_meant(api, viewer, path, hint):
    assert hint in problem(api(viewer, "read").get(path), 404, "not-found")["hint"]


def test_allow_names_the_methods_that_are_taken_and_no_other(api, editor, drawn):
    client = api(editor)
    stages = at(drawn, "stages")
    for path, allowed in ((stages, "GET, HEAD, POST"), (f"{stages}/{drawn['stage'].pk}", "GET, HEAD, PATCH, DELETE")):
        for method in ("PUT", "OPTIONS"):
            refused = client.ask(method, path)
            problem(refused, 405, "method-not-allowed")
            assert refused["Allow"] == allowed
        assert client.ask("GET", path)["Allow"] == allowed


def test_what_is_wrong_with_the_body_as_a_whole_is_not_said_to_be_at_a_place(api, editor, drawn):
    client = api(editor)
    stages = at(drawn, "stages")
    whole = problem(client.ask("POST", stages, [1]), 422, "invalid")
    assert (whole["errors"], "points" in whole["hint"]) == ([{"pointer": "", "detail": "It is no object."}], False)
    assert whole["hint"].startswith("No single field is at fault: ")
    placed = problem(client.ask("POST", stages, {}), 422, "invalid")
    assert (placed["errors"][0]["pointer"], "points" in placed["hint"]) == ("/name", True)


def test_what_may_be_chosen_is_named(api, editor, drawn):
    client = api(editor)
    card = at(drawn, "touchpoints", drawn["card"].pk)
    for name, value, choices in (
        ("channel", "fax", "“” (empty), "), ("delivery", "x", "person, automated"), ("importance", "", "must, should, could"),
    ):  # fmt: skip
        [error] = problem(client.ask("PATCH", card, {name: value}), 422, "invalid")["errors"]
        assert error["pointer"] == f"/{name}"
        assert error["detail"].startswith(f"It is one of {choices}")
    feeling = {"title": "Glad", "stage": str(drawn["stage"].pk), "slot": 0, "level": 7}
    [error] = problem(client.ask("POST", at(drawn, "emotions"), feeling), 422, "invalid")["errors"]
    assert error == {"pointer": "/level", "detail": "It is one of 2, 1, 0, -1, -2."}
