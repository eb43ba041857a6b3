"""What Touchline sends by itself: the log, the week ahead, the switch, and the pause of one customer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.models import Access
from accounts.paging import page_of
from customers.models import Customer
from touchpoints.composing import compose
from touchpoints.models import Automation, ScheduledTouchpoint, Sending, SendingPause
from touchpoints.sending import try_again

AHEAD = timedelta(days=7)
SAID = {
    "on": "On: what is due goes out within a minute or two.",
    "off": "Off: nothing is sent by itself.",
    "paused": "Paused: nothing is sent until you resume.",
}


@door("GET", access=Access.EDITOR)
def sendings(request: MemberRequest) -> HttpResponse:
    """The week ahead as it would be sent, or the log, of one state or of all."""
    show = request.GET.get("show", "")
    context: dict[str, Any] = {
        "automation": Automation.objects.of(request.workspace), "states": Sending.State.choices,
        "show": show if show in (*Sending.State.values, "log") else "ahead",
    }  # fmt: skip
    if context["show"] == "ahead":
        context |= _week_ahead(request)
    else:
        rows = Sending.objects.visible_to(request.member).latest_first()
        context["page"] = page_of(request, rows if context["show"] == "log" else rows.in_state(context["show"]))
    return render(request, "touchpoints/sendings.html", context)


def _week_ahead(request: MemberRequest) -> dict[str, Any]:
    """What is overdue and not written down yet is of today."""
    today = request.workspace.today(timezone.now())
    due = ScheduledTouchpoint.objects.sending(until=today + AHEAD).in_workspace(request.workspace).without_sending()
    page = page_of(request, due.in_order(), 25)
    return {"page": page, "letters": compose(page.object_list, today=today), "today": today}  # type: ignore[arg-type]


@door("POST", access=Access.ADMIN)
def switch_automation(request: MemberRequest) -> HttpResponse:
    to = request.POST.get("to", "")
    if to not in SAID:
        raise Http404
    Automation.objects.of(request.workspace).switch(to, by=request.member, at=timezone.now())
    messages.success(request, SAID[to])
    return redirect("touchpoints:sendings", request.workspace.slug)


@door("POST", access=Access.EDITOR)
def try_sending_again(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Sending.objects.visible_to(request.member).select_related("workspace"), pk=pk)
    if because := try_again(found, at=timezone.now()):
        messages.error(request, f"It still cannot be sent. {because}")
    else:
        messages.success(request, "It goes out within a minute or two.")
    return redirect("touchpoints:sendings", request.workspace.slug)


@door("GET", access=Access.VIEWER)
def customer_sendings(request: MemberRequest, pk: UUID) -> HttpResponse:
    """For the page of a customer: what was sent to it by itself, and whether that is paused."""
    found = _customer(request, pk)
    context = {
        "customer": found, "pause": SendingPause.objects.of(found),
        "page": page_of(request, Sending.objects.of(found).latest_first(), 5, "sendings"),
    }  # fmt: skip
    return render(request, "touchpoints/customer_sendings.html", context)


@door("POST", access=Access.CONTRIBUTOR)
def pause_sendings(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = _customer(request, pk)
    SendingPause.objects.pause(found, by=request.member, at=timezone.now())
    messages.success(request, f"Touchline sends {found} nothing by itself from now on.")
    return redirect("customers:customer", request.workspace.slug, found.pk)


@door("POST", access=Access.CONTRIBUTOR)
def resume_sendings(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = _customer(request, pk)
    SendingPause.objects.resume(found, by=request.member, at=timezone.now())
    messages.success(request, f"Touchline sends {found} what its map says again.")
    return redirect("customers:customer", request.workspace.slug, found.pk)


def _customer(request: MemberRequest, pk: UUID) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(request.member), pk=pk)
