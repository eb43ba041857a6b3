"""Handoffs: a role in the row of a card, or rows of their own with the package that travels."""

from __future__ import annotations

from typing import Any

from journeys.document import Document
from journeys.import_plan.differing import differing
from journeys.import_plan.lines import Targets, Told
from journeys.import_plan.names import Names
from journeys.import_plan.outcome import ImportPlan, Outcome
from journeys.sheet_cells import Parsed

Fields = dict[str, Any]
HANDOFF: Fields = {"to_touchpoint_id": None, "package": [], "accept_within_days": 2, "note": ""}


def plan_handoffs(
    result: ImportPlan, names: Names, document: Document, columns: set[str], targets: Targets, rows: list[Parsed],
    known: dict[str, str],
) -> Told:  # fmt: skip
    """`rows` are those of handoffs, good or bad; `known` maps what cards are called to their ids, on the map or planned.

    The outcomes of the good ones, by the id of the handoff.
    """
    plan = _Handoffs(result, names, document)
    good = [row for row in rows if row.number not in result.problems]
    values = [(row, plan.values(row, columns, known)) for row in good]
    # Those that name their handoff choose first, or the others would take it from them.
    told: Told = {}
    for row, fields in sorted(values, key=lambda one: one[0].id not in plan.there):
        id, outcome = plan.settle(row.id, fields)
        told[id] = Outcome(row.number, row.kind, row.title, *outcome)
    if "handoff_to" in columns:
        # What a bad row says of a card cannot be known, so its handoffs stay.
        bad = [row for row in rows if row.number in result.problems]
        unclear = {known.get(name) for row in bad for name in row.after}
        unclear |= {plan.there[row.id]["touchpoint_id"] for row in bad if row.id in plan.there}
        for row, id in targets:
            if row.is_card and id not in unclear:
                plan.settle_cell(id, names.role(row.handoff_to) if row.handoff_to else None)
    return told


class _Handoffs:
    def __init__(self, result: ImportPlan, names: Names, document: Document):
        self.result, self.names, self.there = result, names, document["handoffs"]
        #: by card, those that no row has spoken of yet
        self.left: dict[str, list[str]] = {}
        for id, handoff in sorted(self.there.items()):
            self.left.setdefault(handoff["touchpoint_id"], []).append(id)

    def values(self, row: Parsed, columns: set[str], known: dict[str, str]) -> Fields:
        fields = {"touchpoint_id": known[row.after[0]], "to_role_id": self.names.role(row.handoff_to), **row.values}
        if "to" in columns:
            fields["to_touchpoint_id"] = known[row.to[0]] if row.to else None
        return fields

    def settle(self, named: str, fields: Fields) -> tuple[str, tuple[str, str]]:
        """(id of the handoff, (what becomes of it, and what differs))."""
        card, role, to = fields["touchpoint_id"], fields["to_role_id"], fields.get("to_touchpoint_id")
        left = self.left.get(card, [])
        of_role = [id for id in left if self.there[id]["to_role_id"] == role]
        id = named if named in self.there else next((id for id in of_role if self.there[id]["to_touchpoint_id"] == to), None)
        id = id or next(iter(of_role), None)
        if id is None:
            id = self.names.new_id()
            self.result.creates.append(("handoff", id, {**HANDOFF, **fields}))
            return id, ("new", "")
        standing = self.left.get(self.there[id]["touchpoint_id"], [])
        if id in standing:
            standing.remove(id)
        changes = differing(self.there[id], fields)
        if changes:
            self.result.updates.append(("handoff", id, changes))
        return id, ("updated" if changes else "unchanged", ", ".join(sorted(changes)))

    def settle_cell(self, card: str, role: str | None) -> None:
        """What the card's own row says: one role, or none. Beside rows of handoffs it says one more."""
        left = self.left.get(card, [])
        roles = [self.there[id]["to_role_id"] for id in left]
        if role and not left:
            self.result.creates.append(("handoff", self.names.new_id(), {"touchpoint_id": card, "to_role_id": role, **HANDOFF}))
        elif role and role not in roles:
            self.result.updates.append(("handoff", left[0], {"to_role_id": role}))
        elif not role:
            self.result.deletes.extend(("handoff", id) for id in left)
