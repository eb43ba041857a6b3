"""What a drawing is made of. Lengths are pixels of the layout, or of the page that the drawing is placed on.

One place decides how a journey looks; whoever writes a format only translates these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from journeys.exports.palette import INK

Point = tuple[float, float]
Outline = Literal["box", "round", "pill", "hexagon", "chevron", "cloud", "dot"]


@dataclass(frozen=True, slots=True)
class Words:
    """Lines of text, one under another; (x, y) is the baseline of the first.

    The lines are broken already. Formats that wrap by themselves get the paragraphs in `flow` and the width in `room`. A
    `heading` is the name of its page.
    """

    x: float
    y: float
    lines: tuple[str, ...]
    size: float
    weight: int = 400
    fill: str = INK
    anchor: Literal["start", "middle", "end"] = "start"
    italic: bool = False
    leading: float = 1.25
    room: float = 0.0
    flow: tuple[str, ...] = ()
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A small sign, of the icons' 16 x 16 units, and the word for it where signs cannot be shown."""

    icon: str
    x: float
    y: float
    size: float
    colour: str
    word: str
    filled: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """A filled outline with what stands in it. `name` says to a reader what it is; `id` is that of the element it stands for.

    `flow` is the same text in paragraphs, for formats in which a shape holds and wraps its own.
    """

    kind: Outline
    x: float
    y: float
    width: float
    height: float
    fill: str = ""
    edge: str = ""
    thickness: float = 1.0
    radius: float = 0.0
    hatch: str = ""
    words: tuple[Words, ...] = ()
    marks: tuple[Mark, ...] = ()
    flow: tuple[str, ...] = ()
    name: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A path as SVG has it, or the corners that it was made from.

    `head`: from where to where the arrow's head points; `joins`: ids of the cards at both ends.
    """

    path: str
    colour: str
    thickness: float
    dash: tuple[float, ...] = ()
    head: tuple[Point, Point] | None = None
    name: str = ""
    joins: tuple[str, str] | None = None
    points: tuple[Point, ...] = ()
    id: str = ""


Item = Shape | Line | Words | Mark


@dataclass(frozen=True, slots=True)
class Part:
    """Items in a coordinate system of their own."""

    items: tuple[Item, ...]
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Placed:
    """A part on a page, its top left corner at (x, y), enlarged or reduced."""

    part: Part
    x: float = 0.0
    y: float = 0.0
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet of paper or one slide, in points. `title` names it; `said` is what one may say about it."""

    width: float
    height: float
    title: str
    parts: tuple[Placed, ...]
    said: str = ""
