"""Pages as slides: native shapes and connectors, to be edited in PowerPoint, Keynote or LibreOffice.

The shapes of a slide are put together as text and parsed once: a thousand cards take python-pptx's own calls ten seconds.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterable, Iterator
from typing import Any

from journeys.exports.drawing import View
from journeys.exports.pages import SLIDE, stage_pages, whole_page
from journeys.exports.primitives import Item, Line, Mark, Page, Placed, Shape, Words
from journeys.exports.slide_lines import line_xml
from journeys.exports.slide_shapes import BASELINE, emu, shape_xml, text_box_xml
from journeys.exports.subject import Subject

#: in python-pptx's own template
TITLE_ONLY = 5
#: the first numbers of a slide are those of the tree and of its placeholders
FIRST_ID = 100


def write_slides(subject: Subject) -> bytes:
    """The whole journey on the first slide, then a slide for each stage with its brief, also in the notes."""
    # It takes a sixth of a second to load, and most processes never need it.
    from pptx import Presentation
    from pptx.util import Emu

    view = View.of(subject)
    deck = Presentation()
    deck.slide_width, deck.slide_height = Emu(emu(SLIDE.width)), Emu(emu(SLIDE.height))
    deck.core_properties.title, deck.core_properties.author = subject.title[:255], "Touchline"
    for page in [whole_page(view, SLIDE), *stage_pages(view, SLIDE)]:
        _add_slide(deck, page)
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def _add_slide(deck: Any, page: Page) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[TITLE_ONLY])
    numbers = itertools.count(FIRST_ID)
    everything = [item for placed in page.parts for item in placed.part.items]
    # Arrows are glued to cards that come after them.
    cards = {item.id: (next(numbers), item) for item in everything if isinstance(item, Shape) and item.id}
    for placed in page.parts:
        for item in placed.part.items:
            if isinstance(item, Words) and item.heading:
                _put_title(slide.shapes.title, item, placed)
    shapes = "".join(xml for placed in page.parts for xml in _shapes(placed, cards, numbers))
    slide.shapes._spTree.extend(_parsed(shapes))
    if page.said:
        slide.notes_slide.notes_text_frame.text = page.said


def _shapes(placed: Placed, cards: dict[str, tuple[int, Shape]], numbers: Iterator[int]) -> Iterator[str]:
    for together in _paragraphs_together(placed.part.items):
        item = together[0]
        if isinstance(item, Words):
            column = [one for one in together if isinstance(one, Words)]
            if not item.heading and any(one.lines for one in column):
                yield text_box_xml(next(numbers), column, placed)
        elif isinstance(item, Shape):
            yield shape_xml(cards[item.id][0] if item.id else next(numbers), item, placed)
        elif isinstance(item, Line):
            yield line_xml(next(numbers), item, placed, cards)
        elif item.icon == "star":
            # A sign by itself is a letter: only the star has one, and cards say the others in words.
            yield text_box_xml(next(numbers), [_letter(item)], placed)


def _letter(mark: Mark) -> Words:
    return Words(mark.x, mark.y + mark.size * 0.85, ("★",), mark.size, fill=mark.colour)


def _paragraphs_together(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Paragraphs under one another in one list, so that they become one text box; every other item by itself."""

    def column(numbered: tuple[int, Item]) -> Any:
        number, item = numbered
        return (item.x, item.room) if isinstance(item, Words) and item.room and not item.heading else number

    for _, group in itertools.groupby(enumerate(items), column):
        yield [item for _, item in group]


def _put_title(title: Any, words: Words, placed: Placed) -> None:
    """The heading in the slide's own title: outlines and screen readers look for it there."""
    size = words.size * placed.scale
    title.left, title.top = emu(placed.x + words.x * placed.scale), emu(placed.y + words.y * placed.scale - BASELINE * size)
    title.width, title.height = emu(words.room * placed.scale), emu(size * 1.25)
    (box,) = _parsed(text_box_xml(0, [words], placed))
    title._element.replace(title._element.txBody, box.txBody)


def _parsed(shapes: str) -> list[Any]:
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    return list(parse_xml(f"<p:grpSp {nsdecls('p', 'a')}>{shapes}</p:grpSp>"))
