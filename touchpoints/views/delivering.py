"""One scheduled touchpoint: how it is delivered, and that it was."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.models import Access
from customers.message_facts import facts_for
from customers.models import Contact
from playbooks.body import Body
from playbooks.placeholders import fill
from playbooks.views.playbook import read_whole
from touchpoints.models import ScheduledTouchpoint
from touchpoints.models.scheduled_touchpoints import NotOpen


@door("GET", access=Access.VIEWER)
def delivery(request: MemberRequest, pk: UUID) -> HttpResponse:
    """What is to be done and how: the playbook as it was when it was begun, its messages filled in."""
    row = _row(request, pk)
    playbook = row.playbook
    whole = row.playbook_version.body if row.playbook_version else playbook.whole if playbook else None
    context: dict[str, Any] = {
        "row": row, "card": row.card, "customer": row.customer, "playbook": playbook,
        "today": request.workspace.today(timezone.now()),
        "has_changed": bool(row.playbook_version and playbook and row.playbook_version.body != playbook.whole),
    }  # fmt: skip
    if whole:
        context |= read_whole(request, _filled(request, row, whole))
    return render(request, "touchpoints/delivery.html", context)


@door("POST", access=Access.CONTRIBUTOR)
def begin(request: MemberRequest, pk: UUID) -> HttpResponse:
    row, now = _row(request, pk), timezone.now()
    _try(request, lambda: row.begin(by=request.member, at=now))
    return redirect("touchpoints:delivery", request.workspace.slug, row.pk)


@door("POST", access=Access.CONTRIBUTOR)
def finish(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Tick a milestone, or say that a touchpoint was done, today."""
    row, now = _row(request, pk), timezone.now()
    _try(request, lambda: row.finish(request.workspace.today(now), by=request.member, at=now))
    return _back(request, row)


@door("POST", access=Access.CONTRIBUTOR)
def reopen(request: MemberRequest, pk: UUID) -> HttpResponse:
    row, now = _row(request, pk), timezone.now()
    _try(request, lambda: row.reopen(by=request.member, at=now, today=request.workspace.today(now)))
    return _back(request, row)


def _row(request: MemberRequest, pk: UUID) -> ScheduledTouchpoint:
    rows = ScheduledTouchpoint.objects.visible_to(request.member).with_names()
    return get_object_or_404(rows.select_related("customer__segment", "customer__owner__user", "playbook_version"), pk=pk)


def _filled(request: MemberRequest, row: ScheduledTouchpoint, whole: Body) -> Body:
    contact = Contact.objects.of(row.customer).in_order().first()
    facts = facts_for(row.customer, contact, row.member or request.member, title=row.title, due_on=row.due_on)
    texts = ("subject", "text")
    letters = [{**one, **{name: fill(one[name], facts)[0] for name in texts}} for one in whole["messages"]]
    return {**whole, "messages": letters}


def _try(request: MemberRequest, act: Any) -> None:
    try:
        act()
    except NotOpen as trouble:
        messages.error(request, str(trouble))


def _back(request: MemberRequest, row: ScheduledTouchpoint) -> HttpResponse:
    """The page on which it was said: all that is planned for the customer, this delivery, or this journey."""
    match request.POST.get("back"):
        case "plan":
            return redirect("touchpoints:plan", request.workspace.slug, row.customer_id)
        case "delivery":
            return redirect("touchpoints:delivery", request.workspace.slug, row.pk)
    return redirect("touchpoints:travel", request.workspace.slug, row.enrolment_id)
