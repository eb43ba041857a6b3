"""Which days the workspace works on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.calendar_forms import CalendarForm, OwnDayForm
from accounts.calendars import year_of
from accounts.doors import MemberRequest, door
from accounts.models import Access, OwnDay
from accounts.paging import page_of
from accounts.public_holidays import FIRST_YEAR, LAST_YEAR


@door("GET", access=Access.VIEWER)
def calendar(request: MemberRequest) -> HttpResponse:
    return _page(request)


@door("POST", access=Access.ADMIN)
def change_calendar(request: MemberRequest) -> HttpResponse:
    """Save it. With `look` only show what it would be: the regions of a country that has just been chosen."""
    if "look" in request.POST:
        chosen = {"work_week": request.POST.getlist("work_week"), "country": request.POST.get("country", "")}
        return _page(request, form=CalendarForm(initial=chosen))
    form = CalendarForm(request.POST)
    if not form.is_valid():
        return _page(request, form=form, status=422)
    request.workspace.set_calendar(**form.cleaned_data, by=request.member, at=timezone.now())
    messages.success(request, "Saved. What is planned moves to days that are worked on.")
    return redirect("accounts:calendar", request.workspace.slug)


@door("POST", access=Access.ADMIN)
def add_own_day(request: MemberRequest) -> HttpResponse:
    form = OwnDayForm(request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                day = OwnDay.objects.add(request.workspace, **form.cleaned_data, by=request.member, at=timezone.now())
        except IntegrityError:
            form.add_error("on", "That day is in the list already. Remove it there first.")
        else:
            messages.success(request, f"Added {day}.")
            return _to_own_days(request)
    return _page(request, day_form=form, status=422)


@door("POST", access=Access.ADMIN)
def remove_own_day(request: MemberRequest, pk: UUID) -> HttpResponse:
    day = get_object_or_404(OwnDay.objects.visible_to(request.member), pk=pk)
    day.remove(by=request.member, at=timezone.now())
    messages.success(request, f"Removed {day}.")
    return _to_own_days(request)


def _page(
    request: MemberRequest, form: CalendarForm | None = None, day_form: OwnDayForm | None = None, status: int = 200
) -> HttpResponse:
    found = request.workspace
    initial = {"work_week": found.work_week, "country": found.holiday_country, "region": found.holiday_region}
    today = found.today(timezone.now())
    year = _year(request.GET.get("year", ""), today.year)
    context: dict[str, Any] = {
        "form": form or CalendarForm(initial=initial),
        "day_form": day_form or OwnDayForm(),
        "page": page_of(request, OwnDay.objects.visible_to(request.member).latest_first()),
        "today": today,
        "year": year,
        "year_before": year - 1 if year > FIRST_YEAR else None,
        "year_after": year + 1 if year < LAST_YEAR else None,
        "months": year_of(found, year),
    }
    return render(request, "accounts/calendar.html", context, status=status)


def _year(asked: str, this: int) -> int:
    """The year that ?year= asks for, or the nearest one that is known."""
    try:
        return min(max(int(asked), FIRST_YEAR), LAST_YEAR)
    except ValueError:
        return this


def _to_own_days(request: MemberRequest) -> HttpResponse:
    return redirect(reverse("accounts:calendar", args=[request.workspace.slug]) + "#own-days")
