"""How one is reminded, whether it arrives, and when one is away."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.decorators import rate_limit
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.models import Absence, Access
from accounts.paging import page_of
from touchpoints.models import Reminding
from touchpoints.reminding.trying import NotSent, try_mail, try_webhook
from touchpoints.reminding_forms import AbsenceForm, RemindingForm


@door("GET", "POST", access=Access.VIEWER)
def reminders(request: MemberRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    form = RemindingForm(request.POST)
    if not form.is_valid():
        return _page(request, form=form, status=422)
    Reminding.objects.of(request.member).choose(form.cleaned_data, at=timezone.now())
    messages.success(request, "Saved.")
    return redirect("touchpoints:reminders", request.workspace.slug)


@door("POST", access=Access.VIEWER)
@rate_limit(action="test_reminder")
def test_reminder(request: MemberRequest) -> HttpResponse:
    """Send one to see whether it arrives: by mail, or to the webhook as it is typed in, saved or not."""
    form = RemindingForm(request.POST)
    form.is_valid()
    by_mail = request.POST.get("test") == "email"
    try:
        if by_mail:
            said = try_mail(request.member)
        else:
            said = try_webhook(request.member, form.cleaned_data.get("webhook_url", ""))
    except NotSent as trouble:
        form.add_error("digest" if by_mail else "webhook_url", str(trouble))
        return _page(request, form=form, status=422)
    return _page(request, form=form, said=said, status=422 if form.errors else 200)


@door("POST", access=Access.VIEWER)
def add_absence(request: MemberRequest) -> HttpResponse:
    now = timezone.now()
    form = AbsenceForm(request.POST, by=request.member, today=request.workspace.today(now))
    if not form.is_valid():
        return _page(request, absence_form=form, status=422)
    absence = Absence.objects.add(request.member, **form.cleaned_data, by=request.member, at=now)
    who = f"{absence.stand_in} gets your reminders meanwhile." if absence.stand_in else "Nobody gets your reminders meanwhile."
    messages.success(request, f"Saved. {who}")
    return redirect("touchpoints:reminders", request.workspace.slug)


@door("POST", access=Access.VIEWER)
def remove_absence(request: MemberRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(Absence.objects.of(request.member), pk=pk).remove()
    messages.success(request, "Removed. You get your reminders again.")
    return redirect("touchpoints:reminders", request.workspace.slug)


def _page(
    request: MemberRequest,
    form: RemindingForm | None = None,
    absence_form: AbsenceForm | None = None,
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    today = request.workspace.today(timezone.now())
    found = Reminding.objects.of(request.member)
    initial = {name: getattr(found, name) for name in RemindingForm.base_fields}
    absences = Absence.objects.of(request.member).not_over(today=today).with_names().in_order()
    context: dict[str, Any] = {
        "form": form or RemindingForm(initial=initial),
        "absence_form": absence_form or AbsenceForm(by=request.member, today=today),
        "page": page_of(request, absences),
        "said": said,
        "mail_folder": settings.EMAIL_FILE_PATH if settings.EMBEDDED else "",
    }
    return render(request, "touchpoints/reminders.html", context, status=status)
