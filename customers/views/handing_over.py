"""Hand a book of business to a colleague: look at what that would be, do it, and see how far it is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.doors import MemberRequest, door
from accounts.models import Access
from accounts.paging import page_of
from customers import tasks
from customers.forms import HandOverForm
from customers.handing_over import concerned, hand_next
from customers.models import Handover
from customers.models.handover import BATCH


@door("GET", "POST", access=Access.EDITOR)
def hand_over(request: MemberRequest) -> HttpResponse:
    """GET with the fields shows what it would be, POST of the same does it."""
    form = _form(request)
    context: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid():
        given, said = form.cleaned_data, form.said
        customers, roles, owned = concerned(given["giver"], given["from_on"], **said)
        if customers and request.method == "POST":
            job = Handover.objects.ask(
                customers, given["giver"], given["taker"], given["from_on"], **said, by=request.member, at=timezone.now()
            )
            _begin(job)
            return redirect("customers:handover", request.workspace.slug, job.pk)
        context |= {"given": given, "customers": len(customers), "roles": roles, "owned": owned}
    context["page"] = page_of(request, Handover.objects.visible_to(request.member).latest_first(), per_page=10)
    return render(request, "customers/hand_over.html", context, status=422 if form.errors else 200)


@door("GET", access=Access.EDITOR)
def handover(request: MemberRequest, pk: UUID) -> HttpResponse:
    """How far it is. The page asks again while it is under way."""
    found = get_object_or_404(Handover.objects.visible_to(request.member).latest_first(), pk=pk)
    template = "customers/_handover_state.html" if request.headers.get("HX-Request") else "customers/handover.html"
    return render(request, template, {"job": found})


def _form(request: MemberRequest) -> HandOverForm:
    today = request.workspace.today(timezone.now())
    asked = request.POST if request.method == "POST" else request.GET if "taker" in request.GET else None
    initial = {"from_on": today, "with_owner": True, "giver": request.GET.get("giver")}
    return HandOverForm(asked, initial=initial, by=request.member, today=today)


def _begin(job: Handover) -> None:
    """A few at once, many by a worker. Where the broker is down these wait for the sweep; nothing is lost."""
    if job.total <= BATCH:
        mine = Handover.objects.claim(job.pk, at=timezone.now())
        if mine:
            hand_next(mine, at=timezone.now())
        return
    try:
        tasks.hand_over.delay(str(job.pk))
    except OperationalError:
        return
