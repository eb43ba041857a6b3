"""An act that is sent again because its answer was lost: it is done once, and answered as the first time.

A page gives each act an id (the header Act-Id). The change that comes of it bears the id, which is unique on its map, so the
database refuses the second one; only then, or where nothing was left to do, is the first one looked up. An act that has changed
nothing is kept as a RestedAct, which the log refuses as well.
"""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from django.http import JsonResponse

from accounts.doors import MemberRequest
from journeys.models import Change, Journey, RestedAct
from journeys.models.change import Asked
from journeys.models.element import ActRefused


def asked_of(request: MemberRequest) -> Asked | None:
    """The act's id and a print of what it asks for; None if it came without. Raises ActRefused for an id that is none."""
    given = request.headers.get("Act-Id")
    if not given:
        return None
    try:
        id = UUID(given)
    except ValueError:
        raise ActRefused("That is not an id of an act.") from None
    whole = f"{request.path}?{request.POST.urlencode()}"
    return Asked(id, int.from_bytes(hashlib.blake2b(whole.encode(), digest_size=8).digest(), signed=True))


def answer_again(journey: UUID, asked: Asked | None, request: MemberRequest) -> JsonResponse | None:
    """What the first request of this id was answered; a refusal if it was another's; None if there was none."""
    if asked is None:
        return None
    found = Change.objects.of(journey).answering(asked) or RestedAct.objects.answering(journey, asked)
    if found is None:
        return None
    if (found.by_id, found.act_print) != (request.member.pk, asked.print):
        return JsonResponse({"field": "", "message": "Another act has had this id already. Load the page again."}, status=409)
    if isinstance(found, RestedAct):
        return JsonResponse(found.answered)
    said = found.label[:1].upper() + found.label[1:]
    return JsonResponse({"revision": found.revision, "said": said, **(found.answered or {})})


def of_somebody_else(request: MemberRequest) -> JsonResponse | None:
    """A page goes on sending when somebody else has signed in since. What one has drawn is not sent in the name of another."""
    by = request.headers.get("Act-By", "")
    if by in ("", str(request.member.pk)):
        return None
    return JsonResponse({"field": "", "message": f"{request.member} is signed in here now."}, status=401)


def remember(journey: Journey, asked: Asked | None, more: dict[str, Any]) -> None:
    if asked and more:
        Change.objects.of(journey).remember(asked, more)


def settle(journey: Journey, asked: Asked | None, answered: dict[str, Any], request: MemberRequest) -> JsonResponse | None:
    """Of a request that has changed nothing: what it was answered before, or None, and then it is over from now on."""
    again = answer_again(journey.pk, asked, request)
    if asked and not again:
        RestedAct.objects.rest(journey, asked, answered, by=request.member, at=request.at)
    return again
