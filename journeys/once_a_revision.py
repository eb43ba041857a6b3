"""What is computed from a journey's document, once a revision: kept in the cache, which may be lost at any time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from uuid import UUID

from django.core.cache import cache

from journeys.document import Document
from journeys.models import Journey
from journeys.reading import read_documents

KEPT = 30 * 24 * 3600


class Computed(NamedTuple):
    """`name` is the key in the cache, with a version: it changes when what is computed does."""

    name: str
    compute: Callable[[Document], Any]


def once_a_revision(journeys: Iterable[Journey], *wanted: Computed) -> list[dict[str, Any]]:
    """For each of what is wanted: the value of each journey, by id. What is missing is computed from one reading."""
    listed = list(journeys)
    keys = {f"{one.name}:{j.pk}:{j.revision}": (number, str(j.pk)) for number, one in enumerate(wanted) for j in listed}
    kept = cache.get_many(keys)
    missing = {key: place for key, place in keys.items() if key not in kept}
    documents = read_documents(UUID(id) for id in {id for _, id in missing.values()}) if missing else {}
    made = {key: wanted[number].compute(documents[id]) for key, (number, id) in missing.items()}
    if made:
        cache.set_many(made, KEPT)
    found: list[dict[str, Any]] = [{} for _ in wanted]
    for key, (number, id) in keys.items():
        found[number][id] = (made if key in made else kept)[key]
    return found
