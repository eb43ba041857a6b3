"""Which days are worked on. Pure: a workspace's week, its country's holidays and its own days become a WorkingDays.

Days are proleptic Gregorian ordinals (date.toordinal), as planning counts with millions of them.
"""

from __future__ import annotations

import hashlib
from calendar import day_name
from collections.abc import Collection, Iterable
from datetime import date
from functools import cached_property

#: Monday to Friday, as date.weekday counts
USUAL_WEEK = (0, 1, 2, 3, 4)


class WorkingDays:
    """Worked on are the days of the week named by `week`, but for those in `off`, and those in `on` at any rate.

    A week in which nothing is ever worked on is taken for one in which every day is: a date must fall somewhere.
    """

    def __init__(self, week: Collection[int] = USUAL_WEEK, off: Iterable[date] = (), on: Iterable[date] = ()):
        self._week = frozenset(week) or frozenset(range(7))
        self._on = frozenset(day.toordinal() for day in on)
        self._off = frozenset(day.toordinal() for day in off) - self._on
        self._seen: dict[int, int] = {}
        self._seen_back: dict[int, int] = {}

    @cached_property
    def print(self) -> str:
        """Equal for equal WorkingDays, now and later."""
        told = repr((sorted(self._week), sorted(self._off), sorted(self._on)))
        return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()

    def are(self, day: int) -> bool:
        """Whether that day is worked on."""
        # Ordinal 1 is a Monday.
        return day in self._on or ((day + 6) % 7 in self._week and day not in self._off)

    def on_or_after(self, day: int) -> int:
        found = self._seen.get(day)
        if found is None:
            found = self._seen[day] = self._walk(day, 1)
        return found

    def on_or_before(self, day: int) -> int:
        found = self._seen_back.get(day)
        if found is None:
            found = self._seen_back[day] = self._walk(day, -1)
        return found

    def _walk(self, day: int, step: int) -> int:
        # Further than a year there is no holiday without an end; then the week alone decides.
        for far in range(0, 370 * step, step):
            if self.are(day + far):
                return day + far
        return next(day + far for far in range(0, 7 * step, step) if (day + far + 6) % 7 in self._week)


def week_in_words(week: Collection[int]) -> str:
    """Monday to Friday; Monday, Wednesday and Friday."""
    days = sorted(week)
    names = [day_name[day] for day in days]
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return f"{names[0]} to {names[-1]}"
    return " and ".join([*([", ".join(names[:-1])] if names[1:] else []), *names[-1:]])
