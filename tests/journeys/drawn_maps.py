"""Small journey documents for tests: what is not said is as it should be, so that each test says only what is amiss."""

from __future__ import annotations

from itertools import count
from typing import Any

from journeys.document import Document, empty_document
from journeys.import_plan.planner import CARD, EMOTION
from journeys.models import Stage

ROLES = {"csm": "Customer success manager", "ae": "Account executive"}
BRIEF = {"goal": "Get going", "feeling": "Expected", "experience": "One message", "success": "It works for them"}


class Map:
    """A document that one draws on. Everything drawn is complete unless a field says otherwise."""

    def __init__(self):
        self.document: Document = empty_document("map")
        self.number = count(1)
        for kind, name in (("customer", "Customer"), ("role", "CSM"), ("outside", "Outside")):
            lane = {"name": name, "kind": kind, "role_id": "csm" if kind == "role" else None}
            self._add("lanes", kind, lane | {"position": float(len(self.document["lanes"])), "external_id": ""})

    def stage(self, name: str, days: int | None = 14, **fields: Any) -> str:
        row = dict.fromkeys(Stage.logged, "") | {"name": name, "position": float(next(self.number)), "length_days": days}
        return self._add("stages", name, row | BRIEF | fields)

    def card(self, title: str, stage: str, lane: str = "role", **fields: Any) -> str:
        own = {"kind": "touchpoint", "stage_id": stage, "lane_id": lane, "slot": next(self.number), "title": title}
        said = {"customer_view": "I am looked after", "owner_id": "csm", "playbook_id": "book", "criterion": "Seen in use"}
        return self._add("touchpoints", title, CARD | {"anchor": "stage"} | own | said | fields)

    def emotion(self, title: str, stage: str, level: int, answer: str = "") -> str:
        row = EMOTION | {"stage_id": stage, "slot": next(self.number), "title": title, "level": level, "answer": answer}
        return self._add("emotions", title, row)

    def arrow(self, source: str, target: str, kind: str = "sequence") -> str:
        row = {"source_id": source, "target_id": target, "kind": kind, "label": ""}
        return self._add("connectors", f"{source}>{target}", row)

    def handoff(self, card: str, role: str = "ae", package: Any = ()) -> str:
        row = {"touchpoint_id": card, "to_role_id": role, "to_touchpoint_id": None, "package": list(package)}
        return self._add("handoffs", f"{card}>{role}", row | {"accept_within_days": 2, "note": ""})

    def dismiss(self, rule: str, subject: str, reason: str = "Not here") -> str:
        return self._add("dismissals", f"{rule}-{subject}", {"rule": rule, "subject_id": subject, "reason": reason})

    def _add(self, key: str, id: str, row: dict[str, Any]) -> str:
        self.document[key][id] = row
        return id


def complete_map() -> Map:
    """Two stages of two weeks with a touchpoint a week, a feeling and a milestone: nothing is missing."""
    drawn = Map()
    first, second = drawn.stage("Start"), drawn.stage("Live")
    drawn.card("Welcome", first, channel="email")
    drawn.card("Kick-off", first, offset_days=7)
    drawn.card("Training", second)
    drawn.card("Review", second, offset_days=10)
    drawn.card("In use", second, "customer", kind="milestone", owner_id=None, playbook_id=None, offset_days=14)
    drawn.emotion("Relieved", second, 1)
    return drawn
