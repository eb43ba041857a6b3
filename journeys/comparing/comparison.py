"""The outcome of comparing two maps: every element of either exactly once, paired with its counterpart or alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from journeys.document import Document


class Kind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    RETIMED = "retimed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Side:
    """A map, and the names of the roles, playbooks and journeys it speaks of, by id, as they were."""

    document: Document
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing that differs, in words: "Stage", "Onboarding", "Go-live". Empty text: it was not said."""

    kind: Kind
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Pair:
    """An element of the first map and its counterpart on the second; None where it has none."""

    #: "journey", or the kind of an element
    what: str
    before: str | None
    after: str | None
    details: tuple[Detail, ...] = ()

    @property
    def kinds(self) -> tuple[Kind, ...]:
        if self.before is None:
            return (Kind.ADDED,)
        if self.after is None:
            return (Kind.REMOVED,)
        found = {detail.kind for detail in self.details}
        return tuple(kind for kind in Kind if kind in found)


@dataclass(frozen=True, slots=True)
class Group:
    """A stage, or the map as a whole, with what stands on it, left to right. A moved card is where it stands now."""

    #: None: what belongs to no stage
    stage: Pair | None
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    groups: tuple[Group, ...]

    @property
    def pairs(self) -> list[Pair]:
        return [pair for group in self.groups for pair in group.pairs]

    @property
    def differing(self) -> list[Pair]:
        return [pair for pair in self.pairs if pair.kinds]

    def counts(self, *what: str) -> Counter[str]:
        """How many pairs are of each kind, and "same"; of these kinds of elements, or of all."""
        found: Counter[str] = Counter()
        for pair in self.pairs:
            if not what or pair.what in what:
                found.update(pair.kinds or ("same",))
        return found
