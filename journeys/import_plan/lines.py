"""Arrows and handoffs: what the sheet says of them against what the map has."""

from __future__ import annotations

from itertools import chain

from journeys.document import Document
from journeys.import_plan.elements import Elements
from journeys.import_plan.outcome import ImportPlan, Outcome
from journeys.sheet_cells import CARD_KINDS, Parsed

Targets = list[tuple[Parsed, str]]


def plan_arrows(
    result: ImportPlan, elements: Elements, document: Document, columns: set[str], targets: Targets, known: dict[str, str]
) -> None:
    """Arrows the sheet names and the map lacks; arrows between its cards that it no longer names go.

    `known` maps external ids to the ids of cards, on the map or planned.
    """
    there = {(c["source_id"], c["target_id"]): (id, c["kind"]) for id, c in document["connectors"].items()}
    in_sheet = {id for row, id in targets if row.external_id}
    wanted: dict[tuple[str, str], str] = {}
    for row, id in targets:
        for name in row.after:
            wanted[known[name], id] = "sequence"
        for name in row.together:
            pair = (known[name], id)
            if pair not in wanted and pair[::-1] not in wanted:
                wanted[pair] = "unordered"
    # Said both ways, "after" is the stronger word.
    for pair in [pair for pair, kind in wanted.items() if kind == "unordered"]:
        if wanted.get(pair[::-1]) == "sequence":
            del wanted[pair]
    for pair, kind in wanted.items():
        found = there.get(pair) or (there.get(pair[::-1]) if kind == "unordered" else None)
        if found is None:
            arrow = {"source_id": pair[0], "target_id": pair[1], "kind": kind, "label": ""}
            result.creates.append(("connector", elements.new_id(), arrow))
        elif found[1] != kind:
            result.updates.append(("connector", found[0], {"kind": kind}))
    for pair, (id, kind) in there.items():
        column = "after" if kind == "sequence" else "with"
        kept = pair in wanted or pair[::-1] in wanted
        if not kept and column in columns and in_sheet.issuperset(pair):
            result.deletes.append(("connector", id))


def plan_handoffs(result: ImportPlan, elements: Elements, document: Document, targets: Targets) -> None:
    there: dict[str, list[tuple[str, str]]] = {}
    for id, handoff in sorted(document["handoffs"].items()):
        there.setdefault(handoff["touchpoint_id"], []).append((id, handoff["to_role_id"]))
    for row, id in targets:
        if row.kind not in CARD_KINDS:
            continue
        role = elements.role(row.handoff_to) if row.handoff_to else None
        existing = there.get(id, [])
        if role and not existing:
            handoff = {"touchpoint_id": id, "to_role_id": role, "to_touchpoint_id": None, "package": []}
            result.creates.append(("handoff", elements.new_id(), {**handoff, "accept_within_days": 2, "note": ""}))
        elif role and role not in [to for _, to in existing]:
            result.updates.append(("handoff", existing[0][0], {"to_role_id": role}))
        elif not role:
            result.deletes.extend(("handoff", found) for found, _ in existing)


def tell_of_lines(result: ImportPlan, document: Document, told: dict[str, Outcome]) -> None:
    """A row whose arrows or handoffs change is updated too, or nobody would know that there is something to import."""
    for word, kind, end in (("arrows", "connector", "target_id"), ("handoff", "handoff", "touchpoint_id")):
        lines = document[f"{kind}s"]
        made = (fields[end] for made, _, fields in result.creates if made == kind)
        others = chain(((changed, id) for changed, id, _ in result.updates), result.deletes)
        for card in chain(made, (lines[id][end] for other, id in others if other == kind)):
            outcome = told.get(card)
            if outcome and outcome.result in ("unchanged", "updated"):
                outcome.result = "updated"
                if word not in outcome.detail:
                    outcome.detail = f"{outcome.detail}, {word}".strip(", ")
