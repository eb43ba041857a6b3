"""What an import will do, and what becomes of each row."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


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
    """`creates` and `updates` hold (kind, id, fields), `deletes` (kind, id); `problems` are sentences by row number.

    `journey` holds the fields of the journey itself that differ.
    """

    creates: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    updates: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    deletes: list[tuple[str, str]] = field(default_factory=list)
    journey: dict[str, Any] = field(default_factory=dict)
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
        return not (self.creates or self.updates or self.deletes or self.journey)
