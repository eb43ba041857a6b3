"""How one customer travels one journey: what can be changed about it, its milestones and events."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.models import Access
from accounts.paging import page_of
from customers.models import Activity, Enrolment, LoggedEvent
from customers.undoing import mark_what_can_be_undone
from journeys.models import Version
from touchpoints.milestones import milestones_of
from touchpoints.models import ScheduledTouchpoint
from touchpoints.planning.routes import route_of
from touchpoints.travel_forms import LogEventForm


@door("GET", access=Access.VIEWER)
def travel(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = enrolment_of(request, pk)
    return _page(request, found, LogEventForm(route=route_of(found.version_id), today=_today(request)))


@door("POST", access=Access.CONTRIBUTOR)
def log_event(request: MemberRequest, pk: UUID) -> HttpResponse:
    """It has happened; the answer to it is planned at once, and told."""
    found = enrolment_of(request, pk)
    route = route_of(found.version_id)
    form = LogEventForm(request.POST, route=route, today=_today(request))
    if found.left_on or not form.is_valid():
        return _page(request, found, form, status=422)
    given = form.cleaned_data
    name = form.names[given["event"]]
    event = found.log_event(UUID(given["event"]), given["happened_on"], given["note"], name, by=request.member, at=timezone.now())
    answers = {card.spot: card.fields["title"] for card in route.answers[given["event"]]}
    rows = ScheduledTouchpoint.objects.of(found).planned().at_spots(answers).filter(occurrence=event.number).in_order()
    planned = ", ".join(f"{answers[row.spot]} on {row.due_on:%-d %B}" for row in rows)
    messages.success(request, f"{name}: planned {planned}." if planned else f"{name} is logged. The map plans nothing for it.")
    return _back(request, found)


@door("POST", access=Access.CONTRIBUTOR)
def take_back_event(request: MemberRequest, pk: UUID) -> HttpResponse:
    event = get_object_or_404(LoggedEvent.objects.visible_to(request.member).standing(), pk=pk)
    found = enrolment_of(request, event.enrolment_id)
    name = _names(found).get(str(event.touchpoint_id), "an event")
    found.take_back_event(event, name, by=request.member, at=timezone.now())
    messages.success(request, f"{name}: taken back, with what was still planned in answer to it.")
    return _back(request, found)


def enrolment_of(request: MemberRequest, pk: UUID) -> Enrolment:
    found = Enrolment.objects.visible_to(request.member).with_names().select_related("customer__segment")
    return get_object_or_404(found, pk=pk)


def _page(request: MemberRequest, found: Enrolment, form: LogEventForm, status: int = 200) -> HttpResponse:
    names = _names(found)
    events = list(LoggedEvent.objects.of(found).standing().latest_first()[:50])
    for event in events:
        event.name = names.get(str(event.touchpoint_id), "An event of an earlier version")  # type: ignore[attr-defined]
    page = page_of(request, Activity.objects.of_travel(found).latest_first(), per_page=20)
    mark_what_can_be_undone(page)
    context = {
        "enrolment": found,
        "customer": found.customer,
        "here_only": [found],
        "stage_since": found.stage_since,
        "newest": Version.objects.of(found.journey).newest_number(),
        "milestones": milestones_of(found),
        "events": events,
        "form": form,
        "page": page,
    }
    return render(request, "touchpoints/travel.html", context, status=status)


def _names(found: Enrolment) -> dict[str, str]:
    return {id: row["title"] for id, row in found.version.document["touchpoints"].items()}


def _today(request: MemberRequest) -> date:
    return request.workspace.today(timezone.now())


def _back(request: MemberRequest, found: Enrolment) -> HttpResponse:
    return redirect("touchpoints:travel", request.workspace.slug, found.pk)
