"""Stages and lanes as rows speak of them: on the map, with a row of their own, or only named. Found, or planned."""

from __future__ import annotations

from typing import Any

from journeys.document import Document
from journeys.import_plan.claims import Claims
from journeys.import_plan.differing import differing
from journeys.import_plan.names import Names
from journeys.import_plan.outcome import ImportPlan, Outcome
from journeys.sheet_cells import Parsed
from journeys.sheet_columns import LANE_KINDS

TO_ASSIGN = "To assign"
STAGE = {
    "length_days": None, "goal": "", "feeling": "", "experience": "", "skills": "", "tools": "", "metrics": "",
    "success": "", "starts_when": "", "completes_when": "", "external_id": "",
}  # fmt: skip
DEFAULT_LANES = {"touchpoint": TO_ASSIGN, "milestone": "Customer", "event": "Outside"}
FIXED = {"customer": 0.0, "outside": 1000.0}


class Frame:
    """`stages` and `lanes` map case-folded names, and ids, to ids. What a row of the sheet says comes before the map."""

    def __init__(self, document: Document, claims: Claims, names: Names, columns: set[str], result: ImportPlan):
        self.document, self.claims, self.names, self.columns, self.result = document, claims, names, columns, result
        self.stages = {s["name"].casefold(): id for id, s in _ordered(document["stages"])}
        self.stages.update((id, id) for id in document["stages"])
        self.position = max((s["position"] for s in document["stages"].values()), default=0.0)
        self.lanes = {lane["name"].casefold(): id for id, lane in _ordered(document["lanes"])}
        for id, lane in document["lanes"].items():
            if lane["kind"] != "role":
                self.lanes[lane["kind"]] = id
        self.lanes.update((id, id) for id in document["lanes"])
        inner = [lane for _, lane in sorted(document["lanes"].items()) if lane["kind"] == "role"]
        self.lane_position = max((lane["position"] for lane in inner), default=0.0)
        self.role_of_lane: dict[str, str | None] = {id: lane["role_id"] for id, lane in document["lanes"].items()}
        self.lane_of_role = {role: id for id, role in sorted(self.role_of_lane.items(), reverse=True) if role}
        self.told: dict[str, Outcome] = {}
        #: rows of stages and lanes that are not on the map yet, by what others may call them
        self.new_stages: dict[str, Parsed] = {}
        self.new_lanes: dict[str, Parsed] = {}

    # rows of their own

    def take(self, good: list[Parsed]) -> None:
        """Bring the rows of stages and lanes in. They stand in the order in which the sheet first speaks of them.

        Every map has the two fixed lanes.
        """
        self._find([row for row in good if row.kind == "stage"], self.stages, self.new_stages)
        self._find([row for row in good if row.is_lane], self.lanes, self.new_lanes)
        if good:
            self.lane("Customer")
            self.lane("Outside")
        for row in good if self.told or self.new_stages or self.new_lanes else ():
            if row.is_lane:
                self.lane(row.id or row.lane)
            elif row.kind == "stage":
                self.stage(row.id or row.stage)
            elif row.stands:
                self.stage(row.stage)

    def _find(self, rows: list[Parsed], known: dict[str, str], new: dict[str, Parsed]) -> None:
        found = {row.number: id for row in rows if (id := self.claims.found(row))}
        taken = set(found.values())
        for row in rows:
            id = found.get(row.number) or next((id for id in self._alike(row) if id not in taken), None)
            if id:
                taken.add(id)
                found[row.number] = id
        called: set[str] = set()
        for row in rows:
            id = found.get(row.number)
            keys = [key for key in _keys(row) if key not in called]
            called.update(keys)
            for key in keys:
                if id:
                    known[key] = id
                else:
                    known.pop(key, None)
                    new[key] = row
            if id:
                self._compare(row, id)

    def _alike(self, row: Parsed) -> list[str]:
        """Stages or lanes of the map that the row may mean: by its name; the fixed lane of its kind; the lane of its role."""
        name = _name(row).casefold()
        if row.kind == "stage":
            return [id for id, stage in reversed(_ordered(self.document["stages"])) if stage["name"].casefold() == name]
        kind, lanes = LANE_KINDS[row.kind], reversed(_ordered(self.document["lanes"]))
        alike = [id for id, lane in lanes if lane["kind"] == kind and (kind != "role" or lane["name"].casefold() == name)]
        role = self.names.roles.get((row.owner_role or row.lane).casefold(), "")
        return [*alike, self.lane_of_role[role]] if kind == "role" and role in self.lane_of_role else alike

    def _compare(self, row: Parsed, id: str) -> None:
        group = "stages" if row.kind == "stage" else "lanes"
        values = {"name": _name(row), **row.values, **self._external(row)}
        if row.is_lane and "owner_role" in self.columns:
            values["role_id"] = self.role_of_lane[id] = self.names.role(row.owner_role) if row.owner_role else None
        fields = differing(self.document[group][id], values)
        if fields:
            self.result.updates.append((group[:-1], id, fields))
        result = "updated" if fields else "unchanged"
        self.told[id] = Outcome(row.number, row.kind, row.title, result, ", ".join(sorted(fields)))

    def _external(self, row: Parsed) -> dict[str, Any]:
        return {"external_id": row.external_id} if "external_id" in self.columns else {}

    # by name

    def stage(self, name: str) -> str:
        key = name.casefold()
        if key in self.stages:
            return self.stages[key]
        row = self.new_stages.get(key)
        id = self.names.new_id()
        self.position += 1.0
        self._register(self.stages, self.new_stages, key, row, id)
        stage = {"name": name, "position": self.position, **STAGE}
        if row:
            stage |= {"name": row.stage, **row.values, **self._external(row)}
            self.told[id] = Outcome(row.number, row.kind, row.title, "new")
        self.result.creates.append(("stage", id, stage))
        return id

    def lane_of(self, row: Parsed) -> str:
        return self.lane(row.lane or DEFAULT_LANES[row.kind])

    def lane(self, name: str) -> str:
        key = name.casefold()
        if key in self.lanes:
            return self.lanes[key]
        row = self.new_lanes.get(key)
        kind = LANE_KINDS[row.kind] if row else key if key in FIXED else "role"
        name = row.lane if row else name
        if kind == "role":
            # A lane may have been renamed on the map; it is still the lane of its role.
            renamed = self.lane_of_role.get(self.names.roles.get(key, "")) if row is None else None
            if renamed:
                return renamed
            self.lane_position += 1.0
        id = self.names.new_id()
        says_role = row is not None and "owner_role" in self.columns
        owner = row.owner_role if row and says_role else name if kind == "role" and name != TO_ASSIGN else ""
        role = self.names.role(owner) if owner else None
        position = FIXED.get(kind, self.lane_position)
        lane = {"name": name, "kind": kind, "role_id": role, "position": position, "external_id": ""}
        if row:
            lane |= self._external(row)
            self.told[id] = Outcome(row.number, row.kind, row.title, "new")
        self.result.creates.append(("lane", id, lane))
        self._register(self.lanes, self.new_lanes, key, row, id)
        self.role_of_lane[id] = role
        return id

    @staticmethod
    def _register(known: dict[str, str], new: dict[str, Parsed], key: str, row: Parsed | None, id: str) -> None:
        known[key] = id
        if row:
            for other in _keys(row):
                if new.get(other) is row:
                    known[other] = id
                    del new[other]


def _name(row: Parsed) -> str:
    return row.stage if row.kind == "stage" else row.lane


def _keys(row: Parsed) -> list[str]:
    """What other rows may call it: its id, its name, and a fixed lane by its kind, which no other lane can take."""
    kind, name = LANE_KINDS.get(row.kind, ""), _name(row).casefold()
    keys = [row.id.casefold()] if row.id else []
    if kind in FIXED:
        keys.append(kind)
    return keys if kind and name in FIXED else [*keys, name]


def _ordered(rows: dict[str, Any]) -> list[tuple[str, Any]]:
    return sorted(rows.items(), key=lambda item: (-item[1]["position"], item[0]))
