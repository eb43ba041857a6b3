"""Pairs as a person reads them: what each is called on either side, and what differs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from journeys.comparing.comparison import Detail, Group, Kind, Pair, Side
from journeys.comparing.words import called
from journeys.document import KEYS
from journeys.in_words import KINDS, facts

NOUNS = {
    "journey": "Journey", "stage": "Stage", "lane": "Lane", "emotion": "Feeling", "connector": "Arrow", "handoff": "Handoff",
}  # fmt: skip
PREFIXES = {"stage": "stage", "lane": "lane", "touchpoint": "card", "emotion": "card"}


@dataclass(frozen=True, slots=True)
class Face:
    """An element on one side. `dom` is its id on the canvas; an arrow is found at the card it comes from."""

    id: str
    dom: str
    title: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    #: "Touchpoint", "Arrow"...
    noun: str
    kinds: tuple[Kind, ...]
    before: Face | None
    after: Face | None
    details: tuple[Detail, ...]

    @property
    def title(self) -> str:
        face = self.after or self.before
        return face.title if face else ""


@dataclass(frozen=True, slots=True)
class Heading:
    """What rows stand under: a stage, by its name on either side ("" where it is not), or the whole map."""

    before: str
    after: str
    is_stage: bool


def heading_of(group: Group, before: Side, after: Side) -> Heading:
    if group.stage is None:
        return Heading("The whole map", "The whole map", False)
    was, now = _face(group.stage, group.stage.before, before), _face(group.stage, group.stage.after, after)
    return Heading(was.title if was else "", now.title if now else "", True)


def rows_of(pairs: Iterable[Pair], before: Side, after: Side) -> list[Row]:
    return [
        Row(
            _noun(pair, before, after), pair.kinds, _face(pair, pair.before, before), _face(pair, pair.after, after), pair.details
        )
        for pair in pairs
    ]


def _noun(pair: Pair, before: Side, after: Side) -> str:
    if pair.what != "touchpoint":
        return NOUNS[pair.what]
    side, id = (after, pair.after) if pair.after else (before, pair.before)
    return KINDS[side.document["touchpoints"][id]["kind"]]


def _face(pair: Pair, id: str | None, side: Side) -> Face | None:
    if id is None:
        return None
    if pair.what == "journey":
        return Face(id, "", str(side.document["journey"].get("title", "")))
    row = side.document[KEYS[pair.what]][id]
    about = tuple(facts(row, side.document, side.names)) if pair.what == "touchpoint" else ()
    at = row.get("source_id") or row.get("touchpoint_id") or id
    return Face(id, f"{PREFIXES.get(pair.what, 'card')}-{at}", called(pair.what, row, side), about)
