"""Who has how much to do: a manager's view, and one member's day as they see it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Q, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts import query_plans
from accounts.doors import MemberRequest, door
from accounts.models import Absence, Access, Member
from accounts.paging import page_of
from touchpoints.team_forms import CapacityForm
from touchpoints.today.day import NEXT, Wanted, read_day
from touchpoints.today.workload import read_workloads

PER_PAGE = 30


@door("GET", access=Access.EDITOR)
def team(request: MemberRequest) -> HttpResponse:
    """Everybody who can have work, one's own team first."""
    now = timezone.now()
    today = request.workspace.today(now)
    mine = Case(When(Q(manager=request.member.pk), then=0), default=1)
    people = Member.objects.visible_to(request.member).select_related("user", "manager__user")
    page = page_of(request, people.order_by(mine, "user__name", "user__email", "id"), PER_PAGE)
    shown = list(page.object_list)
    away = {one.member_id: one for one in Absence.objects.on(today).with_names().filter(member__in=shown).in_order()}
    with query_plans.made_for_the_values():
        loads = read_workloads([one.pk for one in shown], today=today, at=now)
    rows = []
    for one in shown:
        load = loads[one.pk]
        minutes = load.minutes_by_day()[today]
        rows.append({
            "member": one, "away": away.get(one.pk), "is_mine": one.manager_id == request.member.pk, "minutes": minutes,
            "overdue": load.count(None, today - timedelta(1)), "today": load.count(today, today),
            "next": load.count(today + timedelta(1), today + timedelta(NEXT)), "late_musts": load.late_musts,
            "percent": min(100, round(100 * minutes / one.capacity)) if one.capacity else 100 * bool(minutes),
        })  # fmt: skip
    return render(request, "touchpoints/team.html", {"page": page, "rows": rows, "today": today})


@door("GET", access=Access.EDITOR)
def team_member(request: MemberRequest, pk: UUID) -> HttpResponse:
    return _page(request, _one(request, pk))


@door("POST", access=Access.ADMIN)
def set_capacity(request: MemberRequest, pk: UUID) -> HttpResponse:
    """How many minutes a day a member has room for, and whom they report to."""
    found = _one(request, pk)
    form = CapacityForm(request.POST, of=found)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    found.set_capacity(form.cleaned_data["capacity"], form.cleaned_data["manager"], by=request.member, at=timezone.now())
    messages.success(request, "Saved.")
    return redirect("touchpoints:team_member", request.workspace.slug, found.pk)


def _one(request: MemberRequest, pk: UUID) -> Member:
    if not request.member.can_edit:
        raise PermissionDenied
    return get_object_or_404(Member.objects.visible_to(request.member).select_related("user", "manager__user"), pk=pk)


def _page(request: MemberRequest, member: Member, form: CapacityForm | None = None, *, status: int = 200) -> HttpResponse:
    now = timezone.now()
    today = request.workspace.today(now)
    with query_plans.made_for_the_values():
        day = read_day(member, Wanted(), today=today, at=now)
    sections = {"overdue": "Overdue", "today": "Today", "later": "Next seven days"}
    context = {
        "person": member, "day": day, "form": form or CapacityForm(of=member), "today": today,
        "sections": [
            {"title": title, "items": getattr(day.sections, name), "count": day.counts[name]} for name, title in sections.items()
        ],
        "base": reverse("touchpoints:today", args=[request.workspace.slug]).removesuffix("today/"),
    }  # fmt: skip
    return render(request, "touchpoints/team_member.html", context, status=status)
