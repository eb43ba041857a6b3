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
        inner_ids = sorted((id for id, lane in document["lanes"].items() if lane["kind"] == "role"), reverse=True)
        self.lane_of_role = {role: id for id in inner_ids if (role := self.role_of_lane[id])}
        self.told: dict[str, Outcome] = {}
        #: rows of stages and lanes that are not on the map yet: their numbers, and by what others may call them
        self.waiting: set[int] = set()
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
            if row.number in self.waiting:
                (self._make_lane if row.is_lane else self._make_stage)(row)
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
        # Names before ids: an id made by hand may be somebody's name.
        for keys_of in (_names, _id):
            for row in rows:
                for key in keys_of(row):
                    if key not in called:
                        called.add(key)
                        self._call(key, row, found.get(row.number), known, new)
        for row in rows:
            id = found.get(row.number)
            if id:
                self._compare(row, id)
            else:
                self.waiting.add(row.number)

    @staticmethod
    def _call(key: str, row: Parsed, id: str | None, known: dict[str, str], new: dict[str, Parsed]) -> None:
        if id:
            known[key] = id
        else:
            known.pop(key, None)
            new[key] = row

    def _alike(self, row: Parsed) -> list[str]:
        """Stages or lanes of the map that the row may mean: by its name; the fixed lane of its kind; the lane of its role."""
        name = _name(row).casefold()
        if row.kind == "stage":
            return [id for id, stage in reversed(_ordered(self.document["stages"])) if stage["name"].casefold() == name]
        kind, lanes = LANE_KINDS[row.kind], reversed(_ordered(self.document["lanes"]))
        alike = [id for id, lane in lanes if lane["kind"] == kind and (kind != "role" or lane["name"].casefold() == name)]
        owner = row.owner_role if "owner_role" in self.columns else row.lane
        role = self.names.roles.get(owner.casefold(), "")
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

    def has_stage(self, key: str) -> bool:
        return key in self.stages

    def has_lane(self, key: str) -> bool:
        """Whether a name, case-folded, is that of a lane, of its role, or of a lane that every map has."""
        return key in self.lanes or key in FIXED or self.names.roles.get(key, "") in self.lane_of_role

    def stage(self, name: str) -> str:
        key = name.casefold()
        if key in self.stages:
            return self.stages[key]
        row = self.new_stages.get(key)
        if row:
            return self._make_stage(row)
        self.stages[key] = id = self._add_stage({"name": name})
        return id

    def _make_stage(self, row: Parsed) -> str:
        id = self._add_stage({"name": row.stage, **row.values, **self._external(row)})
        self._made(row, id, self.stages, self.new_stages)
        return id

    def _add_stage(self, fields: dict[str, Any]) -> str:
        id = self.names.new_id()
        self.position += 1.0
        self.result.creates.append(("stage", id, {"position": self.position, **STAGE, **fields}))
        return id

    def lane_of(self, row: Parsed) -> str:
        return self.lane(row.lane or DEFAULT_LANES[row.kind])

    def lane(self, name: str) -> str:
        key = name.casefold()
        if key in self.lanes:
            return self.lanes[key]
        row = self.new_lanes.get(key)
        if row:
            return self._make_lane(row)
        kind = key if key in FIXED else "role"
        # A lane may have been renamed on the map; it is still the lane of its role.
        renamed = self.lane_of_role.get(self.names.roles.get(key, "")) if kind == "role" else None
        if renamed:
            return renamed
        self.lanes[key] = id = self._add_lane(name, kind, _usual_owner(name, kind), {})
        return id

    def _make_lane(self, row: Parsed) -> str:
        kind = LANE_KINDS[row.kind]
        owner = row.owner_role if "owner_role" in self.columns else _usual_owner(row.lane, kind)
        id = self._add_lane(row.lane, kind, owner, self._external(row))
        self._made(row, id, self.lanes, self.new_lanes)
        return id

    def _add_lane(self, name: str, kind: str, owner: str, external: dict[str, Any]) -> str:
        if kind == "role":
            self.lane_position += 1.0
        id = self.names.new_id()
        self.role_of_lane[id] = role = self.names.role(owner) if owner else None
        position = FIXED.get(kind, self.lane_position)
        lane = {"name": name, "kind": kind, "role_id": role, "position": position, "external_id": "", **external}
        self.result.creates.append(("lane", id, lane))
        return id

    def _made(self, row: Parsed, id: str, known: dict[str, str], new: dict[str, Parsed]) -> None:
        self.waiting.discard(row.number)
        self.told[id] = Outcome(row.number, row.kind, row.title, "new")
        for key in (*_names(row), *_id(row)):
            if new.get(key) is row:
                known[key] = id
                del new[key]


def _usual_owner(name: str, kind: str) -> str:
    return name if kind == "role" and name != TO_ASSIGN else ""


def _name(row: Parsed) -> str:
    return row.stage if row.kind == "stage" else row.lane


def _names(row: Parsed) -> list[str]:
    """What other rows may call it: its name; a fixed lane by its kind too, which no other lane can take."""
    kind, name = LANE_KINDS.get(row.kind, ""), _name(row).casefold()
    fixed = [kind] if kind in FIXED else []
    return fixed if kind and name in FIXED else [*fixed, name]


def _id(row: Parsed) -> list[str]:
    return [row.id.casefold()] if row.id else []


def _ordered(rows: dict[str, Any]) -> list[tuple[str, Any]]:
    return sorted(rows.items(), key=lambda item: (-item[1]["position"], item[0]))
