"""Days as people say them, seen from another day; and who it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime


def day_in_words(day: date, today: date) -> str:
    """ "today", "yesterday", "Tuesday" within a week, "3 November", "3 November 2025". Both are days of one time zone."""
    ago = (today - day).days
    if ago in (0, 1):
        return ("today", "yesterday")[ago]
    if 0 < ago < 7:
        return f"{day:%A}"
    return f"{day.day} {day:%B}" if day.year == today.year else f"{day.day} {day:%B %Y}"


def since_in_words(then: datetime, now: datetime) -> str:
    """The same for an instant, with the time of day where it was today. Both are local."""
    return f"{then:%H:%M}" if then.date() == now.date() else day_in_words(then.date(), now.date())


def people_in_words(names: Sequence[str]) -> str:
    """ "Maria", "Maria and Tom", "Maria, Tom and Olga", "Maria, Tom and 4 others"."""
    if len(names) <= 1:
        return "".join(names)
    if len(names) <= 3:
        return f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{', '.join(names[:2])} and {len(names) - 2} others"
