"""A page that is as it was is not sent again: who has it already gets 304, which costs a few queries."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpResponse, HttpResponseNotModified
from django.middleware.csrf import get_token
from django.utils.cache import get_conditional_response

from accounts.doors import MemberRequest
from config.build import build


def unless_unchanged(request: MemberRequest, shown: Any, page: Callable[[], HttpResponse]) -> HttpResponse:
    """What `page` answers, or 304. `shown` is all that the page is made of, besides the person and the build; its repr must tell.

    A browser asks every time before it shows what it has kept.
    """
    tag = _tag(request, shown)
    answer = get_conditional_response(request, etag=tag) if tag else None
    if not isinstance(answer, HttpResponseNotModified):
        answer = page()
    if tag:
        answer["ETag"] = tag
    answer["Cache-Control"] = "private, no-cache"
    return answer


def _tag(request: MemberRequest, shown: Any) -> str | None:
    """None while there are messages: a page shows them once. Weak, because a form's token is masked anew each time."""
    if len(get_messages(request)):
        return None
    get_token(request)
    # The forms of a page that was kept go on working only as long as the secret behind their token is the same.
    secret = request.META["CSRF_COOKIE"]
    member = request.member
    made_of = (build(), secret, member.pk, member.access, str(member.user), shown)
    return f'W/"{hashlib.sha256(repr(made_of).encode()).hexdigest()[:32]}"'
