"""One's touchpoints in one's own calendar."""

from __future__ import annotations

import hashlib

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.models import Access
from touchpoints.feeding import read_feed
from touchpoints.models import CalendarFeed

#: the address just made, which is shown once
SHOWN = "calendar_feed_address"


@door("GET", access=Access.VIEWER)
def calendar_feed(request: MemberRequest) -> HttpResponse:
    address = request.session.pop(SHOWN, "")
    context = {"feed": CalendarFeed.objects.of(request.member), "address": address}
    return render(request, "touchpoints/calendar_feed.html", context)


@door("POST", access=Access.VIEWER)
def open_calendar_feed(request: MemberRequest) -> HttpResponse:
    """A new address; the old one, if there was one, leads nowhere any more."""
    _, token = CalendarFeed.objects.open(request.member, at=timezone.now())
    request.session[SHOWN] = request.build_absolute_uri(reverse("calendar_ics", args=[token]))
    return redirect("touchpoints:calendar_feed", request.workspace.slug)


@door("POST", access=Access.VIEWER)
def revoke_calendar_feed(request: MemberRequest) -> HttpResponse:
    if feed := CalendarFeed.objects.of(request.member):
        feed.delete()
    messages.success(request, "Revoked. Calendars that knew the address find nothing there any more.")
    return redirect("touchpoints:calendar_feed", request.workspace.slug)


@door("GET", access="public")
def calendar_ics(request: HttpRequest, token: str) -> HttpResponse:
    """What a calendar fetches; whoever has the address may."""
    feed = CalendarFeed.objects.at_address(token)
    if feed is None:
        raise Http404
    body = read_feed(feed, at=timezone.now())
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers=headers)
