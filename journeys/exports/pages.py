"""Pages: the whole journey on one, or one for each stage with its brief. Paper, slides and pictures are all pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from journeys.exports.briefs import brief_of, cards_of, column
from journeys.exports.drawing import View, draw_part
from journeys.exports.furniture import foot, heading, legend
from journeys.exports.primitives import Page, Placed
from journeys.layout import StageBox

MM = 72 / 25.4
GAP = 14.0
#: in points: under this height words are not worth beginning
LEAST_TEXTS = 80.0


@dataclass(frozen=True, slots=True)
class Paper:
    """In points. `title` is the size of the heading's letters; `signs`: cards bear signs that the legend explains.

    `texts`: small print may stand under the whole journey.
    """

    width: float
    height: float
    margin: float
    title: float = 20
    signs: bool = True
    texts: bool = True


A3 = Paper(420 * MM, 297 * MM, 10 * MM, 22)
A4 = Paper(297 * MM, 210 * MM, 9 * MM, 18)
#: 13.33 x 7.5 inches, what presentation programs call widescreen
SLIDE = Paper(960, 540, 24, 20, signs=False, texts=False)


def whole_page(view: View, paper: Paper) -> Page:
    """The journey as large as it goes on one page: in rows of stages, one under another, if that makes it larger."""
    top, key, bottom, parts = _around(view, paper, _under(view))
    room, high = paper.width - 2 * paper.margin, bottom - top
    rows = _rows(view, room, high)
    scale = _scale(view, rows, room, high)
    tall = view.height * scale
    gap = min(GAP * 2, (high - tall * len(rows)) / max(len(rows), 1))
    y = top
    for row in rows:
        parts.append(Placed(draw_part(view, row), paper.margin, y, scale))
        y += tall + gap
    if len(rows) == 1 and paper.texts:
        parts += _texts(view, paper.margin, y, scale, bottom - y)
    return Page(paper.width, paper.height, view.subject.title, (*parts, key), _said(view))


def stage_pages(view: View, paper: Paper) -> list[Page]:
    return [_stage_page(view, stage, paper) for stage in view.stages]


def natural_page(view: View) -> Page:
    """The whole journey in one row at its own size; the heading grows with it, so that both can be read at one glance."""
    part = draw_part(view, view.stages)
    zoom = max(1.0, part.width / 1800)
    paper = Paper(part.width + 48, 10_000, 24, 22)
    room = part.width / zoom
    head = heading(view.subject.title, _under(view), room, paper.title)
    key = legend(view.document, room)
    end = foot("Made with Touchline", _stand(view), room)
    y = 24 + head.height * zoom + GAP
    below = y + part.height + GAP * zoom
    last = below + key.height * zoom
    parts = (Placed(head, 24, 24, zoom), Placed(part, 24, y), Placed(key, 24, below, zoom), Placed(end, 24, last, zoom))
    return Page(paper.width, last + end.height * zoom + 24, view.subject.title, parts, _said(view))


def _stage_page(view: View, stage: StageBox, paper: Paper) -> Page:
    """The stage's part of the map with the brief beside or under it, whichever leaves the map larger."""
    fields = view.document["stages"][stage.id]
    number = f"Stage {stage.index + 1} of {len(view.stages)}"
    days = fields["length_days"]
    length = f" · {days} day{'s' if days != 1 else ''}" if days else ""
    under = f"{number}{length} · {view.subject.title} · {view.subject.segment}"
    top, key, bottom, parts = _around(view, paper, under, fields["name"])
    room, high = paper.width - 2 * paper.margin, bottom - top
    part = draw_part(view, (stage,))
    brief, cards = brief_of(fields), cards_of(view, stage.id)
    beside, under_it = (room * 0.27, high * 0.28) if brief else (room * 0.24, high * 0.2) if cards else (0.0, 0.0)
    by_side = min((room - beside - GAP) / part.width, high / part.height)
    on_top = min(room / part.width, (high - under_it - GAP) / part.height)
    scale = min(max(by_side, on_top), 1.6)
    right = paper.margin + part.width * scale + GAP
    below = top + part.height * scale + GAP
    x, y = (right, top) if by_side >= on_top else (paper.margin, below)
    said = column([brief + cards, brief or cards], paper.width - paper.margin - x, bottom - y)
    parts += [Placed(part, paper.margin, top, scale), Placed(said, x, y)]
    notes = "\n".join(f"{label}: {text}" for label, text in brief + cards)
    return Page(paper.width, paper.height, f"{view.subject.title}: {fields['name']}", (*parts, key), notes)


def _around(view: View, paper: Paper, under: str, title: str = "") -> tuple[float, Placed, float, list[Placed]]:
    """(top of what is between, the legend, its bottom, heading and foot) on a page."""
    room = paper.width - 2 * paper.margin
    head = heading(title or view.subject.title, under, room, paper.title)
    key = legend(view.document, room, signs=paper.signs)
    end = foot("Made with Touchline", _stand(view), room)
    below = paper.height - paper.margin * 0.7 - end.height
    key_y = below - key.height - 2
    parts = [Placed(head, paper.margin, paper.margin), Placed(end, paper.margin, below)]
    return paper.margin + head.height + GAP / 2, Placed(key, paper.margin, key_y), key_y - GAP / 2, parts


def _texts(view: View, left: float, top: float, scale: float, high: float) -> Iterator[Placed]:
    """Each stage's brief and cards in words under its columns, if there is room."""
    if high < LEAST_TEXTS:
        return
    for stage in view.stages:
        brief, cards = brief_of(view.document["stages"][stage.id]), cards_of(view, stage.id)
        said = column([brief + cards, brief or cards], stage.width * scale - GAP, high)
        yield Placed(said, left + stage.x * scale + GAP / 2, top)


def _rows(view: View, room: float, high: float) -> list[tuple[StageBox, ...]]:
    """The stages in as many rows as make the map largest; more rows only if that makes a clear difference."""
    best, largest = [view.stages], _scale(view, [view.stages], room, high)
    for count in range(2, len(view.stages) + 1):
        rows = _broken(view.stages, count)
        scale = _scale(view, rows, room, high)
        if scale > largest * 1.1:
            best, largest = rows, scale
    return best


def _scale(view: View, rows: list[tuple[StageBox, ...]], room: float, high: float) -> float:
    widest = max(view.width(row) for row in rows) if view.stages else view.width(()) + 4 * view.layout.grid.metrics.slot_width
    return min(room / widest, (high - GAP * (len(rows) - 1)) / len(rows) / view.height, 1.6)


def _broken(stages: tuple[StageBox, ...], count: int) -> list[tuple[StageBox, ...]]:
    """Stages in `count` rows at most, in order, the widest row as narrow as can be."""
    low, high = max(stage.width for stage in stages), sum(stage.width for stage in stages)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if len(_filled(stages, middle)) <= count else (middle + 1, high)
    return _filled(stages, low)


def _filled(stages: Iterable[StageBox], room: int) -> list[tuple[StageBox, ...]]:
    rows: list[list[StageBox]] = [[]]
    for stage in stages:
        if rows[-1] and sum(one.width for one in rows[-1]) + stage.width > room:
            rows.append([])
        rows[-1].append(stage)
    return [tuple(row) for row in rows]


def _under(view: View) -> str:
    cards = len(view.layout.cards)
    stages = len(view.stages)
    counts = f"{stages} stage{'s' if stages != 1 else ''}, {cards} card{'s' if cards != 1 else ''}"
    return f"{view.subject.segment} · {counts}"


def _stand(view: View) -> str:
    return f"Revision {view.document['revision']}, {view.subject.day}"


def _said(view: View) -> str:
    return str(view.document["journey"].get("summary", ""))
