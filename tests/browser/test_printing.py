"""A journey on paper, in a real browser."""

import io

import pypdfium2
import pytest
from django.urls import reverse

A3, A4 = (1191, 842), (842, 595)

#: what of a card's text lies outside its outline, in units of the drawing
TEXT_OUTSIDE = """() => [...document.querySelectorAll(".print__sheet:first-of-type g[data-element]")].flatMap((card) => {
  const outline = card.querySelector("rect, path")?.getBBox();
  return [...card.querySelectorAll(":scope > text")].filter((text) => {
    const box = text.getBBox();
    return box.x < outline.x - 1 || box.x + box.width > outline.x + outline.width + 1;
  }).map((text) => text.textContent);
})"""


def test_a_viewer_prints_the_map_on_one_sheet_or_by_stage_and_every_text_is_inside_its_card(visit, viewer, five_stages):
    page = visit(viewer, reverse("journeys:canvas", args=[viewer.workspace.slug, five_stages.pk]))
    page.get_by_role("button", name="More").click()
    page.get_by_role("link", name="Print…").click()
    page.get_by_text("1 sheet, landscape").wait_for()
    assert page.locator(".print__sheet g[data-element] > text").count() > 19
    assert page.evaluate(TEXT_OUTSIDE) == []
    printed = pypdfium2.PdfDocument(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    assert [sheet.get_size() for sheet in printed] == [pytest.approx(A3, abs=1)]
    page.get_by_role("link", name="A4, a page for each stage").click()
    page.get_by_text("6 sheets, landscape").wait_for()
    printed = pypdfium2.PdfDocument(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    assert [sheet.get_size() for sheet in printed] == [pytest.approx(A4, abs=1)] * 6
    assert "Kick-off meeting" in list(printed)[3].get_textpage().get_text_range()


def test_a_download_says_that_it_is_made_and_saved_or_that_it_was_not(visit, viewer, five_stages):
    page = visit(viewer, reverse("journeys:canvas", args=[viewer.workspace.slug, five_stages.pk]))

    def choose(name):
        page.get_by_role("button", name="More").click()
        page.get_by_role("link", name=name).click()

    with page.expect_download() as download:
        choose("PDF by stage")
    assert download.value.suggested_filename == "Enterprise journey - Enterprise - by stage.pdf"
    assert len(pypdfium2.PdfDocument(download.value.path())) == 6
    page.get_by_text("Saved Enterprise journey").first.wait_for()
    page.route("**/export/svg/", lambda route: route.fulfill(status=200, body="<p>no file</p>"))
    choose("SVG")
    page.locator("#said", has_text="could not be made").wait_for()
