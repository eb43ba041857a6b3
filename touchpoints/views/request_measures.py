"""How much of the work was planned, and how much was asked for: by member and by customer, week by week."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.models import Access, Member
from accounts.paging import page_of
from customers.models import Customer
from touchpoints.proactive import Tallies, Tally, of_customers, of_members, weeks_until


class Line(NamedTuple):
    """Somebody's weeks, with their Mondays, and all of them together."""

    who: Any
    weeks: list[tuple[date, Tally]]
    total: Tally


@door("GET", access=Access.VIEWER)
def request_measures(request: MemberRequest) -> HttpResponse:
    weeks = weeks_until(request.workspace.today(timezone.now()))
    by = "customer" if request.GET.get("by") == "customer" else "member"
    if by == "customer":
        page = page_of(request, Customer.objects.visible_to(request.member).asking_most(weeks[0]), 25)
        found = of_customers([one.pk for one in page], weeks)
    else:
        page = page_of(request, Member.objects.visible_to(request.member).who_can_work().in_order(), 25)
        found = of_members([one.pk for one in page], weeks)
    context = {"by": by, "weeks": weeks, "page": page, "lines": list(_lines(page, found, weeks))}
    return render(request, "touchpoints/request_measures.html", context)


def _lines(page: Any, found: Tallies, weeks: list[date]) -> Iterable[Line]:
    for who in page:
        told = [(week, found.get(who.pk, {}).get(week, Tally())) for week in weeks]
        yield Line(who, told, sum((tally for _, tally in told), Tally()))
