"""Move the customers of a journey over to its newest version."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.models import Access
from customers.models import Enrolment
from journeys.views.canvas import journey_of
from touchpoints.models import PlanningJob
from touchpoints.moving_over import forecast, newest_of
from touchpoints.views.enrolling import send


@door("GET", access=Access.EDITOR)
def move_over_offer(request: MemberRequest, journey: UUID) -> HttpResponse:
    """A line for the pages of a map: how many travel an earlier version. Empty if nobody does."""
    found = journey_of(request, journey)
    version = newest_of(found)
    behind = Enrolment.objects.behind(version).count() if version else 0
    return render(request, "touchpoints/move_over_offer.html", {"journey": found, "version": version, "behind": behind})


@door("GET", "POST", access=Access.EDITOR)
def move_all_over(request: MemberRequest, journey: UUID) -> HttpResponse:
    """What changes for how many; then a worker does it."""
    found, now = journey_of(request, journey), timezone.now()
    version, today = newest_of(found), request.workspace.today(now)
    if version is None:
        return redirect("journeys:versions", request.workspace.slug, found.pk)
    if request.method == "POST":
        if request.POST.get("version") == str(version.number):
            job = PlanningJob.objects.ask_to_move_over(version, today, by=request.member, at=now)
            send(job)
            return redirect("touchpoints:planning_job", request.workspace.slug, job.pk)
        messages.error(request, f"{version} has been published meanwhile. Look what it changes.")
    context = {"journey": found, "version": version, "forecast": forecast(version, today)}
    return render(request, "touchpoints/move_all_over.html", context)
