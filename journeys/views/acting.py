"""The door to the acts of a map's page, and how they read what was sent.

An act parses, makes one domain call, and answers with the new revision. A refusal is a 422 with
{"field", "message"}, shown at the place it belongs to.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.http import Http404, HttpResponse, JsonResponse
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.models import Access
from journeys.models import Journey
from journeys.models.element import ActRefused


def act(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
    """POST, for editors: view(request, journey, **ids) -> words to announce, or None; or these and what else the answer says."""

    @door("POST", access=Access.EDITOR)
    @wraps(view)
    def inner(request: MemberRequest, journey: UUID, **ids: UUID) -> HttpResponse:
        request.at = timezone.now()
        try:
            with Journey.objects.hold(journey, by=request.member) as found:
                outcome = view(request, found, **ids)
        except Journey.DoesNotExist:
            raise Http404 from None
        except ActRefused as refusal:
            return JsonResponse({"field": refusal.field, "message": refusal.message}, status=422)
        except IntegrityError:
            return JsonResponse({"field": "", "message": "Somebody was quicker. Look again and retry."}, status=409)
        said, more = outcome if isinstance(outcome, tuple) else (outcome, {})
        return JsonResponse({"revision": found.revision, "said": said or "Saved", **more})

    return inner


def who(request: MemberRequest) -> dict[str, Any]:
    return {"by": request.member, "at": request.at}


def id_of(request: MemberRequest, name: str = "id") -> UUID | None:
    """An id from the form; None if absent. Raises ActRefused if it is none."""
    value = request.POST.get(name, "")
    try:
        return UUID(value) if value else None
    except ValueError:
        raise ActRefused("That is not an id.", name) from None


def int_of(request: MemberRequest, name: str, least: int, most: int) -> int:
    try:
        value = int(request.POST.get(name, ""))
    except ValueError:
        raise ActRefused("That is not a whole number.", name) from None
    if not least <= value <= most:
        raise ActRefused(f"Between {least} and {most}, please.", name)
    return value


def on_map(journey: Journey, model: type[Any], pk: UUID | None) -> Any:
    found = model.on(journey, pk) if pk else None
    if found is None:
        raise ActRefused(f"That {model.kind_name} is no longer on the map.")
    return found


def one_of(journey: Journey, model: type[Any], pk: UUID) -> Any:
    found = model.on(journey, pk)
    if found is None:
        raise Http404
    return found
