"""How far a map has come: its points and how many gaps are open."""

from __future__ import annotations

from typing import NamedTuple

from journeys.document import Document
from journeys.gaps import find_gaps, word_for
from journeys.once_a_revision import Computed

#: raise it when a rule or the score changes
VERSION = 1


class Standing(NamedTuple):
    points: int
    gaps: int

    @property
    def word(self) -> str:
        return word_for(self.points)


def standing(document: Document) -> Standing:
    report = find_gaps(document, {})
    return Standing(report.points, len(report.gaps))


STANDING = Computed(f"standing:{VERSION}", standing)
