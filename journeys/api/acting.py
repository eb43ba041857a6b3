"""How the API acts on a map: the map is held, one act is done, and what is refused is told at its place. Whoever says which state
they have seen (`If-Match`) overwrites nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.http import Http404
from rest_framework.exceptions import ValidationError

from accounts.api.problems import Problem
from accounts.api.shapes import TEXT, Schema
from accounts.api.views import ApiRequest
from journeys.models import Change, Journey
from journeys.models.element import ActRefused, Element

#: our own tags, the last revision that touched the thing; a proxy that packs the answer puts a word behind one, or calls it weak
ONE_TAG = re.compile(r'(?:W/)?"(\d{1,9})(?:[-;]\w+)?"')
SEEN: dict[str, Schema] = {"If-Match": {**TEXT, "description": "The ETag that was read. Left out, the last one wins."}}
KNOWN: dict[str, Schema] = {"If-None-Match": TEXT}


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
        raise taken(trouble) from trouble


def refused(refusal: ActRefused) -> ValidationError:
    return ValidationError({refusal.field or "non_field_errors": [refusal.message]})


def taken(trouble: IntegrityError) -> ValidationError:
    """What had to be there once was there already: somebody was quicker, or an external id names another element."""
    name = str(getattr(getattr(trouble.__cause__, "diag", None), "constraint_name", ""))
    where = "external_id" if name.endswith("external_id_once") else "id" if name.endswith("_pkey") else "non_field_errors"
    said = "Another element of this map has it already." if where == "external_id" else "That id is in use already."
    return ValidationError({where: ["Somebody was quicker. Read again and retry." if where == "non_field_errors" else said]})


def tag_of(journey: UUID, kind: str, id: UUID) -> str:
    """The revision of the last change that touched it: another one as soon as it says something else."""
    return str(Change.objects.of(journey).last_touching(kind, id) or 0)


def is_known(request: ApiRequest, tag: str) -> bool:
    return tag in ONE_TAG.findall(request.headers.get("If-None-Match", ""))


def refuse_stale(request: ApiRequest, tag: str, now: dict[str, Any]) -> None:
    """Raise Problem if the request says what it has seen, and that is not how it is `now`."""
    said = request.headers.get("If-Match", "").strip()
    if said in ("", "*") or tag in ONE_TAG.findall(said):
        return
    raise Problem(
        412, "changed-since", "Somebody has changed it since",
        hint="“now” says how it is. Bring your changes in, and send them with the ETag of this answer.",
        more={"revision": int(tag), "now": now}, headers={"ETag": f'"{tag}"'},
    )  # fmt: skip
