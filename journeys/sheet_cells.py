"""What the cells of one row say: choices, whole numbers, lists of ids; and what is wrong with them, in words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from journeys.sheets import SheetRow

CARD_KINDS = ("touchpoint", "milestone", "event")
CHOICES: dict[str, tuple[str, ...]] = {
    "channel": ("email", "call", "meeting", "in_app", "web", "social", "support", "survey", "document", "other"),
    "delivery": ("person", "automated", "self_serve"),
    "importance": ("must", "should", "could"),
    "anchor": ("enrolment", "stage", "renewal", "after", "event"),
}
DEFAULTS = {"channel": "", "delivery": "person", "importance": "must", "anchor": "enrolment"}
SYNONYMS = {"e_mail": "email", "mail": "email", "phone": "call", "enrollment": "enrolment", "selfserve": "self_serve"}
NUMBERS: dict[str, tuple[int, int, int | None]] = {
    "offset_days": (-3650, 3650, 0),
    "repeat_days": (1, 3650, None),
    "effort_min": (0, 100_000, None),
    "emotion": (-2, 2, None),
}
LENGTHS = {"external_id": 200, "stage": 120, "lane": 120, "title": 200, "customer_view": 4000, "playbook": 200, "handoff_to": 120}
#: how many ids one cell may name
MOST_IDS = 100
SHORTEST = min(LENGTHS.values())
#: the longest text that may be a number or a choice
WORD = 60
_DAYS = re.compile(r"^(?:day\s*)?([+\-−]?\s*\d{1,9})\s*(?:d|days?)?$", re.IGNORECASE)


@dataclass(slots=True)
class Parsed:
    """One row understood. `values` holds the card's fields for the columns that the sheet has."""

    number: int
    kind: str
    stage: str
    title: str
    lane: str = ""
    external_id: str = ""
    playbook: str = ""
    handoff_to: str = ""
    after: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    day: int | None = None
    anchor: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def is_emotion(self) -> bool:
        return self.kind == "emotion"


def parse_row(row: SheetRow, columns: set[str], kind_on_map: str = "touchpoint") -> Parsed:
    """Never raises: everything that is wrong is in `problems`, each naming its column.

    `kind_on_map` is what the row is where the sheet has no kinds.
    """
    cells = row.cells
    kind = _key(cells.get("kind", "")) or ("touchpoint" if "kind" in columns else kind_on_map)
    parsed = Parsed(row.number, kind, cells.get("stage", ""), cells.get("title", ""))
    parsed.problems = [f"{column}: {message}" for column, message in row.problems]
    if kind not in (*CARD_KINDS, "emotion"):
        parsed.problems.append(f"kind: {cells['kind'][:40]} is none of touchpoint, emotion, event, milestone.")
        parsed.kind = "touchpoint"
    for column in ("stage", "title"):
        if not cells.get(column):
            parsed.problems.append(f"{column}: it is empty.")
    if max(map(len, cells.values()), default=0) > SHORTEST:
        for column, most in LENGTHS.items():
            if len(cells.get(column, "")) > most:
                parsed.problems.append(f"{column}: at most {most} letters, this has {len(cells[column])}.")
    for column, choices in CHOICES.items():
        if column in columns:
            text = cells.get(column)
            value = _key(text) or DEFAULTS[column] if text else DEFAULTS[column]
            if value and value not in choices:
                parsed.problems.append(f"{column}: {cells[column][:40]} is none of {', '.join(choices)}.")
            parsed.values[column] = value
    for column, (least, most, default) in NUMBERS.items():
        if column in columns:
            parsed.values[column] = _number(cells.get(column, ""), column, least, most, default, parsed.problems)
    parsed.anchor = parsed.values.get("anchor", "") if cells.get("anchor") else ""
    parsed.day = parsed.values.get("offset_days") if cells.get("offset_days") else None
    keeps_level = kind_on_map == "emotion" and "emotion" not in columns
    if parsed.is_emotion and parsed.values.get("emotion") is None and not keeps_level:
        if not any(problem.startswith("emotion:") for problem in parsed.problems):
            parsed.problems.append("emotion: an emotion needs a number from -2 to +2.")
        parsed.values["emotion"] = 0
    if "customer_view" in columns:
        parsed.values["customer_view"] = cells.get("customer_view", "")
    parsed.lane, parsed.external_id = cells.get("lane", ""), cells.get("external_id", "")
    parsed.playbook, parsed.handoff_to = cells.get("playbook", ""), cells.get("handoff_to", "")
    if not parsed.is_emotion:
        parsed.after, parsed.together = _ids(cells.get("after", "")), _ids(cells.get("with", ""))
        for column, ids in (("after", parsed.after), ("with", parsed.together)):
            if len(ids) > MOST_IDS:
                parsed.problems.append(f"{column}: at most {MOST_IDS} ids, this has {len(ids)}.")
        if len(parsed.after) > MOST_IDS or len(parsed.together) > MOST_IDS:
            parsed.after, parsed.together = parsed.after[:MOST_IDS], parsed.together[:MOST_IDS]
    elif cells.get("after") or cells.get("with"):
        parsed.problems.append("after: an emotion has no arrows.")
    return parsed


def _number(text: str, column: str, least: int, most: int, default: int | None, problems: list[str]) -> int | None:
    if not text:
        return default
    value = _whole(text) if len(text) <= WORD else None
    if value is None:
        problems.append(f"{column}: {text[:40]} is not a whole number.")
        return default
    if not least <= value <= most:
        problems.append(f"{column}: {value} is not between {least} and {most}.")
        return default
    return value


@lru_cache(4096)
def _whole(text: str) -> int | None:
    found = _DAYS.match(text)
    return int(found[1].replace("−", "-").replace(" ", "")) if found else None


def _key(text: str) -> str:
    """A choice as its key. Nothing longer than a word is one, so what is remembered stays small."""
    return _known_key(text) if len(text) <= WORD else text


@lru_cache(4096)
def _known_key(text: str) -> str:
    key = re.sub(r"[\s-]+", "_", text.strip().casefold())
    return SYNONYMS.get(key, key)


def _ids(text: str) -> tuple[str, ...]:
    if ";" not in text:
        return (text,) if text else ()
    return tuple(dict.fromkeys(part.strip() for part in text.split(";") if part.strip()))
