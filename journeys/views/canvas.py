"""Looking at a map: the whole of it, what has changed since, and the panel of one element."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import mark_safe

from accounts.doors import MemberRequest, door
from accounts.models import Access, Role
from accounts.unchanged import unless_unchanged
from journeys.breaking_down import Inside, sum_up
from journeys.drawn import drawn, drawn_since
from journeys.forms import ConnectorForm, EmotionForm, HandoffForm, StageForm, TouchpointForm
from journeys.models import Connector, Emotion, Handoff, Journey, Lane, Stage, Touchpoint
from journeys.models.handoff import USUAL_PACKAGE
from journeys.nesting import ancestors
from journeys.reading import read_document
from journeys.rendering import delta, page_parts

#: further back than this it is cheaper to load the canvas again
DELTA_LIMIT = 500
#: (a level in words, its height on the curve)
GUIDES = [(Emotion(level=level).feeling, 74 - 22 * level) for level in Emotion.Level.values]


def journey_of(request: MemberRequest, pk: UUID) -> Journey:
    """The journey, if the member may see it. Raises Http404."""
    found = Journey.objects.seen_by(request.member, pk)
    if found is None:
        raise Http404
    return found


def _names(roles: Iterable[Role]) -> dict[str, str]:
    return {str(role.pk): role.name for role in roles}


def role_names(request: MemberRequest) -> dict[str, str]:
    return _names(Role.objects.visible_to(request.member))


def _room(request: MemberRequest) -> int:
    return 1 if request.member.can_edit else 0


@door("GET", access=Access.VIEWER)
def canvas(request: MemberRequest, journey: UUID) -> HttpResponse:
    seal = Journey.objects.seal(request.member, journey)
    if seal is None:
        raise Http404

    def page() -> HttpResponse:
        found = journey_of(request, journey)
        roles = list(Role.objects.visible_to(request.member).in_order())
        picture = drawn(found, _names(roles), room=_room(request))
        context = {
            "journey": found,
            # Every text in the picture has been escaped where it was put together.
            "parts": {name: mark_safe(html) for name, html in page_parts(picture).items()},  # noqa: S308  # nosec
            "guides": GUIDES,
            "roles": roles,
            "ancestors": ancestors(found),
            "channels": Touchpoint.Channel.choices,
            "deliveries": Touchpoint.Delivery.choices,
            "importances": Touchpoint.Importance.choices,
        }
        return render(request, "journeys/canvas.html", context)

    # What the page shows and the seal does not tell must be added to it, or browsers keep an old page.
    return unless_unchanged(request, seal, page)


@door("GET", access=Access.VIEWER)
def delta_since(request: MemberRequest, journey: UUID) -> HttpResponse:
    """What a page at ?since=<revision> has missed, as partials; where that is too much, word that it must load anew."""
    found = journey_of(request, journey)
    try:
        since = int(request.GET.get("since", ""))
    except ValueError:
        return HttpResponse(status=400)
    if since > found.revision or found.revision - since > DELTA_LIMIT:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return HttpResponse(delta(*drawn_since(found, since, role_names(request), room=_room(request))))


@door("GET", access=Access.VIEWER)
def live(request: MemberRequest, journey: UUID) -> HttpResponse:
    """The address of the map's stream. config/asgi.py takes it before Django does: see journeys/live/stream.py."""
    journey_of(request, journey)
    return HttpResponse("Streams need the ASGI server.", status=406, content_type="text/plain")


def _panel(request: MemberRequest, name: str, **context: Any) -> HttpResponse:
    return render(request, f"journeys/{name}.html", {"can_edit": request.member.can_edit, **context})


@door("GET", access=Access.VIEWER)
def present(request: MemberRequest, journey: UUID) -> HttpResponse:
    """What a presentation says, screen by screen: of the whole journey, then of each stage."""
    found = journey_of(request, journey)
    return _panel(request, "present", journey=found, stages=Stage.objects.filter(journey=found).order_by("position", "id"))


@door("GET", access=Access.VIEWER)
def stage(request: MemberRequest, journey: UUID, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Stage, journey=journey_of(request, journey), pk=pk)
    return _panel(request, "stage", stage=found, form=StageForm(instance=found, by=request.member))


@door("GET", access=Access.VIEWER)
def lane(request: MemberRequest, journey: UUID, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Lane, journey=journey_of(request, journey), pk=pk)
    return _panel(request, "lane", lane=found)


@door("GET", access=Access.VIEWER)
def touchpoint(request: MemberRequest, journey: UUID, pk: UUID) -> HttpResponse:
    map_ = journey_of(request, journey)
    cards = Touchpoint.objects.select_related("stage", "lane", "owner", "playbook", "child")
    card = get_object_or_404(cards, journey=map_, pk=pk)
    roles = list(Role.objects.visible_to(request.member).in_order())
    inside = sum_up(read_document(card.child)) if card.child else None
    arrows = Connector.objects.filter(Q(source=card) | Q(target=card)).select_related("source", "target").order_by("id")
    return _panel(
        request,
        "touchpoint",
        card=card,
        form=TouchpointForm(instance=card, by=request.member),
        arrows_in=[arrow for arrow in arrows if arrow.target_id == card.pk],
        arrows_out=[arrow for arrow in arrows if arrow.source_id == card.pk],
        handoffs=Handoff.objects.filter(touchpoint=card).select_related("to_role").order_by("id"),
        others=Touchpoint.objects.filter(journey=map_).exclude(pk=card.pk).order_by("title", "id"),
        roles=roles,
        inside=inside,
        inside_owners=_owners(inside, roles) if inside else [],
        stages=Stage.objects.filter(journey=map_).order_by("position", "id"),
        lanes=Lane.objects.filter(journey=map_).order_by("position", "id"),
    )


def _owners(inside: Inside, roles: list[Role]) -> list[tuple[str, int]]:
    """(role, minutes) of those who deliver what is inside of a card, the busiest first."""
    names = {str(role.pk): role.name for role in roles}
    return [(names.get(owner or "", "Nobody yet"), minutes) for owner, minutes in inside.by_owner.most_common()]


@door("GET", access=Access.VIEWER)
def connector(request: MemberRequest, journey: UUID, pk: UUID) -> HttpResponse:
    arrows = Connector.objects.select_related("source", "target")
    found = get_object_or_404(arrows, journey=journey_of(request, journey), pk=pk)
    return _panel(request, "connector", arrow=found, form=ConnectorForm(instance=found, by=request.member))


@door("GET", access=Access.VIEWER)
def emotion(request: MemberRequest, journey: UUID, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Emotion, journey=journey_of(request, journey), pk=pk)
    return _panel(request, "emotion", emotion=found, form=EmotionForm(instance=found, by=request.member))


@door("GET", access=Access.VIEWER)
def handoff(request: MemberRequest, journey: UUID, pk: UUID) -> HttpResponse:
    handoffs = Handoff.objects.select_related("to_role", "touchpoint")
    found = get_object_or_404(handoffs, journey=journey_of(request, journey), pk=pk)
    blank = {"item": "", "where": "", "reader": ""}
    rows = found.package or [{**blank, "item": item} for item in USUAL_PACKAGE]
    form = HandoffForm(instance=found, by=request.member)
    return _panel(request, "handoff", handoff=found, form=form, rows=[*rows, blank, blank])
