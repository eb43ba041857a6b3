"""A request that makes something may be sent again when its answer was lost: with the same `Idempotency-Key` it is done once, and
the second one gets the answer of the first (draft-ietf-httpapi-idempotency-key-header-07).

A secret in an answer (`ApiView.untold`) is not kept, only a sum of it, by which it is found again where the thing itself has it:
whoever sends it again is told it as long as it is in force, and null afterwards.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

import orjson
from django.db import IntegrityError, connection, transaction
from rest_framework.exceptions import ParseError
from rest_framework.response import Response

from accounts.api.problems import Problem
from accounts.models import KeptAnswer
from accounts.models.kept_answer import Overtaken

LONGEST = 200
#: headers of an answer that are kept with it; the others are of each request
RETOLD = ("Location", "ETag", "Cache-Control")


def once(post: Callable[..., Response]) -> Callable[..., Response]:
    """A `post` that is done once for each key. What is refused or goes wrong may be sent again under the same key."""

    @wraps(post)
    def inner(self: Any, request: Any, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            return post(self, request, *args, **kwargs)
        if len(key) > LONGEST or not key.isprintable():
            raise Problem(400, "bad-key", "The Idempotency-Key makes no sense", f"It has at most {LONGEST} printable characters.")
        kept, is_new = KeptAnswer.objects.take(request.member, key, print_of(request), at=request.at)
        if not is_new:
            return _again(self, request, kept)
        try:
            with transaction.atomic():
                answer = post(self, request, *args, **kwargs)
                _check_what_it_refers_to()
                headers = {name: answer.headers[name] for name in RETOLD if name in answer.headers}
                kept.keep(answer.status_code, orjson.dumps(_to_keep(self, answer.data), default=str), headers)
        except Overtaken as overtaken:
            raise _in_flight("Another has taken it over.") from overtaken
        except BaseException:
            kept.release()
            raise
        return answer

    return inner


def print_of(request: Any) -> bytes:
    """Another one for another request: address, parameters and what the body says, however it is written."""
    try:
        said = orjson.dumps(request.data, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as trouble:
        raise ParseError("It is nested too deep.") from trouble
    whole = b"\0".join([request.get_full_path().encode(), said])
    return hashlib.sha256(whole).digest()


def _check_what_it_refers_to() -> None:
    """What is only checked when a transaction ends: without a key that is inside of the act, where its door knows what to say.
    Raises Problem."""
    try:
        connection.check_constraints()
    except IntegrityError as trouble:
        raise Problem(409, "busy", "Others are at what it refers to just now") from trouble


def _to_keep(view: Any, told: Any) -> Any:
    return {**told, view.untold: _sum(told[view.untold])} if view.untold else told


def _sum(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _again(view: Any, request: Any, kept: KeptAnswer) -> Response:
    if bytes(kept.print) != print_of(request):
        raise Problem(422, "key-used", "This Idempotency-Key was another request's")
    if kept.status is None or kept.body is None:
        raise _in_flight("The first one is still being done.")
    body = bytes(kept.body)
    if view.untold:
        told = orjson.loads(body)
        told[view.untold] = next((one for one in view.secrets_of(request, told) if _sum(one) == told[view.untold]), None)
        body = orjson.dumps(told)
    return Response(body, status=kept.status, headers={**kept.headers, "Idempotency-Replayed": "true"})


def _in_flight(why: str) -> Problem:
    return Problem(409, "in-flight", "This request is being done", why)
