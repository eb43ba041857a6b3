"""A journey as a Mermaid `journey` diagram: stages, cards, who owns them, and how it feels from 1 to 5."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

from journeys.document import Document
from journeys.exports.subject import Subject
from journeys.layout.grid import LANE_ORDER
from journeys.mermaid import sayable, sayable_actor

#: from the level of a feeling, -2 to +2, to Mermaid's score
NEUTRAL = 3


def write_mermaid(subject: Subject) -> bytes:
    return ("\n".join(_lines(subject)) + "\n").encode()


def _lines(subject: Subject) -> Iterator[str]:
    document, lanes = subject.document, subject.document["lanes"]
    yield "journey"
    yield f"    title {sayable(document['journey'].get('title', '')) or 'Journey'}"
    order = {id: (LANE_ORDER[lane["kind"]], lane["position"], id) for id, lane in lanes.items()}
    on_stage: dict[str, list[tuple[Any, ...]]] = {id: [] for id in document["stages"]}
    for id, card in document["touchpoints"].items():
        on_stage[card["stage_id"]].append((card["slot"], order[card["lane_id"]], id, card))
    curve = _Curve(document)
    for id, stage in curve.stages:
        yield f"    section {sayable(stage['name']) or 'Stage'}"
        for slot, _, _, card in sorted(on_stage[id], key=lambda row: row[:3]):
            owner = subject.roles.get(card["owner_id"] or "", "") or lanes[card["lane_id"]]["name"]
            level = card["emotion"] if card["emotion"] is not None else curve.nearest(id, slot)
            yield f"      {sayable(card['title']) or 'Card'}: {level + NEUTRAL}: {sayable_actor(owner) or 'Nobody'}"


class _Curve:
    """The designed feelings by column, counted from the first stage on."""

    def __init__(self, document: Document):
        self.stages = sorted(document["stages"].items(), key=lambda row: (row[1]["position"], row[0]))
        standing = [*document["touchpoints"].values(), *document["emotions"].values()]
        slots: dict[str, int] = {}
        for row in standing:
            slots[row["stage_id"]] = max(slots.get(row["stage_id"], 0), row["slot"])
        self.first: dict[str, int] = {}
        column = 0
        for id, _ in self.stages:
            self.first[id] = column
            column += slots.get(id, 0) + 1
        self.felt = sorted((self.first[row["stage_id"]] + row["slot"], row["level"]) for row in document["emotions"].values())

    def nearest(self, stage: str, slot: int) -> int:
        """The level of the nearest feeling; neutral without one."""
        column = self.first[stage] + slot
        at = bisect_left(self.felt, (column, -9))
        return min(self.felt[max(at - 1, 0) : at + 1], key=lambda one: abs(one[0] - column), default=(0, 0))[1]
