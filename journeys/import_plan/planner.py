"""Row by row: what is new, what differs, and where it will stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from journeys.document import KEYS, Document, empty_document
from journeys.import_plan.claims import Claims
from journeys.import_plan.differing import differing
from journeys.import_plan.dismissals import plan_dismissals
from journeys.import_plan.elements import Elements
from journeys.import_plan.frame import Frame
from journeys.import_plan.handoffs import plan_handoffs
from journeys.import_plan.lines import plan_arrows, tell_of_lines
from journeys.import_plan.names import Names
from journeys.import_plan.outcome import ImportPlan, Outcome
from journeys.import_plan.problems import find_problems
from journeys.placing import Newcomer, Places
from journeys.sheet_cells import Parsed, parse_row
from journeys.sheet_columns import EMOTION_TEXTS, NOBODY
from journeys.sheets import Sheet, SheetRow

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
    claims, names = Claims(document), Names(roles, playbooks, new_id, result)
    frame = Frame(document, claims, names, columns, result)
    elements = Elements(document, claims, frame, names, columns)
    parsed = [parse_row(row, columns, _kind_on_map(row, claims)) for row in sheet.rows]
    result.problems = find_problems(parsed, columns, document, claims, frame)
    good = [row for row in parsed if row.number not in result.problems]
    frame.take(good)
    elements.leave_out({found for row in parsed if row.id and (found := claims.found(row))})
    targets = [(row, *elements.resolve(row)) for row in good if row.stands]
    lined = [(row, id) for row, id, _ in targets]
    known = {id: id for id in elements.cards} | claims.external["touchpoints"]
    known |= {name: id for row, id in lined if row.is_card for name in row.names}
    told = frame.told | _Rows(elements, columns, known, result).plan(targets)
    arrows, handoffs = ([row for row in parsed if row.kind == kind] for kind in ("arrow", "handoff"))
    told |= plan_arrows(result, names, document, columns, lined, arrows, known)
    told |= plan_handoffs(result, names, document, columns, lined, handoffs, known)
    number = {outcome.number: id for id, outcome in told.items()}
    ids = {id: id for key in KEYS.values() for id in document[key]}
    ids |= {row.id: number[row.number] for row in good if row.id and row.number in number}
    told |= plan_dismissals(result, names, document, [row for row in good if row.kind == "dismissal"], ids)
    for row in good:
        if row.kind == "journey":
            told[row.kind] = _plan_journey(result, document, row)
    tell_of_lines(result, document, told)
    bad = [row for row in parsed if row.number in result.problems]
    result.outcomes = [
        *told.values(),
        *(Outcome(row.number, row.kind, row.title, "bad", " ".join(result.problems[row.number])) for row in bad),
    ]
    result.outcomes.sort(key=lambda outcome: outcome.number)
    result.absent = _absent(document, parsed, columns, {id for _, id in lined})
    return result


def _kind_on_map(row: SheetRow, claims: Claims) -> str:
    """What a row is that does not say: what it is on the map, else a touchpoint."""
    id, external_id = row.cells.get("id", ""), row.cells.get("external_id", "")
    card = claims.card(id) or claims.card(external_id)
    if card:
        return str(claims.rows["touchpoints"][card]["kind"])
    is_emotion = id in claims.rows["emotions"] or external_id in claims.external["emotions"]
    return "emotion" if is_emotion else "touchpoint"


def _plan_journey(result: ImportPlan, document: Document, row: Parsed) -> Outcome:
    """The summary; the title only where the row is this journey's own, for the import has been told a title."""
    own = {"title": row.title} if row.id and row.id == document["id"] else {}
    was = {"title": "", "summary": "", **document["journey"]}
    result.journey = differing(was, own | row.values)
    return Outcome(
        row.number, row.kind, row.title, "updated" if result.journey else "unchanged", ", ".join(sorted(result.journey))
    )


def _absent(document: Document, parsed: list[Parsed], columns: set[str], found: set[str]) -> int:
    """How many cards and emotions of the map no row speaks of, as far as the sheet could name them."""
    named = {name for row in parsed for name in row.names} | found
    places = [*document["touchpoints"].items(), *document["emotions"].items()]
    nameable = [(id, row["external_id"]) for id, row in places if row["external_id"] or "id" in columns]
    return sum(1 for id, external_id in nameable if id not in named and external_id not in named)


class _Rows:
    """Cards and emotions. Who stands where is known only when all rows are: places go by day, not by row."""

    def __init__(self, elements: Elements, columns: set[str], known: dict[str, str], result: ImportPlan):
        self.elements, self.columns, self.known, self.result = elements, columns, known, result
        self.frame, self.names = elements.frame, elements.names
        #: cards whose row says which slot they stand on
        self.standing: dict[str, dict[str, Any]] = {}
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
        frame = self.frame
        was = {} if is_new else self.elements.cards[id]
        stage = frame.stage(row.stage)
        lane = was["lane_id"] if was and "lane" not in self.columns else frame.lane_of(row)
        kind = was["kind"] if was and "kind" not in self.columns else row.kind
        values: dict[str, Any] = {**row.values, "kind": kind, "stage_id": stage, "lane_id": lane, "title": row.title}
        if "playbook" in self.columns:
            values["playbook_id"] = self.names.playbook(row.playbook)
        if row.owner_role:
            values["owner_id"] = None if row.owner_role.casefold() == NOBODY else self.names.role(row.owner_role)
        elif not was or lane != was["lane_id"] or "owner_role" in self.columns:
            values["owner_id"] = frame.role_of_lane[lane]
        if row.slot is not None:
            values["slot"] = row.slot
        self.last_card[stage] = id
        known = self.known
        before = [known[name] for name in row.after if name in known]
        if not was:
            card = {**CARD, **values, "external_id": row.external_id}
            if row.slot is not None:
                self.standing[id] = card
                return card
            partner = next((known[name] for name in row.together if name in known), None)
            self.newcomers.append(Newcomer(id, card, card, before, partner))
            return card
        changes = differing(was, values | self._external(row))
        if row.slot is not None:
            self.standing[id] = {**was, **changes}
        elif "stage_id" in changes or "lane_id" in changes:
            self.newcomers.append(Newcomer(id, {**was, **changes}, changes, before, None))
        return changes

    def _emotion(self, row: Parsed, id: str, is_new: bool) -> dict[str, Any]:
        stage = self.frame.stage(row.stage)
        values: dict[str, Any] = {"stage_id": stage, "title": row.title}
        if "emotion" in row.values:
            values["level"] = row.values["emotion"]
        if "offset_days" in self.columns:
            values["offset_days"] = row.day
        if "anchor" in self.columns:
            values["anchor"] = row.anchor
        values |= {name: row.values[name] for name in EMOTION_TEXTS if name in row.values}
        if row.slot is not None:
            values["slot"] = row.slot
        if is_new:
            fields: dict[str, Any] = {**EMOTION, **values, "external_id": row.external_id}
        else:
            fields = differing(self.elements.emotions[id], values | self._external(row))
        if row.slot is None and (is_new or "stage_id" in fields):
            self.felt.append((id, fields, row.day, self.last_card.get(stage)))
        return fields

    def _external(self, row: Parsed) -> dict[str, Any]:
        return {"external_id": row.external_id} if "external_id" in self.columns else {}

    def _place(self) -> None:
        places = Places({**self.elements.cards, **self.standing})
        places.arrange(self.newcomers)
        for newcomer in self.newcomers:
            slot = places.slots[newcomer.id]
            if slot != newcomer.card.get("slot"):
                newcomer.fields["slot"] = slot
        for _, fields, day, above in self.felt:
            fields["slot"] = places.feel(fields["stage_id"], day, above)
