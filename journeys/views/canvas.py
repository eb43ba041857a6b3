"""Looking at a map: the whole of it, what has changed since, and the panel of one element."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import mark_safe

from accounts.doors import MemberRequest, door
from accounts.models import Access, Role
from journeys.breaking_down import Inside, ancestors, sum_up
from journeys.document import apply_patches, turned_round
from journeys.forms import ConnectorForm, EmotionForm, HandoffForm, StageForm, TouchpointForm
from journeys.models import Change, Connector, Emotion, Handoff, Journey, Lane, Stage, Touchpoint
from journeys.models.handoff import USUAL_PACKAGE
from journeys.reading import read_document
from journeys.rendering import delta, draw, page_parts

#: further back than this it is cheaper to load the canvas again
DELTA_LIMIT = 500


def journey_of(request: MemberRequest, pk: UUID) -> Journey:
    """The journey, if the member may see it. Raises Http404."""
    return get_object_or_404(Journey.objects.visible_to(request.member).select_related("segment"), pk=pk)


def role_names(request: MemberRequest) -> dict[str, str]:
    return {str(pk): name for pk, name in Role.objects.visible_to(request.member).values_list("pk", "name")}


def _room(request: MemberRequest) -> int:
    return 1 if request.member.can_edit else 0


@door("GET", access=Access.VIEWER)
def canvas(request: MemberRequest, journey: UUID) -> HttpResponse:
    found = journey_of(request, journey)
    document = read_document(found)
    picture = draw(document, role_names(request), room=_room(request))
    # Every text in the picture has been escaped where it was put together.
    parts = {name: mark_safe(html) for name, html in page_parts(picture).items()}  # noqa: S308  # nosec
    roles = list(Role.objects.visible_to(request.member).in_order())
    lanes_taken = {lane["role_id"] for lane in document["lanes"].values()}
    context = {
        "journey": found,
        "parts": parts,
        "guides": [(Emotion(level=level).feeling, 74 - 22 * level) for level in Emotion.Level.values],
        "roles": roles,
        "ancestors": ancestors(found),
        "free_roles": [role for role in roles if str(role.pk) not in lanes_taken],
        "channels": Touchpoint.Channel.choices,
        "importances": Touchpoint.Importance.choices,
    }
    return render(request, "journeys/canvas.html", context)


@door("GET", access=Access.VIEWER)
def delta_since(request: MemberRequest, journey: UUID) -> HttpResponse:
    """What a page at ?since=<revision> has missed, as partials; where that is too much, word that it must load anew."""
    found = journey_of(request, journey)
    try:
        since = int(request.GET.get("since", ""))
    except ValueError:
        return HttpResponse(status=400)
    document = read_document(found)
    if since > document["revision"] or document["revision"] - since > DELTA_LIMIT:
        return HttpResponse(headers={"HX-Refresh": "true"})
    then = document
    changes = Change.objects.of(found).since(since).filter(revision__lte=document["revision"])
    for patches in reversed(list(changes.values_list("patches", flat=True))):
        then = apply_patches(then, turned_round(patches))
    then = {**then, "revision": since}
    roles, room = role_names(request), _room(request)
    return HttpResponse(delta(draw(then, roles, room=room), draw(document, roles, room=room)))


def _panel(request: MemberRequest, name: str, **context: Any) -> HttpResponse:
    return render(request, f"journeys/{name}.html", {"can_edit": request.member.can_edit, **context})


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
