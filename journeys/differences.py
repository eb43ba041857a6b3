"""What differs between two states of one map, in words. Pure: two documents and the names they refer to -> differences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from journeys.differing import patches_between
from journeys.document import KEYS, Document, Patch
from journeys.field_words import label, value_in_words
from journeys.in_words import due
from journeys.layout.grid import LANE_ORDER

#: in the order in which they are told
HOW = {"added": "Added", "removed": "Removed", "moved": "Moved", "changed": "Changed"}
PLACE = {"stage_id", "lane_id", "slot", "position"}
TIMING = {"anchor", "offset_days", "repeat_days"}
#: what only machines read
SILENT = {"external_id"}


@dataclass(frozen=True, slots=True)
class Detail:
    """One field: what it is called, what it said and what it says."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    kind: str
    id: str
    #: a key of HOW. What was moved and changed as well counts as moved, its details say the rest.
    how: str
    called: str
    #: where it stands, or what it joins: "Onboarding, CSM"
    about: str
    details: tuple[Detail, ...] = ()

    @property
    def number(self) -> int:
        return len(self.details)


@dataclass(frozen=True, slots=True)
class State:
    """One of the two documents, with the names of all it speaks of."""

    document: Document
    names: Mapping[str, str]

    @classmethod
    def of(cls, document: Document, names: Mapping[str, str]) -> State:
        """`names`: id -> name of what is not on the map: roles, playbooks, journeys, members, segments."""
        own = {id: row.get("title") or row.get("name") or "" for key in ("stages", "lanes", "touchpoints", "emotions")
               for id, row in document[key].items()}  # fmt: skip
        return cls(document, {**names, **own})

    def called(self, kind: str, row: Mapping[str, Any]) -> str:
        if kind == "connector":
            return f"{self.name(row['source_id'])} → {self.name(row['target_id'])}"
        if kind == "handoff":
            return f"{self.name(row['touchpoint_id'])} → {self.name(row['to_role_id'])}"
        if kind == "dismissal":
            return str(row["reason"])
        return str(row.get("title") or row.get("name") or "")

    def about(self, kind: str, row: Mapping[str, Any]) -> str:
        if kind == "dismissal":
            return self.names.get(row["subject_id"], "") or "the whole map"
        return ", ".join(self.name(row[name]) for name in ("stage_id", "lane_id") if name in row)

    def name(self, id: str | None) -> str:
        return self.names.get(id or "") or "something that is gone"

    def place(self, kind: str, id: str, row: Mapping[str, Any]) -> str:
        """Where it stands among its neighbours."""
        if "slot" in row:
            return f"{self.about(kind, row)}, place {row['slot'] + 1}"
        rows = self.document[KEYS[kind]]
        ordered = sorted(rows, key=lambda one: (LANE_ORDER.get(rows[one].get("kind", ""), 0), rows[one]["position"], one))
        index = ordered.index(id)
        return f"after {self.name(ordered[index - 1])}" if index else "first"


def differences(before: Document, after: Document, names: Mapping[str, str]) -> list[Difference]:
    """In the order of the map: the journey itself, stages, lanes, then what stands on them from left to right."""
    was, now = State.of(before, names), State.of(after, names)
    found = [one for patch in patches_between(before, after) if (one := _told(patch, was, now))]
    return sorted(found, key=_order(was, now))


def counts(found: Iterable[Difference]) -> dict[str, int]:
    """How many of each, in the order of HOW, without those of which there are none."""
    counted = Counter(one.how for one in found)
    return {how: counted[how] for how in HOW if counted[how]}


def _told(patch: Patch, was: State, now: State) -> Difference | None:
    """None for what nobody sees."""
    kind, id = patch["kind"], patch["id"]
    if kind == "journey":
        row = now.document["journey"]
        return Difference(kind, id, "changed", row["title"], "", _details(patch, was, now, was.document["journey"], row))
    if patch["before"] is None:
        return Difference(kind, id, "added", now.called(kind, patch["after"]), now.about(kind, patch["after"]))
    if patch["after"] is None:
        return Difference(kind, id, "removed", was.called(kind, patch["before"]), was.about(kind, patch["before"]))
    key = KEYS[kind]
    row = now.document[key][id]
    details = _details(patch, was, now, was.document[key][id], row)
    how = "moved" if any(one.label == PLACE_LABEL for one in details) else "changed"
    return Difference(kind, id, how, now.called(kind, row), now.about(kind, row), details) if details else None


PLACE_LABEL = "Place"


def _details(patch: Patch, was: State, now: State, row: dict[str, Any], row_now: dict[str, Any]) -> tuple[Detail, ...]:
    kind, id, fields = patch["kind"], patch["id"], [name for name in patch["after"] if name not in SILENT]
    details: list[Detail] = []
    if PLACE & set(fields):
        details.append(Detail(PLACE_LABEL, was.place(kind, id, row), now.place(kind, id, row_now)))
    if kind == "touchpoint" and TIMING & set(fields):
        details.append(Detail("Due", due(row), due(row_now)))
    told = PLACE | (TIMING if kind == "touchpoint" else set())
    for name in fields:
        if name not in told:
            values = patch["before"][name], patch["after"][name]
            words = (value_in_words(kind, name, value, side.names) for value, side in zip(values, (was, now), strict=True))
            details.append(Detail(label(kind, name), *words))
    # Numbered anew it may stand where it stood.
    return tuple(one for one in details if one.before != one.after)


def _order(was: State, now: State) -> Any:
    """A sort key: where it stands on the map, now or then."""
    kinds = {kind: number for number, kind in enumerate(("journey", *KEYS))}
    frame = kinds["lane"]

    def rows(key: str) -> dict[str, Any]:
        return {**was.document[key], **now.document[key]}

    stages, cards, feelings = rows("stages"), rows("touchpoints"), rows("emotions")
    lines = {**rows("connectors"), **rows("handoffs"), **rows("dismissals")}

    def key(one: Difference) -> Any:
        row = lines.get(one.id)
        stands = row and (row.get("source_id") or row.get("touchpoint_id") or row.get("subject_id"))
        card = cards.get(stands or one.id) or feelings.get(stands or one.id) or {}
        stage = stages.get(card.get("stage_id") or one.id, {})
        number = kinds[one.kind]
        return min(number, frame + 1), stage.get("position", 0.0), card.get("slot", 0), number, one.called, one.id

    return key
