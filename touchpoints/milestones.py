"""The milestones of a journey for one customer: which have been reached, and which come next."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from customers.models import Enrolment
from touchpoints.models import ScheduledTouchpoint
from touchpoints.planning.route import Card
from touchpoints.planning.routes import route_of


@dataclass(slots=True)
class Milestone:
    """A milestone of the map, with the first of its scheduled touchpoints that is open, else the last one."""

    card: Card
    row: ScheduledTouchpoint | None

    @property
    def is_reached(self) -> bool:
        return self.row is not None and self.row.state == ScheduledTouchpoint.State.DONE


def milestones_of(enrolment: Enrolment) -> list[Milestone]:
    """In the order of the map, those of its drill-downs as well; of the cycle that goes on."""
    cards = [card for card in route_of(enrolment.version_id).every_card() if card.fields["kind"] == "milestone"]
    rows = ScheduledTouchpoint.objects.of(enrolment).in_cycle(enrolment.cycle).at_spots(card.spot for card in cards)
    found: dict[UUID, ScheduledTouchpoint] = {}
    for row in rows.order_by("occurrence"):
        if row.spot not in found or not found[row.spot].is_open:
            found[row.spot] = row
    return [Milestone(card, found.get(card.spot)) for card in cards]
