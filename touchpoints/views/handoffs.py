"""Handoffs as they are lived: what one has to give and to receive, one of them with its package, and those of a customer."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.models import Access
from accounts.paging import page_of
from customers.models import Customer
from touchpoints.models import Passage, PassageStep
from touchpoints.models.passage import MovedOn, WrittenMeanwhile
from touchpoints.package_form import AnswerForm, PackageForm

MOVED_ON = "Somebody was quicker: this handoff has moved on, and nothing of yours was done. This is how it stands now."


@door("GET", access=Access.VIEWER)
def handoffs(request: MemberRequest) -> HttpResponse:
    """One's own, or all that are open, or those that were accepted."""
    show = request.GET.get("show")
    passages = Passage.objects.visible_to(request.member).with_names()
    context = {"show": show if show in ("open", "accepted") else "mine", "today": request.workspace.today(timezone.now())}
    if show == "accepted":
        context["page"] = page_of(request, passages.accepted().latest_first())
    elif show == "open":
        context["page"] = page_of(request, passages.open().most_urgent_first())
    else:
        mine = request.member
        context["to_receive"] = page_of(request, passages.to_receive(mine).turn_of_receiver_first(), 20, "receive")
        context["to_give"] = page_of(request, passages.to_give(mine).turn_of_giver_first(), 20, "give")
    return render(request, "touchpoints/handoffs.html", context)


@door("GET", access=Access.VIEWER)
def customer_handoffs(request: MemberRequest, pk: UUID) -> HttpResponse:
    """The open ones of a customer, for its page."""
    found = get_object_or_404(Customer.objects.visible_to(request.member), pk=pk)
    passages = Passage.objects.of_customer(found).with_names().open().most_urgent_first()
    context = {"page": page_of(request, passages, 10, "handoffs"), "today": request.workspace.today(timezone.now())}
    return render(request, "touchpoints/customer_handoffs.html", context)


@door("GET", access=Access.VIEWER)
def handoff_passage(request: MemberRequest, pk: UUID) -> HttpResponse:
    return _page(request, _passage(request, pk))


@door("POST", access=Access.CONTRIBUTOR)
def fill_handoff(request: MemberRequest, pk: UUID) -> HttpResponse:
    return _give(request, pk, offers=False)


@door("POST", access=Access.CONTRIBUTOR)
def offer_handoff(request: MemberRequest, pk: UUID) -> HttpResponse:
    """What is in the fields is kept, then it is offered."""
    return _give(request, pk, offers=True)


def _give(request: MemberRequest, pk: UUID, *, offers: bool) -> HttpResponse:
    passage = _passage(request, pk, gives=True)
    form = PackageForm(request.POST, of=passage)
    if not form.is_valid():
        return _page(request, passage, package_form=form)
    act, done = (passage.offer, f"Offered to {passage.to_whom}.") if offers else (passage.fill, "Saved.")
    try:
        act(form.given, form.was, by=request.member, at=timezone.now())
    except WrittenMeanwhile as written:
        form = PackageForm(request.POST, of=passage)  # of what it is now: the next time nobody is asked twice
        form.is_valid()
        form.refuse(written)
        return _page(request, passage, package_form=form)
    except MovedOn:
        return _page(request, passage, moved_on=True, unsaved=form.unsaved)
    messages.success(request, done)
    return _back(request, passage)


@door("POST", access=Access.CONTRIBUTOR)
def take_back_handoff(request: MemberRequest, pk: UUID) -> HttpResponse:
    passage = _passage(request, pk, gives=True)
    try:
        passage.take_back(by=request.member, at=timezone.now())
    except MovedOn:
        return _page(request, passage, moved_on=True)
    messages.success(request, "Taken back.")
    return _back(request, passage)


@door("POST", access=Access.CONTRIBUTOR)
def ask_about_handoff(request: MemberRequest, pk: UUID) -> HttpResponse:
    passage = _passage(request, pk, receives=True)
    form = AnswerForm(request.POST)
    if not form.needs_text():
        return _page(request, passage, answer_form=form)
    try:
        passage.ask_for_more(form.cleaned_data["text"], by=request.member, at=timezone.now())
    except MovedOn:
        return _page(request, passage, moved_on=True, unsaved=form.unsaved)
    messages.success(request, f"{passage.from_whom} is asked for more.")
    return _back(request, passage)


@door("POST", access=Access.CONTRIBUTOR)
def accept_handoff(request: MemberRequest, pk: UUID) -> HttpResponse:
    passage = _passage(request, pk, receives=True)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, passage, answer_form=form)
    try:
        passage.accept(form.cleaned_data["text"], by=request.member, at=timezone.now())
    except MovedOn:
        return _page(request, passage, moved_on=True, unsaved=form.unsaved)
    messages.success(request, f"Accepted. {passage.held_by} owns the moment now.")
    return _back(request, passage)


def _passage(request: MemberRequest, pk: UUID, *, gives: bool = False, receives: bool = False) -> Passage:
    passage: Passage = get_object_or_404(Passage.objects.visible_to(request.member).with_names(), pk=pk)
    if (gives and not passage.may_give(request.member)) or (receives and not passage.may_receive(request.member)):
        raise PermissionDenied
    return passage


def _page(
    request: MemberRequest, passage: Passage, *, moved_on: bool = False, unsaved: list[str] | None = None, **refused: Form
) -> HttpResponse:
    """The page of a handoff; `refused` are the forms as they were sent, `unsaved` what was written for a state that is over."""
    context = {
        "passage": passage,
        "may_give": passage.may_give(request.member),
        "may_receive": passage.may_receive(request.member),
        "package_form": PackageForm(of=passage),
        "answer_form": AnswerForm(),
        "asked": PassageStep.objects.last_asked(passage),
        "page": page_of(request, PassageStep.objects.of(passage).latest_first(), 20),
        "today": request.workspace.today(timezone.now()),
        "moved_on": MOVED_ON if moved_on else "",
        "unsaved": unsaved,
        **refused,
    }
    return render(request, "touchpoints/handoff_passage.html", context, status=422 if refused or moved_on else 200)


def _back(request: MemberRequest, passage: Passage) -> HttpResponse:
    return redirect("touchpoints:handoff_passage", request.workspace.slug, passage.pk)
