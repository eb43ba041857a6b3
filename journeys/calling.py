"""What people call the elements of a map, where these are spoken of beside it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from journeys.models import Connector, Emotion, Handoff, Journey, Lane, Stage, Touchpoint

#: (kind, id)
Key = tuple[str, UUID]

SOURCES: dict[str, tuple[type[Any], tuple[str, ...]]] = {
    "stage": (Stage, ()),
    "lane": (Lane, ()),
    "touchpoint": (Touchpoint, ()),
    "emotion": (Emotion, ()),
    "connector": (Connector, ("source", "target")),
    "handoff": (Handoff, ("touchpoint", "to_role")),
}


def called(journey: Journey, wanted: Iterable[Key]) -> dict[Key, str]:
    """What these elements are called now. Those that are not on the map are not in it. One read a kind."""
    by_kind: dict[str, set[UUID]] = {}
    for kind, id in wanted:
        by_kind.setdefault(kind, set()).add(id)
    found: dict[Key, str] = {}
    for kind, ids in by_kind.items():
        model, related = SOURCES[kind]
        rows = model.objects.filter(journey=journey, pk__in=ids)
        for row in rows.select_related(*related) if related else rows:
            found[kind, row.pk] = _name(row)
    return found


def _name(row: Any) -> str:
    if isinstance(row, Connector):
        return f"Arrow from {row.source.title} to {row.target.title}"
    if isinstance(row, Handoff):
        return f"Handoff of {row.touchpoint.title} to {row.to_role.name}"
    return str(row.called)
