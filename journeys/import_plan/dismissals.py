"""Gaps that were set aside: each with its rule, what it is about, and the reason. Those the sheet does not name stay."""

from __future__ import annotations

from journeys.document import Document
from journeys.import_plan.differing import differing
from journeys.import_plan.lines import Told
from journeys.import_plan.names import Names
from journeys.import_plan.outcome import ImportPlan, Outcome
from journeys.sheet_cells import Parsed


def plan_dismissals(result: ImportPlan, names: Names, document: Document, rows: list[Parsed], ids: dict[str, str]) -> Told:
    """`rows` are the good ones; `ids` maps what stands in the column `id` of any row, and ids of the map, to ids."""
    there = document["dismissals"]
    left = {id: (row["rule"], row["subject_id"]) for id, row in sorted(there.items())}
    told: Told = {}
    for row in sorted(rows, key=lambda row: row.id not in there):
        about = names.role(row.owner_role) if row.owner_role else ids[row.about] if row.about else ""
        fields = {**row.values, "subject_id": about}
        alike = (id for id, key in left.items() if key == (fields["rule"], about))
        id = row.id if row.id in there else next(alike, None)
        if id is None:
            id = names.new_id()
            result.creates.append(("dismissal", id, fields))
            told[id] = Outcome(row.number, row.kind, row.title, "new")
            continue
        left.pop(id, None)
        changes = differing(there[id], fields)
        if changes:
            result.updates.append(("dismissal", id, changes))
        told[id] = Outcome(row.number, row.kind, row.title, "updated" if changes else "unchanged", ", ".join(sorted(changes)))
    return told
