"""No more mails of a kind: where the link at their end leads. Looking changes nothing, as mail programs look at links unasked."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from accounts.doors import door
from accounts.models import Member
from touchpoints.models import Reminding
from touchpoints.reminding.mails import NoSuchLink, read_token


# The signed link is what says who asks: a mail program posts here by itself, without a page of ours (RFC 8058).
@csrf_exempt
@door("GET", "POST", access="public")
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    try:
        pk, kind = read_token(token)
    except NoSuchLink:
        raise Http404 from None
    member = get_object_or_404(Member.objects.select_related("user", "workspace"), pk=pk)
    is_done = request.method == "POST"
    if is_done:
        Reminding.objects.of(member).stop_mail(kind, at=timezone.now())
    return render(request, "touchpoints/unsubscribe.html", {"kind": kind.label, "to": member, "is_done": is_done})
