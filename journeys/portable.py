"""A journey that can leave its workspace: roles and playbooks by name, ids of its own. What JSON files and templates hold.

Shape: {"format", "version", "journey": {...}, "stages": [...], "lanes": [...], "touchpoints": [...], "emotions": [...],
"connectors": [...], "handoffs": [...], "dismissals": [...]}. Stages and lanes stand in their order, without a position. Every
element has an "id", any text that is unique in its list; what refers to it ("stage", "lane", "source"...) repeats it. An absent
field is the default.
A dismissal says of which "kind" its "subject" is: "role" (by name), an element's kind (by id), or "" for the whole map.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from journeys.document import KEYS, Document
from journeys.faults import Place
from journeys.models import Connector, Dismissal, Emotion, Handoff, Lane, Stage, Touchpoint
from journeys.models.element import Element

FORMAT, VERSION = "touchline-journey", 1
KINDS: tuple[type[Element], ...] = (Stage, Lane, Touchpoint, Emotion, Connector, Handoff, Dismissal)
MOST = {
    "stages": 200,
    "lanes": 200,
    "touchpoints": 10_000,
    "emotions": 10_000,
    "connectors": 50_000,
    "handoffs": 10_000,
    "dismissals": 10_000,
}
#: logged attribute -> (its name in the file, the list it refers to)
REFERENCES = {
    "stage_id": ("stage", "stages"),
    "lane_id": ("lane", "lanes"),
    "source_id": ("source", "touchpoints"),
    "target_id": ("target", "touchpoints"),
    "touchpoint_id": ("touchpoint", "touchpoints"),
    "to_touchpoint_id": ("to_touchpoint", "touchpoints"),
}
NAMED = {
    "role_id": ("role", "role"),
    "owner_id": ("owner", "role"),
    "to_role_id": ("to_role", "role"),
    "playbook_id": ("playbook", "playbook"),
}
#: of thousands of ids nearly all are so: to read each takes ten times as long
AS_WE_WRITE_IT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
#: what does not travel: the order says the position, and a child is a journey of its own
LEFT_OUT = ("position", "child_id")


def portable(document: Document, roles: Mapping[str, str], playbooks: Mapping[str, str]) -> dict[str, Any]:
    """The document with names instead of foreign ids. `roles` and `playbooks`: id -> name."""
    names = {"role": roles, "playbook": playbooks}
    journey = document["journey"]
    result: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "journey": {"title": journey.get("title", ""), "summary": journey.get("summary", "")},
    }
    for model in KINDS:
        rows = sorted(document[model.document_key].items(), key=lambda row: (row[1].get("position", 0.0), row[0]))
        result[model.document_key] = [{"id": id, **_portable_row(fields, names)} for id, fields in rows]
    rows = result["dismissals"]
    result["dismissals"] = [row | said for row in rows if (said := _subject(row.pop("subject_id"), document, roles))]
    return result


def _subject(id: str, document: Document, roles: Mapping[str, str]) -> dict[str, str] | None:
    """What a dismissal is about, as the file says it; None if that is no longer there."""
    if not id or id in roles:
        return {"kind": "role" if id else "", "subject": roles[id] if id else ""}
    return next(({"kind": kind, "subject": id} for kind, key in KEYS.items() if id in document[key]), None)


def _portable_row(fields: Mapping[str, Any], names: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for attribute, value in fields.items():
        if attribute in LEFT_OUT:
            continue
        if attribute in NAMED:
            name, what = NAMED[attribute]
            row[name] = names[what].get(value, "") if value else ""
        elif attribute in REFERENCES:
            row[REFERENCES[attribute][0]] = value or ""
        else:
            row[attribute] = value
    return row


def named_in(data: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The names of the roles and of the playbooks that a portable journey speaks of, each once, in order of appearance."""
    found: dict[str, dict[str, str]] = {"role": {}, "playbook": {}}
    for what, name, _ in names_in(data):
        found[what].setdefault(name.casefold(), name)
    return list(found["role"].values()), list(found["playbook"].values())


def names_in(data: Any) -> Iterator[tuple[str, str, Place]]:
    """("role" or "playbook", its name, where it stands), as often as it is named."""
    for model in KINDS:
        rows = data.get(model.document_key) if isinstance(data, dict) else None
        for number, row in enumerate(rows if isinstance(rows, list) else ()):
            if not isinstance(row, dict):
                continue
            about_role = model is Dismissal and row.get("kind") == "role"
            for name, what in (("subject", "role"),) if about_role else NAMED.values():
                value = row.get(name)
                if isinstance(value, str) and (said := value.strip()):
                    yield what, said, (model.document_key, number, name)


def as_uuid(text: str) -> str:
    """As we write it; "" if it is none."""
    if AS_WE_WRITE_IT.fullmatch(text):
        return text
    try:
        return str(UUID(text))
    except ValueError:
        return ""
