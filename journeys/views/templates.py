"""Templates: those that come with Touchline and those of the workspace; looking at one, saving a journey as one."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.doors import MemberRequest, door
from accounts.models import Access
from accounts.paging import page_of
from journeys.beginning_forms import TemplateForm
from journeys.keeping import keep_as_template
from journeys.models import Journey, JourneyTemplate, Segment
from journeys.models.element import ActRefused
from journeys.models.journey_template import NameTaken
from journeys.portable import named_in
from journeys.sketching import sketch
from journeys.starting_points import NoSuchStart, ready_points, template_of, template_points
from journeys.views.acting import act, who
from journeys.views.previewing import previewed

PER_PAGE = 12
#: in the menu of a preview; with more, one begins at the segment
MOST_SEGMENTS = 30
TAKEN = "There is a template called “{}” already."


@door("GET", access=Access.VIEWER)
def templates(request: MemberRequest) -> HttpResponse:
    page = page_of(request, JourneyTemplate.objects.visible_to(request.member).listed().in_order(), per_page=PER_PAGE)
    return render(request, "journeys/templates.html", {"page": page, "own": template_points(page), "ready": ready_points()})


@door("GET", access=Access.VIEWER)
def template(request: MemberRequest, key: str) -> HttpResponse:
    """The whole map of a template, to look at before one chooses. With ?segment= it leads back to that segment's new journey."""
    try:
        found = template_of(key, by=request.member)
    except NoSuchStart:
        raise Http404 from None
    document = sketch(found.content)
    roles, playbooks = named_in(found.content)
    names = {name: name for name in (*roles, *playbooks)}
    segments = list(Segment.objects.visible_to(request.member).in_order()[:MOST_SEGMENTS])
    asked = [segment for segment in segments if str(segment.pk) == request.GET.get("segment")]
    context = {"template": found, "segments": asked or segments, **previewed(document, names)}
    return render(request, "journeys/template.html", context)


@door("GET", "POST", access=Access.EDITOR)
def edit_template(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(JourneyTemplate.objects.visible_to(request.member).listed(), pk=pk)
    form = TemplateForm(request.POST or None, initial={"name": found.name, "summary": found.summary})
    if form.is_valid():
        try:
            found.describe(**form.cleaned_data)
        except NameTaken as taken:
            form.add_error("name", TAKEN.format(taken))
        else:
            messages.success(request, "Saved.")
            return redirect("journeys:templates", request.workspace.slug)
    context = {"template": found, "form": form}
    return render(request, "journeys/edit_template.html", context, status=422 if form.errors else 200)


@door("POST", access=Access.EDITOR)
def remove_template(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(JourneyTemplate.objects.visible_to(request.member).listed(), pk=pk)
    found.remove()
    messages.success(request, f"Deleted the template {found.name}. Journeys that were begun with it stay.")
    return redirect("journeys:templates", request.workspace.slug)


@act
def save_as_template(request: MemberRequest, journey: Journey) -> str:
    """`replace` = "on" puts it in the place of the template of that name. Without it, that is refused at "replace"."""
    form = TemplateForm(request.POST)
    if not form.is_valid():
        field, errors = next(iter(form.errors.items()))
        raise ActRefused(str(errors[0]), field)
    try:
        kept = keep_as_template(journey, **form.cleaned_data, replace=request.POST.get("replace") == "on", **who(request))
    except NameTaken as taken:
        raise ActRefused(TAKEN.format(taken), "replace") from None
    return f"Saved as the template {kept.name}"
