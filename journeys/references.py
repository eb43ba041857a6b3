"""What elements refer to beyond their map (roles, playbooks, journeys inside) may be gone when they come back."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from journeys.changing import MODELS
from journeys.document import Patch
from journeys.models import Journey
from journeys.models.element import Element

Fields = dict[str, Any]


def lost_references(patches: Iterable[Patch]) -> set[str]:
    """The ids that the patches want to refer to and that exist no more. One query for each kind of thing."""
    wanted: dict[Any, set[str]] = {}
    for patch in patches:
        model: Any = Journey if patch["kind"] == "journey" else MODELS.get(patch["kind"])
        for name, value in (patch["after"] or {}).items():
            if value and model and (field := _beyond(model, name)):
                wanted.setdefault(field.related_model, set()).add(value)
    return {
        id
        for model, ids in wanted.items()
        for id in ids - {str(pk) for pk in model._default_manager.filter(pk__in=ids).values_list("pk", flat=True)}
    }


def without_lost(model: type[Element], fields: Fields, lost: set[str]) -> Fields | None:
    """The fields with nobody in the place of what is lost; None where the element cannot be without it."""
    found = dict(fields)
    for name, value in fields.items():
        if isinstance(value, str) and value in lost and (field := _beyond(model, name)):
            if not field.null:
                return None
            found[name] = None
    return found


@cache
def _beyond(model: Any, name: str) -> Any:
    """The foreign key of that attribute, if it leads to something that is no element of a map."""
    field = next((one for one in model._meta.concrete_fields if one.attname == name), None)
    if field is None or not field.is_relation:
        return None
    return None if issubclass(field.related_model, Element) else field
