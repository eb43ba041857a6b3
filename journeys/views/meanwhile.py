"""What others did to the thing one has open: who wrote a field last, who deleted it, and bringing it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.humanize.templatetags.humanize import naturaltime
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render

from accounts.doors import MemberRequest, door
from accounts.models import Access
from journeys import bringing_back
from journeys.bringing_back import Lost, find_lost
from journeys.changing import MODELS
from journeys.forms import attribute, origins
from journeys.models import Change, Handoff, Journey, Lane
from journeys.models.element import Element
from journeys.views.acting import act, who
from journeys.views.both_sides import FORMS, FieldInWords
from journeys.views.canvas import journey_of
from journeys.views.card_acts import package_of

#: the beginning of an address -> what has a panel there
OPENED: dict[str, type[Element]] = {MODELS[kind].document_key: MODELS[kind] for kind in (*FORMS, "lane")}


def _model(key: str) -> type[Element]:
    if key not in OPENED:
        raise Http404
    return OPENED[key]


@door("GET", access=Access.VIEWER)
def last_edit(request: MemberRequest, journey: UUID, key: str, pk: UUID) -> HttpResponse:
    """Who gave the ?field= the value it has: {by, ago, says, is_mine}."""
    found, model, name = journey_of(request, journey), _model(key), attribute(request.GET.get("field", ""))
    element = model.on(found, pk)
    if element is None or name not in model.logged:
        raise Http404
    value = getattr(element, name)
    last = Change.objects.of(found).writing(model.kind_name, pk, name, value)
    return JsonResponse(
        {
            "by": str(last.by) if last else "Somebody",
            "ago": str(naturaltime(last.at)) if last else "",
            "says": FieldInWords(element, name, request.member).said(value),
            "is_mine": bool(last and last.by_id == request.member.pk),
        }
    )


@door("GET", access=Access.VIEWER)
def deleted(request: MemberRequest, journey: UUID, key: str, pk: UUID) -> HttpResponse:
    """What the panel says of an element that is gone; nothing (204) of one that is there, or there again."""
    found, model = journey_of(request, journey), _model(key)
    if model.on(found, pk) is not None:
        return HttpResponse(status=204)
    lost = find_lost(found, model, pk)
    if lost is None:
        raise Http404
    context = {"lost": lost, "can_edit": request.member.can_edit, "is_mine": lost.change.by_id == request.member.pk}
    return render(request, "journeys/deleted.html", context)


@act
def bring_back(request: MemberRequest, journey: Journey, pk: UUID, key: str) -> tuple[str, dict[str, Any]]:
    model = _model(key)
    lost, present = find_lost(journey, model, pk), model.on(journey, pk)
    if lost is None:
        raise Http404
    fields, was = _typed(request, present or lost.element)
    brought = bringing_back.bring_back(journey, model, pk, fields, was=was, **who(request))
    did = f"{lost.element.called} was back already" if present else f"Brought back {brought.element.called}"
    return ". ".join([did, *brought.notes]), {"address": Lost(brought.element, lost.change).address}


def _typed(request: MemberRequest, element: Element) -> tuple[dict[str, Any], dict[str, Any]]:
    """What somebody was typing into it when it went, and what that said before."""
    was: dict[str, Any] = origins(request.POST)
    fields: dict[str, Any] = {}
    if isinstance(element, Lane):
        fields = {"name": request.POST["name"][:120]} if request.POST.get("name", "").strip() else {}
    else:
        fields = FORMS[element.kind_name].changes(element, request.POST, request.member)
    if isinstance(element, Handoff) and "item" in request.POST:
        package, origin = package_of(request)
        fields, was = fields | package, {**was, **origin}
    return fields, {name: value for name, value in was.items() if name in fields}
