"""A journey as plain data: read it whole, and apply changes to it.

The document is what the layout draws, what the log's patches speak of, and what a client gets. Shape:
{"id", "revision", "journey": {...}, "stages": {id: {...}}, "lanes": ..., "touchpoints": ..., "emotions": ..., "connectors": ...,
"handoffs": ..., "dismissals": ...}; ids are UUIDv7 as text.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from datetime import date
from typing import Any
from uuid import UUID

Document = dict[str, Any]
Patch = dict[str, Any]

#: kind in a patch -> key in a document
KEYS = {
    "stage": "stages",
    "lane": "lanes",
    "touchpoint": "touchpoints",
    "emotion": "emotions",
    "connector": "connectors",
    "handoff": "handoffs",
    "dismissal": "dismissals",
}


def empty_document(journey_id: str = "") -> Document:
    return {"id": journey_id, "revision": 0, "journey": {}, **{key: {} for key in KEYS.values()}}


def apply_patches(document: Document, patches: Iterable[Patch], revision: int | None = None) -> Document:
    """The document after the patches; the one given stays as it was."""
    result = {**document, "journey": dict(document["journey"])}
    for key in KEYS.values():
        result[key] = dict(document[key])
    for patch in patches:
        if patch["kind"] == "journey":
            result["journey"].update(patch["after"])
            continue
        rows = result[KEYS[patch["kind"]]]
        if patch["after"] is None:
            rows.pop(patch["id"], None)
        elif patch["before"] is None:
            rows[patch["id"]] = deepcopy(patch["after"])
        else:
            rows[patch["id"]] = {**rows[patch["id"]], **deepcopy(patch["after"])}
    if revision is not None:
        result["revision"] = revision
    return result


def turned_round(patches: list[Patch]) -> list[Patch]:
    """The patches that take these back."""
    return [{**patch, "before": patch["after"], "after": patch["before"]} for patch in reversed(patches)]


def plain(value: Any) -> Any:
    """A field's value as JSON data: an id as text, a date as "2027-01-31"."""
    return str(value) if isinstance(value, (UUID, date)) else value
