"""A day that does not fit, made to fit: what can wait is put on another day, what may be left out is skipped, all at once."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.models import Access
from touchpoints.models import ScheduledTouchpoint
from touchpoints.models.scheduled_touchpoints import NotOpen
from touchpoints.today.day import Wanted, read_day

#: what was rearranged last, as the session keeps it for taking it back: [[id, "wait" or "skip", the day before]]
KEPT = "rearranged"
MOST = 100


@door("GET", "POST", access=Access.CONTRIBUTOR)
def rearrange_today(request: MemberRequest) -> HttpResponse:
    now = timezone.now()
    today = request.workspace.today(now)
    if request.method == "POST":
        done = _rearrange(request, today)
        request.session[KEPT] = done
        if not done:
            messages.error(request, "Nothing was chosen, or it has been done meanwhile.")
            return redirect("touchpoints:rearrange_today", request.workspace.slug)
        messages.success(request, f"{len(done)} {'thing' if len(done) == 1 else 'things'} rearranged.")
        return redirect(f"{reverse('touchpoints:today', args=[request.workspace.slug])}?rearranged=1")
    day = read_day(request.member, Wanted(more=frozenset({"overdue", "today"})), today=today, at=now)
    # What a colleague only asks for, and handoffs, are not ours to put off.
    spared = [one for one in day.load.of("wait", "skip") if one.item.kind == "touchpoint"]
    context = {
        "day": day, "spared": spared[:MOST], "alone": [one for one in day.load.of("automate") if one.item.kind == "touchpoint"],
        "kept": day.load.of("first", "then"),
    }  # fmt: skip
    return render(request, "touchpoints/rearrange_today.html", context)


@door("POST", access=Access.CONTRIBUTOR)
def undo_rearranging_today(request: MemberRequest) -> HttpResponse:
    now = timezone.now()
    today, undone = request.workspace.today(now), 0
    kept = request.session.pop(KEPT, [])
    rows = _rows(request, [pk for pk, *_ in kept])
    for pk, verdict, was in kept:
        row = rows.get(pk)
        try:
            if row and verdict == "skip":
                row.reopen(by=request.member, at=now, today=today)
            elif row:
                row.reschedule(date.fromisoformat(was), by=request.member, at=now)
            undone += 1
        except NotOpen:
            continue  # it has gone on since: what was done stays done
    messages.success(request, "Everything is where it was." if undone else "There was nothing to take back.")
    return redirect("touchpoints:today", request.workspace.slug)


def _rearrange(request: MemberRequest, today: date) -> list[list[str]]:
    now, done = timezone.now(), []
    chosen = [[*said.split("|", 3), "", "", ""][:4] for said in request.POST.getlist("row")[:MOST]]
    rows = _rows(request, [pk for pk, *_ in chosen])
    for pk, verdict, until, why in chosen:
        row, day = rows.get(pk), _day(until)
        if row is None or (verdict == "wait" and not (day and day > today)):
            continue
        was = row.due_on.isoformat()
        try:
            with transaction.atomic():
                if verdict == "wait" and day:
                    row.reschedule(day, by=request.member, at=now)
                elif verdict == "skip":
                    row.skip(today, why[:500] or "the day was full", by=request.member, at=now)
                else:
                    continue
        except NotOpen:
            continue
        done.append([str(row.pk), verdict, was])
    return done


def _rows(request: MemberRequest, pks: list[str]) -> dict[str, ScheduledTouchpoint]:
    """Those of these that there are, by their id as it was said."""
    ids = []
    for pk in pks:
        try:
            ids.append(UUID(pk))
        except ValueError:
            continue
    rows = ScheduledTouchpoint.objects.visible_to(request.member).with_names().select_related("customer")
    return {str(pk): row for pk, row in rows.in_bulk(ids).items()}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
