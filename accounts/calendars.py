"""Which days a workspace works on, from its week, the holidays of its country, and its own days."""

from __future__ import annotations

from calendar import month_name
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from uuid import UUID

from accounts.models import OwnDay, Workspace
from accounts.public_holidays import holidays_of
from accounts.working_days import WorkingDays


def working_days_of(workspace: UUID) -> WorkingDays:
    """One query; the rest is kept by what it says, so that nothing has to be thrown away when it changes."""
    week, country, region, off, on = Workspace.objects.calendar_of(workspace)
    return _working_days(tuple(week), country, region, tuple(off), tuple(on))


@lru_cache(maxsize=128)
def _working_days(week: tuple[int, ...], country: str, region: str, off: tuple[date, ...], on: tuple[date, ...]) -> WorkingDays:
    return WorkingDays(week, [*holidays_of(country, region), *off], on)


@dataclass(slots=True)
class Day:
    """A day on which something is otherwise. `makes_no_difference`: the week says the same of it."""

    on: date
    name: str
    is_own: bool
    is_worked: bool
    makes_no_difference: bool


@dataclass(slots=True)
class Month:
    name: str
    days: list[Day] = field(default_factory=list)


def year_of(workspace: Workspace, year: int) -> list[Month]:
    """The months of a year with their holidays and own days. An own day stands for the holiday it falls on."""
    months = [Month(name) for name in month_name[1:]]
    holidays = holidays_of(workspace.holiday_country, workspace.holiday_region)
    own = {day.on: day for day in OwnDay.objects.filter(workspace=workspace).in_year(year)}
    for on in sorted({on for on in holidays if on.year == year} | own.keys()):
        day = own.get(on)
        is_worked = day.is_worked if day else False
        usual = on.weekday() in workspace.work_week and not (day and on in holidays)
        name = f"{day.name} ({holidays[on]})" if day and on in holidays else day.name if day else holidays[on]
        months[on.month - 1].days.append(Day(on, name, day is not None, is_worked, usual == is_worked))
    return months
