"""What travels on a stream: server-sent events, each encoded once for all that get it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from journeys.document import KEYS, Patch
from journeys.rendering import Picture, delta

#: fields by which an element stands on another, whose panel shows it
REFERENCES = {
    "source_id": "touchpoints",
    "target_id": "touchpoints",
    "touchpoint_id": "touchpoints",
    "to_touchpoint_id": "touchpoints",
}


@dataclass(frozen=True, slots=True)
class Frame:
    """The step from one revision to another, as bytes of the stream."""

    since: int
    revision: int
    event: bytes


def frame(since: int, revision: int, before: Picture, after: Picture, told: dict[str, Any]) -> Frame:
    """`told` is what the page should know besides the picture: see `tale`."""
    html = f"<!--{comment({'since': since, **told})}-->{delta(before, after)}"
    return Frame(since, revision, event(html, id=str(revision)))


def tale(changes: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Which elements the changes touch, as the addresses that pages know them by; and, of a single one, who did what."""
    changes = list(changes)
    touched = {"changed": addresses(patch for change in changes for patch in change["patches"])}
    if len(changes) != 1:
        return touched
    only = changes[0]
    return {**touched, "by": only["by"], "name": only["name"], "did": only["did"]}


def addresses(patches: Iterable[Patch]) -> list[str]:
    """ "touchpoints/<id>/" and so on, of what the patches change and of what these stand on."""
    found: dict[str, None] = {}
    for patch in patches:
        if patch["kind"] == "journey":
            found["journey"] = None
            continue
        found[f"{KEYS[patch['kind']]}/{patch['id']}/"] = None
        for values in (patch["before"], patch["after"]):
            for name, key in REFERENCES.items():
                if values and values.get(name):
                    found[f"{key}/{values[name]}/"] = None
    return list(found)


def comment(value: dict[str, Any]) -> str:
    """JSON that may stand in an HTML comment."""
    return orjson.dumps(value).decode().replace("<", "\\u003c").replace(">", "\\u003e").replace("--", "-\\u002d")


def event(data: str, *, id: str = "", name: str = "") -> bytes:
    """One server-sent event. A line break within the data begins another data line."""
    head = (f"id: {id}\n" if id else "") + (f"event: {name}\n" if name else "")
    lines = data.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return (head + "".join(f"data: {line}\n" for line in lines) + "\n").encode()
