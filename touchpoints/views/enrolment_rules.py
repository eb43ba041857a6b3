"""Rules by which the customers of a segment go on a journey by themselves."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.models import Access
from accounts.paging import page_of
from touchpoints.enrolling import begin
from touchpoints.forms import EnrolmentRuleForm
from touchpoints.models import EnrolmentRule
from touchpoints.views.enrolling import send

TWICE = "There is a rule for these two already."


@door("GET", "POST", access=Access.EDITOR)
def enrolment_rules(request: MemberRequest) -> HttpResponse:
    """The rules there are, and one more: what it would do at once is shown first where that is asked for."""
    today = timezone.localdate(timezone=ZoneInfo(request.workspace.time_zone))
    initial = {"segment": request.GET.get("segment"), "journey": request.GET.get("journey"), "starts_on": today}
    form = EnrolmentRuleForm(request.POST or None, initial=initial, by=request.member, today=today)
    would = None
    if request.method == "POST" and form.is_valid():
        if "look" in request.POST:
            would = EnrolmentRule.objects.would_enrol(**form.said, today=today)
        elif rule := _make(request, form):
            messages.success(request, "The rule is on.")
            return _begin(request, rule)
    rules = EnrolmentRule.objects.visible_to(request.member).with_names().latest_first()
    context = {"form": form, "would": would, "page": page_of(request, rules)}
    return render(request, "touchpoints/enrolment_rules.html", context, status=422 if form.errors else 200)


def _make(request: MemberRequest, form: EnrolmentRuleForm) -> EnrolmentRule | None:
    try:
        with transaction.atomic():
            return EnrolmentRule.objects.make(**form.said, by=request.member, at=timezone.now())
    except IntegrityError:
        form.add_error("segment", TWICE)
        return None


def _begin(request: MemberRequest, rule: EnrolmentRule) -> HttpResponse:
    """To the bar of those that it enrols at once, if there are any."""
    job = begin(rule, by=request.member, at=timezone.now())
    if job is None:
        return redirect("touchpoints:enrolment_rules", request.workspace.slug)
    send(job)
    return redirect("touchpoints:planning_job", request.workspace.slug, job.pk)


@door("POST", access=Access.EDITOR)
def switch_on_rule(request: MemberRequest, pk: UUID) -> HttpResponse:
    rule = _rule(request, pk)
    rule.go_on()
    return _begin(request, rule)


@door("POST", access=Access.EDITOR)
def switch_off_rule(request: MemberRequest, pk: UUID) -> HttpResponse:
    _rule(request, pk).switch_off(at=timezone.now())
    return redirect("touchpoints:enrolment_rules", request.workspace.slug)


@door("POST", access=Access.EDITOR)
def remove_rule(request: MemberRequest, pk: UUID) -> HttpResponse:
    rule = _rule(request, pk)
    rule.remove(at=timezone.now())
    messages.success(request, f"The rule for {rule} is no more. Who is enrolled stays so.")
    return redirect("touchpoints:enrolment_rules", request.workspace.slug)


def _rule(request: MemberRequest, pk: UUID) -> EnrolmentRule:
    return get_object_or_404(EnrolmentRule.objects.visible_to(request.member).with_names(), pk=pk)
