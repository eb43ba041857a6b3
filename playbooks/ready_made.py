"""The playbooks that come with Touchline, one file each in ready_made/: how to deliver what the templates' cards name.

A file holds {"title", "summary", "minutes", "talk_track", "steps": [{"title", "guidance", "role"}],
"messages": [{"name", "channel", "subject", "text"}], "links": [{"title", "url"}]}. Minutes are 0 where nothing is done by
hand; a role is a name, or null for whoever delivers the touchpoint. Texts are Markdown, messages plain. What stands in
[square brackets] is for the sender to fill in, what stands in {{ braces }} is filled in by Touchline.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from accounts.ids import id_text

FOLDER = Path(__file__).parent / "ready_made"


@cache
def _by_title() -> Mapping[str, Mapping[str, Any]]:
    """Read once a process. Raises ValueError, naming the file."""
    found = {}
    for path in sorted(FOLDER.glob("*.json")):
        try:
            playbook = orjson.loads(path.read_bytes())
            found[playbook["title"].casefold()] = playbook
        except (ValueError, KeyError, TypeError, AttributeError) as trouble:
            raise ValueError(f"{path.name}: {trouble}") from trouble
    return found


def all_titles() -> list[str]:
    return sorted((playbook["title"] for playbook in _by_title().values()), key=str.casefold)


def ready_made(title: str) -> Mapping[str, Any] | None:
    """The playbook of that title as its file tells it, capitals aside. Shared by all who ask: not to be changed."""
    return _by_title().get(title.strip().casefold())


def body_of(title: str, roles: Mapping[str, UUID]) -> dict[str, Any] | None:
    """The same as a new `Playbook.body`, with ids of its own. `roles` are the workspace's, by casefolded name.

    A step whose role the workspace does not have is for whoever delivers the touchpoint.
    """
    told = ready_made(title)
    if told is None:
        return None

    def role_id(name: str | None) -> str | None:
        found = roles.get(name.casefold()) if name else None
        return str(found) if found else None

    return {
        "steps": [
            {"id": id_text(), "title": step["title"], "guidance": step["guidance"], "role_id": role_id(step["role"])}
            for step in told["steps"]
        ],
        "messages": [{"id": id_text(), **message} for message in told["messages"]],
        "links": [{"id": id_text(), **link} for link in told["links"]],
        "talk_track": told["talk_track"],
        "minutes": told["minutes"] or None,
    }
