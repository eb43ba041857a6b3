"""The door to the acts of a map's page, and how they read what was sent.

An act parses, makes one domain call, and answers with the new revision. A refusal is a 422 with
{"field", "message"}, shown at the place it belongs to; what it was about being gone, a 404 with the same. Where somebody has
changed the same field meanwhile it is a 409 with what both have written (both_sides.py), and where somebody has deleted the
element a 410 with its address as "deleted". An act with an id that is sent again is answered as the first time: see repeating.py.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.http import Http404, HttpResponse, JsonResponse
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.models import Access, Member
from journeys.bringing_back import Deleted, find_lost
from journeys.conflicts import Conflict
from journeys.forms import origins
from journeys.models import Journey
from journeys.models.element import ActRefused, Element
from journeys.views.both_sides import both_sides
from journeys.views.repeating import answer_again, asked_of, of_somebody_else, remember, settle


def act_on(model: type[Element]) -> Callable[[Callable[..., Any]], Callable[..., HttpResponse]]:
    """An act whose view begins with `one_of(journey, model, pk)`."""
    return partial(act, model=model)


def act(view: Callable[..., Any], model: type[Element] | None = None) -> Callable[..., HttpResponse]:
    """POST, for editors: view(request, journey, **ids) -> words to announce, or None; or these and what else the answer says."""

    @door("POST", access=Access.EDITOR)
    @wraps(view)
    def inner(request: MemberRequest, journey: UUID, **ids: Any) -> HttpResponse:
        request.at = timezone.now()
        if refused := of_somebody_else(request):
            return refused
        asked = again = None
        try:
            asked = asked_of(request)
            element = (model, ids["pk"]) if model else None
            with Journey.objects.hold(journey, by=request.member, element=element) as found:
                found.asked, before = asked, found.revision
                outcome = view(request, found, **ids)
                said, more = outcome if isinstance(outcome, tuple) else (outcome, {})
                answered = {"revision": found.revision, "said": said or "Saved", **more}
                if found.revision == before:
                    again = settle(found, asked, answered, request)
                else:
                    remember(found, asked, more)
        except Journey.DoesNotExist:
            raise Http404 from None
        except (ActRefused, IntegrityError, Http404) as trouble:
            return answer_again(journey, asked, request) or _refused(trouble, request.member)
        return again or JsonResponse(answered)

    return inner


def _refused(trouble: Exception, member: Member) -> JsonResponse:
    if isinstance(trouble, Conflict):
        return JsonResponse(both_sides(trouble, member), status=409)
    if isinstance(trouble, Deleted):
        return JsonResponse({"field": "", "message": trouble.message, "deleted": trouble.address}, status=410)
    if isinstance(trouble, ActRefused):
        return JsonResponse({"field": trouble.field, "message": trouble.message}, status=422)
    if isinstance(trouble, Http404):
        return JsonResponse({"field": "", "message": "That is no longer on the map."}, status=404)
    return JsonResponse({"field": "", "message": "Somebody was quicker. Look again and retry."}, status=409)


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
