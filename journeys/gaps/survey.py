"""A journey document with all that the rules look up, prepared once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from journeys.document import Document
from journeys.gaps.days import ENROLMENT, Days
from journeys.gaps.load import Peak, peaks
from journeys.gaps.silence import Silences, find_silences


class Survey:
    """`roles` is id -> name."""

    def __init__(self, document: Document, roles: Mapping[str, str]):
        self.document = document
        self.roles = roles
        self.stages: dict[str, dict[str, Any]] = document["stages"]
        self.cards: dict[str, dict[str, Any]] = document["touchpoints"]
        self.days = Days(document)
        self.order = self.days.order
        self.rank = {id: number for number, id in enumerate(self.order)}
        self._lane_kinds = {id: lane["kind"] for id, lane in document["lanes"].items()}

    @cached_property
    def ours(self) -> set[str]:
        """Touchpoints in lanes of our own: neither what the customer does by himself nor what happens outside."""
        kinds = self._lane_kinds
        return {id for id, card in self.cards.items() if card["kind"] == "touchpoint" and kinds[card["lane_id"]] == "role"}

    @cached_property
    def delivered(self) -> set[str]:
        """Those of ours that a person delivers."""
        return {id for id in self.ours if self.cards[id]["delivery"] == "person"}

    def of_kind(self, kind: str) -> list[str]:
        return [id for id, card in self.cards.items() if card["kind"] == kind]

    @cached_property
    def cards_on(self) -> dict[str, int]:
        """How many cards stand on each stage."""
        count = dict.fromkeys(self.stages, 0)
        for card in self.cards.values():
            count[card["stage_id"]] += 1
        return count

    @cached_property
    def answered(self) -> set[str]:
        """Cards from which an arrow leads on, or that are joined to another in no set order."""
        arrows = self.document["connectors"].values()
        return {row["source_id"] for row in arrows} | {row["target_id"] for row in arrows if row["kind"] == "unordered"}

    @cached_property
    def silences(self) -> Silences:
        return find_silences(self.days)

    @cached_property
    def peaks(self) -> dict[str, Peak]:
        """The busiest week with one customer of every role that delivers something."""
        return peaks(self.cards, self.delivered, self.days)

    # words

    def place(self, id: str) -> str:
        """A card and where it stands: "Welcome email, in On-boarding"."""
        card = self.cards[id]
        return f"{card['title']}, in {self.stages[card['stage_id']]['name']}"

    def day(self, id: str) -> str:
        """A card's day in words."""
        due = self.days.due[id]
        if due is None:
            return "some day"
        if due.axis == ENROLMENT:
            return f"day {due.day}"
        since = {"renewal": "the renewal", "event": "the event"}.get(due.axis) or f"the start of {self.stages[due.axis]['name']}"
        return f"{abs(due.day)} days {'before' if due.day < 0 else 'after'} {since}"
