"""One scheduled touchpoint: what is to be done, and how."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.models import Access
from customers.message_facts import facts_for
from customers.models import Contact
from playbooks.body import Body
from playbooks.placeholders import fill, lacking_in, unknown_in
from playbooks.views.playbook import read_whole
from touchpoints.acting_forms import DeclineForm, FinishForm, HandOverForm, RescheduleForm, SkipForm, SnoozeForm
from touchpoints.models import Offer, ScheduledTouchpoint

#: what was done for the customer last
LAST = 3


@door("GET", access=Access.VIEWER)
def delivery(request: MemberRequest, pk: UUID) -> HttpResponse:
    return delivery_page(request, one_row(request, pk))


@door("GET", access=Access.VIEWER)
def open_row(request: MemberRequest, pk: UUID) -> HttpResponse:
    """The same in place, in the list of the day."""
    context = _read(request, one_row(request, pk), {}) | {"back": "today"}
    return render(request, "touchpoints/open_row.html", context)


def delivery_page(
    request: MemberRequest, row: ScheduledTouchpoint, *, status: int = 200, forms: dict[str, Form] | None = None
) -> HttpResponse:
    """`forms`: those in which something makes no sense, by act."""
    context = _read(request, row, forms or {}) | {"back": "delivery"}
    return render(request, "touchpoints/delivery.html", context, status=status)


def one_row(request: MemberRequest, pk: UUID) -> ScheduledTouchpoint:
    rows = ScheduledTouchpoint.objects.visible_to(request.member).with_names()
    return get_object_or_404(rows.select_related("customer__segment", "customer__owner__user", "playbook_version"), pk=pk)


def _read(request: MemberRequest, row: ScheduledTouchpoint, forms: dict[str, Form]) -> dict[str, Any]:
    """The playbook as it was when it was begun, its messages filled in; what came before; and what one can do."""
    playbook, today = row.playbook, request.workspace.today(timezone.now())
    whole = row.playbook_version.body if row.playbook_version else playbook.whole if playbook else None
    past = ScheduledTouchpoint.objects.of_customer(row.customer).history().latest_first().with_people()
    context: dict[str, Any] = {
        "row": row, "card": row.card, "customer": row.customer, "playbook": playbook, "today": today,
        "has_changed": bool(row.playbook_version and playbook and row.playbook_version.body != playbook.whole),
        "past": past[:LAST].with_cards(), "acts": _acts(request, row, today) | forms,
        "offer": Offer.objects.about(row).open().with_names().first(),
    }  # fmt: skip
    if whole:
        context |= read_whole(request, whole)
        context["letters"] = _letters(request, row, whole)
    return context


def _acts(request: MemberRequest, row: ScheduledTouchpoint, today: Any) -> dict[str, Form]:
    zone, auto = ZoneInfo(request.user.time_zone), f"%s-{row.pk.hex[-8:]}"
    return {
        "finish": FinishForm(initial={"on": today}, today=today, auto_id=auto),
        "skip": SkipForm(today=today, auto_id=f"skip-{auto}"),
        "snooze": SnoozeForm(today=today, at=timezone.now(), zone=zone, auto_id=auto),
        "reschedule": RescheduleForm(initial={"day": max(row.due_on, today)}, today=today, auto_id=auto),
        "hand_over": HandOverForm(by=request.member, today=today, auto_id=auto),
        "decline": DeclineForm(today=today, auto_id=f"decline-{auto}"),
    }  # fmt: skip


def _letters(request: MemberRequest, row: ScheduledTouchpoint, whole: Body) -> list[dict[str, Any]]:
    """The messages, filled in for whom they go to; `troubles` says what nobody knows."""
    contacts = list(Contact.objects.of(row.customer).in_order()[:50])
    contact = next((one for one in contacts if one.email), contacts[0] if contacts else None)
    facts = facts_for(row.customer, contact, row.member or request.member, title=row.title, due_on=row.due_on)
    found = []
    for one in whole["messages"]:
        subject, text = fill(one["subject"], facts)[0], fill(one["text"], facts)[0]
        troubles = [str(trouble) for trouble in unknown_in(one["subject"], one["text"])]
        troubles += [f"Nobody has said {{{{ {name} }}}} yet." for name in lacking_in(f"{one['subject']} {one['text']}", facts)]
        to = contact.email if contact else ""
        mail = f"mailto:{quote(to)}?subject={quote(subject)}&body={quote(text)}"
        found.append({**one, "subject": subject, "text": text, "troubles": troubles, "to": to, "contact": contact, "mail": mail})
    return found
