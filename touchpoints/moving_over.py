"""Move the customers of a journey over to its newest version: what would change for how many, and the work itself, by batches."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from customers.models import Enrolment
from journeys.models import Journey, Version
from touchpoints.planning.preview import WORDS, previews

#: enrolments that are looked at for a preview: a second or two of work. Of more, the first ones stand for all.
LOOKED_AT = 1000


@dataclass(slots=True)
class Forecast:
    """What moving over changes. The counts are of the enrolments looked at."""

    version: Version
    behind: int
    looked_at: int = 0
    #: of these, in whose plan nothing changes
    unchanged: int = 0
    #: of these, whose stage is no longer on the map
    without_stage: int = 0
    #: word of a change -> touchpoints
    touchpoints: Counter[str] = field(default_factory=Counter)
    #: (title, word) -> customers
    cards: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def is_of_all(self) -> bool:
        return self.looked_at == self.behind

    @property
    def counts(self) -> list[tuple[str, int]]:
        return [(word, self.touchpoints[word]) for word in WORDS if self.touchpoints[word]]

    @property
    def most(self) -> list[tuple[str, str, int]]:
        """(title, word, customers) of the cards that change for most."""
        return [(title, word, number) for (title, word), number in self.cards.most_common(40)]


def newest_of(journey: Journey) -> Version | None:
    found = Version.objects.of(journey).newest()
    if found:
        found.journey = journey
    return found


def forecast(version: Version, on: date) -> Forecast:
    behind = Enrolment.objects.behind(version)
    found = Forecast(version, behind.count())
    looked_at = behind.order_by("pk")[:LOOKED_AT].with_versions()
    moved = {one.pk: one.moved_over(version, on) for one in looked_at}
    found.looked_at = len(moved)
    found.without_stage = sum(moved[one.pk].get("stage_id", one.stage_id) != one.stage_id for one in looked_at)
    for _, lines in previews(moved):
        found.unchanged += not lines
        found.touchpoints.update(line.what for line in lines)
        found.cards.update({(line.title, line.what) for line in lines})
    return found
