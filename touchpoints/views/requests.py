"""What customers ask of the wrong person: log it, see whose it is, hand it on, and see what became of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.models import Access
from accounts.paging import page_of
from customers.models import Request, RequestStep
from customers.models.request import PassedOn
from touchpoints.redirecting import look_up, polite_words
from touchpoints.request_forms import AskForm, FinishRequestForm, HandOnForm, MovingForm, asked_about, customers_like, the_one


@door("GET", access=Access.VIEWER)
def requests(request: MemberRequest) -> HttpResponse:
    """One's own and those that one has handed on; for editors all of the team's. And a form for the next one."""
    return _list(request)


@door("GET", access=Access.CONTRIBUTOR)
def request_customers(request: MemberRequest) -> HttpResponse:
    """While one types: the customers that may be meant."""
    words = request.GET.get("q", "")[:200]
    found = customers_like(words, by=request.member)
    sure = the_one(found, words)
    context = {"choices": found, "words": words, "chosen": sure.pk if sure else None}
    return render(request, "touchpoints/request_customers.html", context)


@door("POST", access=Access.CONTRIBUTOR)
def log_request(request: MemberRequest) -> HttpResponse:
    form = AskForm(request.POST, by=request.member)
    if not form.is_valid():
        return _list(request, form)
    now = timezone.now()
    made = Request.objects.log(
        form.cleaned_data["customer"], form.cleaned_data["text"], by=request.member, on=request.workspace.today(now), at=now
    )
    return redirect(_address(request, made))


@door("GET", access=Access.VIEWER)
def customer_request(request: MemberRequest, pk: UUID) -> HttpResponse:
    return _page(request, _one(request, pk))


@door("POST", access=Access.CONTRIBUTOR)
def hand_on_request(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = _one(request, pk, moves=True)
    form = HandOnForm(request.POST, by=request.member, holder=found.holder_id)
    if not form.is_valid():
        return _page(request, found, hand_on_form=form)
    given = form.cleaned_data
    return _try(
        request, found, f"{given['to']} has it now.",
        lambda: found.hand_on(
            given["to"], url=_address(request, found), role=given["role"], note=given["note"], was=given["was"],
            by=request.member, at=timezone.now(),
        ),
    )  # fmt: skip


@door("POST", access=Access.CONTRIBUTOR)
def keep_request(request: MemberRequest, pk: UUID) -> HttpResponse:
    found, form = _one(request, pk, moves=True), MovingForm(request.POST)
    was = form.cleaned_data["was"] if form.is_valid() else None
    return _try(request, found, "It is yours.", lambda: found.keep(was=was, by=request.member, at=timezone.now()))


@door("POST", access=Access.CONTRIBUTOR)
def finish_request(request: MemberRequest, pk: UUID) -> HttpResponse:
    found, now = _one(request, pk, moves=True), timezone.now()
    form = FinishRequestForm(request.POST)
    if not form.is_valid():
        return _page(request, found, finish_form=form)
    given, today = form.cleaned_data, request.workspace.today(now)
    return _try(
        request, found, "Done.",
        lambda: found.finish(
            given["outcome"], today, url=_address(request, found), was=given["was"], by=request.member, at=now
        ),
    )  # fmt: skip


@door("POST", access=Access.CONTRIBUTOR)
def reopen_request(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = _one(request, pk, moves=True)
    return _try(request, found, "Open again.", lambda: found.reopen(by=request.member, at=timezone.now()))


def _list(request: MemberRequest, form: AskForm | None = None) -> HttpResponse:
    show = "team" if request.GET.get("show") == "team" and request.member.can_edit else "mine"
    state = "done" if request.GET.get("state") == "done" else "open"
    visible = Request.objects.visible_to(request.member).with_names()
    rows = visible.done().latest_first() if state == "done" else visible.open().oldest_first()
    context: dict[str, Any] = {"show": show, "state": state, "form": form or AskForm(by=request.member)}
    context["choices"], context["chosen"] = (
        (form.choices, form.chosen) if form else asked_about(request.GET.get("customer", ""), by=request.member)
    )
    if show == "team":
        context["page"] = page_of(request, rows)
    else:
        context["page"] = page_of(request, rows.with_member(request.member), 20)
        context["handed"] = page_of(request, rows.handed_on_by(request.member), 20, "handed")
    return render(request, "touchpoints/requests.html", context, status=422 if form else 200)


def _page(
    request: MemberRequest, found: Request, *, hand_on_form: HandOnForm | None = None,
    finish_form: FinishRequestForm | None = None, passed_on: str = "", unsaved: str = "",
) -> HttpResponse:  # fmt: skip
    context: dict[str, Any] = {
        "asked": found, "moves": found.may_be_moved_by(request.member), "passed_on": passed_on, "unsaved": unsaved,
        "page": page_of(request, RequestStep.objects.of(found).with_names().latest_first(), 20),
        "finish_form": finish_form or FinishRequestForm(),
    }  # fmt: skip
    if found.is_open and context["moves"]:
        context |= _whose(request, found, hand_on_form)
    refused = hand_on_form or finish_form or passed_on
    return render(request, "touchpoints/customer_request.html", context, status=422 if refused else 200)


def _whose(request: MemberRequest, found: Request, form: HandOnForm | None) -> dict[str, Any]:
    """What the map says, and the role, the colleague and the words that are proposed."""
    verdict = look_up(found.customer, found.text, by=request.member, today=request.workspace.today(timezone.now()))
    wanted: UUID | None
    try:
        wanted = UUID((form.data.get("role") if form else request.GET.get("role")) or "")
    except (ValueError, TypeError):
        wanted = found.role_id
    owner = verdict.chosen(wanted)
    to = (owner.member if owner else None) or verdict.looks_after
    form = form or HandOnForm(by=request.member, holder=found.holder_id, initial={"to": to.pk if to else None})
    return {
        "verdict": verdict, "owner": owner, "to": to, "hand_on_form": form,
        "words": polite_words(found, to, owner.role if owner else None, by=request.member),
    }  # fmt: skip


def _try(request: MemberRequest, found: Request, done: str, act: Any) -> HttpResponse:
    try:
        act()
    except PassedOn as trouble:
        unsaved = request.POST.get("note", "") or request.POST.get("outcome", "")
        return _page(request, _one(request, found.pk), passed_on=str(trouble), unsaved=unsaved)
    messages.success(request, done)
    return redirect(_address(request, found))


def _one(request: MemberRequest, pk: UUID, *, moves: bool = False) -> Request:
    rows = Request.objects.visible_to(request.member).with_names()
    found = get_object_or_404(rows.select_related("customer__owner__user", "customer__segment"), pk=pk)
    if moves and not found.may_be_moved_by(request.member):
        raise PermissionDenied
    return found


def _address(request: MemberRequest, found: Request) -> str:
    return reverse("touchpoints:customer_request", args=[request.workspace.slug, found.pk])
