"""The page of a member's day."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts import query_plans
from accounts.doors import MemberRequest, door
from accounts.models import Access
from accounts.paging import page_of
from journeys.models import Journey
from touchpoints.models import SavedView, ScheduledTouchpoint
from touchpoints.models.saved_view import TooMany
from touchpoints.proactive import last_week_of
from touchpoints.today.day import NEXT, read_day
from touchpoints.today.item import IMPORTANCE
from touchpoints.today.reading import read_items
from touchpoints.today_forms import SaveViewForm, TodayForm

#: of an hour of the day, how one says hello until then
HELLO = ((5, "Good night"), (12, "Good morning"), (18, "Good afternoon"), (24, "Good evening"))


@door("GET", access=Access.VIEWER)
def today(request: MemberRequest) -> HttpResponse:
    now = timezone.now()
    day_of = request.workspace.today(now)
    form = TodayForm(request.GET)
    with query_plans.made_for_the_values():
        day = read_day(request.member, form.wanted, today=day_of, at=now)
    if len(day.journeys) > 1 or "journey" in form.said:
        names = Journey.objects.visible_to(request.member).filter(pk__in=day.journeys).order_by("title", "pk")
        form.offer_journeys(dict(names.values_list("pk", "title")))
    hour = timezone.localtime(now).hour
    sections = [
        {"name": name, "title": title, "items": items, "count": day.counts[name]}
        for name, title, items in (
            ("overdue", "Overdue", day.sections.overdue), ("today", "Today", day.sections.today),
            ("later", "Next seven days", day.sections.later),
        )
    ]  # fmt: skip
    most = max([minutes for _, minutes in day.week] + [request.member.capacity, 1])
    context = {
        "day": day, "sections": sections, "form": form, "now": timezone.localtime(now),
        "hello": next(said for until, said in HELLO if hour < until), "importance": IMPORTANCE,
        "base": reverse("touchpoints:today", args=[request.workspace.slug]).removesuffix("today/"),
        "week": [(on, minutes, round(100 * minutes / most)) for on, minutes in day.week], "query": form.query,
        "first_name": request.user.name.partition(" ")[0], "due": (day.counts["overdue"] or 0) + (day.counts["today"] or 0),
        "customers": len({item.customer for item in day.due}),
    }  # fmt: skip
    return render(request, "touchpoints/today.html", context)


@door("GET", access=Access.VIEWER)
def all_of_today(request: MemberRequest) -> HttpResponse:
    """One's own, however much it is, page by page; also what is snoozed."""
    today = request.workspace.today(timezone.now())
    with query_plans.made_for_the_values():
        page = page_of(request, ScheduledTouchpoint.objects.work_of_any([request.member.pk], until=today + timedelta(NEXT)))
        items = read_items(page.object_list, today=today, messages=set())  # type: ignore[arg-type]
    base = reverse("touchpoints:today", args=[request.workspace.slug]).removesuffix("today/")
    return render(request, "touchpoints/all_of_today.html", {"page": page, "items": items, "base": base})


@door("GET", access=Access.VIEWER)
def done_today(request: MemberRequest) -> HttpResponse:
    """What one has done or skipped today, to be opened again."""
    rows = ScheduledTouchpoint.objects.visible_to(request.member).settled_by(
        request.member, since=request.workspace.today(timezone.now())
    )
    page = page_of(request, rows.select_related("customer"), 50)
    page.object_list = page.object_list.with_cards()  # type: ignore[attr-defined]
    return render(request, "touchpoints/done_today.html", {"page": page, "is_part": "HX-Request" in request.headers})


@door("GET", access=Access.VIEWER)
def proactive_share(request: MemberRequest) -> HttpResponse:
    """How much of last week's work had been planned."""
    week = last_week_of(request.member.pk, today=request.workspace.today(timezone.now()))
    return render(request, "touchpoints/proactive_share.html", {"week": week})


@door("GET", "POST", access=Access.VIEWER)
def saved_today_views(request: MemberRequest) -> HttpResponse:
    """The views that one has saved; and one more."""
    form = SaveViewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        query = TodayForm.read(form.cleaned_data["query"]).query
        try:
            SavedView.objects.keep(request.member, form.cleaned_data["name"], query, at=timezone.now())
        except TooMany as trouble:
            form.add_error("name", str(trouble))
        else:
            messages.success(request, "Saved.")
            return redirect(f"{reverse('touchpoints:today', args=[request.workspace.slug])}?{query}")
    status = 422 if form.errors else 200
    views = SavedView.objects.of(request.member).in_order()
    context = {"views": views, "form": form, "is_part": "HX-Request" in request.headers}
    return render(request, "touchpoints/saved_today_views.html", context, status=status)


@door("POST", access=Access.VIEWER)
def remove_saved_today_view(request: MemberRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(SavedView.objects.of(request.member), pk=pk).delete()
    messages.success(request, "Removed.")
    return redirect("touchpoints:saved_today_views", request.workspace.slug)
