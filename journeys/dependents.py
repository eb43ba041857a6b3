"""Who stands on whom: what goes with an element when it is deleted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from journeys.models import Connector, Dismissal, Emotion, Handoff, Touchpoint
from journeys.models.element import Element

if TYPE_CHECKING:
    from journeys.changing import Changing

#: for each kind, who stands on it: (model, attribute that holds its id)
DEPENDENTS: dict[str, tuple[tuple[type[Element], str], ...]] = {
    "stage": ((Touchpoint, "stage_id"), (Emotion, "stage_id"), (Dismissal, "subject")),
    "lane": ((Touchpoint, "lane_id"),),
    "touchpoint": (
        (Connector, "source_id"),
        (Connector, "target_id"),
        (Handoff, "touchpoint_id"),
        (Dismissal, "subject"),
    ),
    "emotion": ((Dismissal, "subject"),),
    "connector": ((Dismissal, "subject"),),
    "handoff": ((Dismissal, "subject"),),
}


def dependents_of(act: Changing, elements: Iterable[Element]) -> list[Element]:
    """All that stands on these elements, and on that. One read of each kind a ring, however many the elements are."""
    found: dict[tuple[str, UUID], Element] = {}
    ring: dict[str, set[UUID]] = {}
    for element in elements:
        ring.setdefault(element.kind_name, set()).add(element.pk)
    while ring:
        outer: dict[str, set[UUID]] = {}
        for kind, ids in ring.items():
            for model, key in DEPENDENTS.get(kind, ()):
                for row in act.referring(model, key, ids):
                    if (row.kind_name, row.pk) not in found:
                        found[row.kind_name, row.pk] = row
                        outer.setdefault(row.kind_name, set()).add(row.pk)
        ring = outer
    return list(found.values())
