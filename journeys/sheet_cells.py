"""What the cells of one row say, by the kind of the row; and what is wrong with them, in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from journeys.sheet_columns import (
    ACCEPT_DAYS,
    BRIEF,
    CARD_KINDS,
    CARD_TEXTS,
    CHOICES,
    DEFAULTS,
    EMOTION_TEXTS,
    LANE_KINDS,
    LENGTH_DAYS,
    LENGTHS,
    MOST_REASON,
    MOST_WORDS,
    NEEDED,
    NOBODY,
    NUMBERS,
)
from journeys.sheet_values import Package, ids, key, number, package, yes
from journeys.sheets import SheetRow

#: how many ids one cell may name
MOST_IDS = 100
SHORTEST = min(LENGTHS.values())


@dataclass(slots=True)
class Parsed:
    """One row understood. `values` holds the element's fields for the columns that the sheet has.

    `after`, `together` and `to` name cards: by their external id, or by what stands in the column `id` of their row.
    """

    number: int
    kind: str
    stage: str
    title: str
    lane: str = ""
    external_id: str = ""
    id: str = ""
    playbook: str = ""
    owner_role: str = ""
    handoff_to: str = ""
    after: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    #: what a dismissal is about: any row, by what stands in its column `id`
    about: str = ""
    day: int | None = None
    slot: int | None = None
    anchor: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def is_emotion(self) -> bool:
        return self.kind == "emotion"

    @property
    def is_card(self) -> bool:
        return self.kind in CARD_KINDS

    @property
    def is_lane(self) -> bool:
        return self.kind in LANE_KINDS

    @property
    def stands(self) -> bool:
        """Whether it is a card or an emotion, which stand at a place of the map."""
        return self.kind in CARD_KINDS or self.kind == "emotion"

    @property
    def names(self) -> list[str]:
        """What other rows may call it."""
        return [name for name in (self.external_id, self.id) if name]


def parse_row(row: SheetRow, columns: set[str], kind_on_map: str = "touchpoint") -> Parsed:
    """Never raises: everything that is wrong is in `problems`, each naming its column.

    `kind_on_map` is what the row is where the sheet has no kinds.
    """
    cells = row.cells
    kind = key(cells.get("kind", "")) or ("touchpoint" if "kind" in columns else kind_on_map)
    parsed = Parsed(row.number, kind, cells.get("stage", ""), cells.get("title", ""))
    parsed.problems = [f"{column}: {message}" for column, message in row.problems]
    if kind not in NEEDED:
        choices = (
            "touchpoint, emotion, event, milestone, stage, lane, customer_lane, outside_lane, arrow, handoff, dismissal, journey"
        )
        parsed.problems.append(f"kind: {cells['kind'][:40]} is none of {choices}.")
        parsed.kind = "touchpoint"
    for column in NEEDED[parsed.kind]:
        if not cells.get(column):
            parsed.problems.append(f"{column}: it is empty.")
    if max(map(len, cells.values()), default=0) > SHORTEST:
        for column, most in LENGTHS.items():
            if len(cells.get(column, "")) > most:
                parsed.problems.append(f"{column}: at most {most} letters, this has {len(cells[column])}.")
    parsed.lane, parsed.external_id, parsed.id = cells.get("lane", ""), cells.get("external_id", ""), cells.get("id", "")
    parsed.playbook, parsed.handoff_to = cells.get("playbook", ""), cells.get("handoff_to", "")
    parsed.owner_role = cells.get("owner_role", "")
    if not parsed.is_card and parsed.owner_role.casefold() == NOBODY:
        parsed.owner_role = ""
    if parsed.stands:
        _read_place(parsed, cells, columns, keeps_level=kind_on_map == "emotion" and "emotion" not in columns)
    elif parsed.kind == "stage":
        _read_stage(parsed, cells, columns)
    elif parsed.is_lane:
        parsed.title, fixed = parsed.lane, f"{key(parsed.lane)}_lane"
        if kind == "lane" and fixed in LANE_KINDS and not parsed.id:
            parsed.kind = fixed
    elif parsed.kind == "dismissal":
        _read_dismissal(parsed, cells)
    elif parsed.kind == "journey":
        parsed.values = {"summary": cells.get("notes", "")} if "notes" in columns else {}
    else:
        _read_line(parsed, cells, columns)
    return parsed


def _read_place(parsed: Parsed, cells: dict[str, str], columns: set[str], *, keeps_level: bool) -> None:
    """A card or an emotion."""
    values, problems = parsed.values, parsed.problems
    for column, choices in CHOICES.items():
        if column in columns:
            text = cells.get(column)
            value = key(text) or DEFAULTS[column] if text else DEFAULTS[column]
            if value and value not in choices:
                problems.append(f"{column}: {cells[column][:40]} is none of {', '.join(choices)}.")
            values[column] = value
    for column, bounds in NUMBERS.items():
        if column in columns:
            values[column] = number(cells.get(column, ""), column, bounds, problems)
    parsed.slot = values.pop("slot", None)
    parsed.anchor = values.get("anchor", "") if cells.get("anchor") else ""
    parsed.day = values.get("offset_days") if cells.get("offset_days") else None
    for column in EMOTION_TEXTS if parsed.is_emotion else CARD_TEXTS:
        if column in columns:
            values[column] = cells.get(column, "")
    if parsed.is_emotion:
        if values.get("emotion") is None and not keeps_level:
            if not any(problem.startswith("emotion:") for problem in problems):
                problems.append("emotion: an emotion needs a number from -2 to +2.")
            values["emotion"] = 0
        if cells.get("after") or cells.get("with"):
            problems.append("after: an emotion has no arrows.")
        return
    if "moment_of_truth" in columns:
        values["moment_of_truth"] = yes(cells.get("moment_of_truth", ""), "moment_of_truth", problems)
    parsed.after, parsed.together = ids(cells.get("after", "")), ids(cells.get("with", ""))
    for column, found in (("after", parsed.after), ("with", parsed.together)):
        if len(found) > MOST_IDS:
            problems.append(f"{column}: at most {MOST_IDS} ids, this has {len(found)}.")
    if len(parsed.after) > MOST_IDS or len(parsed.together) > MOST_IDS:
        parsed.after, parsed.together = parsed.after[:MOST_IDS], parsed.together[:MOST_IDS]


def _read_stage(parsed: Parsed, cells: dict[str, str], columns: set[str]) -> None:
    parsed.title = parsed.stage
    parsed.values = {column: cells.get(column, "") for column in BRIEF if column in columns}
    if "length_days" in columns:
        parsed.values["length_days"] = number(cells.get("length_days", ""), "length_days", LENGTH_DAYS, parsed.problems)


def _read_line(parsed: Parsed, cells: dict[str, str], columns: set[str]) -> None:
    """An arrow with its words, or a handoff with its package."""
    values, problems = parsed.values, parsed.problems
    parsed.after, parsed.together, parsed.to = (ids(cells.get(column, "")) for column in ("after", "with", "to"))
    if parsed.kind == "arrow":
        values["label"] = parsed.title
        if len(parsed.title) > MOST_WORDS:
            problems.append(f"title: the words on an arrow have at most {MOST_WORDS} letters, these {len(parsed.title)}.")
        if len(parsed.after) + len(parsed.together) != 1 or len(parsed.to) != 1:
            problems.append("after: an arrow row names one card in “after” or in “with”, and one in “to”.")
            parsed.after, parsed.together, parsed.to = (), (), ()
        return
    parsed.title = parsed.handoff_to
    if len(parsed.after) != 1 or parsed.together or len(parsed.to) > 1:
        problems.append("after: a handoff row names one card in “after” and at most one in “to”.")
        parsed.after, parsed.together, parsed.to = (), (), ()
    if "notes" in columns:
        values["note"] = cells.get("notes", "")
    if "accept_within_days" in columns:
        days = cells.get("accept_within_days", "")
        values["accept_within_days"] = number(days, "accept_within_days", ACCEPT_DAYS, problems)
    if "package" in columns:
        items: Package = package(cells.get("package", ""), "package", problems)
        values["package"] = items


def _read_dismissal(parsed: Parsed, cells: dict[str, str]) -> None:
    reason = cells.get("notes", "")
    parsed.title, parsed.about = reason[:200], cells.get("to", "")
    parsed.values = {"rule": cells.get("rule", ""), "reason": reason}
    if len(reason) > MOST_REASON:
        parsed.problems.append(f"notes: a reason has at most {MOST_REASON} letters, this {len(reason)}.")
