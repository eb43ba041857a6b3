from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.models import Access, Member
from accounts.paging import page_of
from customers.forms import NOBODY, AssignForm, CustomerFilterForm, CustomerForm
from customers.models import Activity, Assignment, Customer, Enrolment
from customers.models.customer import CustomerQuerySet

TAKEN = "Another customer has this id already."


@door("GET", access=Access.VIEWER)
def customers(request: MemberRequest) -> HttpResponse:
    form = CustomerFilterForm(request.GET, by=request.member)
    form.is_valid()  # what makes no sense filters nothing
    found = listed(request.member, form.cleaned_data, today=_today(request))
    any_at_all = bool(form.cleaned_data.get("q")) or Customer.objects.visible_to(request.member).exists()
    context = {"page": page_of(request, found.with_people()), "form": form, "any_at_all": any_at_all, "today": _today(request)}
    return render(request, "customers/customers.html", context)


def listed(member: Member, wanted: dict[str, Any], *, today: date) -> CustomerQuerySet:
    """The customers that a filter names, in its order."""
    found = Customer.objects.visible_to(member).matching(wanted.get("q", ""))
    if segment := wanted.get("segment"):
        found = found.in_segment(segment)
    if health := wanted.get("health"):
        found = found.of_health(health)
    if owner := wanted.get("owner"):
        found = found.owned_by(None if owner == NOBODY else UUID(owner))
    if window := wanted.get("renewal"):
        overdue = window == "overdue"
        found = found.renewing(None if overdue else today, today + timedelta(-1 if overdue else int(window)))
    return found.in_order(wanted.get("sort") or "name")


@door("GET", "POST", access=Access.EDITOR)
def new_customer(request: MemberRequest) -> HttpResponse:
    form = CustomerForm(request.POST or None, initial={"segment": request.GET.get("segment")}, by=request.member)
    if form.is_valid():
        said = form.said
        try:
            with transaction.atomic():
                made = Customer.objects.add(
                    request.workspace, said.pop("name"), form.cleaned_data["segment"], by=request.member, at=timezone.now(),
                    **{name: value for name, value in said.items() if name != "segment_id"},
                )  # fmt: skip
        except IntegrityError:
            form.add_error("external_id", TAKEN)
        else:
            return redirect("customers:customer", request.workspace.slug, made.pk)
    return render(request, "customers/new_customer.html", {"form": form}, status=422 if form.errors else 200)


@door("GET", access=Access.VIEWER)
def customer(request: MemberRequest, pk: UUID) -> HttpResponse:
    return _page(request, _one(request, pk), AssignForm(initial={"from_on": _today(request)}, by=request.member))


@door("GET", "POST", access=Access.EDITOR)
def edit_customer(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = _one(request, pk)
    form = CustomerForm(request.POST or None, initial=CustomerForm.initial_of(found), by=request.member, of=found)
    if form.is_valid():
        try:
            found.edit(form.said, by=request.member, at=timezone.now())
        except IntegrityError:
            form.add_error("external_id", TAKEN)
        else:
            messages.success(request, "Saved.")
            return redirect("customers:customer", request.workspace.slug, found.pk)
    return render(request, "customers/edit_customer.html", {"form": form, "customer": found}, status=422 if form.errors else 200)


@door("POST", access=Access.EDITOR)
def assign(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = _one(request, pk)
    form = AssignForm(request.POST, by=request.member)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    given = form.cleaned_data
    found.assign(given["role"], given["member"], from_on=given["from_on"], by=request.member, at=timezone.now())
    messages.success(request, f"{given['role']}: {given['member'] or 'nobody'} from {given['from_on']:%-d %B %Y}.")
    return redirect("customers:customer", request.workspace.slug, found.pk)


def _page(request: MemberRequest, found: Customer, form: AssignForm, status: int = 200) -> HttpResponse:
    today = _today(request)
    context = {
        "customer": found,
        "days_left": (found.renewal_on - today).days if found.renewal_on else None,
        "roles": Assignment.objects.of(found).with_names(),
        "enrolments": Enrolment.objects.of(found).with_names(),
        "page": page_of(request, Activity.objects.of(found).latest_first(), per_page=20),
        "form": form,
        "today": today,
    }
    return render(request, "customers/customer.html", context, status=status)


def _one(request: MemberRequest, pk: UUID) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(request.member).with_people(), pk=pk)


def _today(request: MemberRequest) -> date:
    return timezone.localdate(timezone=ZoneInfo(request.workspace.time_zone))
