"""Differences drawn onto the picture of a map: what was added, removed, moved and changed bears a mark."""

from __future__ import annotations

from collections.abc import Iterable

from journeys.differences import HOW, Difference
from journeys.document import KEYS, Document
from journeys.rendering import Picture

#: kind -> the DOM ids of its fragments
DRAWN_AS = {
    "stage": ("stage-{}",),
    "lane": ("lane-label-{}",),
    "touchpoint": ("card-{}",),
    "emotion": ("card-{}",),
    "connector": ("wire-{}",),
    "handoff": ("handoff-{}", "handoff-wire-{}"),
}


def with_ghosts(shown: Document, other: Document) -> Document:
    """The map with what only the other one has, so that it can be drawn, too, where it stands there."""
    return {**shown, **{key: {**other[key], **shown[key]} for key in KEYS.values()}}


def mark(picture: Picture, found: Iterable[Difference], shown: Document) -> Picture:
    """The picture with `data-diff` on what differs, and `data-ghost` on what is not on the map that is shown."""
    marked = dict(picture)
    for one in found:
        ghost = " data-ghost" if one.kind in KEYS and one.id not in shown[KEYS[one.kind]] else ""
        for pattern in DRAWN_AS.get(one.kind, ()):
            id = pattern.format(one.id)
            fragment = marked.get(id)
            if fragment is None:
                continue
            html = fragment.html.replace(f' id="{id}"', f' id="{id}" data-diff="{one.how}"{ghost}', 1)
            html = html.replace(' aria-label="', f' aria-label="{HOW[one.how]}: ', 1)
            marked[id] = type(fragment)(fragment.container, html)
    return marked


def place_of(one: Difference) -> str:
    """The DOM id of where a difference is to be seen, "" where it is not on the map."""
    patterns = DRAWN_AS.get(one.kind)
    return patterns[0].format(one.id) if patterns else ""
