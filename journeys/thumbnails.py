"""A journey at a glance: its stages, cards and curve as a small picture without words, from the one layout."""

from __future__ import annotations

from collections.abc import Iterable

from journeys.document import Document
from journeys.layout import Layout, lay_out
from journeys.models import Journey
from journeys.once_a_revision import KEPT, Computed, once_a_revision

#: units of the picture's own; its height follows the map, within bounds that keep a row of pictures even
WIDTH, LEAST, MOST = 480, 90, 240
#: raise it when the drawing changes: what is kept of the old one is not asked for any more
VERSION = 1


def thumbnail(document: Document) -> str:
    """One path a kind: a thousand cards are as many short strokes, not as many elements."""
    layout = lay_out(document, room=0)
    left = layout.grid.metrics.label_width
    curve = layout.grid.metrics.curve_height
    wide, high = max(layout.width - left, 1), layout.height + curve
    scale = min(WIDTH / wide, MOST / high)
    height = max(round(high * scale), LEAST)
    parts = [
        f'<path class="thumb__stage" d="{_stages(layout, left, scale)}"/>',
        f'<g transform="translate({-left * scale:.0f} {layout.height * scale:.0f}) scale({scale:.4f})">'
        f'<path class="thumb__curve" d="{layout.curve.path}"/></g>',
    ]
    kinds: dict[str, list[str]] = {}
    for id, box in layout.cards.items():
        width, tall = max(round(box.width * scale), 2), max(round(box.height * scale), 2)
        stroke = f"M{round((box.x - left) * scale)} {round(box.y * scale)}h{width}v{tall}h-{width}z"
        kinds.setdefault(document["touchpoints"][id]["kind"], []).append(stroke)
    parts += [f'<path class="thumb__{kind}" d="{"".join(strokes)}"/>' for kind, strokes in sorted(kinds.items())]
    return f'<svg class="thumb" viewBox="0 0 {WIDTH} {height}" aria-hidden="true">{"".join(parts)}</svg>'


def _stages(layout: Layout, left: int, scale: float) -> str:
    """Chevrons: the eye travels from left to right."""
    tall = max(round(34 * scale), 4)
    tip = tall // 2
    strokes = []
    for box in layout.stages.values():
        x, width = round((box.x - left) * scale), max(round(box.width * scale) - 1, tip + 2)
        strokes.append(f"M{x} 0h{width - tip}l{tip} {tip}l-{tip} {tall - tip}h-{width - tip}l{tip} -{tall - tip}z")
    return "".join(strokes)


THUMBNAIL = Computed(f"thumbnail:{VERSION}", thumbnail)


def thumbnails(journeys: Iterable[Journey]) -> dict[str, str]:
    """The picture of each journey, by id, as SVG. Drawn once a revision."""
    return once_a_revision(journeys, THUMBNAIL)[0]


__all__ = ["KEPT", "THUMBNAIL", "VERSION", "thumbnail", "thumbnails"]
