"""What a rule is: it looks at elements of one kind and says of each what it misses, if anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from journeys.gaps.survey import Survey


class Severity(IntEnum):
    """How soon one should mend it."""

    FIRST = 1
    NEXT = 2
    LATER = 3


class Miss(NamedTuple):
    """What is missing at one place. `go` is the path of the panel where one mends it
    (that of the element looked at if empty), `field` the field to stand in, `near` the element to look at meanwhile.
    `severity` where it is not the rule's; `extra` is weight that lies on this miss beside the rule's."""

    place: str
    lack: str
    field: str = ""
    go: str = ""
    near: str = ""
    severity: Severity | None = None
    extra: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """`kind` is what it looks at: a kind of a document, "role", or "" for the map as a whole. `several` is said of many."""

    slug: str
    kind: str
    weight: int
    severity: Severity
    looks_at: Callable[[Survey], Iterable[str]]
    miss: Callable[[Survey, str], Miss | None]
    several: str
    hint: str
