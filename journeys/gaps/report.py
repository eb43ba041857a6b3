"""What is missing on a map, what was set aside, and the score: data from a journey document and the names of its roles.

The score is 100 x (1 - open / whole)^2. `whole` is the weight of all that the rules look at, one weight for each rule and each
element it looks at, plus what is there at all: 4 for a stage, 3 for a card, 1 for a feeling or a handoff. `open` is the weight of
the gaps that are neither mended nor set aside. So mending any gap raises it, setting one aside raises it, what is only begun
counts for something, and by the square a map that is half done has a quarter, not half. A map without a stage has 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from journeys.document import KEYS, Document
from journeys.gaps.rule import Rule, Severity
from journeys.gaps.rules import RULES
from journeys.gaps.survey import Survey

THERE = {"stages": 4, "touchpoints": 3, "emotions": 1, "handoffs": 1}
#: from so many points on a score is called so
WORDS = (
    (100, "nothing is missing"),
    (90, "nearly complete"),
    (75, "well thought through"),
    (50, "a good start"),
    (25, "taking shape"),
    (0, "a first sketch"),
)


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is missing. `subject` is the id of the element or role, "" for the map as a whole."""

    rule: Rule
    subject: str
    place: str
    lack: str
    #: path of the panel where one mends it, "" if there is none; the field there; path of what one looks at, or "feel"
    go: str
    field: str
    near: str
    severity: Severity
    weight: int

    @property
    def id(self) -> str:
        return f"{self.rule.slug}-{self.subject or 'map'}"

    @property
    def text(self) -> str:
        """The place and what it lacks: "Welcome email, in On-boarding: nobody owns it"."""
        return f"{self.place}: {self.lack}"


@dataclass(frozen=True, slots=True)
class SetAside:
    """A gap that somebody has set aside, by which dismissal and why."""

    gap: Gap
    dismissal: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """`gaps` are open, the most important first."""

    gaps: tuple[Gap, ...]
    set_aside: tuple[SetAside, ...]
    score: float

    @property
    def points(self) -> int:
        """The score as one says it: whole points, 100 only if nothing is missing."""
        return int(self.score)

    @property
    def word(self) -> str:
        return word_for(self.points)


def word_for(points: int) -> str:
    return next(word for least, word in WORDS if points >= least)


def find_gaps(document: Document, roles: Mapping[str, str]) -> Report:
    """`roles` is id -> name; it only serves the sentences."""
    survey = Survey(document, roles)
    if not survey.stages:
        return Report((), (), 0.0)
    reasons = {
        (row["rule"], row["subject_id"]): (id, row["reason"]) for id, row in sorted(document["dismissals"].items(), reverse=True)
    }
    whole = sum(weight * len(document[key]) for key, weight in THERE.items())
    gaps: list[Gap] = []
    aside: list[SetAside] = []
    for rule in RULES:
        for subject in rule.looks_at(survey):
            whole += rule.weight
            miss = rule.miss(survey, subject)
            if miss is None:
                continue
            path = f"{KEYS[rule.kind]}/{subject}/" if rule.kind in KEYS else ""
            gap = Gap(
                rule=rule,
                subject=subject,
                place=miss.place,
                lack=miss.lack,
                go=miss.go or path,
                field=miss.field,
                near=miss.near or miss.go or path,
                severity=miss.severity or rule.severity,
                weight=rule.weight + miss.extra,
            )
            dismissed = reasons.get((rule.slug, subject))
            if dismissed:
                aside.append(SetAside(gap, *dismissed))
            else:
                gaps.append(gap)
    place = _places(survey)
    rank = {rule.slug: number for number, rule in enumerate(RULES)}
    gaps.sort(key=lambda gap: (gap.severity, rank[gap.rule.slug], place.get(gap.subject, (-1, -1)), gap.subject))
    missing = sum(gap.weight for gap in gaps)
    return Report(tuple(gaps), tuple(aside), 100.0 * ((whole - missing) / whole) ** 2)


def _places(survey: Survey) -> dict[str, tuple[int, int]]:
    """Where things stand, from left to right: (stage, slot)."""
    rank = survey.rank
    found = {id: (number, -1) for id, number in rank.items()}
    for rows in (survey.cards, survey.document["emotions"]):
        found.update((id, (rank[row["stage_id"]], row["slot"])) for id, row in rows.items())
    for id, row in survey.document["connectors"].items():
        found[id] = found[row["source_id"]]
    for id, row in survey.document["handoffs"].items():
        found[id] = found[row["touchpoint_id"]]
    return found
