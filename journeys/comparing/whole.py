"""Compare two maps element by element.

Two states of one journey are matched by id; journeys of different segments by external id, else by title. What is no part of the
journey itself is left out: who owns the map, when it is reviewed, which gaps were set aside.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from journeys.comparing.comparison import Comparison, Detail, Group, Kind, Pair, Side
from journeys.comparing.matching import Named, folded, match
from journeys.comparing.ordering import out_of_order
from journeys.comparing.words import LABELS, TIMES, told, told_time
from journeys.document import KEYS

Row = Mapping[str, Any]
#: what names or belongs to one journey only says nothing about another
OWN = {"external_id", "child_id"}
PLACED = ("touchpoint", "emotion")
#: fields that hold the id of a card
CARDS = {"source_id", "target_id", "touchpoint_id", "to_touchpoint_id"}


def compare(before: Side, after: Side) -> Comparison:
    return _Comparing(before, after).outcome()


class _Comparing:
    def __init__(self, before: Side, after: Side):
        self.before, self.after = before, after
        self.same_journey = before.document["id"] == after.document["id"]
        #: kind -> id before -> id after, and the other way round
        self.to: dict[str, dict[str, str]] = {}
        self.back: dict[str, dict[str, str]] = {}
        for kind in ("stage", "lane", "touchpoint", "emotion", "connector", "handoff"):
            self.to[kind] = self._matched(kind)
            self.back[kind] = {other: one for one, other in self.to[kind].items()}
        self.strayed = {kind: self._strayed(kind) for kind in ("stage", "lane", *PLACED)}
        self.respaced = self._spacing()

    def rows(self, kind: str) -> tuple[dict[str, Row], dict[str, Row]]:
        key = KEYS[kind]
        return self.before.document[key], self.after.document[key]

    # which is which

    def _matched(self, kind: str) -> dict[str, str]:
        was, now = self.rows(kind)
        if self.same_journey:
            return {id: id for id in was if id in now}
        if kind in ("connector", "handoff"):
            return self._by_their_ends(kind)
        fixed: dict[str, str] = {}
        if kind == "lane":  # the customer is the customer; a role is itself under whatever name
            known: tuple[dict[Any, list[str]], ...] = ({}, {})
            for rows, by in zip((was, now), known, strict=True):
                for id, row in rows.items():
                    by.setdefault(row["role_id"] if row["kind"] == "role" else row["kind"], []).append(id)
            fixed = {
                ids[0]: known[1][key][0] for key, ids in known[0].items() if key and len(ids) == len(known[1].get(key, ())) == 1
            }
        taken = set(fixed.values())
        left = [self._named(kind, id, self.before) for id in _in_order(kind, was, self.before) if id not in fixed]
        right = [self._named(kind, id, self.after) for id in _in_order(kind, now, self.after) if id not in taken]
        return fixed | match(left, right, self._apart)

    def _named(self, kind: str, id: str, side: Side) -> Named:
        row = side.document[KEYS[kind]][id]
        place = (row.get("stage_id"), row.get("lane_id"), row.get("slot", row.get("position", 0)))
        return Named(id, row["external_id"], row.get("title") or row.get("name") or "", place)

    def _apart(self, one: Named, other: Named) -> tuple[Any, ...]:
        return (
            bool(one.place[0]) and self.to["stage"].get(one.place[0]) != other.place[0],
            bool(one.place[1]) and self.to["lane"].get(one.place[1]) != other.place[1],
            abs(one.place[2] - other.place[2]),
        )

    def _by_their_ends(self, kind: str) -> dict[str, str]:
        """Arrows that join the same cards, handoffs from the same card to the same role."""
        ends = ("source_id", "target_id") if kind == "connector" else ("touchpoint_id", "to_role_id")
        was, now = self.rows(kind)
        there: dict[tuple[str | None, ...], list[str]] = {}
        for id, row in now.items():
            there.setdefault(tuple(row[name] for name in ends), []).append(id)
        found: dict[str, str] = {}
        for id, row in was.items():
            key = tuple(row[name] if name == "to_role_id" else self.to["touchpoint"].get(row[name]) for name in ends)
            if others := there.get(key):
                found[id] = others.pop(0)
        return found

    # where they stand

    def _strayed(self, kind: str) -> set[str]:
        """The ids (before) of those that have another place in the order of their stage, or of the map."""
        was, now = self.rows(kind)
        by_stage: dict[str, dict[tuple[str, str], tuple[float, float]]] = {}
        for id, other in self.to[kind].items():
            if kind in PLACED and not self._in_same_stage(was[id], now[other]):
                continue
            name = "slot" if kind in PLACED else "position"
            by_stage.setdefault(str(was[id].get("stage_id")), {})[id, other] = was[id][name], now[other][name]
        return {id for places in by_stage.values() for id, _ in out_of_order(places)}

    def _in_same_stage(self, row: Row, other: Row) -> bool:
        return self.to["stage"].get(row["stage_id"]) == other["stage_id"]

    def _moves(self, kind: str, id: str, row: Row, other: Row) -> list[Detail]:
        found: list[Detail] = []
        for name, label, of in (("stage_id", "Stage", "stage"), ("lane_id", "Lane", "lane")):
            if name in row and self.to[of].get(row[name]) != other[name]:
                was, now = (side.document[KEYS[of]][r[name]]["name"] for side, r in ((self.before, row), (self.after, other)))
                found.append(Detail(Kind.MOVED, label, was, now))
        if id in self.strayed[kind]:
            was, now = (self._place(kind, *there) for there in ((row, self.before), (other, self.after)))
            found.append(Detail(Kind.MOVED, "Place", was, now))
        return found

    def _place(self, kind: str, row: Row, side: Side) -> str:
        if kind in PLACED:
            return str(row["slot"] + 1)
        rows = side.document[KEYS[kind]].values()
        return f"{1 + sum(one['position'] < row['position'] for one in rows)} of {len(rows)}"

    def _spacing(self) -> set[str]:
        """The stages (before) whose cards stand elsewhere though none has moved: there are more or fewer empty slots."""
        found: set[str] = set()
        for kind in PLACED if self.same_journey else ():
            was, now = self.rows(kind)
            for id, other in self.to[kind].items():
                stays = id not in self.strayed[kind] and self._in_same_stage(was[id], now[other])
                if stays and was[id]["slot"] != now[other]["slot"]:
                    found.add(was[id]["stage_id"])
        return found

    # what they say

    def _pair(self, kind: str, id: str, other: str) -> Pair:
        was, now = self.rows(kind)
        row, same = was[id], now[other]
        details = self._moves(kind, id, row, same) if kind in self.strayed else []
        times = TIMES.get(kind, ())
        if any(row[name] != same[name] for name in times):
            label = "Length" if kind == "stage" else "Due"
            details.append(Detail(Kind.RETIMED, label, told_time(kind, row), told_time(kind, same)))
        details += self._fields(kind, row, same)
        if id in self.respaced:
            widths = _width(self.before, id), _width(self.after, other)
            details.append(Detail(Kind.CHANGED, "Empty slots", *widths))
        return Pair(kind, id, other, tuple(details))

    def _fields(self, kind: str, row: Row, other: Row) -> list[Detail]:
        found: list[Detail] = []
        for name, label in LABELS[kind].items():
            if not self.same_journey and name in OWN:
                continue
            expected = row[name]
            if name in CARDS and expected is not None:  # a card that has no counterpart is no card of the other map
                expected = self.to["touchpoint"].get(expected, "")
            if expected != other[name]:
                was, now = told(kind, name, row, self.before), told(kind, name, other, self.after)
                found.append(Detail(Kind.CHANGED, label, was, now))
        return found

    def _journey(self) -> Pair:
        was, now = self.before.document, self.after.document
        details: list[Detail] = []
        for name, label in LABELS["journey"].items() if self.same_journey else ():
            texts = was["journey"].get(name, ""), now["journey"].get(name, "")
            if texts[0] != texts[1]:
                details.append(Detail(Kind.CHANGED, label, *texts))
        return Pair("journey", was["id"], now["id"], tuple(details))

    # all of it

    def outcome(self) -> Comparison:
        on: dict[str | None, list[tuple[Any, Pair]]] = {}
        for kind in ("lane", "stage", *PLACED, "connector", "handoff"):
            was, now = self.rows(kind)
            pairs = [self._pair(kind, id, other) for id, other in self.to[kind].items()]
            pairs += [Pair(kind, id, None) for id in was if id not in self.to[kind]]
            pairs += [Pair(kind, None, id) for id in now if id not in self.back[kind]]
            for pair in pairs:
                stage, place = self._stands(pair)
                on.setdefault(stage, []).append((place, pair))
        groups = [Group(None, (self._journey(), *_sorted(on.get(None, []))))]
        for stage in self._stages_in_order():
            pairs = _sorted(on.get(stage, []))
            groups.append(Group(next(pair for pair in pairs if pair.what == "stage"), tuple(pairs)))
        return Comparison(tuple(groups))

    def _stands(self, pair: Pair) -> tuple[str | None, tuple[Any, ...]]:
        """(the stage it is shown under, where within it). A stage is named by its id after, or before if it is no more."""
        side, id = (self.after, pair.after) if pair.after is not None else (self.before, str(pair.before))
        row = side.document[KEYS[pair.what]][id]
        if pair.what == "lane":
            return None, (1, row["position"], 0, id)
        if pair.what == "stage":
            return self._group(id, side), (0, 0, 0, id)
        order = 2 if pair.what in PLACED else 3
        card = side.document["touchpoints"].get(row.get("source_id") or row.get("touchpoint_id"), row)
        lane = side.document["lanes"][card["lane_id"]]["position"] if "lane_id" in card else float("inf")
        return self._group(card["stage_id"], side), (order, card["slot"], lane, id)

    def _group(self, stage: str, side: Side) -> str:
        return stage if side is self.after else self.to["stage"].get(stage, stage)

    def _stages_in_order(self) -> list[str]:
        """Those of the second map from left to right, each that is no more right of the one it stood beside."""
        was, now = self.rows("stage")
        order = sorted(now, key=lambda id: (now[id]["position"], id))
        at = 0
        for id in sorted(was, key=lambda id: (was[id]["position"], id)):
            if id in self.to["stage"]:
                at = order.index(self.to["stage"][id]) + 1
            else:
                order.insert(at, id)
                at += 1
        return order


def _sorted(rows: list[tuple[Any, Pair]]) -> list[Pair]:
    return [pair for _, pair in sorted(rows, key=lambda row: row[0])]


def _in_order(kind: str, rows: Mapping[str, Row], side: Side) -> list[str]:
    """From left to right, from top to bottom."""
    stages, lanes = side.document["stages"], side.document["lanes"]

    def place(id: str) -> tuple[Any, ...]:
        row = rows[id]
        if "position" in row:
            return (row["position"], 0, 0, id)
        return (
            stages[row["stage_id"]]["position"],
            row["slot"],
            lanes[row["lane_id"]]["position"] if "lane_id" in row else 0,
            id,
        )

    return sorted(rows, key=place)


def _width(side: Side, stage: str) -> str:
    slots = [row["slot"] for kind in PLACED for row in side.document[KEYS[kind]].values() if row["stage_id"] == stage]
    count = 1 + max(slots, default=-1)
    return f"{count} slot{'' if count == 1 else 's'} wide"


__all__ = ["compare", "folded"]
