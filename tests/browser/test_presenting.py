"""A presentation: the whole journey, then stage by stage, with nothing around; afterwards all is as it was."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from journeys.models import Stage
from tests.browser.test_canvas import canvas_of, card

pytestmark = pytest.mark.django_db(transaction=True)


def presentation(page):
    return page.get_by_role("region", name="Presentation")


def view(page):
    return page.evaluate(
        "() => { const view = document.querySelector('.map-scroll');"
        " return [view.scrollLeft, view.scrollTop, document.querySelector('[data-zoom-shown]').textContent]; }"
    )


def test_the_keys_go_through_the_stages_and_esc_restores_what_was(visit, owner, five_stages):
    second = Stage.objects.filter(journey=five_stages).order_by("position")[1]
    second.edit({"goal": "Get going", "success": "the order is in"}, by=owner, at=timezone.now())
    page = visit(owner, canvas_of(five_stages), width=1440, height=900)
    card(page, "Go-live, touchpoint").focus()
    page.locator(".map-scroll").evaluate("(view) => view.scrollTo(700, 40)")
    was, revision = view(page), page.locator("#map-size").get_attribute("data-revision")
    page.keyboard.press("p")
    expect(presentation(page).get_by_role("heading", name="Enterprise journey")).to_be_visible()
    for title in ("Discovery call", "Renewal proposal"):
        expect(card(page, title)).to_be_in_viewport(ratio=1)
    for part in (".bar", ".toolbar", ".legend", ".overview"):
        expect(page.locator(part)).to_be_hidden()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(presentation(page)).to_contain_text("2 of 5")
    expect(presentation(page)).to_contain_text("Get going")
    expect(presentation(page)).to_contain_text("the order is in")
    for title in ("Validate the order", "Welcome email"):
        expect(card(page, title)).to_be_in_viewport(ratio=1)
    expect(card(page, "Excited and a little overwhelmed")).to_be_in_viewport(ratio=1)
    page.keyboard.press("End")
    expect(presentation(page)).to_contain_text("5 of 5")
    page.keyboard.press("Delete")  # no key of the canvas does anything
    page.keyboard.press("PageUp")
    expect(presentation(page)).to_contain_text("4 of 5")
    page.keyboard.press("Escape")
    expect(presentation(page)).to_have_count(0)
    expect(card(page, "Go-live, touchpoint")).to_be_focused()
    page.wait_for_function("(left) => document.querySelector('.map-scroll').scrollLeft === left", arg=was[0])
    assert view(page) == was
    assert page.locator("#map-size").get_attribute("data-revision") == revision


def test_a_link_presents_and_clicks_on_the_halves_step(visit, viewer, five_stages):
    page = visit(viewer, f"{canvas_of(five_stages)}?present", width=1024, height=768)
    expect(presentation(page)).to_contain_text("The whole journey")
    page.mouse.click(900, 500)
    expect(presentation(page)).to_contain_text("1 of 5")
    card(page, "Discovery call").click(force=True)
    expect(presentation(page)).to_contain_text("The whole journey")
    expect(page.locator("#panel")).to_be_empty()
    page.get_by_role("button", name="Next").press("Enter")
    expect(presentation(page)).to_contain_text("1 of 5")
    page.get_by_role("button", name="End the presentation").click()
    expect(page.get_by_role("button", name=re.compile("Present"))).to_be_visible()
