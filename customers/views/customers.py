from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts import query_plans
from accounts.doors import MemberRequest, door
from accounts.models import Access
from accounts.paging import page_of
from customers.filtering import CustomerFilterForm
from customers.forms import AssignForm, ContactForm, CustomerForm, NotesForm
from customers.listing import read_page
from customers.models import Activity, Assignment, Contact, Customer, Enrolment
from customers.undoing import mark_what_can_be_undone

TAKEN = "Another customer has this id already."


@door("GET", access=Access.VIEWER)
def customers(request: MemberRequest) -> HttpResponse:
    today = _today(request)
    form = CustomerFilterForm(request.GET, by=request.member)
    before, after = request.GET.get("before", ""), request.GET.get("after", "")
    with query_plans.made_for_the_values():
        total, found = form.counted_and_found(today=today)
        page = read_page(found, form.order, before=before, after=after)
    context = {
        "page": page,
        "total": total,
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
    return customer_page(request, one_customer(request, pk))


@door("GET", "POST", access=Access.EDITOR)
def edit_customer(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = one_customer(request, pk)
    form = CustomerForm(request.POST or None, initial=CustomerForm.initial_of(found), by=request.member, of=found)
    if form.is_valid():
        try:
            found.edit(form.changed, by=request.member, at=timezone.now())
        except IntegrityError:
            form.add_error("external_id", TAKEN)
        else:
            messages.success(request, "Saved.")
            return redirect("customers:customer", request.workspace.slug, found.pk)
    enrolments = Enrolment.objects.of(found).active().with_names()
    context = {"form": form, "customer": found, "enrolments": enrolments}
    return render(request, "customers/edit_customer.html", context, status=422 if form.errors else 200)


def customer_page(request: MemberRequest, found: Customer, **refused: Form) -> HttpResponse:
    """The page of a customer; of what was refused on it, the form as it was sent, by its name."""
    today = _today(request)
    contacts = page_of(request, Contact.objects.of(found).in_order(), per_page=20, parameter="people")
    page = page_of(request, Activity.objects.of(found).latest_first(), per_page=20)
    mark_what_can_be_undone(page)
    context = {
        "customer": found,
        "days_left": (found.renewal_on - today).days if found.renewal_on else None,
        "contacts": contacts,
        "contact_forms": [(one, refused.get(f"contact-{one.pk}") or ContactForm.of(one)) for one in contacts],
        "contact_form": ContactForm(auto_id="new-contact-%s"),
        "notes_form": NotesForm(of=found),
        "assign_form": AssignForm(by=request.member, today=today),
        "roles": Assignment.objects.of(found).with_names().by_time(today),
        "enrolments": Enrolment.objects.of(found).with_names(),
        "page": page,
        **refused,
    }
    return render(request, "customers/customer.html", context, status=422 if refused else 200)


def one_customer(request: MemberRequest, pk: UUID) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(request.member).with_people(), pk=pk)


def _today(request: MemberRequest) -> date:
    return request.workspace.today(timezone.now())
