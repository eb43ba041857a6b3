"""How a value is told: "Customer success manager" instead of an id, "3 days after enrolment" instead of three numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from journeys.comparing.comparison import Side
from journeys.in_words import CHANNELS, DELIVERIES, FEELINGS, KINDS, due
from journeys.models import Connector, Touchpoint

#: field -> what people call it; in the order in which differences are told
LABELS: dict[str, dict[str, str]] = {
    "journey": {"title": "Title", "summary": "Summary"},
    "stage": {
        "name": "Name", "goal": "What the customer wants", "feeling": "How we want them to feel",
        "experience": "The designed experience", "skills": "Skills", "tools": "Tools", "metrics": "Metrics",
        "success": "What success looks like", "starts_when": "What starts it", "completes_when": "What completes it",
        "external_id": "External id",
    },
    "lane": {"name": "Name", "role_id": "Role", "kind": "Kind of lane", "external_id": "External id"},
    "touchpoint": {
        "title": "Title", "kind": "What it is", "customer_view": "Customer’s view", "owner_id": "Owner", "channel": "Channel",
        "delivery": "Delivery", "importance": "Importance", "effort_min": "Effort", "emotion": "How it feels",
        "moment_of_truth": "Moment of truth", "criterion": "Reached when", "playbook_id": "Playbook",
        "child_id": "Journey inside", "notes": "Notes", "external_id": "External id",
    },
    "emotion": {
        "title": "What the customer feels", "level": "How it feels", "why": "Why", "answer": "How we answer it",
        "external_id": "External id",
    },
    "connector": {"source_id": "From", "target_id": "To", "kind": "Kind of arrow", "label": "Words on it"},
    "handoff": {
        "touchpoint_id": "At", "to_role_id": "To", "to_touchpoint_id": "Taken over at", "package": "Package",
        "accept_within_days": "Accept within", "note": "Note",
    },
}  # fmt: skip
#: fields that say when; several of them make one sentence
TIMES = {"stage": ("length_days",), "touchpoint": ("anchor", "offset_days", "repeat_days"), "emotion": ("anchor", "offset_days")}
CHOICES: dict[tuple[str, str], dict[Any, str]] = {
    ("touchpoint", "kind"): KINDS,
    ("touchpoint", "channel"): CHANNELS,
    ("touchpoint", "delivery"): DELIVERIES,
    ("touchpoint", "importance"): dict(Touchpoint.Importance.choices),
    ("touchpoint", "emotion"): FEELINGS,
    ("emotion", "level"): FEELINGS,
    ("connector", "kind"): dict(Connector.Kind.choices),
}
UNITS = {"effort_min": "min", "accept_within_days": "days", "length_days": "days"}


def told(what: str, name: str, row: Mapping[str, Any], side: Side) -> str:
    """The value of a field, "" where nothing was said."""
    value = row[name]
    if value in (None, "", []):
        return ""
    if name in ("source_id", "target_id", "touchpoint_id", "to_touchpoint_id"):
        return str(side.document["touchpoints"].get(value, {}).get("title", ""))
    if name.endswith("_id") and name != "external_id":
        return side.names.get(value, "one that is no longer there")
    if name == "package":
        return "; ".join(": ".join(part for part in (item["item"], item["where"], item["reader"]) if part) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if (what, name) in CHOICES:
        return CHOICES[what, name].get(value, str(value))
    return f"{value} {UNITS[name]}" if name in UNITS else str(value)


def told_time(what: str, row: Mapping[str, Any]) -> str:
    """When a card or a feeling is due, how long a stage takes."""
    if what == "stage":
        return f"{row['length_days']} days" if row["length_days"] is not None else ""
    if not row["anchor"]:
        return f"{row['offset_days']} days" if row["offset_days"] is not None else ""
    return due({"repeat_days": None, **row, "offset_days": row["offset_days"] or 0})


def called(what: str, row: Mapping[str, Any], side: Side) -> str:
    """What people call an element."""
    if what == "connector":
        return f"{told(what, 'source_id', row, side)} → {told(what, 'target_id', row, side)}"
    if what == "handoff":
        return f"{told(what, 'touchpoint_id', row, side)}, handed over to {told(what, 'to_role_id', row, side)}"
    return str(row.get("title") or row.get("name") or "Untitled")
