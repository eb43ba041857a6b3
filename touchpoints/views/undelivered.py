"""What could not be delivered to members, and why: for admins."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.models import Access
from accounts.paging import page_of
from touchpoints.models import Reminder


@door("GET", access=Access.ADMIN)
def undelivered(request: MemberRequest) -> HttpResponse:
    rows = Reminder.objects.visible_to(request.member).undelivered().with_names().latest_first()
    return render(request, "touchpoints/undelivered.html", {"page": page_of(request, rows)})


@door("POST", access=Access.ADMIN)
def try_reminder_again(request: MemberRequest, pk: UUID) -> HttpResponse:
    if _reminder(request, pk).try_again(at=timezone.now()):
        messages.success(request, "It is tried again within a minute.")
    else:
        messages.success(request, "It has been delivered meanwhile.")
    return redirect("touchpoints:undelivered", request.workspace.slug)


@door("POST", access=Access.ADMIN)
def give_up_reminder(request: MemberRequest, pk: UUID) -> HttpResponse:
    if _reminder(request, pk).give_up():
        messages.success(request, "Nobody tries it any more.")
    else:
        messages.success(request, "It has been delivered meanwhile.")
    return redirect("touchpoints:undelivered", request.workspace.slug)


def _reminder(request: MemberRequest, pk: UUID) -> Reminder:
    return get_object_or_404(Reminder.objects.visible_to(request.member), pk=pk)
