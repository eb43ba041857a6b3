"""Whether a day holds what is to be done in it, and if not: what comes first, what can wait until when, what may be left. Pure.

Musts are done whatever the time. What room they leave goes to the shoulds and then to the coulds, the longest overdue first. What
finds no room waits until the next worked day that has some; a could that comes again soon may be left out this time, and one
whose playbook has a message may go out by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from accounts.working_days import WorkingDays
from touchpoints.today.item import IMPORTANCE, Item

#: how far ahead room is looked for, and how soon something has to come again to be left out
AHEAD, SOON = 14, 45


@dataclass(slots=True)
class Advice:
    """`verdict`: "first", "then" (there is room), "wait" (until a day), "automate" or "skip"."""

    item: Item
    verdict: str
    why: str
    until: date | None = None


@dataclass(slots=True)
class DayLoad:
    """Minutes. `by_importance` has those of each of IMPORTANCE."""

    capacity: int
    by_importance: dict[str, int] = field(default_factory=lambda: dict.fromkeys(IMPORTANCE, 0))
    advice: list[Advice] = field(default_factory=list)

    @property
    def minutes(self) -> int:
        return sum(self.by_importance.values())

    @property
    def fits(self) -> bool:
        return self.minutes <= self.capacity

    @property
    def percents(self) -> dict[str, int]:
        """By importance the part of the bar: all of the bar is the capacity, or the work where that is more."""
        whole = max(self.capacity, self.minutes, 1)
        return {name: round(100 * minutes / whole) for name, minutes in self.by_importance.items()}

    @property
    def in_words(self) -> str:
        """What to do about a day that does not fit; "" of one that does."""
        if self.fits:
            return ""
        waits, alone, left = (self.of(verdict) for verdict in ("wait", "automate", "skip"))
        days = sorted({one.until for one in waits if one.until})
        when = f" until {days[0]:%A}" if len(days) == 1 else f" until {days[0]:%A} or later" if days else ""
        parts = [
            f"{_named(waits)} can wait{when}" if waits else "",
            f"{_named(alone)} can go out without you" if alone else "",
            f"{_named(left)} may be left out this time" if left else "",
        ]
        musts = len(self.of("first"))
        first = "" if not musts else "Do the must first. " if musts == 1 else f"Do the {musts} musts first. "
        rest = "; ".join(part for part in parts if part)
        return f"{first}{rest[:1].upper()}{rest[1:]}." if rest else f"{first}All of it is a must: ask for help with some of it."

    def of(self, *verdicts: str) -> list[Advice]:
        return [one for one in self.advice if one.verdict in verdicts]


def day_load(
    items: Collection[Item], capacity: int, *, today: date, days: WorkingDays, planned: Mapping[date, int] | None = None
) -> DayLoad:
    """`items`: what is overdue or due today; `capacity`: minutes of a worked day; `planned`: minutes of the days to come."""
    found = DayLoad(capacity if days.are(today.toordinal()) else 0)
    room, taken = found.capacity, dict(planned or {})
    for item in sorted(items, key=lambda one: (one.rank, one.due_on, one.health or 4, one.title.casefold(), one.pk)):
        found.by_importance[IMPORTANCE[item.rank]] += item.minutes
        if item.rank == 0:
            found.advice.append(Advice(item, "first", "a must" if room >= item.minutes else "a must, though the day is full"))
        elif item.minutes <= room:
            found.advice.append(Advice(item, "then", "there is room for it"))
        else:
            found.advice.append(_spared(item, capacity, today, days, taken))
            continue
        room -= item.minutes
    return found


def _spared(item: Item, capacity: int, today: date, days: WorkingDays, taken: dict[date, int]) -> Advice:
    if item.has_message and item.rank == len(IMPORTANCE) - 1:
        return Advice(item, "automate", "its playbook has a message: it can go out without you")
    if item.rank == len(IMPORTANCE) - 1 and 0 < item.repeat <= SOON:
        return Advice(item, "skip", f"it comes again in {item.repeat} days")
    day = _next_with_room(item.minutes, capacity, today, days, taken)
    taken[day] = taken.get(day, 0) + item.minutes
    return Advice(item, "wait", f"there is room on {day:%A}", until=day)


def _next_with_room(minutes: int, capacity: int, today: date, days: WorkingDays, taken: Mapping[date, int]) -> date:
    """The first worked day with room for it; where none has, the one that is least full."""
    worked = [day for n in range(1, AHEAD + 1) if days.are((day := today + timedelta(n)).toordinal())]
    if not worked:
        return date.fromordinal(days.on_or_after(today.toordinal() + 1))
    for day in worked:
        if taken.get(day, 0) + minutes <= capacity:
            return day
    return min(worked, key=lambda day: (taken.get(day, 0), day))


def _named(advice: list[Advice]) -> str:
    return advice[0].item.title if len(advice) == 1 else f"{len(advice)} things"
