"""A part of a map, some of its stages beside each other, as primitives in the layout's own pixels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from journeys.document import Document
from journeys.exports import palette
from journeys.exports.cards import draw_card
from journeys.exports.feelings import draw_feelings, draw_levels
from journeys.exports.measuring import cut, width, wrap
from journeys.exports.primitives import Item, Line, Part, Shape, Words
from journeys.exports.subject import Subject, legal
from journeys.exports.wires import Window, draw_arrows, draw_handoffs
from journeys.layout import LaneBox, Layout, StageBox, lay_out

#: how far an arrow that comes from elsewhere or leads there reaches out of the stages shown, left and right
STUB_LEFT, STUB_RIGHT = 8.0, 14.0
GOAL_LINES = 2


@dataclass(frozen=True, slots=True)
class View:
    """A subject laid out, with its texts fit for any format."""

    subject: Subject
    document: Document
    roles: dict[str, str]
    layout: Layout

    @classmethod
    def of(cls, subject: Subject) -> View:
        document = legal(subject.document)
        return cls(subject, document, legal(subject.roles), lay_out(document, room=0))

    @property
    def stages(self) -> tuple[StageBox, ...]:
        return tuple(self.layout.stages.values())

    @property
    def height(self) -> int:
        """Of a drawn part: the map, and the feelings under it."""
        return self.layout.height + self.layout.grid.metrics.curve_height

    def width(self, stages: Iterable[StageBox]) -> float:
        """Of a drawn part: the lanes' labels, the stages, and room for what leads on."""
        return self.layout.grid.metrics.label_width + sum(stage.width for stage in stages) + STUB_RIGHT


def draw_part(view: View, stages: tuple[StageBox, ...]) -> Part:
    """Stages that follow one another, with everything in them; a map without stages is its lanes."""
    metrics = view.layout.grid.metrics
    low = float(stages[0].x if stages else metrics.label_width)
    high = low + sum(stage.width for stage in stages) if stages else low + 4 * metrics.slot_width
    dx = low - metrics.label_width
    return Part(tuple(_items(view, stages, low, high, dx)), high - dx + STUB_RIGHT, view.height)


def _items(view: View, stages: tuple[StageBox, ...], low: float, high: float, dx: float) -> Iterator[Item]:
    layout, document = view.layout, view.document
    metrics = layout.grid.metrics
    left, right = low - dx, high - dx
    for stage in stages:
        yield from _stripes(stage, layout, dx)
    for id, lane in layout.lanes.items():
        yield from _lane(document["lanes"][id], lane, left, right)
    yield from draw_feelings(layout, document, low, high, dx)
    yield Line(f"M{left:g} {metrics.head_height}V{view.height}", palette.LINE, 1)
    for stage in stages:
        yield from _stage(document["stages"][stage.id], stage, dx)
    yield from draw_levels(layout.curve, layout.height, metrics.label_width)
    shown = {stage.id for stage in stages}
    cards = {id: box for id, box in layout.cards.items() if box.stage_id in shown}
    window = Window(low - STUB_LEFT, high + STUB_RIGHT, dx, frozenset(cards))
    arrows = list(draw_arrows(layout, document, window))
    handoffs = list(draw_handoffs(layout, document, view.roles, window))
    yield from (item for item in (*arrows, *handoffs) if not _over_cards(item))
    for id, box in cards.items():
        yield draw_card(id, document["touchpoints"][id], box, dx)
    yield from (item for item in (*arrows, *handoffs) if _over_cards(item))


def _over_cards(item: Item) -> bool:
    """Words on arrows and badges of handoffs lie over everything, lines and their ends under the cards."""
    return isinstance(item, Shape) and item.kind != "dot"


def _stripes(stage: StageBox, layout: Layout, dx: float) -> Iterator[Item]:
    metrics = layout.grid.metrics
    x, top, high = stage.x - dx, metrics.head_height, layout.height - metrics.head_height
    if stage.index % 2:
        yield Shape("box", x, top, stage.width, high, palette.ODD)
    slots = "".join(f"M{x + i * metrics.slot_width:g} {top}v{high}" for i in range(1, stage.slots))
    if slots:
        yield Line(slots, palette.LINE_2, 1)
    yield Line(f"M{x + stage.width:g} {top}v{high}", palette.LINE, 1)


def _stage(stage: dict[str, Any], box: StageBox, dx: float) -> Iterator[Item]:
    x = box.x - dx
    days = stage["length_days"]
    length = f"{days} day{'s' if days != 1 else ''}" if days else ""
    taken = width(length, 11) + 12 if length else 0
    name = cut(stage["name"], box.width - 62 - taken, 13.5, 600)
    words = [Words(x + 28, 27.5, (name,), 13.5, 600)]
    if length:
        words.append(Words(x + box.width - 28, 27, (length,), 11, 400, palette.INK_2, "end"))
    flow = f"{name} · {length}" if length else name
    chevron = Shape("chevron", x + 4, 5, box.width - 6, 36, palette.STAGE, words=tuple(words), flow=(flow,), name=stage["name"])
    yield chevron
    if stage["goal"]:
        lines = wrap(f"“{stage['goal'].strip()}”", box.width - 46, 11.5, most=GOAL_LINES)
        yield Words(
            x + 26, 55, lines, 11.5, 400, palette.INK_2, italic=True, leading=1.2, room=box.width - 46, flow=(" ".join(lines),)
        )


def _lane(lane: dict[str, Any], box: LaneBox, left: float, right: float) -> Iterator[Item]:
    colour = {"customer": palette.ACCENT, "outside": palette.EVENT_INK}.get(lane["kind"], palette.INK_2)
    lines = wrap(lane["name"], left - 24, 12, 600, most=3 if box.height > 60 else 2)
    y = box.y + box.height / 2 - (len(lines) - 1) * 7.5 + 4
    yield Words(12, y, lines, 12, 600, colour, room=left - 20, flow=(" ".join(lines),))
    yield Line(f"M0 {box.y + box.height}H{right:g}", palette.LINE, 1)
    if box.index == 0:
        yield Line(f"M0 {box.y}H{right:g}", palette.LINE, 1)
