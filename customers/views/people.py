"""What is done on the page of a customer: health and notes, the people there, and who fills which role for it here."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.models import Access
from customers.forms import AssignForm, ContactForm, NotesForm
from customers.models import Assignment, Contact, Customer
from customers.views.customers import customer_page, one_customer


@door("POST", access=Access.CONTRIBUTOR)
def edit_notes(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = one_customer(request, pk)
    form = NotesForm(request.POST, of=found)
    if not form.is_valid():
        return customer_page(request, found, notes_form=form)
    found.edit(form.changed, by=request.member, at=timezone.now())
    messages.success(request, "Saved.")
    return _back(request, found)


@door("POST", access=Access.CONTRIBUTOR)
def add_contact(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = one_customer(request, pk)
    form = ContactForm(request.POST, auto_id="new-contact-%s")
    if not form.is_valid():
        return customer_page(request, found, contact_form=form)
    made = Contact.objects.add(found, **form.cleaned_data, by=request.member, at=timezone.now())
    messages.success(request, f"Added {made}.")
    return _back(request, found)


@door("POST", access=Access.CONTRIBUTOR)
def edit_contact(request: MemberRequest, pk: UUID) -> HttpResponse:
    contact = _contact(request, pk)
    form = ContactForm.of(contact, request.POST)
    if not form.is_valid():
        return customer_page(request, one_customer(request, contact.customer_id), **{f"contact-{pk}": form})
    contact.edit(form.cleaned_data, by=request.member, at=timezone.now())
    messages.success(request, "Saved.")
    return _back(request, contact.customer)


@door("POST", access=Access.CONTRIBUTOR)
def remove_contact(request: MemberRequest, pk: UUID) -> HttpResponse:
    contact = _contact(request, pk)
    contact.remove(by=request.member, at=timezone.now())
    messages.success(request, f"Removed {contact}.")
    return _back(request, contact.customer)


@door("POST", access=Access.EDITOR)
def assign(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = one_customer(request, pk)
    form = AssignForm(request.POST, by=request.member, today=request.workspace.today(timezone.now()))
    if not form.is_valid():
        return customer_page(request, found, assign_form=form)
    given = form.cleaned_data
    found.assign(given["role"], given["member"], from_on=given["from_on"], by=request.member, at=timezone.now())
    messages.success(request, f"{given['role']}: {given['member'] or 'nobody'} from {given['from_on']:%-d %B %Y}.")
    return _back(request, found)


@door("POST", access=Access.EDITOR)
def take_back_assignment(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Assignment.objects.visible_to(request.member), pk=pk)
    found.customer.take_back(found, by=request.member, at=timezone.now())
    messages.success(request, f"{found.role}: taken back.")
    return _back(request, found.customer)


def _contact(request: MemberRequest, pk: UUID) -> Contact:
    return get_object_or_404(Contact.objects.visible_to(request.member).select_related("customer"), pk=pk)


def _back(request: MemberRequest, found: Customer) -> HttpResponse:
    return redirect("customers:customer", request.workspace.slug, found.pk)
