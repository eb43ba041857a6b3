"""What one does with a scheduled touchpoint: finish, skip, snooze, put on another day, hand over.

A page's script sends an act with an id (`Act-Id`) and gets JSON; sent again over a bad line, it is answered and not done again. A
form without a script gets a page.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.models import Access, Notice
from journeys.views.repeating import of_somebody_else
from touchpoints.acting_forms import DeclineForm, FinishForm, HandOverForm, RescheduleForm, SkipForm, SnoozeForm
from touchpoints.models import Offer, ScheduledTouchpoint, SentAct
from touchpoints.models.offer import Answered
from touchpoints.models.scheduled_touchpoints import NotOpen
from touchpoints.views.delivering import delivery_page, one_row

#: how long ago a page may say that an act was done
LONGEST_WAIT = timedelta(days=30)
#: what takes an act back: (name of the view, what to post)
Undo = tuple[str, dict[str, Any]]


def act(view: Callable[[MemberRequest, ScheduledTouchpoint], HttpResponse]) -> Any:
    """A door for an act on one row. One that was done before, and is sent again as its answer was lost, is over at once: what
    it found then may be gone by now."""

    @door("POST", access=Access.CONTRIBUTOR)
    @wraps(view)
    def inner(request: MemberRequest, pk: UUID) -> HttpResponse:
        if refused := of_somebody_else(request):
            return refused
        id = _act_id(request)
        if id and SentAct.objects.has(id, by=request.member):
            return JsonResponse({"message": ""})
        return view(request, one_row(request, pk))

    return inner


def when(request: MemberRequest) -> datetime:
    """When it was done: now, or as a page says that had no connection then."""
    now = timezone.now()
    try:
        said = datetime.fromisoformat(request.headers.get("Act-At", ""))
    except ValueError:
        return now
    return said if said.tzinfo and now - LONGEST_WAIT < said < now else now


@act
def begin(request: MemberRequest, row: ScheduledTouchpoint) -> HttpResponse:
    return _act(request, row, lambda now: row.begin(by=request.member, at=now), "Begun.")


@act
def finish(request: MemberRequest, row: ScheduledTouchpoint) -> HttpResponse:
    """Tick a milestone, or say that a touchpoint was done: today or on a day before, what came of it, how the customer felt."""
    now = when(request)
    today = request.workspace.today(now)
    form = FinishForm(request.POST, today=today)
    if not form.is_valid():
        return _not_so(request, row, "finish", form)
    said = form.cleaned_data

    def do(at: Any) -> None:
        row.finish(said["on"], by=request.member, at=at, outcome=said["outcome"], felt=said["felt"], today=today)

    return _act(request, row, do, f"{row.title} is done.", undo=("reopen", {}))


@act
def skip(request: MemberRequest, row: ScheduledTouchpoint) -> HttpResponse:
    now = when(request)
    form = SkipForm(request.POST, today=request.workspace.today(now))
    if not form.is_valid():
        return _not_so(request, row, "skip", form)

    def do(at: Any) -> None:
        row.skip(form.today, form.cleaned_data["because"], by=request.member, at=at)

    return _act(request, row, do, f"{row.title} is skipped.", undo=("reopen", {}))


@act
def reopen(request: MemberRequest, row: ScheduledTouchpoint) -> HttpResponse:
    today = request.workspace.today(when(request))
    return _act(request, row, lambda now: row.reopen(by=request.member, at=now, today=today), f"{row.title} is open again.")


@act
def tick_step(request: MemberRequest, row: ScheduledTouchpoint) -> HttpResponse:
    step, is_done = request.POST.get("step", "")[:40], request.POST.get("done") == "1"
    return _act(request, row, lambda now: row.tick_step(step, is_done, by=request.member, at=now), "")


@act
def snooze(request: MemberRequest, row: ScheduledTouchpoint) -> HttpResponse:
    now = when(request)
    zone = ZoneInfo(request.user.time_zone)
    form = SnoozeForm(request.POST, today=request.workspace.today(now), at=now, zone=zone)
    if not form.is_valid():
        return _not_so(request, row, "snooze", form)
    until = form.cleaned_data["instant"]
    told = f"{row.title} comes back {until.astimezone(zone):%A %-d %B, %H:%M}." if until else f"{row.title} is awake."
    before = row.snoozed_until.astimezone(zone).date().isoformat() if row.snoozed_until and row.snoozed_until > now else ""
    undo = ("snooze", {"until": "day", "until_day": before} if before else {"until": ""})
    return _act(request, row, lambda now: row.snooze(until, at=now), told, undo=undo)


@act
def reschedule(request: MemberRequest, row: ScheduledTouchpoint) -> HttpResponse:
    now = when(request)
    was = row.due_on
    # Taken back, it may go to a day that is over.
    form = RescheduleForm(request.POST, today=date.min if request.POST.get("undo") else min(request.workspace.today(now), was))
    if not form.is_valid():
        return _not_so(request, row, "reschedule", form)
    day = form.cleaned_data["day"]
    told = f"{row.title} is due {day:%A %-d %B} now."
    undo = ("reschedule", {"day": was.isoformat(), "undo": "1"})
    return _act(request, row, lambda now: row.reschedule(day, by=request.member, at=now), told, undo=undo)


@act
def hand_over(request: MemberRequest, row: ScheduledTouchpoint) -> HttpResponse:
    """Ask a colleague to take it over; until they accept it stays whose it is."""
    now = when(request)
    form = HandOverForm(request.POST, by=request.member, today=request.workspace.today(now))
    if not form.is_valid():
        return _not_so(request, row, "hand_over", form)
    to, note = form.cleaned_data["to"], form.cleaned_data["note"]

    def do(at: Any) -> None:
        made = Offer.objects.offer(row, to, note, by=request.member, at=at)
        address = reverse("touchpoints:delivery", args=[request.workspace.slug, row.pk])
        text = f"{request.member} asks you to take over {row.title} for {row.customer}"
        Notice.objects.give(to, kind="offer", text=text, url=address, key=f"offer:{made.pk}", at=at)

    return _act(request, row, do, f"{to} has been asked. Until they accept it stays yours.", undo=("take_back_offer", {}))


@act
def take_back_offer(request: MemberRequest, row: ScheduledTouchpoint) -> HttpResponse:
    offer = get_object_or_404(Offer.objects.visible_to(request.member).about(row).open())
    return _act(request, row, lambda now: offer.take_back(at=now), "You have taken it back.")


@act
def accept_offer(request: MemberRequest, row: ScheduledTouchpoint) -> HttpResponse:
    offer = get_object_or_404(Offer.objects.visible_to(request.member).about(row).to(request.member).open())

    def do(at: Any) -> None:
        offer.accept(by=request.member, at=at)
        _tell_asker(request, row, offer, f"{request.member} has taken over {row.title} for {row.customer}", at)

    return _act(request, row, do, f"{row.title} is yours now.")


@act
def decline_offer(request: MemberRequest, row: ScheduledTouchpoint) -> HttpResponse:
    offer = get_object_or_404(Offer.objects.visible_to(request.member).about(row).to(request.member).open())
    form = DeclineForm(request.POST, today=request.workspace.today(when(request)))
    if not form.is_valid():
        return _not_so(request, row, "decline", form)

    def do(at: Any) -> None:
        offer.decline(form.cleaned_data["because"], by=request.member, at=at)
        because = form.cleaned_data["because"]
        _tell_asker(request, row, offer, f"{request.member} cannot take over {row.title} for {row.customer}: {because}", at)

    return _act(request, row, do, "You have said no.")


def _tell_asker(request: MemberRequest, row: ScheduledTouchpoint, offer: Offer, text: str, at: Any) -> None:
    address = reverse("touchpoints:delivery", args=[request.workspace.slug, row.pk])
    Notice.objects.give(offer.by, kind="offer", text=text, url=address, key=f"offer-answer:{offer.pk}", at=at)


def _act(
    request: MemberRequest, row: ScheduledTouchpoint, do: Callable[[Any], object], told: str, *, undo: Undo | None = None
) -> HttpResponse:
    now, id = timezone.now(), _act_id(request)
    try:
        with transaction.atomic():
            if id is None or SentAct.objects.take(id, by=request.member, at=now):
                do(now)
    except (NotOpen, Answered) as trouble:
        return _refused(request, row, str(trouble))
    if id is None:
        if told:
            messages.success(request, told)
        return _back(request, row)
    answer: dict[str, Any] = {"message": told}
    if undo:
        name, body = undo
        answer["undo"] = {"path": reverse(f"touchpoints:{name}", args=[request.workspace.slug, row.pk]), "body": body}
    return JsonResponse(answer)


def _act_id(request: MemberRequest) -> UUID | None:
    try:
        return UUID(request.headers.get("Act-Id", ""))
    except ValueError:
        return None


def _refused(request: MemberRequest, row: ScheduledTouchpoint, why: str) -> HttpResponse:
    if _act_id(request):
        return JsonResponse({"message": why}, status=409)
    messages.error(request, why)
    return _back(request, row)


def _not_so(request: MemberRequest, row: ScheduledTouchpoint, act: str, form: Form) -> HttpResponse:
    """What was said makes no sense: said at the field, and nothing typed is lost."""
    if _act_id(request):
        return JsonResponse({"errors": {name: next(iter(found)) for name, found in form.errors.items()}}, status=422)
    return delivery_page(request, row, status=422, forms={act: form})


def _back(request: MemberRequest, row: ScheduledTouchpoint) -> HttpResponse:
    """The page on which it was said: the day, all that is planned for the customer, this delivery, or this journey."""
    slug = request.workspace.slug
    match request.POST.get("back"):
        case "today":
            return redirect("touchpoints:today", slug)
        case "plan":
            return redirect("touchpoints:plan", slug, row.customer_id)
        case "delivery":
            return redirect("touchpoints:delivery", slug, row.pk)
    return redirect("touchpoints:travel", slug, row.enrolment_id)
