"""How the API acts on a map: the map is held, one act is done, and what is refused is told at its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import IntegrityError
from django.http import Http404
from rest_framework.exceptions import APIException, ValidationError

from accounts.api.own_ids import in_use, taken
from accounts.api.views import ApiRequest
from journeys.models import Journey
from journeys.models.element import ActRefused, Element, IdTaken

ELEMENT = "element of this map"


@contextmanager
def acting(request: ApiRequest, journey: UUID, element: tuple[type[Element], UUID] | None = None) -> Iterator[Journey]:
    """The map, held until the block ends. Raises Http404, ValidationError."""
    try:
        with Journey.objects.hold(journey, by=request.member, element=element) as held:
            yield held
    except Journey.DoesNotExist:
        raise Http404 from None
    except ActRefused as refusal:
        raise refused(refusal) from refusal
    except IntegrityError as trouble:
        raise taken(trouble, ELEMENT) from trouble


def refused(refusal: ActRefused) -> APIException:
    if isinstance(refusal, IdTaken):
        return in_use()
    return ValidationError({refusal.field or "non_field_errors": [refusal.message]})
