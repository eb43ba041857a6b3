"""What an API client is told when something cannot be done: RFC 9457, `application/problem+json`.

`type` never changes its meaning (accounts/api/problem_types.py); `errors` point to where in the request it went wrong (RFC 6901);
`hint` says what helps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from accounts.api.problem_types import KINDS, TYPE

MEDIA_TYPE = "application/problem+json"


class Problem(exceptions.APIException):
    """Something that cannot be done. `name`: one of KINDS, which ends its type, and has a hint where none is said here;
    `errors`: pairs of (JSON pointer, what is wrong there); `headers` go with the answer and `more` into it."""

    def __init__(
        self,
        status: int,
        name: str,
        title: str,
        detail: str = "",
        *,
        hint: str = "",
        errors: list[tuple[str, str]] | None = None,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ):
        super().__init__(detail or title)
        self.status_code, self.name, self.title, self.said = status, name, title, detail
        self.errors, self.headers, self.more = errors or [], {**AGAIN.get(name, {}), **(headers or {})}, dict(more or {})
        self.hint = hint or (_hint_by(self.errors) if name == "invalid" and self.errors else KINDS[name].hint)


#: what passes by itself, and when it is worth another try
AGAIN = {name: {"Retry-After": "1"} for name in ("busy", "in-flight")}
AT_PLACES = "Each of “errors” points to its place in the body."
AS_A_WHOLE = "No single field is at fault: “errors” says what stands in the way, and /api/v1/docs what the request may say."
#: what others raise -> (status, name, title, hint where it is another than usual)
KNOWN: tuple[tuple[type[Exception], int, str, str, str], ...] = (
    (exceptions.ParseError, 400, "malformed", "The body cannot be read", ""),
    (RecursionError, 400, "malformed", "The body cannot be read", "It is nested too deep."),
    (exceptions.NotAuthenticated, 401, "not-authenticated", "Nobody is signed in", ""),
    (exceptions.AuthenticationFailed, 401, "token-invalid", "The token opens nothing", ""),
    (exceptions.PermissionDenied, 403, "not-allowed", "That is not allowed", ""),
    (PermissionDenied, 403, "not-allowed", "That is not allowed", ""),
    (exceptions.NotFound, 404, "not-found", "There is no such thing", ""),
    (Http404, 404, "not-found", "There is no such thing", ""),
    (exceptions.MethodNotAllowed, 405, "method-not-allowed", "This address does not take that method", ""),
    (exceptions.NotAcceptable, 406, "not-acceptable", "Answers are JSON", ""),
    (exceptions.UnsupportedMediaType, 415, "not-json", "The body is not JSON", ""),
    (exceptions.ValidationError, 422, "invalid", "Something in the request is not right", ""),
)


def answer(trouble: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER; None of what nobody foresaw."""
    problem = trouble if isinstance(trouble, Problem) else _known(trouble)
    if problem is None:
        return None
    headers = dict(problem.headers)
    if problem.status_code == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="Touchline"'
    body: dict[str, Any] = {"type": TYPE + problem.name, "title": problem.title, "status": problem.status_code}
    if problem.said:
        body["detail"] = problem.said
    if problem.errors:
        body["errors"] = [{"pointer": pointer, "detail": detail} for pointer, detail in problem.errors]
    body["hint"] = problem.hint
    return Response(body | problem.more, status=problem.status_code, headers=headers, content_type=MEDIA_TYPE)


def _hint_by(errors: list[tuple[str, str]]) -> str:
    return AT_PLACES if any(pointer for pointer, _ in errors) else AS_A_WHOLE


def pointer_to(steps: Iterable[str | int]) -> str:
    """The JSON pointer of a place (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def _known(trouble: Exception) -> Problem | None:
    for kind, status, name, title, hint in KNOWN:
        if isinstance(trouble, kind):
            errors = list(_pointers(trouble.detail, "")) if isinstance(trouble, exceptions.ValidationError) else []
            return Problem(status, name, title, _detail(trouble, errors), hint=hint, errors=errors)
    return None


def _detail(trouble: Exception, errors: list[tuple[str, str]]) -> str:
    if errors or isinstance(trouble, (Http404, exceptions.NotFound, exceptions.NotAuthenticated, RecursionError)):
        return ""  # what is not there is not named
    said = trouble.detail if isinstance(trouble, exceptions.APIException) else str(trouble)
    return str(said)


def _pointers(detail: Any, at: str) -> Iterator[tuple[str, str]]:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _pointers(inner, at + ("" if name == "non_field_errors" else pointer_to([name])))
    elif isinstance(detail, list):
        for number, inner in enumerate(detail):
            yield from _pointers(inner, at if isinstance(inner, str) else f"{at}/{number}")
    else:
        yield at, str(detail)
