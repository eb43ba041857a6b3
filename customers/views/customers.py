from __future__ import annotations

from datetime import date
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
from customers.filtering import CustomerFilterForm
from customers.forms import AssignForm, CustomerForm
from customers.listing import count, read_page
from customers.models import Activity, Assignment, Customer, Enrolment

TAKEN = "Another customer has this id already."


@door("GET", access=Access.VIEWER)
def customers(request: MemberRequest) -> HttpResponse:
    today = _today(request)
    form = CustomerFilterForm(request.GET, by=request.member)
    found = form.found(today=today)
    before, after = request.GET.get("before", ""), request.GET.get("after", "")
    context = {
        "page": read_page(found, form.order, before=before, after=after),
        "total": count(found, form.counted),
        "counted": form.counted,
        "form": form,
        "today": today,
        "query": _without(request, "before", "after"),
    }
    return render(request, "customers/customers.html", context)


def _without(request: MemberRequest, *names: str) -> str:
    """What the address asks for, but for that; as the beginning of another query."""
    query = request.GET.copy()
    for name in names:
        query.pop(name, None)
    return f"?{query.urlencode()}&" if query else "?"


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
