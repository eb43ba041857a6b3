"""A page as SVG 1.1: real text, a title for every element, no script, no style sheet, nothing from elsewhere.

Whoever has not the typeface gets another one; `textLength` holds each line to the width that it was measured to have.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from django.utils.html import escape

from journeys.exports import palette
from journeys.exports.drawing import View
from journeys.exports.icons import icons
from journeys.exports.measuring import FAMILY, has, width
from journeys.exports.pages import natural_page
from journeys.exports.primitives import Item, Line, Mark, Page, Placed, Point, Shape, Words
from journeys.exports.subject import Subject
from journeys.rendering import CLOUD

FONTS = f"'{FAMILY}', 'Source Sans 3', 'Segoe UI', system-ui, 'Helvetica Neue', Arial, sans-serif"
HEAD, TIP = 7.0, 14.0
DEFINED = (
    '<defs><pattern id="hatch" width="11.3" height="11.3" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="11.3" height="11.3" fill="{palette.TOUCH}"/><rect width="5.65" height="11.3" fill="{palette.TOUCH_2}"/>'
    "</pattern></defs>"
)


def write_picture(subject: Subject) -> bytes:
    """The whole journey in one row, as a file."""
    return write_svg(natural_page(View.of(subject))).encode()


def write_svg(page: Page, *, fitted: bool = True) -> str:
    """The page as a document. `fitted`: texts are held to their width; if not, the typeface must be there."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_drawn(page, fitted, DEFINED)}'


def write_sheets(pages: list[Page]) -> list[str]:
    """The pages as elements of one HTML page, which has the definitions once."""
    return [_drawn(page, True, "" if number else DEFINED) for number, page in enumerate(pages)]


def _drawn(page: Page, fitted: bool, defined: str) -> str:
    w, h = _n(page.width), _n(page.height)
    parts = "".join(_placed(placed, fitted) for placed in page.parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}" font-family="{FONTS}">'
        f'<title>{escape(page.title)}</title>{defined}<rect width="{w}" height="{h}" fill="{palette.SHEET}"/>{parts}</svg>'
    )


def _placed(placed: Placed, fitted: bool) -> str:
    inner = "".join(_item(item, fitted) for item in placed.part.items)
    return f'<g transform="translate({_n(placed.x)} {_n(placed.y)}) scale({placed.scale:.5g})">{inner}</g>'


def _item(item: Item, fitted: bool) -> str:
    if isinstance(item, Words):
        return _words(item, fitted)
    if isinstance(item, Mark):
        return _mark(item)
    if isinstance(item, Line):
        return _line(item)
    return _shape(item, fitted)


def _shape(shape: Shape, fitted: bool) -> str:
    fill = "url(#hatch)" if shape.hatch else shape.fill or "none"
    edge = f' stroke="{shape.edge}" stroke-width="{_n(shape.thickness)}"' if shape.edge else ""
    outline = f'{_outline(shape)} fill="{fill}"{edge}/>'
    inside = "".join(_words(words, fitted) for words in shape.words) + "".join(map(_mark, shape.marks))
    if not shape.name:
        return outline + inside
    id = f' data-element="{escape(shape.id)}"' if shape.id else ""
    return f"<g{id}><title>{escape(shape.name)}</title>{outline}{inside}</g>"


def _outline(shape: Shape) -> str:
    x, y, w, h = shape.x, shape.y, shape.width, shape.height
    if shape.kind in ("box", "round", "pill"):
        radius = {"box": 0.0, "round": shape.radius, "pill": h / 2}[shape.kind]
        rx = f' rx="{_n(radius)}"' if radius else ""
        return f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(w)}" height="{_n(h)}"{rx}'
    if shape.kind == "dot":
        return f'<circle cx="{_n(x + w / 2)}" cy="{_n(y + h / 2)}" r="{_n(w / 2)}"'
    if shape.kind == "cloud":
        across, down = w / 148, h / 52
        return (
            f'<path d="{CLOUD}" transform="translate({_n(x)} {_n(y)}) scale({across:.4g} {down:.4g})" '
            'vector-effect="non-scaling-stroke"'
        )
    return f'<path d="{_polygon(corners(shape))}"'


def corners(shape: Shape) -> list[Point]:
    """Of a hexagon or a chevron."""
    x, y, w, h = shape.x, shape.y, shape.width, shape.height
    middle = y + h / 2
    if shape.kind == "hexagon":
        a = w * 0.09
        return [(x + a, y), (x + w - a, y), (x + w, middle), (x + w - a, y + h), (x + a, y + h), (x, middle)]
    return [(x, y), (x + w - TIP, y), (x + w, middle), (x + w - TIP, y + h), (x, y + h), (x + TIP, middle)]


def _polygon(points: Iterable[Point]) -> str:
    return "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points) + "Z"


def _line(line: Line) -> str:
    dash = f' stroke-dasharray="{" ".join(map(_n, line.dash))}" stroke-linecap="round"' if line.dash else ""
    title = f"<title>{escape(line.name)}</title>" if line.name else ""
    id = f' data-element="{escape(line.id)}"' if line.id else ""
    path = f'<path d="{line.path}" fill="none" stroke="{line.colour}" stroke-width="{_n(line.thickness)}"{dash}/>'
    head = f'<path d="{_polygon(arrow_head(*line.head))}" fill="{line.colour}"/>' if line.head else ""
    return f"<g{id}>{title}{path}{head}</g>" if title or id else path + head


def arrow_head(before: Point, tip: Point) -> list[Point]:
    """The three corners of an arrow's head that points from one place to another."""
    (x1, y1), (x, y) = before, tip
    length = math.hypot(x - x1, y - y1) or 1.0
    ux, uy = (x - x1) / length, (y - y1) / length
    half = HEAD * 0.45
    back = (x - ux * HEAD, y - uy * HEAD)
    return [(x, y), (back[0] - uy * half, back[1] + ux * half), (back[0] + uy * half, back[1] - ux * half)]


def _mark(mark: Mark) -> str:
    drawn = f'fill="{mark.colour}"' if mark.filled else f'fill="none" stroke="{mark.colour}" stroke-width="1.4"'
    place = f"translate({_n(mark.x)} {_n(mark.y)}) scale({mark.size / 16:.4g})"
    return f'<path d="{icons()[mark.icon]}" transform="{place}" stroke-linecap="round" stroke-linejoin="round" {drawn}/>'


def _words(words: Words, fitted: bool) -> str:
    look = f'font-size="{_n(words.size)}" fill="{words.fill}"'
    look += f' font-weight="{words.weight}"' if words.weight != 400 else ""
    look += ' font-style="italic"' if words.italic else ""
    lines = [line for line in enumerate(words.lines) if line[1].strip()]
    return "".join(
        f"<text {look} {_text(line, words, words.y + n * words.size * words.leading, fitted)}</text>" for n, line in lines
    )


def _text(line: str, words: Words, y: float, fitted: bool) -> str:
    long = width(line, words.size, words.weight)
    if fitted or all(map(has, line)):
        anchor = f' text-anchor="{words.anchor}"' if words.anchor != "start" else ""
        held = f' textLength="{_n(long)}" lengthAdjust="spacingAndGlyphs"' if fitted and len(line) > 2 else ""
        return f'x="{_n(words.x)}" y="{_n(y)}"{anchor}{held}>{escape(line)}'
    x = words.x - {"start": 0.0, "middle": long / 2, "end": long}[words.anchor]
    runs = []
    for run in _runs(line):
        runs.append(f'<tspan x="{_n(x)}" y="{_n(y)}">{escape(run)}</tspan>')
        x += width(run, words.size, words.weight)
    return f">{''.join(runs)}"


def _runs(line: str) -> Iterator[str]:
    """Stretches that the typeface has, and letters that it has not; a typesetter that misses one letter gives up its stretch."""
    run, known = "", True
    for letter in line:
        now = has(letter)
        if run and now != known and not letter.isspace():
            yield run
            run = ""
        if not letter.isspace():
            known = now
        run += letter
    if run:
        yield run


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
