"""Which element each row is, and the stages, lanes, roles and playbooks it names: found on the map, or planned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from journeys.document import Document
from journeys.import_plan.outcome import ImportPlan
from journeys.sheet_cells import Parsed

TO_ASSIGN = "To assign"
STAGE = {
    "length_days": None, "goal": "", "feeling": "", "experience": "", "skills": "", "tools": "", "metrics": "",
    "success": "", "starts_when": "", "completes_when": "", "external_id": "",
}  # fmt: skip
DEFAULT_LANES = {"touchpoint": TO_ASSIGN, "milestone": "Customer", "event": "Outside"}
FIXED = {"customer": 0.0, "outside": 1000.0}


class Elements:
    """The map as rows speak of it. `roles` and `playbooks` map case-folded names to ids and grow as new ones are planned."""

    def __init__(
        self,
        document: Document,
        roles: dict[str, str],
        playbooks: dict[str, str],
        new_id: Callable[[], str],
        result: ImportPlan,
    ):
        self.roles, self.playbooks, self.new_id, self.result = roles, playbooks, new_id, result
        self.cards: dict[str, dict[str, Any]] = document["touchpoints"]
        self.emotions: dict[str, dict[str, Any]] = document["emotions"]
        self.ids = {c["external_id"]: id for id, c in self.cards.items() if c["external_id"]}
        self.emotion_ids = {e["external_id"]: id for id, e in self.emotions.items() if e["external_id"]}
        self.stages = {s["name"].casefold(): id for id, s in _ordered(document["stages"])}
        self.position = max((s["position"] for s in document["stages"].values()), default=0.0)
        self.lanes = {lane["name"].casefold(): id for id, lane in _ordered(document["lanes"])}
        for id, lane in document["lanes"].items():
            if lane["kind"] != "role":
                self.lanes[lane["kind"]] = id
        inner = [lane for _, lane in sorted(document["lanes"].items()) if lane["kind"] == "role"]
        self.lane_position = max((lane["position"] for lane in inner), default=0.0)
        self.role_of_lane: dict[str, str | None] = {id: lane["role_id"] for id, lane in document["lanes"].items()}
        self.lane_of_role = {role: id for id, role in sorted(self.role_of_lane.items(), reverse=True) if role}
        self.seen: Counter[tuple[Any, ...]] = Counter()
        self.natural = self._natural_index()

    def kind_of(self, external_id: str) -> str:
        """What a row is that does not say: what it is on the map, else a touchpoint."""
        if external_id in self.ids:
            return str(self.cards[self.ids[external_id]]["kind"])
        return "emotion" if external_id in self.emotion_ids else "touchpoint"

    def _natural_index(self) -> dict[tuple[Any, ...], list[str]]:
        """Elements by kind, stage, lane and title: how rows without an external_id find theirs again."""
        index: dict[tuple[Any, ...], list[str]] = {}
        for id, card in sorted(self.cards.items()):
            if not card["external_id"]:
                index.setdefault((card["kind"], card["stage_id"], card["lane_id"], card["title"]), []).append(id)
        for id, emotion in sorted(self.emotions.items()):
            if not emotion["external_id"]:
                index.setdefault(("emotion", emotion["stage_id"], None, emotion["title"]), []).append(id)
        return index

    def resolve(self, row: Parsed) -> tuple[str, bool]:
        """(id of the row's element, whether it is new)."""
        if row.external_id:
            id = (self.emotion_ids if row.is_emotion else self.ids).get(row.external_id)
            return (id, False) if id else (self.new_id(), True)
        stage, lane = self.stage(row.stage), None if row.is_emotion else self.lane_of(row)
        key = (row.kind, stage, lane, row.title)
        nth = self.seen[key]
        self.seen[key] += 1
        there = self.natural.get(key, [])
        return (there[nth], False) if nth < len(there) else (self.new_id(), True)

    def stage(self, name: str) -> str:
        key = name.casefold()
        if key not in self.stages:
            self.stages[key] = id = self.new_id()
            self.position += 1.0
            self.result.creates.append(("stage", id, {"name": name, "position": self.position, **STAGE}))
        return self.stages[key]

    def lane_of(self, row: Parsed) -> str:
        return self.lane(row.lane or DEFAULT_LANES[row.kind])

    def lane(self, name: str) -> str:
        key = name.casefold()
        if key in self.lanes:
            return self.lanes[key]
        kind = key if key in FIXED else "role"
        if kind == "role":
            # A lane may have been renamed on the map; it is still the lane of its role.
            renamed = self.lane_of_role.get(self.roles.get(key, ""))
            if renamed:
                return renamed
            self.lane_position += 1.0
        id = self.new_id()
        role = self.role(name) if kind == "role" and name != TO_ASSIGN else None
        position = FIXED.get(kind, self.lane_position)
        lane = {"name": name, "kind": kind, "role_id": role, "position": position, "external_id": ""}
        self.result.creates.append(("lane", id, lane))
        self.lanes[key], self.role_of_lane[id] = id, role
        return id

    def role(self, name: str) -> str:
        key = name.casefold()
        if key not in self.roles:
            self.roles[key] = self.new_id()
            self.result.new_roles.append((self.roles[key], name))
        return self.roles[key]

    def playbook(self, title: str) -> str | None:
        if not title:
            return None
        key = title.casefold()
        if key not in self.playbooks:
            self.playbooks[key] = self.new_id()
            self.result.new_playbooks.append((self.playbooks[key], title))
        return self.playbooks[key]


def _ordered(rows: dict[str, Any]) -> list[tuple[str, Any]]:
    return sorted(rows.items(), key=lambda item: (-item[1]["position"], item[0]))
