"""Every export opened by its own reader, and the doors to them."""

from __future__ import annotations

import io

import pypdfium2
import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from PIL import Image
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from journeys.demo import FOLDER
from journeys.exports.drawing import View
from journeys.exports.pages import natural_page
from journeys.exports.paper import ExportFailed, sharpness, write_pdf, write_png
from journeys.exports.slides import write_slides
from journeys.importing import import_sheet
from journeys.models import Segment
from journeys.sheets import read_sheet
from tests.journeys.drawn import subject
from tests.journeys.test_exports_drawing import ODD, inside, parsed, texts

A3, A4 = (1190.55, 841.89), (841.89, 595.28)


def text_of(page):
    return " ".join(page.get_textpage().get_text_range().split())


def is_blank(page):
    return len(page.render(scale=0.3).to_pil().convert("L").getcolors()) < 3


def test_the_pdf_is_one_a3_page_with_text_that_can_be_selected():
    drawn = subject(cards=12)
    pdf = pypdfium2.PdfDocument(write_pdf(drawn))
    (page,) = pdf
    assert page.get_size() == pytest.approx(A3, abs=0.1)
    assert pdf.get_metadata_dict()["Title"] == "Enterprise journey"
    assert not is_blank(page)
    said = text_of(page)
    assert "Nervous about it" in said
    for card in drawn.document["touchpoints"].values():
        assert card["title"].split()[0] in said


def test_the_pdf_by_stage_begins_with_the_whole_and_has_a_page_for_each_stage_with_its_cards():
    drawn = subject(cards=12, stages=3)
    pdf = pypdfium2.PdfDocument(write_pdf(drawn, by_stage=True))
    assert [page.get_size() for page in pdf] == [pytest.approx(A4, abs=0.1)] * 4
    for n, page in enumerate(list(pdf)[1:]):
        said = text_of(page)
        assert f"Stage {n + 1} of 3" in said
        assert not is_blank(page)
        for card in drawn.document["touchpoints"].values():
            assert (f"{card['title']} (" in said) == (card["stage_id"] == f"s{n}")


def test_the_picture_is_as_large_as_its_page_asks():
    drawn = subject(cards=12)
    page = natural_page(View.of(drawn))
    picture = Image.open(io.BytesIO(write_png(drawn)))
    assert picture.size == pytest.approx((page.width * 2, page.height * 2), abs=2)
    assert len(picture.convert("L").getcolors()) > 50


def test_a_picture_of_an_endless_map_stays_within_what_programs_open():
    page = natural_page(View.of(subject(cards=600, stages=60)))
    assert max(page.width, page.height) * sharpness(page) / 72 <= 16_000
    assert page.width * page.height * (sharpness(page) / 72) ** 2 <= 60_000_001


def described(shape):
    return shape._element[0][0].get("descr", "")


def cards_of(slide, title):
    return [shape for shape in slide.shapes if described(shape).removesuffix(", moment of truth").endswith(f": {title}")]


def test_the_deck_has_the_whole_and_a_slide_for_each_stage_in_native_shapes():
    drawn = subject(cards=20, stages=3)
    deck = Presentation(io.BytesIO(write_slides(drawn)))
    whole, *stages = deck.slides
    assert [slide.shapes.title.text for slide in deck.slides] == ["Enterprise journey", "Stage 0", "Stage 1", "Stage 2"]
    assert deck.slide_width / deck.slide_height == pytest.approx(16 / 9, abs=0.01)
    numbers = [shape.shape_id for shape in whole.shapes]
    assert len(numbers) == len(set(numbers))
    for card in drawn.document["touchpoints"].values():
        (shape,) = cards_of(whole, card["title"])
        assert shape.shape_type == MSO_SHAPE_TYPE.AUTO_SHAPE
        assert inside(card["title"], shape.text_frame.paragraphs[0].text.removeprefix("★ "))
        assert [len(cards_of(slide, card["title"])) for slide in stages] == [card["stage_id"] == f"s{n}" for n in range(3)]
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.left + shape.width <= deck.slide_width
            assert shape.top + shape.height <= deck.slide_height + 12700


def test_arrows_between_cards_are_connectors_that_hold_on_to_them_or_lines_along_the_same_way():
    drawn = subject(cards=20, stages=3)
    (slide, *_) = Presentation(io.BytesIO(write_slides(drawn))).slides
    cards = {shape.shape_id: shape for shape in slide.shapes}
    arrows = [shape for shape in slide.shapes if " leads to " in described(shape)]
    assert len(arrows) == len(drawn.document["connectors"])
    glued = [arrow for arrow in arrows if arrow._element.tag.endswith("cxnSp")]
    assert 0 < len(glued) < len(arrows)
    for arrow in glued:
        source, target = (cards[int(end.get("id"))] for end in arrow._element[0][1])
        titles = [described(card).split(": ")[1].removesuffix(", moment of truth") for card in (source, target)]
        assert described(arrow) == " leads to ".join(titles)
        touches = 12_700
        assert source.left - touches <= arrow.begin_x <= source.left + source.width + touches
        assert target.top - touches <= arrow.end_y <= target.top + target.height + touches


def test_the_notes_of_a_slide_hold_what_happens_in_the_stage():
    drawn = subject(cards=9, stages=1, view="They look at our own numbers")
    _, slide = Presentation(io.BytesIO(write_slides(drawn))).slides
    notes = slide.notes_slide.notes_text_frame.text
    for card in drawn.document["touchpoints"].values():
        assert f"{card['title']} (" in notes
    assert "They look at our own numbers" in notes


@settings(max_examples=15, deadline=None)
@given(texts, texts, texts)
def test_any_text_makes_slides_that_can_be_opened(title, card, other):
    drawn = subject(
        title, cards=4, stages=2, card=card, stage=other, lane=other, feeling=card, label=other, goal=card, view=other
    )
    assert len(Presentation(io.BytesIO(write_slides(drawn))).slides) == 3


@pytest.mark.parametrize("odd", ODD)
def test_any_text_can_be_typeset(odd):
    drawn = subject(odd, cards=2, stages=1, card=odd, stage=odd, lane=odd, feeling=odd, label=odd, goal=odd, view=odd)
    pdf = pypdfium2.PdfDocument(write_pdf(drawn, by_stage=True))
    assert len(pdf) == 2
    if odd.isascii() and odd.isprintable():
        assert odd[:30].replace(" ", "") in text_of(pdf[1]).replace(" ", "")


def test_an_empty_journey_leaves_in_every_format():
    empty = subject("", stages=0)
    assert len(pypdfium2.PdfDocument(write_pdf(empty, by_stage=True))) == 1
    assert Image.open(io.BytesIO(write_png(empty))).width > 100
    assert len(Presentation(io.BytesIO(write_slides(empty))).slides) == 1


@pytest.fixture
def drawn(owner):
    segment = Segment.objects.make(owner.workspace, "Enterprise", at=timezone.now())
    sheet = read_sheet((FOLDER / "five-stages.csv").read_bytes())
    journey, _, _ = import_sheet(sheet, segment, "Größe / 漢字", name="x", by=owner, at=timezone.now())
    return journey


def address(journey, format):
    return reverse("journeys:export", args=[journey.segment.workspace.slug, journey.pk, format])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("format", "begins"),
    [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF"), ("pdf?pages=stages", b"%PDF"), ("pptx", b"PK")],
)
def test_a_viewer_takes_a_journey_along_in_every_format(client_for, viewer, drawn, format, begins):
    format, _, query = format.partition("?")
    answer = client_for(viewer).get(f"{address(drawn, format)}?{query}")
    assert answer.status_code == 200
    assert answer.content.startswith(begins)
    assert answer["Content-Disposition"].startswith(
        "attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe%20%E6%BC%A2%E5%AD%97%20-%20Enter"
    )
    assert "no-store" in answer["Cache-Control"]
    assert ("stage" in answer["Content-Disposition"]) == bool(query)


@pytest.mark.django_db
def test_a_format_that_does_not_exist_is_not_found_and_a_stranger_finds_nothing(client_for, viewer, stranger, drawn):
    assert client_for(viewer).get(address(drawn, "doc")).status_code == 404
    assert client_for(viewer).get(address(drawn, "svg") + "?pages=%00").status_code == 200
    for format in ("svg", "pdf", "doc"):
        assert client_for(stranger).get(address(drawn, format)).status_code == 404


@pytest.mark.django_db
def test_what_cannot_be_typeset_is_said_on_the_map(client_for, viewer, drawn, monkeypatch):
    monkeypatch.setattr("journeys.exports.paper.TIMEOUT", 0.0001)
    with pytest.raises(ExportFailed):
        write_pdf(subject())
    answer = client_for(viewer).get(address(drawn, "pdf"), follow=True)
    assert answer.redirect_chain
    assert "could not be typeset" in answer.content.decode()


@pytest.mark.django_db
def test_the_print_page_shows_the_sheets_and_both_ways_to_cut_them(client_for, viewer, drawn):
    url = reverse("journeys:print_map", args=[drawn.segment.workspace.slug, drawn.pk])
    client = client_for(viewer)
    for query, sheets in (("", 1), ("?pages=stages", 6)):
        html = client.get(url + query).content.decode()
        pictures = html.split('<div class="print__sheet">')[1:]
        assert len(pictures) == sheets
        for picture in pictures:
            assert parsed(picture.partition("</svg>")[0] + "</svg>") is not None
        assert html.count('id="hatch"') == 1
    assert "Discovery call" in html


@pytest.mark.django_db
def test_the_menu_of_a_viewer_offers_every_format(client_for, viewer, drawn):
    html = client_for(viewer).get(reverse("journeys:canvas", args=[drawn.segment.workspace.slug, drawn.pk])).content.decode()
    for format in ("pdf", "pptx", "png", "svg"):
        assert address(drawn, format) in html
    assert "Import a file" not in html
