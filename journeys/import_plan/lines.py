"""Arrows: what the sheet says of them against what the map has."""

from __future__ import annotations

from itertools import chain
from typing import Any

from journeys.document import Document
from journeys.import_plan.differing import differing
from journeys.import_plan.names import Names
from journeys.import_plan.outcome import ImportPlan, Outcome
from journeys.sheet_cells import Parsed

Targets = list[tuple[Parsed, str]]
Pair = tuple[str, str]
Told = dict[str, Outcome]


def plan_arrows(
    result: ImportPlan, names: Names, document: Document, columns: set[str], targets: Targets, rows: list[Parsed],
    known: dict[str, str],
) -> Told:  # fmt: skip
    """Arrows the sheet names and the map lacks; arrows between its cards that it no longer names go.

    `rows` are those of arrows with words, good or bad; `known` maps what cards are called to their ids, on the map or planned.
    The outcomes of the good ones, by the id of the arrow.
    """
    there = {(c["source_id"], c["target_id"]): id for id, c in document["connectors"].items()}
    wanted = _wanted(targets, known)
    said = {_ends(row, known): row for row in rows if row.number not in result.problems}
    for pair, row in said.items():
        wanted[pair] = "sequence" if row.after else "unordered"
    # A bad row says nothing that could be done, but no arrow goes because of it either.
    bad = [row for row in rows if row.number in result.problems]
    unclear = {row.id for row in bad} | {known.get(name) for row in bad for name in (*row.after, *row.together, *row.to)}
    told: Told = {}
    used: set[str] = set()
    for pair, kind in wanted.items():
        spoken = said.get(pair)
        id = there.get(pair) or (there.get(pair[::-1]) if kind == "unordered" else None)
        values: dict[str, Any] = {"kind": kind, **(spoken.values if spoken else {})}
        if id is None:
            id, changes = names.new_id(), values
            result.creates.append(("connector", id, {"source_id": pair[0], "target_id": pair[1], "label": "", **values}))
            outcome = "new"
        else:
            changes = differing(document["connectors"][id], values)
            if changes:
                result.updates.append(("connector", id, changes))
            outcome = "updated" if changes else "unchanged"
        used.add(id)
        if spoken:
            told[id] = Outcome(
                spoken.number, spoken.kind, spoken.title, outcome, "" if outcome == "new" else ", ".join(sorted(changes))
            )
    in_sheet = {id for row, id in targets if row.names}
    for pair, id in there.items():
        column = "after" if document["connectors"][id]["kind"] == "sequence" else "with"
        if id not in used and column in columns and in_sheet.issuperset(pair) and not unclear & {id, *pair}:
            result.deletes.append(("connector", id))
    return told


def _wanted(targets: Targets, known: dict[str, str]) -> dict[Pair, str]:
    """(source, target) -> kind, from the cards' own rows."""
    wanted: dict[Pair, str] = {}
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
    return wanted


def _ends(row: Parsed, known: dict[str, str]) -> Pair:
    return known[(row.after or row.together)[0]], known[row.to[0]]


def tell_of_lines(result: ImportPlan, document: Document, told: Told) -> None:
    """A row whose arrows or handoffs change is updated too, or nobody would know that there is something to import."""
    for word, kind, end in (("arrows", "connector", "target_id"), ("handoff", "handoff", "touchpoint_id")):
        lines = document[f"{kind}s"]
        made = (fields[end] for made, id, fields in result.creates if made == kind and id not in told)
        others = chain(((changed, id) for changed, id, _ in result.updates), result.deletes)
        for card in chain(made, (lines[id][end] for other, id in others if other == kind and id not in told)):
            outcome = told.get(card)
            if outcome and outcome.result in ("unchanged", "updated"):
                outcome.result = "updated"
                if word not in outcome.detail:
                    outcome.detail = f"{outcome.detail}, {word}".strip(", ")
