"""What runs between the cards of a part of the map. What comes from elsewhere or leads there is a stub that says so."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from journeys.exports import palette
from journeys.exports.measuring import cut
from journeys.exports.primitives import Item, Line, Mark, Point, Shape, Words
from journeys.layout import Layout
from journeys.layout.labels import LabelBox
from journeys.layout.paths import BADGE_HEIGHT, BADGE_WIDTH, rounded

DASH = {"sequence": (), "unordered": (1.5, 5.0), "handoff": ()}
THICK = {"sequence": 1.6, "unordered": 1.8, "handoff": 2.0}
LABEL = 10.5


@dataclass(frozen=True, slots=True)
class Window:
    """What of a map's width is shown, from `low` to `high`, moved to the left by `dx`, and which cards stand in it."""

    low: float
    high: float
    dx: float
    cards: frozenset[str]


def draw_arrows(layout: Layout, document: dict[str, Any], window: Window) -> Iterator[Item]:
    """Arrows and their words, as far as they lie in the window."""
    titles = {id: card["title"] for id, card in document["touchpoints"].items()}
    for id, wire in layout.wires.items():
        arrow = document["connectors"][id]
        ends = (arrow["source_id"], arrow["target_id"])
        verb = "leads to" if wire.kind == "sequence" else "happens with"
        name = f"{titles[ends[0]]} {verb} {titles[ends[1]]}"
        yield from _line(id, wire.points, wire.kind, palette.WIRE, name, ends, window)
    for id, wire in layout.wires.items():
        if wire.label and window.low <= wire.label.x and wire.label.x + wire.label.width <= window.high:
            yield _label(wire.label, document["connectors"][id]["label"], window.dx)


def draw_handoffs(layout: Layout, document: dict[str, Any], roles: dict[str, str], window: Window) -> Iterator[Item]:
    for id, wire in layout.handoffs.items():
        handoff = document["handoffs"][id]
        role, count = roles.get(handoff["to_role_id"], "another role"), len(handoff["package"])
        name = f"Handoff to {role}, {count} in the package"
        receiver = wire.to_touchpoint_id or ""
        yield from _line(id, wire.points, "handoff", palette.HAND, name, (handoff["touchpoint_id"], receiver), window)
    for id, wire in layout.handoffs.items():
        x, y = wire.badge_at
        if window.low <= x <= window.high:
            count = len(document["handoffs"][id]["package"])
            left, top = x - window.dx - BADGE_WIDTH / 2, y - BADGE_HEIGHT / 2
            yield Shape(
                "pill",
                left,
                top,
                BADGE_WIDTH,
                BADGE_HEIGHT,
                palette.HAND,
                words=(Words(left + 26, y + 3.8, (str(count),), 11, 600, palette.SHEET),),
                marks=(Mark("handoff", left + 9, y - 6, 12, palette.SHEET, "⇄"),),
                flow=(f"⇄ {count}",),
                name=f"Handoff to {roles.get(document['handoffs'][id]['to_role_id'], 'another role')}, {count} in the package",
            )


def _line(
    id: str,
    points: tuple[Point, ...],
    kind: str,
    colour: str,
    name: str,
    ends: tuple[str, str],
    window: Window,
) -> Iterator[Item]:
    for piece in pieces(points, window.low, window.high):
        begins, arrives = piece[0] == points[0], piece[-1] == points[-1]
        moved = tuple((x - window.dx, y) for x, y in piece)
        passing = not begins and not arrives
        tint = palette.EDGE if passing else colour
        if not begins:
            x, y = moved[0]
            yield Shape("dot", x - 2.5, y - 2.5, 5, 5, palette.SHEET, tint, 1.2)
        head = (moved[-2], moved[-1]) if kind != "unordered" or not arrives else None
        joins = ends if begins and arrives and window.cards.issuperset(ends) else None
        yield Line(rounded(moved), tint, THICK[kind], DASH[kind], head, name, joins, moved, id)


def pieces(points: tuple[Point, ...], low: float, high: float) -> list[tuple[Point, ...]]:
    """A wire's stretches between two uprights; one that only touches an upright is left out."""
    found: list[list[Point]] = []
    for (x1, y1), (x2, y2) in itertools.pairwise(points):
        if max(x1, x2) < low or min(x1, x2) > high:
            continue
        a, b = (min(max(x1, low), high), y1), (min(max(x2, low), high), y2)
        if a == b and (x1, y1) != (x2, y2):
            continue
        if found and found[-1][-1] == a:
            found[-1].append(b)
        else:
            found.append([a, b])
    return [tuple(piece) for piece in found if len(piece) > 1]


def _label(box: LabelBox, text: str, dx: float) -> Shape:
    x = box.x - dx
    shown = cut(text, box.width - 6, LABEL)
    words = Words(x + box.width / 2, box.y + 10, (shown,), LABEL, 400, palette.INK_2, "middle")
    return Shape("round", x, box.y, box.width, box.height, palette.PAPER, radius=4, words=(words,), flow=(shown,), name=text)
