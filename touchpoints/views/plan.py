from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.models import Access
from accounts.paging import page_of
from customers.models import Customer, Enrolment
from touchpoints.models import ScheduledTouchpoint


@door("GET", access=Access.VIEWER)
def plan(request: MemberRequest, pk: UUID) -> HttpResponse:
    """What is to be done with a customer, by date; `?show=before`: what was done, the latest first."""
    found = get_object_or_404(Customer.objects.visible_to(request.member).select_related("segment"), pk=pk)
    all_, before = ScheduledTouchpoint.objects.of_customer(found).with_names(), request.GET.get("show") == "before"
    page = page_of(request, all_.history().latest_first() if before else all_.planned().in_order())
    context = {
        "customer": found,
        "page": page,
        "rows": page.object_list.with_cards(),  # type: ignore[attr-defined]
        "before": before,
        "enrolments": Enrolment.objects.of(found).active().select_related("journey", "version"),
        "today": request.workspace.today(timezone.now()),
    }
    return render(request, "touchpoints/plan.html", context)
