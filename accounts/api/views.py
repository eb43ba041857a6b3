"""What every door of the API has in common: who asks is known, counted, and let in or not; answers are JSON."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

import orjson
from django.conf import settings
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import NotAuthenticated, ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import BySession, ByToken
from accounts.api.describing import Description
from accounts.api.limits import Allowance, spend_one
from accounts.api.paging import know_all
from accounts.api.problems import Problem
from accounts.api.retrying import once
from accounts.api.shapes import ID, INSTANT, TEXT, Schema, one_of, or_null, thing
from accounts.doors import Door
from accounts.models import Access, ApiToken, Member, Scope

SAFE = ("GET", "HEAD", "OPTIONS")


class AsJson(BaseRenderer):
    media_type = "application/json"
    format = "json"

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        return data if isinstance(data, bytes) else b"" if data is None else orjson.dumps(data, default=str)


class FromJson(BaseParser):
    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        body = stream.read(settings.API_LARGEST_BODY + 1)
        if len(body) > settings.API_LARGEST_BODY:
            raise Problem(413, "too-large", "The body is too large", f"At most {settings.API_LARGEST_BODY:,} bytes are taken.")
        try:
            found = orjson.loads(body)
        except orjson.JSONDecodeError as trouble:
            raise ParseError(f"It is not JSON: {trouble}.") from trouble
        return found


class ApiRequest(Request):
    """A request that a door has let in."""

    member: Member
    auth: ApiToken | None
    at: datetime


class ApiView(APIView):
    """A door of the API. `doors` says which methods it takes and the least access of each; what is written needs a token to
    write, and what only admins may, one to administer."""

    authentication_classes: Sequence[type[BaseAuthentication]] = (ByToken, BySession)
    renderer_classes = (AsJson,)
    parser_classes = (FromJson,)
    permission_classes = ()
    doors: ClassVar[Mapping[str, Access]] = {}
    #: method -> what its body has to be, as JSON Schema
    bodies: ClassVar[Mapping[str, Any]] = {}
    #: methods whose body may be left out
    may_say_nothing: ClassVar[Collection[str]] = ()
    #: method -> (status, JSON Schema of the answer, or None where it has no body)
    answers: ClassVar[Mapping[str, tuple[int, Schema | None]]] = {}
    #: method -> {parameter of the address: JSON Schema}; a parameter not named here is refused by the door itself
    queries: ClassVar[Mapping[str, Mapping[str, Schema]]] = {}
    #: method -> other statuses where all went well, and the schema of the answer, None where it has no body
    also_answers: ClassVar[Mapping[str, Mapping[int, Schema | None]]] = {}
    #: method -> {header: JSON Schema}
    headers_taken: ClassVar[Mapping[str, Mapping[str, Schema]]] = {}
    #: method -> statuses that it refuses with, besides those that every door of its kind has
    refusals: ClassVar[Mapping[str, Collection[int]]] = {}
    #: the field of what POST answers that is a secret; it is not kept for who sends the request again (accounts/api/retrying.py)
    untold: ClassVar[str] = ""
    schema = Description()
    allowance: Allowance | None = None

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        if "post" in vars(cls):
            cls.post = once(cls.post)  # type: ignore[attr-defined]

    def secrets_of(self, request: ApiRequest, told: Mapping[str, Any]) -> Collection[str]:
        """Those that what an earlier answer `told` of has now. For doors that have `untold`."""
        raise NotImplementedError

    @classmethod
    def answer_schema(cls, method: str) -> tuple[int, Schema | None]:
        """What is answered when all went well. Raises LookupError for a method nobody has described."""
        return cls.answers[method]

    @classmethod
    def parameters(cls, method: str) -> Mapping[str, Schema]:
        return cls.queries.get(method, {})

    @classmethod
    def as_view(cls, **more: Any) -> Any:
        view = super().as_view(**more)
        view.door = Door(tuple(cls.doors), "api")  # type: ignore[attr-defined]
        return view

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        request.at = timezone.now()
        super().initial(request, *args, **kwargs)
        if not request.user or not request.user.is_authenticated:
            raise NotAuthenticated
        self.allowance = spend_one(request)
        if "chunked" in request.headers.get("Transfer-Encoding", "") and not request.META.get("CONTENT_LENGTH"):
            # It would be read as nothing at all.
            raise Problem(411, "length-missing", "How long the body is must be said")
        if request.method not in self._allowed_methods():
            raise self.http_method_not_allowed_problem(request)
        least = self.doors["GET" if request.method == "HEAD" else request.method]
        needed = scope_for(request.method, least)
        if request.auth and not request.auth.allows(needed):
            raise Problem(
                403, "scope-too-small", "The token may not do that", f"It may {Scope(request.auth.scope).label.lower()}.",
                hint=f"Use a token to {needed.label.lower()}.",
            )  # fmt: skip
        if request.member.rank < least.rank:
            raise Problem(403, "not-allowed", "That is not allowed", f"It takes {least.label.lower()} access, or more.")

    def http_method_not_allowed_problem(self, request: Any) -> Problem:
        title = "This address does not take that method"
        return Problem(405, "method-not-allowed", title, f"It takes {', '.join(self.doors)}.")

    def _allowed_methods(self) -> list[str]:
        """What DRF says in the header Allow of every answer; by itself it would name OPTIONS, which is refused."""
        return [one for method in self.doors for one in ((method, "HEAD") if method == "GET" else (method,))]

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.allowance:
            for name, value in self.allowance.headers.items():
                response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


def scope_for(method: str, least: Access) -> Scope:
    """What a token must be able to do at a door."""
    if least.rank >= Access.ADMIN.rank:
        return Scope.ADMIN
    return Scope.READ if method in SAFE else Scope.WRITE


class Me(ApiView):
    """Who asks, in which workspace, and what they may do."""

    doors = {"GET": Access.VIEWER}
    answers = {
        "GET": (
            200,
            thing(
                member=thing(id=ID, name=TEXT, email=TEXT, access=one_of(*Access.values)),
                workspace=thing(slug=TEXT, name=TEXT, time_zone=TEXT),
                token=or_null(thing(name=TEXT, scope=one_of(*Scope.values), expires_at=INSTANT)),
            ),
        )
    }

    def get(self, request: ApiRequest) -> Response:
        know_all(request, ())
        member, workspace = request.member, request.member.workspace
        token = request.auth
        return Response(
            {
                "member": {"id": str(member.pk), "name": str(member), "email": member.user.email, "access": member.access},
                "workspace": {"slug": workspace.slug, "name": workspace.name, "time_zone": workspace.time_zone},
                "token": {"name": token.name, "scope": token.scope, "expires_at": token.expires_at} if token else None,
            }
        )
