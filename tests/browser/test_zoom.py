"""Near and far: what is under the pointer stays there, and what is dropped lands where it was dropped."""

import pytest
from playwright.sync_api import expect

from journeys.models import Touchpoint
from tests.browser.test_canvas import canvas_of, card


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize("percent", ["50 %", "200 %"])
def test_a_card_dropped_at_any_zoom_lands_under_the_pointer(visit, owner, five_stages, percent):
    page = visit(owner, canvas_of(five_stages), width=1440, height=900)
    page.get_by_label("Zoom to").click()
    page.get_by_role("button", name=percent, exact=True).click()
    expect(page.locator("[data-zoom-shown]")).to_have_text(percent)
    page.locator(".map-scroll").evaluate("(view) => view.scrollTo(0, 0)")
    moved, other = card(page, "Discovery call"), card(page, "Product demonstration")
    (x, y), (to_x, to_y) = middle(moved), middle(other)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(to_x, y + (to_y - y) * 0.02, steps=6)
    page.mouse.up()
    expect(page.locator("#announcer")).to_contain_text("Moved Discovery call")
    slots = dict(Touchpoint.objects.filter(journey=five_stages).values_list("title", "slot"))
    assert slots["Discovery call"] == slots["Product demonstration"]
    assert Touchpoint.objects.get(title="Discovery call").lane.name == "Account executive"


def test_the_wheel_keeps_what_is_under_the_pointer(visit, owner, five_stages):
    page = visit(owner, canvas_of(five_stages), width=1440, height=900)
    target = card(page, "Validate the order")
    x, y = middle(target)
    page.mouse.move(x, y)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    expect(page.locator("[data-zoom-shown]")).not_to_have_text("100 %")
    now_x, now_y = middle(target)
    assert abs(now_x - x) < 12
    assert abs(now_y - y) < 12


def test_fit_shows_the_whole_journey_and_is_remembered(visit, viewer, five_stages):
    page = visit(viewer, canvas_of(five_stages), width=1440, height=900)
    card(page, "Discovery call").focus()
    page.keyboard.press("1")
    expect(page.locator("#map")).to_have_class("map map--small")
    expect(card(page, "Renewal proposal")).to_be_in_viewport(ratio=1)
    expect(card(page, "Discovery call")).to_be_in_viewport(ratio=1)
    shown = page.locator("[data-zoom-shown]").text_content()
    page.reload()
    expect(page.locator("[data-zoom-shown]")).to_have_text(shown)
    page.keyboard.press("0")
    expect(page.locator("[data-zoom-shown]")).to_have_text("100 %")


def test_a_question_mark_shows_the_keys_that_one_may_use(visit, owner, viewer, five_stages):
    for member, heading in ((owner, True), (viewer, False)):
        page = visit(member, canvas_of(five_stages), width=1440, height=900)
        card(page, "Discovery call").focus()
        page.keyboard.press("?")
        dialog = page.get_by_role("dialog", name="Keys")
        expect(dialog).to_be_visible()
        expect(dialog.get_by_role("heading", name="Draw")).to_have_count(int(heading))
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        page.get_by_role("button", name="Keys").click()
        expect(dialog).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(390, 844), (720, 450)])
def test_little_room_leaves_the_lanes_in_sight(visit, viewer, five_stages, width, height):
    page = visit(viewer, canvas_of(five_stages), width=width, height=height)
    expect(card(page, "Discovery call")).to_be_in_viewport(ratio=1)
    label = page.locator(".lane__label").nth(1).bounding_box()
    assert label["width"] < width / 4


@pytest.mark.parametrize("width", [390, 1024])
def test_large_letters_fit_their_cards_and_leave_the_lanes_in_sight(visit, viewer, five_stages, width):
    page = visit(viewer, canvas_of(five_stages), width=width, height=844)
    page.add_init_script(
        "new MutationObserver((_, observer) => { document.documentElement.style.fontSize = '200%'; observer.disconnect(); })"
        ".observe(document, { childList: true })"
    )
    page.reload()
    expect(page.locator("[data-zoom-shown]")).to_have_text("200 %")
    expect(card(page, "Discovery call")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
    assert (
        card(page, "Discovery call").locator(".card__title").evaluate("(title) => title.scrollHeight <= title.clientHeight + 1")
    )
