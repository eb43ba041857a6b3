"""Lines of a slide as DrawingML: connectors glued to their cards if they turn twice at most, freeforms if more often.

PowerPoint has connectors that turn four times, but other programs draw those where they please.
"""

from __future__ import annotations

from typing import Any

from fontTools.pens.recordingPen import RecordingPen
from fontTools.svgLib.path import parse_path

from journeys.exports.primitives import Line, Placed, Shape
from journeys.exports.slide_shapes import emu, frame, named, solid

#: connection sites of the shapes that cards are (ECMA-376, presetShapeDefinitions.xml): top, right, bottom, left
SITES = {"round": (0, 3, 2, 1), "pill": (0, 3, 2, 1), "hexagon": (5, 0, 1, 3)}
TOP, RIGHT, BOTTOM, LEFT = range(4)
#: corners of a path -> the connector that has as many
CONNECTORS = {2: "straightConnector1", 4: "bentConnector3"}
#: below this scale a head of middle size would be larger than the gap between cards
SMALL = 0.5
STEPS = {"moveTo": "moveTo", "lineTo": "lnTo", "curveTo": "cubicBezTo", "qCurveTo": "quadBezTo"}


def line_xml(number: int, line: Line, placed: Placed, cards: dict[str, tuple[int, Shape]]) -> str:
    """`cards`: element id -> (its number on the slide, the shape)."""
    ends = [cards[id] for id in line.joins if id in cards] if line.joins else []
    if len(ends) == 2 and len(line.points) in CONNECTORS:
        return _connector(number, line, placed, ends)
    return _freeform(number, line, placed)


def _connector(number: int, line: Line, placed: Placed, ends: list[tuple[int, Shape]]) -> str:
    corners = [(placed.x + x * placed.scale, placed.y + y * placed.scale) for x, y in line.points]
    (x1, y1), (x2, y2) = corners[0], corners[-1]
    upright = len(corners) == 2 and x1 == x2
    sides = ((BOTTOM, TOP) if y1 < y2 else (TOP, BOTTOM)) if upright else (RIGHT, LEFT)
    glue = "".join(
        f'<a:{tag} id="{card}" idx="{SITES[shape.kind][side]}"/>'
        for tag, (card, shape), side in zip(("stCxn", "endCxn"), ends, sides, strict=True)
    )
    flips = (' flipH="1"' if x2 < x1 else "") + (' flipV="1"' if y2 < y1 else "")
    box = frame(min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1), flips)
    # Where it turns, in 100,000ths of the way across.
    turn = round((corners[1][0] - x1) / (x2 - x1) * 100_000) if len(corners) == 4 else None
    guide = "" if turn is None else f'<a:gd name="adj1" fmla="val {turn}"/>'
    geometry = f'<a:prstGeom prst="{CONNECTORS[len(corners)]}"><a:avLst>{guide}</a:avLst></a:prstGeom>'
    return (
        f"<p:cxnSp><p:nvCxnSpPr>{named(number, line.name or 'Shape')}<p:cNvCxnSpPr>{glue}</p:cNvCxnSpPr><p:nvPr/></p:nvCxnSpPr>"
        f"<p:spPr>{box}{geometry}{_stroke(line, placed.scale)}</p:spPr></p:cxnSp>"
    )


def _freeform(number: int, line: Line, placed: Placed) -> str:
    """A custom geometry (20.1.9.8), in EMU from its own top left corner."""
    pen = RecordingPen()
    parse_path(line.path, pen)
    all_points = [point for _, points in pen.value for point in points]
    left, top = min(x for x, _ in all_points), min(y for _, y in all_points)
    scale = placed.scale
    wide, high = (max(x for x, _ in all_points) - left) * scale, (max(y for _, y in all_points) - top) * scale
    steps = "".join(_step(command, points, left, top, scale) for command, points in pen.value if command in STEPS)
    geometry = (
        '<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/><a:rect l="0" t="0" r="r" b="b"/><a:pathLst>'
        f'<a:path w="{emu(wide)}" h="{emu(high)}" fill="none">{steps}</a:path></a:pathLst></a:custGeom>'
    )
    box = frame(placed.x + left * scale, placed.y + top * scale, wide, high)
    return (
        f"<p:sp><p:nvSpPr>{named(number, line.name or 'Shape')}<p:cNvSpPr/><p:nvPr/></p:nvSpPr>"
        f"<p:spPr>{box}{geometry}<a:noFill/>{_stroke(line, scale)}</p:spPr></p:sp>"
    )


def _step(command: str, points: Any, left: float, top: float, scale: float) -> str:
    at = "".join(f'<a:pt x="{emu((x - left) * scale)}" y="{emu((y - top) * scale)}"/>' for x, y in points)
    return f"<a:{STEPS[command]}>{at}</a:{STEPS[command]}>"


def _stroke(line: Line, scale: float) -> str:
    dash = '<a:prstDash val="sysDot"/>' if line.dash else ""
    size = "sm" if scale < SMALL else "med"
    head = f'<a:tailEnd type="triangle" w="{size}" len="{size}"/>' if line.head else ""
    return f'<a:ln w="{emu(line.thickness * scale)}">{solid(line.colour)}{dash}<a:round/>{head}</a:ln>'
