"""A new journey: empty, from a template, or a copy of another."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.ids import new_id
from accounts.models import Access
from accounts.paging import page_of
from journeys.beginning import begin_copy
from journeys.beginning_forms import CopyJourneyForm, NewJourneyForm
from journeys.faults import NotPortable
from journeys.models import Journey, JourneyTemplate, Segment
from journeys.models.element import ActRefused
from journeys.starting_points import (
    NoSuchStart,
    begin,
    journey_points,
    ready_points,
    start_of,
    suggested_title,
    template_points,
)

#: of the workspace's templates and of its journeys, on one page of New journey
SHOWN = 6


@door("GET", "POST", access=Access.EDITOR)
def new_journey(request: MemberRequest, pk: UUID) -> HttpResponse:
    segment = get_object_or_404(Segment.objects.visible_to(request.member), pk=pk)
    form = NewJourneyForm(request.POST or None, segment=segment, by=request.member)
    if form.is_valid():
        said = form.cleaned_data
        try:
            made = begin(said["start"], segment, said["title"], id=said["id"], by=request.member, at=timezone.now())
        except (ActRefused, NotPortable) as refusal:
            form.add_error("start", str(refusal))
        else:
            return redirect("journeys:canvas", request.workspace.slug, made.pk)
    context = {"segment": segment, "form": form, **_choices(request, segment)}
    return render(request, "journeys/new_journey.html", context, status=422 if form.errors else 200)


def _choices(request: MemberRequest, segment: Segment) -> dict[str, Any]:
    """What one can begin with; what has been chosen is on the page, whichever page of its list that is."""
    words = request.GET.get("q", "")
    own = JourneyTemplate.objects.visible_to(request.member).listed().in_order()
    journeys = Journey.objects.visible_to(request.member).matching(words).select_related("segment").with_numbers()
    templates = page_of(request, own, per_page=SHOWN, parameter="templates")
    copies = page_of(request, journeys.latest_first(), per_page=SHOWN, parameter="copies")
    try:
        chosen = start_of(request.POST.get("start", request.GET.get("start", "")), by=request.member)
    except NoSuchStart:
        chosen = None
    on_templates, on_copies = list(templates), list(copies)
    if isinstance(chosen, JourneyTemplate) and chosen not in on_templates:
        on_templates.insert(0, chosen)
    if isinstance(chosen, Journey) and chosen not in on_copies:
        on_copies.insert(0, chosen)
    suggested = suggested_title(chosen, segment)
    return {
        "id": request.POST.get("id") or new_id(),
        "key": "" if chosen is None else str(chosen.pk) if isinstance(chosen, Journey) else chosen.key,
        "title": request.POST.get("title", suggested),
        "suggested": suggested,
        "empty_title": suggested_title(None, segment),
        "words": words,
        "ready": ready_points(),
        "templates": templates,
        "own": template_points(on_templates),
        "copies": copies,
        "journeys": journey_points(on_copies, segment),
    }


@door("GET", "POST", access=Access.EDITOR)
def copy_journey(request: MemberRequest, journey: UUID) -> HttpResponse:
    source = get_object_or_404(Journey.objects.visible_to(request.member).select_related("segment"), pk=journey)
    initial = {"segment": source.segment_id, "title": f"Copy of {source.title}"[:200], "id": new_id()}
    form = CopyJourneyForm(request.POST or None, initial=initial, by=request.member)
    if form.is_valid():
        said = form.cleaned_data
        try:
            made = begin_copy(source, said["segment"], said["title"], id=said["id"], by=request.member, at=timezone.now())
        except ActRefused as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect("journeys:canvas", request.workspace.slug, made.pk)
    context = {"journey": source, "form": form}
    return render(request, "journeys/copy_journey.html", context, status=422 if form.errors else 200)
