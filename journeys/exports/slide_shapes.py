"""Shapes and text boxes of a slide as DrawingML (ECMA-376, part 1, 20.1 and 19.3). Its lengths are EMU."""

from __future__ import annotations

from django.utils.html import escape

from journeys.exports.measuring import width
from journeys.exports.primitives import Placed, Shape, Words
from journeys.exports.svg import TIP

EMU = 12_700
PRESETS = {
    "box": "rect",
    "round": "roundRect",
    "pill": "roundRect",
    "hexagon": "hexagon",
    "chevron": "chevron",
    "cloud": "cloud",
    "dot": "ellipse",
}
ALIGNED = {"start": "l", "middle": "ctr", "end": "r"}
#: where a baseline lies under the top of its line, and how high a line is, in sizes of Calibri
BASELINE, LINE = 0.95, 1.22
#: what a shape leaves free left and right of its text, in pixels of the layout
SIDES = {"pill": 12, "hexagon": 4, "chevron": 8, "cloud": 0}


def emu(points: float) -> int:
    return round(points * EMU)


def shape_xml(number: int, shape: Shape, placed: Placed) -> str:
    scale = placed.scale
    x, y = placed.x + shape.x * scale, placed.y + shape.y * scale
    geometry = f'<a:prstGeom prst="{PRESETS[shape.kind]}"><a:avLst>{_adjusted(shape)}</a:avLst></a:prstGeom>'
    edge = solid(shape.edge) if shape.edge else "<a:noFill/>"
    properties = (
        f"{frame(x, y, shape.width * scale, shape.height * scale)}{geometry}{_fill(shape)}"
        f'<a:ln w="{emu(shape.thickness * scale)}">{edge}</a:ln>'
    )
    return (
        f"<p:sp><p:nvSpPr>{named(number, shape.name or 'Shape')}<p:cNvSpPr/><p:nvPr/></p:nvSpPr>"
        f"<p:spPr>{properties}</p:spPr>{_text_of(shape, scale)}</p:sp>"
    )


def text_box_xml(number: int, column: list[Words], placed: Placed) -> str:
    """Words under one another in one box; it wraps if they have a room."""
    first, scale = column[0], placed.scale
    longest = max((width(line, one.size, one.weight) for one in column for line in one.lines), default=0.0)
    room = first.room or longest * 1.12 + 2
    left = placed.x + (first.x - {"start": 0, "middle": room / 2, "end": room}[first.anchor]) * scale
    top = placed.y + (first.y - BASELINE * first.size) * scale
    high = sum(len(one.lines) * one.size * max(LINE, one.leading) for one in column) * scale
    paragraphs = ""
    for place, one in enumerate(column):
        for line, text in enumerate(one.flow or one.lines):
            before = one.size * scale * 0.8 if place and not line and one.weight > 400 else 0
            paragraphs += paragraph(text, one, scale, ALIGNED[one.anchor], before)
    body = _body("square" if first.room else "none", (0, 0), "t", paragraphs)
    return (
        f'<p:sp><p:nvSpPr>{named(number, "Text")}<p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr>'
        f'{frame(left, top, room * scale, high)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/></p:spPr>{body}</p:sp>'
    )


def named(number: int, name: str) -> str:
    said = f' descr="{escape(name)}"' if name not in ("Shape", "Text") else ""
    return f'<p:cNvPr id="{number}" name="{escape(name[:80])}"{said}/>'


def frame(x: float, y: float, wide: float, high: float, flips: str = "") -> str:
    return f'<a:xfrm{flips}><a:off x="{emu(x)}" y="{emu(y)}"/><a:ext cx="{emu(wide)}" cy="{emu(high)}"/></a:xfrm>'


def solid(colour: str) -> str:
    return f"<a:solidFill>{_colour(colour)}</a:solidFill>"


def _colour(colour: str) -> str:
    return f'<a:srgbClr val="{colour[1:].upper()}"/>'


def paragraph(text: str, look: Words, scale: float, aligned: str, before: float = 0) -> str:
    """`before`: points of space above it. Sizes are hundredths of a point, and one point is the least that programs take."""
    size = max(100, round(look.size * scale * 100))
    space = f'<a:spcBef><a:spcPts val="{round(before * 100)}"/></a:spcBef>'
    style = (' b="1"' if look.weight > 400 else ' b="0"') + (' i="1"' if look.italic else "")
    return (
        f'<a:p><a:pPr algn="{aligned}">{space}</a:pPr><a:r><a:rPr lang="en-GB" sz="{size}"{style} dirty="0">{solid(look.fill)}'
        f"</a:rPr><a:t>{escape(text)}</a:t></a:r></a:p>"
    )


def _adjusted(shape: Shape) -> str:
    least = min(shape.width, shape.height)
    ratios = {
        "round": min(shape.radius / least, 0.5),
        "pill": 0.5,
        "hexagon": shape.width * 0.09 / least,
        "chevron": TIP / least,
    }
    if shape.kind not in ratios:
        return ""
    return f'<a:gd name="adj" fmla="val {round(ratios[shape.kind] * 100_000)}"/>'


def _fill(shape: Shape) -> str:
    if shape.hatch:
        front, back = _colour(shape.hatch), _colour(shape.fill)
        return f'<a:pattFill prst="wdUpDiag"><a:fgClr>{front}</a:fgClr><a:bgClr>{back}</a:bgClr></a:pattFill>'
    return solid(shape.fill) if shape.fill else "<a:noFill/>"


def _text_of(shape: Shape, scale: float) -> str:
    """The shape's own text: its paragraphs, in the look of its words."""
    if not shape.flow:
        return ""
    card = shape.kind == "round" and len(shape.flow) > 1
    side = 8.0 if card else 1.0 if shape.width < 60 else SIDES.get(shape.kind, 1.0)
    looks = [shape.words[0], *[shape.words[-1]] * (len(shape.flow) - 1)]
    aligned = "l" if card or shape.kind == "chevron" else "ctr"
    paragraphs = "".join(
        paragraph(text, look, scale, aligned, 2 * scale if number and card else 0)
        for number, (text, look) in enumerate(zip(shape.flow, looks, strict=True))
    )
    return _body("square", (side * scale, (4 if card else 0) * scale), "t" if card else "ctr", paragraphs)


def _body(wrap: str, insets: tuple[float, float], anchor: str, paragraphs: str) -> str:
    across, down = map(emu, insets)
    return (
        f'<p:txBody><a:bodyPr wrap="{wrap}" lIns="{across}" tIns="{down}" rIns="{across}" bIns="{down}" anchor="{anchor}">'
        f"<a:noAutofit/></a:bodyPr><a:lstStyle/>{paragraphs or '<a:p/>'}</p:txBody>"
    )
