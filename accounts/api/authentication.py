"""Who asks: a program with a token, or somebody who is signed in in the browser."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied

from accounts.api.problems import Problem
from accounts.models import ApiToken, Member, User


class ByToken(BaseAuthentication):
    """`Authorization: Bearer tl_…`. A token is bound to one member and so to one workspace."""

    def authenticate(self, request: Any) -> tuple[User, ApiToken] | None:
        kind, _, text = get_authorization_header(request).decode("latin-1").partition(" ")
        if not kind:
            return None
        now = timezone.now()
        token = ApiToken.objects.by_text(text.strip(), at=now) if kind.lower() == "bearer" else None
        if token is None:
            raise AuthenticationFailed("No token of this kind opens anything here.")
        token.note_use(at=now)
        request.member = token.member
        return token.member.user, token

    def authenticate_header(self, request: Any) -> str:
        return 'Bearer realm="Touchline"'


class BySession(SessionAuthentication):
    """Who is signed in, with CSRF. `Touchline-Workspace` says which of their workspaces is meant; who has but one
    need not say it."""

    def authenticate(self, request: Any) -> Any:
        found = super().authenticate(request)
        if found is None:
            return None
        slug = request.headers.get("Touchline-Workspace", "")
        seats = Member.objects.of(found[0])
        mine = list(seats.filter(workspace__slug=slug) if slug else seats[:2])
        if not mine and slug:
            raise Problem(404, "not-found", "There is no such thing", hint="You are in no workspace of the name that is said.")
        if len(mine) != 1:
            raise Problem(400, "workspace-unclear", "Which workspace is meant is not clear")
        request.member = mine[0]
        request.member.user = found[0]
        return found

    def enforce_csrf(self, request: Any) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied as trouble:
            raise Problem(403, "csrf-failed", "It is not clear that this was meant", str(trouble.detail)) from trouble
