"""The drawing that all exports translate, and SVG: what stands where, and that no text can break it."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from django.conf import settings as django_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys.exports import palette
from journeys.exports.drawing import View, draw_part
from journeys.exports.feelings import draw_feelings
from journeys.exports.measuring import cut, width, wrap
from journeys.exports.pages import A3, A4, stage_pages, whole_page
from journeys.exports.primitives import Line, Shape
from journeys.exports.subject import file_name, legal
from journeys.exports.svg import write_picture, write_svg
from journeys.exports.wires import pieces
from journeys.layout import lay_out
from tests.journeys.drawn import subject

SVG = "{http://www.w3.org/2000/svg}"
ODD = [
    "<script>alert(1)</script>",
    '"><svg onload=x>&amp;',
    "#include $x$ \\input{a} @a",
    "a\x00b\x0bc\x1f\ud800\ufffe",
    "漢字仮名交じり文と日本語の長い題名",
    "مرحبا بالعالم שלום",
    "🎉🚀👩‍👩‍👧‍👦",
    "x" * 200,
    "\u202eevil",
    "e\u0301" * 80,
    " \n\t ",
]
#: text as people, and those who try things, may have stored it
texts = st.one_of(st.sampled_from(ODD), st.text(st.characters(), max_size=200))


def parsed(svg):
    return ElementTree.fromstring(svg)  # noqa: S314


def elements(tree):
    return {group.get("data-element"): group for group in tree.iter(f"{SVG}g") if group.get("data-element")}


def words(element):
    return " ".join("".join(text.itertext()) for text in element.iter(f"{SVG}text"))


def inside(text, shown):
    """Whether the shown text is the text, or its beginning with an ellipsis; a broken word may have a space in it."""
    said, meant = (re.sub(r"\s", "", one) for one in (shown, text))
    return said == meant or (said.endswith("…") and meant.startswith(said[:-1]))


def test_every_card_arrow_handoff_and_feeling_is_in_the_svg_with_its_words_where_the_layout_has_it():
    drawn = subject(cards=40, stages=4)
    document, layout = drawn.document, lay_out(drawn.document, room=0)
    tree = parsed(write_picture(drawn))
    found = elements(tree)
    assert tree.find(f"{SVG}title").text == "Enterprise journey"
    assert set(found) >= set(document["touchpoints"]) | set(document["connectors"]) | {"h", "e"}
    for id, card in document["touchpoints"].items():
        assert found[id].find(f"{SVG}title").text.split(": ")[1].startswith(card["title"])
        shown = [text.text for text in found[id].iter(f"{SVG}text") if text.get("font-weight") == "600"]
        assert inside(card["title"], " ".join(shown)), shown
    for id, box in layout.cards.items():
        if document["touchpoints"][id]["kind"] != "event":
            outline = found[id].find(f"{SVG}rect")
            assert (float(outline.get("x")), float(outline.get("y"))) == (box.x, box.y)
            assert (float(outline.get("width")), float(outline.get("height"))) == (box.width, box.height)


def test_an_arrow_is_the_layouts_own_path_and_one_that_leaves_the_stages_shown_ends_in_a_stub_at_their_edge():
    view = View.of(subject(cards=40, stages=4))
    whole = {item.id: item for item in draw_part(view, view.stages).items if isinstance(item, Line) and item.id}
    for id, wire in view.layout.wires.items():
        assert whole[id].path == wire.path
        assert whole[id].joins == tuple(view.document["connectors"][id][end] for end in ("source_id", "target_id"))
    for stage in view.stages:
        part = draw_part(view, (stage,))
        cards = {item.id for item in part.items if isinstance(item, Shape) and item.id in view.layout.cards}
        assert cards == {id for id, box in view.layout.cards.items() if box.stage_id == stage.id}
        for line in (item for item in part.items if isinstance(item, Line) and item.id in view.layout.wires):
            assert all(0 <= x <= part.width for x, _ in line.points)
            assert line.joins is None or cards.issuperset(line.joins)


levels = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=2, max_size=8)


@settings(max_examples=200, deadline=None)
@given(levels, st.integers(0, 30), st.integers(0, 30))
def test_the_pieces_of_a_wire_are_all_of_it_that_lies_between_two_uprights(turns, a, b):
    low, high = float(min(a, b)), float(max(a, b))
    corners = [(float(turns[0][0]), float(turns[0][1]))]
    for n, (x, y) in enumerate(turns[1:]):
        corners.append((float(x), corners[-1][1]) if n % 2 == 0 else (corners[-1][0], float(y)))
    found = pieces(tuple(corners), low, high)

    def length(points, least=-math.inf, most=math.inf):
        across = sum(max(0.0, min(max(x1, x2), most) - max(min(x1, x2), least)) for (x1, _), (x2, _) in pairwise(points))
        down = sum(abs(y2 - y1) for (x1, y1), (x2, y2) in pairwise(points) if x1 == x2 and least <= x1 <= most)
        return across + down

    assert math.isclose(sum(map(length, found)), length(corners, low, high), abs_tol=1e-9)
    assert all(low <= x <= high for piece in found for x, _ in piece)


def test_the_curve_of_a_stage_goes_on_where_that_of_the_one_before_it_ended():
    view = View.of(subject(cards=20, stages=4))
    ends, at = [], view.layout.grid.metrics.label_width
    for stage in view.stages:
        items = draw_feelings(view.layout, view.document, stage.x, stage.x + stage.width, 0)
        path = next(item.path for item in items if isinstance(item, Line) and item.name)
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", path)]
        assert math.isclose(numbers[0], at, abs_tol=0.1)
        ends.append((numbers[1], numbers[-1]))
        at = numbers[-2]
    assert math.isclose(at, view.layout.width, abs_tol=0.1)
    assert all(math.isclose(ended, begins, abs_tol=0.1) for (_, ended), (begins, _) in pairwise(ends))


@settings(max_examples=40, deadline=None)
@given(texts, texts, texts)
def test_any_text_anywhere_is_text_in_an_svg_that_can_be_read(title, card, other):
    drawn = subject(
        title, cards=6, stages=2, card=card, stage=other, lane=other, feeling=card, label=other, goal=card, view=other
    )
    view = View.of(drawn)
    for page in (whole_page(view, A3), *stage_pages(view, A4)):
        for fitted in (True, False):
            tree = parsed(write_svg(page, fitted=fitted))
            kinds = {element.tag.removeprefix(SVG) for element in tree.iter()}
            assert kinds <= {"svg", "g", "title", "defs", "pattern", "rect", "path", "circle", "text", "tspan"}
    tree = parsed(write_picture(drawn))
    first = "".join(next(tree.iter(f"{SVG}text")).itertext())
    assert inside(legal(title).strip() or "Untitled journey", first)
    found = elements(tree)
    assert {id for id in found if id.startswith("c0")} == set(drawn.document["touchpoints"])
    for id in drawn.document["touchpoints"]:
        shown = [text.text for text in found[id].iter(f"{SVG}text") if text.get("font-weight") == "600"]
        assert inside(legal(card), " ".join(shown))


@settings(max_examples=200, deadline=None)
@given(texts, st.floats(20, 300), st.sampled_from([400, 600, 700]), st.integers(1, 4))
def test_lines_fit_their_room_and_lose_no_letter_unless_an_ellipsis_says_so(text, room, weight, most):
    lines = wrap(text, room, 12, weight, most=most)
    assert len(lines) <= most
    assert all(width(line, 12, weight) <= room + 1e-6 or len(line) < 3 or not width(line[1:], 12) for line in lines)
    whole = wrap(text, room, 12, weight)
    assert re.sub(r"\s", "", "".join(whole)) == re.sub(r"\s", "", text)
    if len(whole) > most:
        assert lines[-1].endswith("…")
    else:
        assert lines == whole
    assert width(cut(text, room, 12, weight), 12, weight) <= max(room, width("…", 12, weight)) + 1e-6


@pytest.mark.parametrize("stages", [0, 1])
def test_a_journey_with_nothing_in_it_has_pages_too(stages):
    empty = subject("", stages=stages)
    view = View.of(empty)
    pages = [whole_page(view, A3), *stage_pages(view, A4)]
    assert len(pages) == 1 + stages
    for page in pages:
        assert "Customer" in words(parsed(write_svg(page)))
    assert parsed(write_picture(empty)).find(f"{SVG}title").text == "Untitled journey"


def test_the_map_is_as_large_on_a_page_as_it_can_be_and_stays_on_it():
    for cards, stages in ((5, 1), (40, 3), (150, 12)):
        view = View.of(subject(cards=cards, stages=stages))
        for paper, pages in ((A3, [whole_page(view, A3)]), (A4, stage_pages(view, A4))):
            for page in pages:
                for placed in page.parts:
                    assert paper.margin - 1 <= placed.x
                    assert placed.x + placed.part.width * placed.scale <= paper.width - paper.margin + 1
                    assert placed.y + placed.part.height * placed.scale <= paper.height + 1


def test_the_colours_are_the_light_tokens_of_the_style_sheet():
    tokens = (django_settings.BASE_DIR / "static/css/tokens.css").read_text()
    light = dict(re.findall(r"--([\w-]+): light-dark\((#fff|oklch\([^)]+\))", tokens))
    ours = {name.lower().replace("_", "-"): value for name, value in vars(palette).items() if name.isupper()}
    shared = set(ours) & set(light)
    assert len(shared) > 20
    assert {name: ours[name] for name in shared} == {name: _hex(light[name]) for name in shared}


def _hex(colour):
    """OKLCH to sRGB (https://bottosson.github.io/posts/oklab/)."""
    if colour == "#fff":
        return "#ffffff"
    light, chroma, hue = (float(part.rstrip("%")) for part in colour[6:-1].split())
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    light /= 100
    l = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3  # noqa: E741
    m = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    s = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
        -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
        -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
    )
    bounded = [max(0.0, min(1.0, value)) for value in linear]
    return "#" + "".join(f"{round(255 * (12.92 * v if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055)):02x}" for v in bounded)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Enterprise journey", "Enterprise journey - Mid.pdf"),
        ("a/b\\c:d*e?", "a b c d e - Mid.pdf"),
        ("..", "- Mid.pdf"),
        ("Naïve 漢字", "Naïve 漢字 - Mid.pdf"),
        ("x\r\ny", "x y - Mid.pdf"),
    ],
)
def test_a_file_is_named_after_its_journey_and_segment(title, name):
    assert file_name(subject(title, segment="Mid"), "pdf") == name
