"""The door to the acts of a map's page, and how they read what was sent.

An act parses, makes one domain call, and answers with the new revision. A refusal is a 422 with
{"field", "message"}, shown at the place it belongs to. Where somebody has changed the same field meanwhile it is a 409 with what
both have written (both_sides.py), and where somebody has deleted the element a 410 with its address as "deleted".
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
from journeys.bringing_back import Deleted, find_lost
from journeys.conflicts import Conflict
from journeys.forms import origins
from journeys.models import Journey
from journeys.models.element import ActRefused
from journeys.views.both_sides import both_sides


def act(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
    """POST, for editors: view(request, journey, **ids) -> words to announce, or None; or these and what else the answer says."""

    @door("POST", access=Access.EDITOR)
    @wraps(view)
    def inner(request: MemberRequest, journey: UUID, **ids: Any) -> HttpResponse:
        request.at = timezone.now()
        try:
            with Journey.objects.hold(journey, by=request.member) as found:
                outcome = view(request, found, **ids)
        except Journey.DoesNotExist:
            raise Http404 from None
        except Conflict as conflict:
            return JsonResponse(both_sides(conflict, request.member), status=409)
        except Deleted as deleted:
            return JsonResponse({"field": "", "message": deleted.message, "deleted": deleted.address}, status=410)
        except ActRefused as refusal:
            return JsonResponse({"field": refusal.field, "message": refusal.message}, status=422)
        except IntegrityError:
            return JsonResponse({"field": "", "message": "Somebody was quicker. Look again and retry."}, status=409)
        said, more = outcome if isinstance(outcome, tuple) else (outcome, {})
        return JsonResponse({"revision": found.revision, "said": said or "Saved", **more})

    return inner


def began_with(request: MemberRequest) -> dict[str, Any]:
    """What the submitted fields said when the page read them."""
    return {"was": origins(request.POST)}


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
    """The element the act needs there. Raises ActRefused if it is not, and says who deleted it."""
    found = model.on(journey, pk) if pk else None
    if found is None:
        lost = find_lost(journey, model, pk) if pk else None
        raise Deleted(lost) if lost else ActRefused(f"That {model.kind_name} is no longer on the map.")
    return found


def one_of(journey: Journey, model: type[Any], pk: UUID) -> Any:
    """The element the act is about. Raises Deleted if it was there, Http404 if it never was."""
    found = model.on(journey, pk)
    if found is None:
        lost = find_lost(journey, model, pk)
        raise Deleted(lost) if lost else Http404
    return found
