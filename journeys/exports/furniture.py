"""What stands around a map on a page, in points: its title, the legend and the foot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from journeys.exports import palette
from journeys.exports.cards import CHANNELS
from journeys.exports.measuring import cut, width
from journeys.exports.primitives import Item, Line, Mark, Part, Shape, Words

KEYS: dict[str, tuple[Any, str, str, str]] = {
    "touchpoint": ("round", "Touchpoint", palette.TOUCH, palette.TOUCH_EDGE),
    "milestone": ("pill", "Milestone", palette.MILE, palette.MILE_EDGE),
    "event": ("hexagon", "Event", palette.EVENT, palette.EVENT_EDGE),
    "emotion": ("cloud", "Emotion", palette.FEEL, palette.FEEL_EDGE),
}
ARROWS: dict[str, tuple[str, str, tuple[float, ...]]] = {
    "sequence": ("in sequence", palette.WIRE, ()),
    "unordered": ("in no set order", palette.WIRE, (1.5, 5.0)),
    "handoff": ("Handoff", palette.HAND, ()),
}
SIZE, GAP, ROW = 9.5, 14.0, 16.0


def heading(title: str, under: str, room: float, size: float = 20) -> Part:
    """A title and the line under it."""
    words = (
        Words(0, size, (cut(title, room, size, 700),), size, 700, room=room, heading=True),
        Words(0, size * 1.85, (cut(under, room, size * 0.55),), size * 0.55, 400, palette.INK_2, room=room),
    )
    return Part(words, room, size * 2.1)


def legend(document: dict[str, Any], room: float, *, signs: bool = True) -> Part:
    """What is on the map, in as many rows as it takes; `signs`: also those for channels and playbooks."""
    items: list[Item] = []
    x = y = 0.0
    for kind, entry in _used(document, signs):
        text = entry[0] if kind == "arrow" else entry[1]
        sign = 24 if kind == "arrow" else 14
        wide = sign + 4 + width(text, SIZE)
        if x and x + wide > room:
            x, y = 0.0, y + ROW
        items += _sign(kind, entry, x, y)
        items.append(Words(x + sign + 4, y + 9.5, (text,), SIZE, 400, palette.INK_2))
        x += wide + GAP
    return Part(tuple(items), room, y + ROW if items else 0.0)


def _used(document: dict[str, Any], signs: bool) -> Iterator[tuple[str, Any]]:
    """What the legend has to explain: (kind of sign, its entry)."""
    cards = document["touchpoints"].values()
    kinds = {card["kind"] for card in cards} | ({"emotion"} if document["emotions"] else set())
    arrows = {arrow["kind"] for arrow in document["connectors"].values()} | ({"handoff"} if document["handoffs"] else set())
    yield from (("shape", KEYS[kind]) for kind in KEYS if kind in kinds)
    yield from (("arrow", ARROWS[kind]) for kind in ARROWS if kind in arrows)
    if any(card["moment_of_truth"] for card in cards):
        yield "star", ("star", "moment of truth")
    if any(card["delivery"] == "automated" for card in cards):
        yield "automated", ("round", "automated")
    if not signs:
        return
    if "touchpoint" in kinds:
        yield "sign", ("playbook", "playbook")
    channels = {card["channel"] for card in cards if card["kind"] == "touchpoint"}
    yield from (("sign", (channel, name)) for channel, name in CHANNELS.items() if channel in channels)


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
