"""What stands around a map on a page, in points: its title, the legend, the foot, and the brief of a stage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from journeys.exports import palette
from journeys.exports.cards import CHANNELS
from journeys.exports.measuring import cut, paragraphs, width
from journeys.exports.primitives import Item, Line, Mark, Part, Shape, Words

KEYS: tuple[tuple[Any, str, str, str], ...] = (
    ("round", "Touchpoint", palette.TOUCH, palette.TOUCH_EDGE),
    ("pill", "Milestone", palette.MILE, palette.MILE_EDGE),
    ("hexagon", "Event", palette.EVENT, palette.EVENT_EDGE),
    ("cloud", "Emotion", palette.FEEL, palette.FEEL_EDGE),
)
ARROWS: tuple[tuple[str, str, tuple[float, ...]], ...] = (
    ("in sequence", palette.WIRE, ()),
    ("in no set order", palette.WIRE, (1.5, 5.0)),
    ("Handoff", palette.HAND, ()),
)
SIZE, GAP, ROW = 9.5, 14.0, 16.0
#: brief fields in the order in which they are read, with what they say
BRIEF = (
    ("goal", "What the customer wants"),
    ("feeling", "How we want them to feel"),
    ("experience", "The designed experience"),
    ("skills", "Skills"),
    ("tools", "Tools"),
    ("metrics", "Metrics"),
    ("success", "What success looks like"),
    ("starts_when", "What starts it"),
    ("completes_when", "What completes it"),
)


def heading(title: str, under: str, room: float, size: float = 20) -> Part:
    """A title and the line under it."""
    words = (
        Words(0, size, (cut(title, room, size, 700),), size, 700),
        Words(0, size * 1.85, (cut(under, room, size * 0.55),), size * 0.55, 400, palette.INK_2),
    )
    return Part(words, room, size * 2.1)


def legend(document: dict[str, Any], room: float) -> Part:
    """The signs, in as many rows as it takes; only channels that are on the map."""
    cards = document["touchpoints"].values()
    used = [channel for channel in CHANNELS if any(card["channel"] == channel for card in cards)]
    entries: list[tuple[str, Any]] = [*(("shape", key) for key in KEYS), *(("arrow", arrow) for arrow in ARROWS)]
    entries += [("star", ("star", "moment of truth")), ("automated", ("round", "automated"))]
    entries += [("sign", ("playbook", "playbook"))] + [("sign", (channel, CHANNELS[channel])) for channel in used]
    items: list[Item] = []
    x = y = 0.0
    for kind, entry in entries:
        text = entry[0] if kind == "arrow" else entry[1]
        sign = 24 if kind == "arrow" else 14
        wide = sign + 4 + width(text, SIZE)
        if x and x + wide > room:
            x, y = 0.0, y + ROW
        items += _sign(kind, entry, x, y)
        items.append(Words(x + sign + 4, y + 9.5, (text,), SIZE, 400, palette.INK_2))
        x += wide + GAP
    return Part(tuple(items), room, y + ROW)


def _sign(kind: str, entry: Any, x: float, y: float) -> Iterator[Item]:
    if kind == "shape":
        yield Shape(entry[0], x, y + 1, 14, 10, entry[2], entry[3], 0.9, radius=2.5)
    elif kind == "automated":
        yield Shape("round", x, y + 1, 14, 10, palette.TOUCH, palette.TOUCH_EDGE, 0.9, radius=2.5, hatch=palette.TOUCH_2)
    elif kind == "arrow":
        head = None if entry[2] else ((x, y + 6), (x + 24, y + 6))
        yield Line(f"M{x:g} {y + 6:g}H{x + 24:g}", entry[1], 1.4, entry[2], head)
    else:
        colour = palette.STAR if kind == "star" else palette.INK_2
        yield Mark(entry[0], x + 1, y + 0.5, 11, colour, entry[1], filled=kind == "star")


def foot(left: str, right: str, room: float) -> Part:
    words = (
        Words(0, 8, (left,), 8, 400, palette.INK_3),
        Words(room, 8, (right,), 8, 400, palette.INK_3, "end"),
    )
    return Part(words, room, 10)


def brief(stage: dict[str, Any], room: float, height: float, size: float = 10.0) -> Part:
    """A stage's brief in a column, smaller if it is long; what does not fit at the smallest size ends in an ellipsis."""
    while True:
        items, y = _brief(stage, room, size)
        if y <= height or size <= 6.5:
            break
        size -= 0.5
    if y > height:
        items = _shortened(items, height, size, room)
    return Part(tuple(items), room, min(y, height))


def _brief(stage: dict[str, Any], room: float, size: float) -> tuple[list[Words], float]:
    items: list[Words] = []
    y = 0.0
    for field, label in BRIEF:
        lines = paragraphs(stage[field] or "", room, size)
        if not lines:
            continue
        items.append(Words(0, y + size, (label,), size * 0.9, 600, palette.ACCENT))
        y += size * 1.35
        items.append(Words(0, y + size, lines, size, 400, palette.INK, leading=1.3))
        y += len(lines) * size * 1.3 + size * 0.8
    if not items:
        items.append(Words(0, size, ("This stage has no brief yet.",), size, 400, palette.INK_3, italic=True))
        y = size * 2
    return items, y


def _shortened(items: list[Words], height: float, size: float, room: float) -> list[Words]:
    kept: list[Words] = []
    for words in items:
        most = int((height - words.y) // (size * 1.3)) + 1
        if words.y > height or most < 1:
            break
        lines = words.lines
        if len(lines) > most:
            lines = (*lines[: most - 1], cut(lines[most - 1] + " …", room, size))
        kept.append(Words(words.x, words.y, lines, words.size, words.weight, words.fill, leading=words.leading))
        if lines is not words.lines:
            break
    return kept
