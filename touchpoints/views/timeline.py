"""A customer's journey from left to right: what was done, is due and comes next, on the map that it travels."""

from __future__ import annotations

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe

from accounts.doors import MemberRequest, door
from accounts.models import Access
from customers.models import Enrolment, LoggedEvent
from journeys.in_words import CHANNELS, facts
from touchpoints.models import ScheduledTouchpoint
from touchpoints.timeline.drawing import draw_cards, draw_feelings, draw_now, draw_stages, ground_of
from touchpoints.timeline.reading import Timeline, timeline_of, with_cards
from touchpoints.timeline.words import FEELINGS, aloud, feeling

#: of what comes next, under the map
NEXT = 5
#: of one card: what is to come and what was, and what is inside of it
OCCURRENCES, INSIDE = 10, 30


@door("GET", access=Access.VIEWER)
def timeline(request: MemberRequest, pk: UUID) -> HttpResponse:
    """The whole, as a section of the customer's page or as a page of its own."""
    enrolment, today = _enrolment(request, pk), _today(request)
    shown, ground = timeline_of(enrolment, today), ground_of(enrolment.version_id)
    address = reverse("touchpoints:timeline", args=[request.workspace.slug, pk])
    drawn = {
        "cards": draw_cards(ground, shown.route, shown.standings, shown.stages, today, address),
        "stages": draw_stages(ground, shown.stages, today),
        "now": draw_now(ground, shown.stages),
        "feelings": draw_feelings(ground, shown.route, shown.standings),
        **ground.parts,
    }
    rows = ScheduledTouchpoint.objects.of(enrolment).in_cycle(enrolment.cycle).planned().in_order().with_people()
    context = {
        "enrolment": enrolment,
        "customer": enrolment.customer,
        "today": today,
        "timeline": shown,
        "stage": _stage(shown, ground.stages),
        "stages": [(ground.stages[id]["name"], one) for id, one in shown.stages.items()],
        "guides": ground.layout.curve.guides,
        "width": ground.layout.width,
        "height": ground.layout.height,
        # Every text in the picture has been escaped where it was put together.
        "drawn": {name: mark_safe(html) for name, html in drawn.items()},  # noqa: S308  # nosec
        "next": [
            (row, card, CHANNELS.get(card.fields["channel"], "") if card else "")
            for row, card in with_cards(shown.route, rows[:NEXT])
        ],
        "more": max(sum(tally.open for tally in shown.tallies.values()) - NEXT, 0),
        "before": ScheduledTouchpoint.objects.of(enrolment).before_cycle(enrolment.cycle).history().count(),
    }
    return render(request, _template(request, "timeline"), context)


@door("GET", access=Access.VIEWER)
def timeline_card(request: MemberRequest, pk: UUID, card: UUID) -> HttpResponse:
    """One card of it: when it was done, is due and comes again."""
    enrolment, today = _enrolment(request, pk), _today(request)
    shown, ground = timeline_of(enrolment, today), ground_of(enrolment.version_id)
    found = shown.route.by_spot.get(card)
    if found is None or card not in shown.standings:
        raise Http404
    rows = ScheduledTouchpoint.objects.of(enrolment).at_spot(card).with_people()
    planned, past = rows.planned().in_order(), rows.history().latest_first()
    inside = shown.inside(found)
    document = {"lanes": ground.lanes}
    context = {
        "enrolment": enrolment,
        "customer": enrolment.customer,
        "today": today,
        "card": found,
        "stage": ground.stages[found.fields["stage_id"]]["name"],
        "facts": facts(found.fields, document, ground.names),
        "playbook": ground.names.get(found.fields["playbook_id"] or "", ""),
        "said": aloud(found, shown.standings[card]),
        "planned": planned[:OCCURRENCES],
        "planned_more": max(shown.tallies[card].open - OCCURRENCES, 0) if card in shown.tallies else 0,
        "past": [
            (row, feeling(row.felt), FEELINGS[row.felt]) if row.felt is not None else (row, "", "") for row in past[:OCCURRENCES]
        ],
        "past_more": max(past.count() - OCCURRENCES, 0),
        "inside": [(one, aloud(one, standing)) for one, standing in inside[:INSIDE]],
        "inside_more": max(len(inside) - INSIDE, 0),
        "events": LoggedEvent.objects.of(enrolment).standing().on_card(card).latest_first()[:OCCURRENCES],
    }
    return render(request, _template(request, "timeline_card"), context)


def _enrolment(request: MemberRequest, pk: UUID) -> Enrolment:
    found = Enrolment.objects.visible_to(request.member).with_names().select_related("customer__segment")
    return get_object_or_404(found.defer("version__document", "version__names"), pk=pk)


def _template(request: MemberRequest, name: str) -> str:
    return f"touchpoints/_{name}.html" if request.headers.get("HX-Request") else f"touchpoints/{name}.html"


def _today(request: MemberRequest) -> date:
    return timezone.localdate(timezone=ZoneInfo(request.workspace.time_zone))


def _stage(shown: Timeline, stages: dict[str, dict[str, str]]) -> dict[str, object] | None:
    """Where the customer is, in words for the head of the section."""
    now = next((one for one in shown.stages.values() if one.is_now), None)
    return {"name": stages[now.id]["name"], "since": now.entered} if now else None
