"""The doors: every view says by one decorator which methods it takes and whom it lets in.

What a person cannot see does not exist for them: an unknown workspace and somebody else's answer with the same 404.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts.models import Access, Member, User, Workspace

View = Callable[..., HttpResponse]


class UserRequest(HttpRequest):
    """A request that a door has let in: somebody is signed in."""

    user: User


class MemberRequest(UserRequest):
    """A request inside a workspace."""

    member: Member
    workspace: Workspace
    #: when the act happens; read once, at the edge
    at: datetime


@dataclass(frozen=True)
class Door:
    """Which methods a view takes, and who may come in: "public", "signed-in", or the least Access in a workspace."""

    methods: tuple[str, ...]
    access: str


def door(*methods: str, access: str = "signed-in") -> Callable[[View], View]:
    """Declare a view's methods and access. With an Access level the view is inside a workspace and gets request.member."""
    allowed = (*methods, "HEAD") if "GET" in methods else methods

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in allowed:
                return HttpResponseNotAllowed(methods)
            if access != "public":
                if not request.user.is_authenticated:
                    return _ask_to_sign_in(request)
                timezone.activate(ZoneInfo(request.user.time_zone))
            if access in Access.values:
                _enter(request, kwargs.pop("workspace"), Access(access))
            return view(request, *args, **kwargs)

        inner.door = Door(methods, str(access))  # type: ignore[attr-defined]
        return inner

    return decorate


def declare(view: View, *methods: str, access: str = "public") -> View:
    """A door for a view that somebody else wrote."""
    return door(*methods, access=access)(view)


def _enter(request: HttpRequest, slug: str, least: Access) -> None:
    member = Member.objects.entering(slug, request.user)  # type: ignore[arg-type]
    if member is None:
        raise Http404
    request.member = member  # type: ignore[attr-defined]
    request.workspace = SimpleLazyObject(lambda: member.workspace)  # type: ignore[attr-defined]
    if member.rank < least.rank:
        raise PermissionDenied
    if request.method == "GET":
        request.user.visit(member.workspace_id)  # type: ignore[union-attr]


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        # A fragment must not be replaced by the sign-in page: take the whole page there.
        return HttpResponse(status=401, headers={"HX-Redirect": "/accounts/sign-in/"})
    return redirect_to_login(request.get_full_path())
