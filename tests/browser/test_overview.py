"""The strip with the whole journey: it goes to a stage, moves the view, follows what is drawn, and can be folded away."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_canvas import canvas_of, card, place

pytestmark = pytest.mark.django_db(transaction=True)


def scrolled(page):
    return page.locator(".map-scroll").evaluate("(view) => view.scrollLeft")


def cards_drawn(page):
    """How many cards the strip shows."""
    return page.locator("#overview-strip path").evaluate_all(
        "(paths) => paths.reduce((sum, path) => sum + path.getAttribute('d').split('M').length - 1, 0)"
    )


def test_a_click_on_a_stage_goes_there_and_dragging_moves_the_view(visit, viewer, five_stages):
    page = visit(viewer, canvas_of(five_stages), width=1440, height=900)
    strip = page.get_by_role("navigation", name="Overview of the stages")
    expect(strip.get_by_role("button", name="Go to Pursuit")).to_have_attribute("aria-current", "true")
    strip.get_by_role("button", name="Go to Ongoing support").click()
    expect(strip.get_by_role("button", name="Go to Ongoing support")).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("columnheader", name="Ongoing support")).to_be_in_viewport(ratio=1)
    page.wait_for_function("() => document.querySelector('.map-scroll').scrollLeft > 900")
    box = page.locator("#overview-strip").bounding_box()
    page.mouse.move(box["x"] + box["width"] - 60, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 20, box["y"] + 30, steps=5)
    page.mouse.up()
    assert scrolled(page) == 0
    expect(strip.get_by_role("button", name="Go to Pursuit")).to_have_attribute("aria-current", "true")


def test_it_shows_what_is_drawn_a_moment_later_and_goes_when_all_is_in_sight(visit, owner, five_stages):
    page = visit(owner, canvas_of(five_stages), width=1440, height=900)
    page.wait_for_function("() => document.querySelectorAll('#overview-strip path').length > 0")
    before = cards_drawn(page)
    assert before == page.locator(".card").count()
    page.mouse.click(*place(page, "Pursuit", "Customer", 1))
    page.keyboard.type("One more")
    page.keyboard.press("Enter")
    expect(card(page, "One more")).to_be_visible()
    page.wait_for_function(
        "(wanted) => [...document.querySelectorAll('#overview-strip path')]"
        ".reduce((sum, path) => sum + path.getAttribute('d').split('M').length - 1, 0) === wanted",
        arg=before + 1,
    )
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Overview", exact=True).click()
    expect(page.locator("#overview-strip")).to_be_hidden()
    page.reload()
    expect(page.get_by_role("button", name="Overview", exact=True)).to_have_attribute("aria-expanded", "false")
    page.get_by_label("Zoom to").click()
    page.get_by_role("button", name="Fit the whole journey").click()
    expect(page.locator("#overview")).to_be_hidden()
