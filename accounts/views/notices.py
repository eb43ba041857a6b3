"""What one has been told: the bell and its page."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.models import Access, Notice
from accounts.paging import page_of


@door("GET", access=Access.VIEWER)
def notices(request: MemberRequest) -> HttpResponse:
    mine = Notice.objects.of(request.member)
    context = {"page": page_of(request, mine.newest_first()), "unread": mine.unread().count()}
    return render(request, "accounts/notices.html", context)


@door("GET", access=Access.VIEWER)
def notice_count(request: MemberRequest) -> HttpResponse:
    """The number on the bell: a fragment of its own, so that pages that are kept need not be sent again for it."""
    return render(request, "accounts/notice_count.html", {"unread": Notice.objects.of(request.member).unread().count()})


@door("GET", access=Access.VIEWER)
def open_notice(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Where the bell's page and the mail lead: it is read, and one goes there."""
    notice = get_object_or_404(Notice.objects.of(request.member), pk=pk)
    notice.read(at=timezone.now())
    return redirect(notice.url)


@door("POST", access=Access.VIEWER)
def read_notice(request: MemberRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(Notice.objects.of(request.member), pk=pk).read(at=timezone.now())
    return redirect("accounts:notices", request.workspace.slug)


@door("POST", access=Access.VIEWER)
def read_notices(request: MemberRequest) -> HttpResponse:
    Notice.objects.of(request.member).read(at=timezone.now())
    return redirect("accounts:notices", request.workspace.slug)
