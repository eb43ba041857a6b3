"""The walk in docs/api.md, as it stands, in the workspace that `make run` comes with."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from journeys.models import Journey

pytestmark = pytest.mark.django_db(transaction=True)
WALK = Path(__file__).resolve().parents[2] / "docs" / "api.md"


def blocks():
    """The Python of the walk, block by block, each at its own lines of the file."""
    text = WALK.read_text()
    for found in re.finditer(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        yield compile("\n" * text[: found.start(1)].count("\n") + found[1], str(WALK), "exec")


def run(block, names):
    exec(block, names)  # noqa: S102 (our own page)


def token():
    """As the page has it made."""
    (command,) = re.findall(r"manage\.py (create_token .*)$", WALK.read_text(), re.MULTILINE)
    said = StringIO()
    call_command(*command.split(), stdout=said)
    return said.getvalue().strip()


def test_the_walk_goes_through_the_demo_workspace_and_once_more(web):
    call_command("prepare", stdout=StringIO())
    found = list(blocks())
    assert len(found) >= 8
    for _ in range(2):
        names = {"URL": web.url, "TOKEN": token()}
        try:
            for block in found:
                run(block, names)
        finally:
            if "api" in names:
                names["api"].close()
        assert Journey.objects.get(pk=names["id"]).revision == 5
