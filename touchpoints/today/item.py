"""One thing to be done, as the lists of a day, a week and a team show it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

#: minutes of a card that does not say how long it takes
USUAL_MINUTES = 30
IMPORTANCE = ("must", "should", "could")


@dataclass(slots=True, eq=False)
class Item:
    """`kind`: "touchpoint", "handoff" (to prepare or to answer), "offer" (a colleague asks one to take something over) or
    "request" (something a customer asked for). `row` is the instance that it is made from."""

    kind: str
    pk: UUID
    title: str
    customer: UUID
    customer_name: str
    due_on: date
    why: str = ""
    #: as Touchpoint.channel has it; "" where the map does not say
    channel: str = ""
    minutes: int = USUAL_MINUTES
    importance: str = "must"
    #: 1 at risk, 2 watch, 3 good, None unknown
    health: int | None = None
    #: who handed it over, or asked
    whose: str = ""
    #: of a handoff: how much of its package is there, "5/6"
    package: str = ""
    #: days after which it comes again; 0: once
    repeat: int = 0
    #: whether its playbook has a message, so that Touchline could deliver it
    has_message: bool = False
    row: Any = field(default=None, repr=False)
    card: Any = field(default=None, repr=False)

    @property
    def rank(self) -> int:
        return IMPORTANCE.index(self.importance) if self.importance in IMPORTANCE else 0


@dataclass(slots=True)
class Sections:
    """What is overdue, what is due today, and what comes then, by day."""

    overdue: list[Item] = field(default_factory=list)
    today: list[Item] = field(default_factory=list)
    later: list[Item] = field(default_factory=list)

    @classmethod
    def of(cls, items: list[Item], today: date) -> Sections:
        """Each section by day; of a day the musts first, then whose customer is worse off."""
        found = cls()
        for item in sorted(items, key=lambda one: (one.due_on, one.rank, one.health or 4, one.title.casefold(), one.pk)):
            section = found.overdue if item.due_on < today else found.today if item.due_on == today else found.later
            section.append(item)
        return found
