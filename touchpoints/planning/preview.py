"""What would change in the plans of customers if something about their travel changed. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from touchpoints.planning.facts import read_facts
from touchpoints.planning.reconcile import Difference, Ways, differences
from touchpoints.planning.route import Card, Route


@dataclass(slots=True)
class Line:
    """One scheduled touchpoint that would come, move, or go. `before` and `after` are its days; None where it is not planned."""

    title: str
    kind: str
    before: date | None
    after: date | None
    #: is not due any more, but was to have been: it stays as missed
    is_missed: bool = False
    #: the same day, but somebody else does it, or it counts for more or less
    is_kept: bool = False

    @property
    def what(self) -> str:
        """What happens to it, in the word of WORDS."""
        return what_happens(self)

    @property
    def by_how_much(self) -> str:
        """In words, of one that moves."""
        days = (self.after - self.before).days if self.before and self.after else 0
        return f"{abs(days):,} day{'' if abs(days) == 1 else 's'} {'later' if days > 0 else 'earlier'}" if days else ""


@dataclass(slots=True)
class Preview:
    lines: list[Line] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.lines)

    def count(self, what: str) -> int:
        return sum(what_happens(line) == what for line in self.lines)

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many come, move, go, … as far as there are any."""
        return [(what, number) for what in WORDS if (number := self.count(what))]


#: in the order in which they are told
WORDS = ("new", "moved", "changed hands", "no longer", "missed")


def what_happens(line: Line) -> str:
    if line.before is None:
        return "new"
    if line.after is None:
        return "missed" if line.is_missed else "no longer"
    return "changed hands" if line.is_kept else "moved"


def preview(enrolments: Mapping[UUID, Mapping[str, Any]]) -> Preview:
    """What would change, by day, if of each enrolment these fields changed: see `Enrolment.change`."""
    found = Preview([line for _, lines in previews(enrolments) for line in lines])
    found.lines.sort(key=lambda line: (line.after or line.before or date.max, line.title))
    return found


def previews(enrolments: Mapping[UUID, Mapping[str, Any]]) -> Iterator[tuple[UUID, list[Line]]]:
    """The same, enrolment by enrolment: a handful of queries for all."""
    ways, earlier, supposed = Ways(), {}, []
    for now in read_facts(enrolments):
        earlier[now.pk], _ = ways.of(now)
        supposed.append(now.supposing(enrolments[now.pk]))
    for difference in differences(supposed, ways):
        yield difference.facts.pk, _lines(difference, ways, earlier[difference.facts.pk])


def _lines(difference: Difference, ways: Ways, earlier: Route) -> list[Line]:
    route, _ = ways.of(difference.facts)
    lines = [_line(route.by_spot[spot], None, said[-1]) for (spot, _), said in difference.added.items()]
    for row, said in difference.moved:
        line = _line(route.by_spot[row.spot], row.due_on, said[-1])
        line.is_kept = row.due_on == said[-1]
        lines.append(line)
    for rows, is_missed in ((difference.missed, True), (difference.removed, False)):
        for row in rows:
            line = _line(route.by_spot.get(row.spot) or earlier.by_spot.get(row.spot), row.due_on, None)
            line.is_missed = is_missed
            lines.append(line)
    return lines


def _line(card: Card | None, before: date | None, after: date | None) -> Line:
    if card is None:
        return Line("A card of an earlier version", "touchpoint", before, after)
    return Line(card.fields["title"], card.fields["kind"], before, after)
