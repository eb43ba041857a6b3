"""A journey as the rows of a journey sheet, from which the importer draws the same map (`docs/journey-sheets.md`).

The journey, its lanes, then stage by stage what stands on it from left to right; a card is followed by what leads from it that
needs a row of its own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from journeys.document import KEYS
from journeys.exports.subject import Subject
from journeys.layout.grid import LANE_ORDER
from journeys.sheet_cells import MOST_IDS
from journeys.sheet_columns import BRIEF, CARD_TEXTS, CHOICES, EMOTION_TEXTS, LANE_KINDS, NOBODY
from journeys.sheet_values import package_text

Cells = dict[str, str | int]
Fields = dict[str, Any]
_NUMBERS = ("offset_days", "repeat_days", "effort_min", "emotion")
_SIMPLE: Fields = {"to_touchpoint_id": None, "package": [], "accept_within_days": 2, "note": ""}


def sheet_rows(subject: Subject) -> Iterator[Cells]:
    """Cells by column; an absent one is empty, texts are without white space around them."""
    for row in _Rows(subject).rows():
        yield {column: value.strip() if isinstance(value, str) else value for column, value in row.items() if value is not None}


class _Rows:
    def __init__(self, subject: Subject):
        document = self.document = subject.document
        self.roles, self.playbooks = subject.roles, subject.playbooks
        self.lanes = sorted(document["lanes"].items(), key=lambda row: (LANE_ORDER[row[1]["kind"]], row[1]["position"], row[0]))
        self.stages = sorted(document["stages"].items(), key=lambda row: (row[1]["position"], row[0]))
        self.lane_called = _called(self.lanes)
        self.stage_called = _called(self.stages)
        ids = {id for key in ("touchpoints", "emotions", "stages", "lanes") for id in document[key]}
        self.card_called = {
            id: id if not card["external_id"].strip() or ";" in card["external_id"] or card["external_id"] in ids
            else card["external_id"].strip()
            for id, card in document["touchpoints"].items()
        }  # fmt: skip
        #: what a gap that was set aside is about needs a row of its own, to be named by
        self.spoken_of = {row["subject_id"] for row in document["dismissals"].values()}
        #: by card, what leads to it: in its own row; in rows of their own
        self.after: dict[str, list[str]] = defaultdict(list)
        self.together: dict[str, list[str]] = defaultdict(list)
        self.arrows: dict[str, list[tuple[str, Fields]]] = defaultdict(list)
        self._sort_arrows()
        self.handoffs: dict[str, list[tuple[str, Fields]]] = defaultdict(list)
        for id, handoff in sorted(document["handoffs"].items()):
            self.handoffs[handoff["touchpoint_id"]].append((id, handoff))

    def _sort_arrows(self) -> None:
        pairs = {(arrow["source_id"], arrow["target_id"]) for arrow in self.document["connectors"].values()}
        for id, arrow in sorted(self.document["connectors"].items()):
            source, target = arrow["source_id"], arrow["target_id"]
            cell = (self.after if arrow["kind"] == "sequence" else self.together)[target]
            if arrow["label"].strip() or (target, source) in pairs or len(cell) == MOST_IDS or id in self.spoken_of:
                self.arrows[source].append((id, arrow))
            else:
                cell.append(self.card_called[source])

    def rows(self) -> Iterator[Fields]:
        journey = self.document["journey"]
        title = journey.get("title", "")
        yield {"kind": "journey", "title": title, "notes": journey.get("summary", ""), "id": self.document["id"]}
        kinds = {kind: word for word, kind in LANE_KINDS.items()}
        for id, lane in self.lanes:
            owner = self.roles.get(lane["role_id"] or "", "")
            yield {"kind": kinds[lane["kind"]], "lane": lane["name"], "owner_role": owner, **_ids(id, lane)}
        on_stage: dict[str, list[tuple[tuple[int, int, str], Fields]]] = defaultdict(list)
        row_of = {id: number for number, (id, _) in enumerate(self.lanes)}
        for id, card in self.document["touchpoints"].items():
            on_stage[card["stage_id"]].append(((card["slot"], row_of[card["lane_id"]], id), card))
        for id, emotion in self.document["emotions"].items():
            on_stage[emotion["stage_id"]].append(((emotion["slot"], len(row_of), id), emotion))
        for id, stage in self.stages:
            brief = {name: stage[name] for name in BRIEF}
            yield {"kind": "stage", "stage": stage["name"], "length_days": stage["length_days"], **brief, **_ids(id, stage)}
            for (*_, element), fields in sorted(on_stage[id], key=lambda one: one[0]):
                if "level" in fields:
                    yield self._emotion(element, fields)
                else:
                    yield self._card(element, fields)
                    yield from self._handoffs(element)
                    yield from map(self._arrow, self.arrows[element])

        yield from self._dismissals()

    def _card(self, id: str, card: Fields) -> Fields:
        simple = self._simple_handoff(id)
        owner, usual = card["owner_id"], self.document["lanes"][card["lane_id"]]["role_id"]
        return {
            **{name: card[name] for name in ("kind", "title", "slot", *CHOICES, *CARD_TEXTS, *_NUMBERS)},
            "stage": self.stage_called[card["stage_id"]],
            "lane": self.lane_called[card["lane_id"]],
            "owner_role": "" if owner == usual else self.roles.get(owner, "") if owner else NOBODY,
            "moment_of_truth": "yes" if card["moment_of_truth"] else "",
            "playbook": self.playbooks.get(card["playbook_id"] or "", ""),
            "handoff_to": self.roles.get(simple["to_role_id"], "") if simple else "",
            "after": ";".join(self.after[id]),
            "with": ";".join(self.together[id]),
            **_ids(id, card),
        }

    def _emotion(self, id: str, emotion: Fields) -> Fields:
        return {
            **{name: emotion[name] for name in ("title", "slot", "anchor", "offset_days", *EMOTION_TEXTS)},
            "kind": "emotion",
            "stage": self.stage_called[emotion["stage_id"]],
            "emotion": emotion["level"],
            **_ids(id, emotion),
        }

    def _simple_handoff(self, card: str) -> Fields | None:
        """The handoff that a role in the card's own row says whole."""
        match self.handoffs[card]:
            case [(id, handoff)] if id not in self.spoken_of and all(handoff[name] == value for name, value in _SIMPLE.items()):
                return handoff
        return None

    def _dismissals(self) -> Iterator[Fields]:
        """Gaps set aside; not those about something that is no longer there."""
        there = {id for key in KEYS.values() for id in self.document[key]}
        for id, row in sorted(self.document["dismissals"].items()):
            about, role = row["subject_id"], self.roles.get(row["subject_id"], "")
            if not about or role or about in there:
                subject = {"owner_role": role} if role else {"to": about}
                yield {"kind": "dismissal", "rule": row["rule"], "notes": row["reason"], **subject, "id": id}

    def _handoffs(self, card: str) -> Iterator[Fields]:
        for id, handoff in [] if self._simple_handoff(card) else self.handoffs[card]:
            to = handoff["to_touchpoint_id"]
            yield {
                "kind": "handoff",
                "after": self.card_called[card],
                "handoff_to": self.roles.get(handoff["to_role_id"], ""),
                "to": self.card_called[to] if to else "",
                "accept_within_days": handoff["accept_within_days"],
                "notes": handoff["note"],
                "package": package_text(handoff["package"]),
                "id": id,
            }

    def _arrow(self, row: tuple[str, Fields]) -> Fields:
        id, arrow = row
        column = "after" if arrow["kind"] == "sequence" else "with"
        ends = {column: self.card_called[arrow["source_id"]], "to": self.card_called[arrow["target_id"]]}
        return {"kind": "arrow", "title": arrow["label"], **ends, "id": id}


def _ids(id: str, fields: Fields) -> Fields:
    return {"external_id": fields["external_id"], "id": id}


def _called(rows: list[tuple[str, Fields]]) -> dict[str, str]:
    """What cards call each stage or lane: its name, or its id where the name would be taken for another one."""
    names = Counter(fields["name"].strip().casefold() for _, fields in rows)
    called = {}
    for id, fields in rows:
        name, kind = fields["name"].strip().casefold(), fields.get("kind", "")
        is_plain = names[name] == 1 and (name not in ("customer", "outside") or not kind or kind == name)
        called[id] = fields["name"] if is_plain else id
    return called
