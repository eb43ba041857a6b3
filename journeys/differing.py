"""What lies between two states of one map: the patches that turn the one document into the other."""

from __future__ import annotations

from itertools import chain
from typing import Any

from journeys.document import KEYS, Document, Patch, apply_patches, turned_round
from journeys.models import Change, Journey
from journeys.reading import read_document


def document_at(journey: Journey, revision: int, now: Document | None = None) -> Document:
    """The map as it was: the log turned round, from `now` (the document of today, read if it is not given) backwards."""
    document = now or read_document(journey)
    changes = Change.objects.of(journey).since(revision).filter(revision__lte=document["revision"])
    backwards = reversed(list(changes.values_list("patches", flat=True)))
    return apply_patches(document, chain.from_iterable(map(turned_round, backwards)), revision)


def patches_between(before: Document, after: Document) -> list[Patch]:
    """What an act would record that turns `before` into `after`; [] if they show the same."""
    found: list[Patch] = []
    if own := _fields(before["journey"], after["journey"]):
        found.append({"kind": "journey", "id": after["id"], **own})
    for kind, key in KEYS.items():
        was, now = before[key], after[key]
        for id in [*was, *(id for id in now if id not in was)]:
            patch: dict[str, Any] | None
            if id not in now:
                patch = {"before": dict(was[id]), "after": None}
            elif id not in was:
                patch = {"before": None, "after": dict(now[id])}
            else:
                patch = _fields(was[id], now[id])
            if patch:
                found.append({"kind": kind, "id": id, **patch})
    return found


def _fields(was: dict[str, Any], now: dict[str, Any]) -> dict[str, Any] | None:
    differing = [name for name in now if was.get(name) != now[name]]
    return {"before": {n: was.get(n) for n in differing}, "after": {n: now[n] for n in differing}} if differing else None
