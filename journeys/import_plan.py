"""From the rows of a sheet and a journey document to what an import will do. Pure: ids come from the caller.

The same sheet again plans nothing; an edited one plans what differs; elements the sheet does not mention stay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from journeys.circles import find_circle
from journeys.document import Document, empty_document
from journeys.placing import Places
from journeys.sheet_cells import CARD_KINDS, Parsed, parse_row
from journeys.sheets import Sheet

TO_ASSIGN = "To assign"
STAGE = {
    "length_days": None, "goal": "", "feeling": "", "experience": "", "skills": "", "tools": "", "metrics": "",
    "success": "", "starts_when": "", "completes_when": "", "external_id": "",
}  # fmt: skip
CARD = {
    "customer_view": "", "channel": "", "delivery": "person", "importance": "must", "anchor": "enrolment", "offset_days": 0,
    "repeat_days": None, "effort_min": None, "emotion": None, "moment_of_truth": False, "criterion": "", "playbook_id": None,
    "notes": "", "external_id": "",
}  # fmt: skip
EMOTION = {"why": "", "answer": "", "anchor": "", "offset_days": None, "external_id": ""}


@dataclass(slots=True)
class Outcome:
    """What becomes of one row: "new", "updated", "unchanged" or "bad", and why."""

    number: int
    kind: str
    title: str
    result: str
    detail: str = ""


@dataclass
class ImportPlan:
    creates: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    updates: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    deletes: list[tuple[str, str]] = field(default_factory=list)
    new_roles: list[tuple[str, str]] = field(default_factory=list)
    new_playbooks: list[tuple[str, str]] = field(default_factory=list)
    problems: dict[int, list[str]] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    absent: int = 0

    @property
    def counts(self) -> Counter[str]:
        return Counter(outcome.result for outcome in self.outcomes)

    @property
    def changes_nothing(self) -> bool:
        return not (self.creates or self.updates or self.deletes)


def plan_import(
    sheet: Sheet,
    document: Document | None,
    roles: dict[str, str],
    playbooks: dict[str, str],
    new_id: Callable[[], str],
) -> ImportPlan:
    """`roles` and `playbooks` map case-folded names to ids; what is missing there is planned too."""
    return _Planner(sheet, document or empty_document(), dict(roles), dict(playbooks), new_id).plan()


class _Planner:
    def __init__(self, sheet: Sheet, document: Document, roles: Any, playbooks: Any, new_id: Callable[[], str]):
        self.sheet, self.roles, self.playbooks, self.new_id = sheet, roles, playbooks, new_id
        self.document = document
        self.columns = set(sheet.columns)
        self.result = ImportPlan()
        self.stages = {s["name"].casefold(): id for id, s in _ordered(document["stages"])}
        self.lanes = {lane["name"].casefold(): id for id, lane in _ordered(document["lanes"])}
        for id, lane in document["lanes"].items():
            if lane["kind"] != "role":
                self.lanes[lane["kind"]] = id
        self.cards = {id: dict(card) for id, card in document["touchpoints"].items()}
        self.emotions = {id: dict(emotion) for id, emotion in document["emotions"].items()}
        self.position = max((s["position"] for s in document["stages"].values()), default=0.0)
        inner = [lane["position"] for lane in document["lanes"].values() if lane["kind"] == "role"]
        self.lane_position = max(inner, default=0.0)
        self.ids = {c["external_id"]: id for id, c in self.cards.items() if c["external_id"]}
        self.emotion_ids = {e["external_id"]: id for id, e in self.emotions.items() if e["external_id"]}
        self.seen_natural: Counter[tuple[Any, ...]] = Counter()
        self.natural = self._natural_index()

    def plan(self) -> ImportPlan:
        parsed = [parse_row(row, self.columns, self._kind_on_map(row.cells)) for row in self.sheet.rows]
        self._refuse(parsed)
        good = [row for row in parsed if row.number not in self.result.problems]
        if good:
            for name, kind in (("customer", "customer"), ("outside", "outside")):
                self._lane(name.capitalize(), kind)
        targets = [self._resolve(row) for row in good]
        by_external = {row.external_id: id for row, (id, _) in zip(good, targets, strict=True) if row.external_id}
        known = {**self.ids, **by_external}
        places = Places({id: c for id, c in self.cards.items() if "slot" in c})
        told: dict[str, Outcome] = {}
        for row, (id, is_new) in zip(good, targets, strict=True):
            changed = self._emotion(row, id, is_new, places) if row.is_emotion else self._card(row, id, is_new, places, known)
            result = "new" if is_new else "updated" if changed else "unchanged"
            told[id] = Outcome(row.number, row.kind, row.title, result, ", ".join(changed))
        self.result.outcomes.extend(told.values())
        self._arrows(good, targets, known)
        self._handoffs(good, targets)
        self._tell_of_lines(told)
        for row in parsed:
            if row.number in self.result.problems:
                reason = " ".join(self.result.problems[row.number])
                self.result.outcomes.append(Outcome(row.number, row.kind, row.title, "bad", reason))
        self.result.outcomes.sort(key=lambda outcome: outcome.number)
        named = {row.external_id for row in parsed}
        self.result.absent = sum(1 for x in [*self.ids, *self.emotion_ids] if x not in named)
        return self.result

    def _kind_on_map(self, cells: dict[str, str]) -> str:
        """What a row is that does not say: what it is on the map, else a touchpoint."""
        external = cells.get("external_id", "")
        if external in self.ids:
            return str(self.cards[self.ids[external]]["kind"])
        return "emotion" if external in self.emotion_ids else "touchpoint"

    def _tell_of_lines(self, told: dict[str, Outcome]) -> None:
        """A row whose arrows or handoffs change is updated too, or nobody would know that there is something to import."""
        lines = {**self.document["connectors"], **self.document["handoffs"]}
        touched = [(kind, fields) for kind, _, fields in self.result.creates]
        touched += [(kind, lines[id]) for kind, id, _ in self.result.updates if id in lines]
        touched += [(kind, lines[id]) for kind, id in self.result.deletes]
        for kind, fields in touched:
            if kind not in ("connector", "handoff"):
                continue
            outcome = told.get(fields["target_id"] if kind == "connector" else fields["touchpoint_id"])
            if outcome and outcome.result in ("unchanged", "updated"):
                outcome.result = "updated"
                word = "arrows" if kind == "connector" else "handoff"
                if word not in outcome.detail:
                    outcome.detail = f"{outcome.detail}, {word}".strip(", ")

    # what is wrong

    def _refuse(self, parsed: list[Parsed]) -> None:
        problems = self.result.problems
        first: dict[str, int] = {}
        for row in parsed:
            found = list(row.problems)
            if row.external_id:
                if row.external_id in first:
                    found.append(f"external_id: {row.external_id} is row {first[row.external_id]} already.")
                first.setdefault(row.external_id, row.number)
                other = self.emotion_ids if not row.is_emotion else self.ids
                if row.external_id in other:
                    found.append(f"kind: {row.external_id} is {'an emotion' if not row.is_emotion else 'a card'} on the map.")
            if found:
                problems[row.number] = found
        # Where an id is there twice, the first row is the one that counts.
        cards = {row.external_id: row for row in reversed(parsed) if row.external_id and not row.is_emotion}
        for row in parsed:
            for column, names in (("after", row.after), ("with", row.together)):
                for name in names:
                    if name == row.external_id:
                        problems.setdefault(row.number, []).append(f"{column}: it names itself.")
                    elif name not in cards and name not in self.ids:
                        message = f"{column}: {name} is neither in the sheet nor on the map."
                        problems.setdefault(row.number, []).append(message)
        self._refuse_circles(cards)
        # A row that waits for a bad one cannot keep its arrow: it waits too, until both are mended.
        spreading = True
        while spreading:
            spreading = False
            for row in parsed:
                if row.number in problems:
                    continue
                for name in (*row.after, *row.together):
                    other_row = cards.get(name)
                    if other_row and other_row.number in problems and name not in self.ids:
                        problems[row.number] = [f"It refers to {name} (row {other_row.number}), which has a problem."]
                        spreading = True

    def _refuse_circles(self, cards: dict[str, Parsed]) -> None:
        arrows = {(name, row.external_id) for row in cards.values() for name in row.after if name != row.external_id}
        back = {id: external for external, id in self.ids.items()}
        for connector in self.document["connectors"].values():
            target = back.get(connector["target_id"], connector["target_id"])
            if connector["kind"] == "sequence" and (target not in cards or "after" not in self.columns):
                arrows.add((back.get(connector["source_id"], connector["source_id"]), target))
        while circle := find_circle(sorted(arrows)):
            text = " → ".join([*circle, circle[0]])
            for name in circle:
                if name in cards:
                    self.result.problems.setdefault(cards[name].number, []).append(f"after: it closes a circle: {text}.")
            arrows = {arrow for arrow in arrows if arrow[1] not in circle}

    # which element a row is

    def _natural_index(self) -> dict[tuple[Any, ...], list[str]]:
        """Elements by kind, stage, lane and title: how rows without an external_id find theirs again."""
        index: dict[tuple[Any, ...], list[str]] = {}
        for id, card in sorted(self.cards.items()):
            index.setdefault((card["kind"], card["stage_id"], card["lane_id"], card["title"]), []).append(id)
        for id, emotion in sorted(self.emotions.items()):
            index.setdefault(("emotion", emotion["stage_id"], None, emotion["title"]), []).append(id)
        return index

    def _resolve(self, row: Parsed) -> tuple[str, bool]:
        if row.external_id:
            id = (self.emotion_ids if row.is_emotion else self.ids).get(row.external_id)
            return (id, False) if id else (self.new_id(), True)
        stage, lane = self._stage(row.stage), None if row.is_emotion else self._lane_of(row)
        key = (row.kind, stage, lane, row.title)
        nth = self.seen_natural[key]
        self.seen_natural[key] += 1
        there = (
            [id for id in self.natural.get(key, []) if not {**self.cards, **self.emotions}[id]["external_id"]]
            if key in self.natural
            else []
        )
        return (there[nth], False) if nth < len(there) else (self.new_id(), True)

    def _stage(self, name: str) -> str:
        if name.casefold() not in self.stages:
            id = self.new_id()
            self.position += 1.0
            self.result.creates.append(("stage", id, {"name": name, "position": self.position, **STAGE}))
            self.stages[name.casefold()] = id
        return self.stages[name.casefold()]

    def _lane_of(self, row: Parsed) -> str:
        default = {"touchpoint": TO_ASSIGN, "milestone": "Customer", "event": "Outside"}[row.kind]
        name = row.lane or default
        kind = name.casefold() if name.casefold() in ("customer", "outside") else "role"
        return self._lane(name, kind)

    def _lane(self, name: str, kind: str) -> str:
        if name.casefold() in self.lanes:
            return self.lanes[name.casefold()]
        # A lane may have been renamed on the map; it is still the lane of its role.
        known_role = self.roles.get(name.casefold())
        for id, lane in sorted(self.document["lanes"].items()):
            if kind == "role" and known_role and lane["role_id"] == known_role:
                return str(id)
        id = self.new_id()
        if kind == "role":
            self.lane_position += 1.0
        position = {"customer": 0.0, "outside": 1000.0}.get(kind, self.lane_position)
        role = self._role(name) if kind == "role" and name != TO_ASSIGN else None
        lane = {"name": name, "kind": kind, "role_id": role, "position": position, "external_id": ""}
        self.result.creates.append(("lane", id, lane))
        self.lanes[name.casefold()] = id
        self.document = {**self.document, "lanes": {**self.document["lanes"], id: lane}}
        return id

    def _role(self, name: str) -> str:
        if name.casefold() not in self.roles:
            self.roles[name.casefold()] = self.new_id()
            self.result.new_roles.append((self.roles[name.casefold()], name))
        return str(self.roles[name.casefold()])

    def _playbook(self, title: str) -> str | None:
        if not title:
            return None
        if title.casefold() not in self.playbooks:
            self.playbooks[title.casefold()] = self.new_id()
            self.result.new_playbooks.append((self.playbooks[title.casefold()], title))
        return str(self.playbooks[title.casefold()])

    # what it will be

    def _card(self, row: Parsed, id: str, is_new: bool, places: Places, known: dict[str, str]) -> list[str]:
        stage = self._stage(row.stage)
        keeps_lane = not is_new and "lane" not in self.columns
        lane = self.cards[id]["lane_id"] if keeps_lane else self._lane_of(row)
        values: dict[str, Any] = {**row.values, "kind": row.kind, "stage_id": stage, "lane_id": lane, "title": row.title}
        if "playbook" in self.columns:
            values["playbook_id"] = self._playbook(row.playbook)
        was = self.cards.get(id)
        if is_new or was is None or lane != was["lane_id"]:
            values["owner_id"] = self.document["lanes"][lane]["role_id"]
        if is_new or was is None:
            card = {**CARD, **values, "external_id": row.external_id}
            before = [known[name] for name in row.after if name in known]
            partner = next((known[name] for name in row.together if name in known), None)
            card["slot"] = places.take(id, card, before, partner, self.cards)
            self.cards[id] = card
            self.result.creates.append(("touchpoint", id, card))
            return []
        differing = {name: value for name, value in values.items() if was[name] != value}
        if {"stage_id", "lane_id"} & set(differing):
            moved = {**was, **differing}
            before = [known[name] for name in row.after if name in known]
            slot = places.take(id, moved, before, None, self.cards)
            if slot != was["slot"]:
                differing["slot"] = slot
        self.cards[id] = {**was, **differing}
        if differing:
            self.result.updates.append(("touchpoint", id, differing))
        return sorted(differing)

    def _emotion(self, row: Parsed, id: str, is_new: bool, places: Places) -> list[str]:
        stage = self._stage(row.stage)
        values: dict[str, Any] = {"stage_id": stage, "title": row.title}
        if "emotion" in row.values:
            values["level"] = row.values["emotion"]
        if "offset_days" in self.columns:
            values["offset_days"] = row.day
        if "anchor" in self.columns:
            values["anchor"] = row.anchor
        if is_new:
            emotion = {**EMOTION, **values, "slot": places.feel(stage, row.day), "external_id": row.external_id}
            self.emotions[id] = emotion
            self.result.creates.append(("emotion", id, emotion))
            return []
        was = self.emotions[id]
        differing = {name: value for name, value in values.items() if was[name] != value}
        if "stage_id" in differing:
            differing["slot"] = places.feel(stage, row.day)
        if differing:
            self.result.updates.append(("emotion", id, differing))
        return sorted(differing)

    def _arrows(self, good: list[Parsed], targets: list[tuple[str, bool]], known: dict[str, str]) -> None:
        """Arrows the sheet names and the map lacks; arrows between its cards that it no longer names go."""
        there = {(c["source_id"], c["target_id"]): (id, c["kind"]) for id, c in self.document["connectors"].items()}
        in_sheet = {id for row, (id, _) in zip(good, targets, strict=True) if row.external_id}
        wanted: dict[tuple[str, str], str] = {}
        for row, (id, _) in zip(good, targets, strict=True):
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
                self.result.creates.append(("connector", self.new_id(), arrow))
            elif found[1] != kind:
                self.result.updates.append(("connector", found[0], {"kind": kind}))
        for pair, (id, kind) in there.items():
            column = "after" if kind == "sequence" else "with"
            kept = pair in wanted or pair[::-1] in wanted
            if not kept and column in self.columns and set(pair) <= in_sheet:
                self.result.deletes.append(("connector", id))

    def _handoffs(self, good: list[Parsed], targets: list[tuple[str, bool]]) -> None:
        if "handoff_to" not in self.columns:
            return
        there: dict[str, list[tuple[str, str]]] = {}
        for id, handoff in sorted(self.document["handoffs"].items()):
            there.setdefault(handoff["touchpoint_id"], []).append((id, handoff["to_role_id"]))
        for row, (id, _) in zip(good, targets, strict=True):
            if row.kind not in CARD_KINDS:
                continue
            role = self._role(row.handoff_to) if row.handoff_to else None
            existing = there.get(id, [])
            if role and not existing:
                handoff = {"touchpoint_id": id, "to_role_id": role, "to_touchpoint_id": None, "package": []}
                self.result.creates.append(("handoff", self.new_id(), {**handoff, "accept_within_days": 2, "note": ""}))
            elif role and role not in [to for _, to in existing]:
                self.result.updates.append(("handoff", existing[0][0], {"to_role_id": role}))
            elif not role:
                self.result.deletes.extend(("handoff", found) for found, _ in existing)


def _ordered(rows: dict[str, Any]) -> list[tuple[str, Any]]:
    return sorted(rows.items(), key=lambda item: (-item[1]["position"], item[0]))
