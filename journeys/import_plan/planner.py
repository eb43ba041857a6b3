"""Row by row: what is new, what differs, and where it will stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from journeys.document import Document, empty_document
from journeys.import_plan.elements import Elements
from journeys.import_plan.lines import plan_arrows, plan_handoffs, tell_of_lines
from journeys.import_plan.outcome import ImportPlan, Outcome
from journeys.import_plan.problems import find_problems
from journeys.placing import Newcomer, Places
from journeys.sheet_cells import Parsed, parse_row
from journeys.sheets import Sheet

CARD = {
    "customer_view": "", "channel": "", "delivery": "person", "importance": "must", "anchor": "enrolment", "offset_days": 0,
    "repeat_days": None, "effort_min": None, "emotion": None, "moment_of_truth": False, "criterion": "", "playbook_id": None,
    "child_id": None, "notes": "", "external_id": "",
}  # fmt: skip
EMOTION = {"why": "", "answer": "", "anchor": "", "offset_days": None, "external_id": ""}


def plan_import(
    sheet: Sheet,
    document: Document | None,
    roles: dict[str, str],
    playbooks: dict[str, str],
    new_id: Callable[[], str],
) -> ImportPlan:
    """`roles` and `playbooks` map case-folded names to ids; what is missing there is planned too."""
    document, columns, result = document or empty_document(), set(sheet.columns), ImportPlan()
    elements = Elements(document, dict(roles), dict(playbooks), new_id, result)
    parsed = [parse_row(row, columns, elements.kind_of(row.cells.get("external_id", ""))) for row in sheet.rows]
    result.problems = find_problems(parsed, columns, document, elements.ids, elements.emotion_ids)
    good = [row for row in parsed if row.number not in result.problems]
    if good:
        elements.lane("Customer")
        elements.lane("Outside")
    targets = [(row, *elements.resolve(row)) for row in good]
    lined = [(row, id) for row, id, _ in targets]
    known = {**elements.ids, **{row.external_id: id for row, id in lined if row.external_id}}
    told = _Rows(elements, columns, known, result).plan(targets)
    plan_arrows(result, elements, document, columns, lined, known)
    if "handoff_to" in columns:
        plan_handoffs(result, elements, document, lined)
    tell_of_lines(result, document, told)
    bad = [row for row in parsed if row.number in result.problems]
    result.outcomes = [
        *told.values(),
        *(Outcome(row.number, row.kind, row.title, "bad", " ".join(result.problems[row.number])) for row in bad),
    ]
    result.outcomes.sort(key=lambda outcome: outcome.number)
    named = {row.external_id for row in parsed}
    result.absent = sum(1 for external in [*elements.ids, *elements.emotion_ids] if external not in named)
    return result


class _Rows:
    """Cards and emotions. Who stands where is known only when all rows are: places go by day, not by row."""

    def __init__(self, elements: Elements, columns: set[str], known: dict[str, str], result: ImportPlan):
        self.elements, self.columns, self.known, self.result = elements, columns, known, result
        self.newcomers: list[Newcomer] = []
        #: (id, its fields or those that differ, the day it is felt, the card of the last row above it in its stage)
        self.felt: list[tuple[str, dict[str, Any], int | None, str | None]] = []
        self.last_card: dict[str, str] = {}

    def plan(self, targets: list[tuple[Parsed, str, bool]]) -> dict[str, Outcome]:
        """The outcome of each row by the id of its element."""
        changes = []
        for row, id, is_new in targets:
            fields = (self._emotion if row.is_emotion else self._card)(row, id, is_new)
            if is_new:
                self.result.creates.append(("emotion" if row.is_emotion else "touchpoint", id, fields))
            changes.append((row, id, is_new, fields))
        self._place()
        told: dict[str, Outcome] = {}
        for row, id, is_new, fields in changes:
            if fields and not is_new:
                self.result.updates.append(("emotion" if row.is_emotion else "touchpoint", id, fields))
            result = "new" if is_new else "updated" if fields else "unchanged"
            told[id] = Outcome(row.number, row.kind, row.title, result, "" if is_new else ", ".join(sorted(fields)))
        return told

    def _card(self, row: Parsed, id: str, is_new: bool) -> dict[str, Any]:
        """All fields of a new card, or those of an old one that differ."""
        elements = self.elements
        was = {} if is_new else elements.cards[id]
        stage = elements.stage(row.stage)
        lane = was["lane_id"] if was and "lane" not in self.columns else elements.lane_of(row)
        values: dict[str, Any] = {**row.values, "kind": row.kind, "stage_id": stage, "lane_id": lane, "title": row.title}
        if "playbook" in self.columns:
            values["playbook_id"] = elements.playbook(row.playbook)
        if not was or lane != was["lane_id"]:
            values["owner_id"] = elements.role_of_lane[lane]
        self.last_card[stage] = id
        known = self.known
        before = [known[name] for name in row.after if name in known]
        if not was:
            card = {**CARD, **values, "external_id": row.external_id}
            partner = next((known[name] for name in row.together if name in known), None)
            self.newcomers.append(Newcomer(id, card, card, before, partner))
            return card
        differing = {name: value for name, value in values.items() if was[name] != value}
        if "stage_id" in differing or "lane_id" in differing:
            self.newcomers.append(Newcomer(id, {**was, **differing}, differing, before, None))
        return differing

    def _emotion(self, row: Parsed, id: str, is_new: bool) -> dict[str, Any]:
        stage = self.elements.stage(row.stage)
        values: dict[str, Any] = {"stage_id": stage, "title": row.title}
        if "emotion" in row.values:
            values["level"] = row.values["emotion"]
        if "offset_days" in self.columns:
            values["offset_days"] = row.day
        if "anchor" in self.columns:
            values["anchor"] = row.anchor
        if is_new:
            fields: dict[str, Any] = {**EMOTION, **values, "external_id": row.external_id}
        else:
            was = self.elements.emotions[id]
            fields = {name: value for name, value in values.items() if was[name] != value}
        if is_new or "stage_id" in fields:
            self.felt.append((id, fields, row.day, self.last_card.get(stage)))
        return fields

    def _place(self) -> None:
        places = Places(self.elements.cards)
        places.arrange(self.newcomers)
        for newcomer in self.newcomers:
            slot = places.slots[newcomer.id]
            if slot != newcomer.card.get("slot"):
                newcomer.fields["slot"] = slot
        for _, fields, day, above in self.felt:
            fields["slot"] = places.feel(fields["stage_id"], day, above)
