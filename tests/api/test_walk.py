"""The walk in docs/api.md, as it stands, against a real server."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from journeys.models import Journey
from tests.api.conftest import token_of
from tests.touchpoints.sheets import enrolled, published

pytestmark = pytest.mark.django_db(transaction=True)
WALK = Path(__file__).resolve().parents[2] / "docs" / "api.md"


def blocks():
    """The Python of the walk, block by block, each at its own lines of the file."""
    text = WALK.read_text()
    for found in re.finditer(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        yield compile("\n" * text[: found.start(1)].count("\n") + found[1], str(WALK), "exec")


def run(block, names):
    exec(block, names)  # noqa: S102 (our own page)


@pytest.fixture
def walk(web, journey, owner, editor):
    enrolled(published("saas-lifecycle", owner)[1], owner, name="Acme", external_id="acme")
    given = {"URL": web.url, "TOKEN": token_of(editor, "write")}
    yield given
    if "api" in given:
        given["api"].close()


def test_the_walk_goes_through(walk):
    found = list(blocks())
    assert len(found) >= 8
    for block in found:
        run(block, walk)
    assert Journey.objects.get(pk=walk["id"]).revision == 5
