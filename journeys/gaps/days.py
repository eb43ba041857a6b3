"""On which day each card of a map is due, as far as the map says so.

Enrolment is day 0. A stage starts on the sum of the lengths of those before it. A card is due `offset_days` after its anchor:
"enrolment"; "stage" = its stage's start; "after" = the latest of the cards from which sequence arrows lead to it; "renewal" and
"event" are days of their own, as nobody knows from the map when they fall. Two days can be compared only on one axis.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from journeys.document import Document

ENROLMENT, RENEWAL, EVENT = "enrolment", "renewal", "event"
#: days: longer than this no silence is looked for
FURTHEST = 3650
#: a card that repeats in a stage of unknown length does so for a year
REPEATS_FOR = 365


class Due(NamedTuple):
    """A day on an axis: "enrolment", "renewal", "event", or the id of a stage of which nobody knows when it starts."""

    axis: str
    day: int


class Span(NamedTuple):
    """First and last day of a stage, counted from enrolment; None where a length before, or its own, is not said."""

    start: int | None
    end: int | None


class Days:
    def __init__(self, document: Document):
        stages = document["stages"]
        self.order = sorted(stages, key=lambda id: (stages[id]["position"], id))
        self.lengths: dict[str, int | None] = {id: stages[id]["length_days"] for id in self.order}
        self.spans = self._spans()
        self.cards: dict[str, dict[str, Any]] = document["touchpoints"]
        self.before: dict[str, list[str]] = {}
        for arrow in document["connectors"].values():
            if arrow["kind"] == "sequence":
                self.before.setdefault(arrow["target_id"], []).append(arrow["source_id"])
        self.due = self._all_due()
        self.renewal = self._renewal()

    def _spans(self) -> dict[str, Span]:
        spans: dict[str, Span] = {}
        day: int | None = 0
        for id, length in self.lengths.items():
            end = None if day is None or length is None else day + length
            spans[id] = Span(day, end)
            day = end
        return spans

    @property
    def horizon(self) -> int:
        """The day up to which the stages follow each other with known lengths, at most ten years."""
        return min(max((span.end for span in self.spans.values() if span.end is not None), default=0), FURTHEST)

    def _all_due(self) -> dict[str, Due | None]:
        """Every card's day; None where it follows cards whose days are unknown or on several axes. Circles are unknown."""
        found: dict[str, Due | None] = {}
        for card in self.cards:
            path, opened = [card], {card}
            while path:
                id = path[-1]
                before = [one for one in self._followed(id) if one not in found and one not in opened]
                if before:
                    opened.update(before)
                    path += before
                else:
                    path.pop()
                    found.setdefault(id, self._due(id, found))
        return found

    def _followed(self, id: str) -> list[str]:
        return self.before.get(id, []) if self.cards[id]["anchor"] == "after" else []

    def _due(self, id: str, found: dict[str, Due | None]) -> Due | None:
        card = self.cards[id]
        offset, anchor = card["offset_days"], card["anchor"]
        if anchor == "stage":
            start = self.spans[card["stage_id"]].start
            return Due(card["stage_id"], offset) if start is None else Due(ENROLMENT, start + offset)
        if anchor != "after":
            return Due(anchor, offset)
        before = [found.get(one) for one in self.before.get(id, [])]
        known = [due for due in before if due is not None]
        if not known or len(known) < len(before) or len({due.axis for due in known}) > 1:
            return None
        return Due(known[0].axis, max(due.day for due in known) + offset)

    def _renewal(self) -> int | None:
        """The renewal date counted from enrolment: the end of the last stage in which something hangs on it. Where that is the
        last of the map and has no length, it takes as long as its first card is ahead of the renewal."""
        offsets: dict[str, int] = {}
        for card in self.cards.values():
            if card["anchor"] == RENEWAL:
                stage = card["stage_id"]
                offsets[stage] = min(offsets.get(stage, 0), card["offset_days"])
        if not offsets:
            return None
        last = max(offsets, key=self.order.index)
        start, end = self.spans[last]
        if end is None and start is not None and last == self.order[-1]:
            return start - offsets[last]
        return end

    def occurrences(self, id: str) -> range | None:
        """The days of a card counted from enrolment: one, or as many as its rhythm gives until its stage ends."""
        due = self.due[id]
        if due is None or due.axis not in (ENROLMENT, RENEWAL):
            return None
        day = due.day
        if due.axis == RENEWAL:
            if self.renewal is None:
                return None
            day += self.renewal
        return self.repeated(id, day, self.spans[self.cards[id]["stage_id"]].end)

    def repeated(self, id: str, first: int, end: int | None) -> range:
        every = self.cards[id]["repeat_days"]
        if not every:
            return range(first, first + 1)
        last = first + REPEATS_FOR if end is None else max(end, first)
        return range(first, last + 1, every)
