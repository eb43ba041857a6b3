"""One's week as columns, from which things are moved to other days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts import query_plans
from accounts.calendars import working_days_of
from accounts.doors import MemberRequest, door
from accounts.models import Access
from touchpoints.models import ScheduledTouchpoint
from touchpoints.today.item import Item, Sections
from touchpoints.today.reading import read_items

#: cards of a week, and of what is overdue, that are shown
MOST, MOST_OVERDUE = 300, 30


@door("GET", access=Access.VIEWER)
def week(request: MemberRequest) -> HttpResponse:
    """The week that `?from=` lies in, the present one if that makes no sense."""
    now = timezone.now()
    today = request.workspace.today(now)
    monday = _monday(request.GET.get("from", ""), today)
    sunday = monday + timedelta(6)
    mine = ScheduledTouchpoint.objects.work_of_any([request.member.pk], until=sunday)
    with query_plans.made_for_the_values():
        items = read_items(mine.due_from(max(monday, today) if monday <= today else monday)[:MOST], today=today, messages=set())
        late = read_items(mine.due_before(today)[:MOST_OVERDUE], today=today, messages=set()) if monday <= today <= sunday else []
    days = working_days_of(request.workspace.pk)
    columns = []
    for on in (monday + timedelta(n) for n in range(7)):
        held = [item for item in items if item.due_on == on]
        if held or days.are(on.toordinal()):
            columns.append(_column(on, held, today, request.member.capacity, is_worked=days.are(on.toordinal())))
    context = {
        "monday": monday, "sunday": sunday, "columns": columns, "late": Sections.of(late, today).overdue, "today": today,
        "earlier": monday - timedelta(7), "next": monday + timedelta(7), "is_cut": len(items) == MOST,
        "base": reverse("touchpoints:week", args=[request.workspace.slug]).removesuffix("week/"),
    }  # fmt: skip
    return render(request, "touchpoints/week.html", context)


def _column(on: date, held: list[Item], today: date, capacity: int, *, is_worked: bool) -> dict[str, Any]:
    minutes = sum(item.minutes for item in held)
    ordered = Sections.of(held, on).today
    room = capacity if is_worked else 0
    percent = min(100, round(100 * minutes / room)) if room else (100 if minutes else 0)
    return {"on": on, "items": ordered, "minutes": minutes, "percent": percent, "is_full": minutes > room, "is_over": on < today}


def _monday(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        day = today
    if abs((day - today).days) > 3650:
        day = today
    return day - timedelta(day.weekday())
