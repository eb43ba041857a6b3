"""Change how a customer travels: look at what that changes in the plan, then do it."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.models import Access
from customers.models import Enrolment
from touchpoints.planning.preview import Preview, preview
from touchpoints.travel_forms import CycleForm, LeaveForm, RenewalForm, StageForm, StartForm, TravelForm, VersionForm
from touchpoints.views.travel import enrolment_of

#: lines of a preview that a page shows
SHOWN = 200


@door("GET", "POST", access=Access.CONTRIBUTOR)
def move_to_stage(request: MemberRequest, pk: UUID) -> HttpResponse:
    return _change(request, pk, StageForm)


@door("GET", "POST", access=Access.EDITOR)
def move_start(request: MemberRequest, pk: UUID) -> HttpResponse:
    return _change(request, pk, StartForm)


@door("GET", "POST", access=Access.EDITOR)
def move_renewal(request: MemberRequest, pk: UUID) -> HttpResponse:
    return _change(request, pk, RenewalForm)


@door("GET", "POST", access=Access.EDITOR)
def renew(request: MemberRequest, pk: UUID) -> HttpResponse:
    return _change(request, pk, CycleForm)


@door("GET", "POST", access=Access.EDITOR)
def move_over(request: MemberRequest, pk: UUID) -> HttpResponse:
    return _change(request, pk, VersionForm)


@door("GET", "POST", access=Access.EDITOR)
def leave(request: MemberRequest, pk: UUID) -> HttpResponse:
    return _change(request, pk, LeaveForm)


def _change(request: MemberRequest, pk: UUID, kind: type[TravelForm]) -> HttpResponse:
    """GET with the form's fields shows what would change; POST does it, if that is still what was shown."""
    found = enrolment_of(request, pk)
    today = request.workspace.today(timezone.now())
    asked = request.POST or request.GET
    is_asked = bool(asked) or not kind.base_fields
    form = kind(asked if is_asked else None, enrolment=found, today=today)
    context = {"enrolment": found, "customer": found.customer, "form": form}
    if found.left_on:
        messages.error(request, f"{found.customer} has left this journey.")
        return redirect("touchpoints:travel", request.workspace.slug, found.pk)
    if is_asked and form.is_valid():
        fields = form.changed()
        difference = preview(_concerned(found, fields))
        seen = _digest(difference)
        if request.method == "POST" and request.POST.get("seen") == seen:
            found.change(fields, form.told(), by=request.member, at=timezone.now())
            messages.success(request, f"{found.customer}: {form.told()}.")
            return redirect("touchpoints:travel", request.workspace.slug, found.pk)
        context |= {
            "difference": difference, "shown": difference.lines[:SHOWN], "more": len(difference.lines) - SHOWN, "seen": seen,
            "has_moved_on": request.method == "POST", "changes_nothing": not _differs(found, fields),
        }  # fmt: skip
    status = 422 if form.errors else 409 if context.get("has_moved_on") else 200
    return render(request, "touchpoints/change_travel.html", context, status=status)


def _concerned(found: Enrolment, fields: dict[str, Any]) -> dict[UUID, dict[str, Any]]:
    """On the renewal date rest the plans of all the journeys of a customer; all else is of one."""
    concerned = {found.pk: fields}
    if "renewal_on" in fields:
        others = Enrolment.objects.of(found.customer).active().exclude(pk=found.pk).values_list("pk", flat=True)
        concerned |= {pk: {"renewal_on": fields["renewal_on"]} for pk in others}
    return concerned


def _differs(found: Enrolment, fields: dict[str, Any]) -> bool:
    return any(getattr(found.customer if name == "renewal_on" else found, name) != value for name, value in fields.items())


def _digest(difference: Preview) -> str:
    return blake2b(repr(difference.lines).encode(), digest_size=12).hexdigest()
