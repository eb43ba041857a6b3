"""Ctrl+K: a card, a stage, an act or a journey by a few letters of its name."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_canvas import canvas_of, card, said

pytestmark = pytest.mark.django_db(transaction=True)


def find(page, text):
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Find")).to_be_focused()
    page.keyboard.type(text)


def first(page):
    return page.get_by_role("dialog", name="Find").get_by_role("option", selected=True)


def test_a_card_is_found_by_parts_of_its_name_and_gone_to(visit, viewer, five_stages):
    page = visit(viewer, canvas_of(five_stages), width=1440, height=900)
    expect(card(page, "Renewal proposal")).not_to_be_in_viewport()
    find(page, "prop ren")
    expect(first(page)).to_contain_text("Renewal proposal")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Find")).to_be_hidden()
    expect(card(page, "Renewal proposal")).to_be_focused()
    expect(card(page, "Renewal proposal")).to_be_in_viewport(ratio=1)


def test_an_act_is_done_by_its_name_and_the_arrows_choose_another(visit, owner, five_stages):
    page = visit(owner, canvas_of(five_stages), width=1440, height=900)
    find(page, "zoom 50")
    expect(first(page)).to_contain_text("50 %")
    page.keyboard.press("Enter")
    expect(page.locator("[data-zoom-shown]")).to_have_text("50 %")
    find(page, "zoom")
    was = first(page).text_content()
    page.keyboard.press("ArrowDown")
    expect(first(page)).not_to_have_text(was)
    page.keyboard.press("ArrowUp")
    expect(first(page)).to_have_text(was)
    page.keyboard.press("Control+a")
    page.keyboard.type("another lane")
    page.keyboard.press("Enter")
    said(page, "Added lane")


def test_a_journey_of_the_workspace_is_found_from_any_page(visit, viewer, five_stages):
    page = visit(viewer, f"/w/{viewer.workspace.slug}/members/", width=1440, height=900)
    page.get_by_role("button", name="Find").click()
    page.keyboard.type("enterp")
    expect(first(page)).to_contain_text("Enterprise journey")
    first(page).click()
    page.wait_for_url(f"**{canvas_of(five_stages)}")


def test_what_does_not_exist_is_said_and_esc_gives_the_focus_back(visit, viewer, five_stages):
    page = visit(viewer, canvas_of(five_stages), width=1440, height=900)
    card(page, "Discovery call").focus()
    find(page, "xyzzy")
    expect(page.get_by_role("dialog", name="Find").get_by_role("status")).to_have_text("Nothing of that name.")
    page.keyboard.press("Escape")
    expect(card(page, "Discovery call")).to_be_focused()


@pytest.mark.parametrize(
    ("query", "name", "other"),
    [
        ("disc", "discovery call", "product discount"),  # a beginning before a middle
        ("call", "discovery call", "recall the order"),  # a word's beginning before a middle
        ("dsc", "discovery call", "call about discs"),  # letters from the beginning of a word
        ("resume", "resume", "renewal proposal"),
        ("order validate", "validate the order", "enter the order"),  # in any order, all of them
    ],
)
def test_what_fits_better_comes_first(visit, viewer, five_stages, query, name, other):
    page = visit(viewer, canvas_of(five_stages))
    better, worse = page.evaluate(
        """async ([query, ...names]) => {
            const { fold, score } = await import('/static/js/fuzzy.js');
            return names.map((name) => score(fold(query), fold(name)));
        }""",
        [query, name, other],
    )
    assert better > worse >= 0


def test_brackets_go_from_stage_to_stage_with_the_focus(visit, owner, five_stages):
    page = visit(owner, canvas_of(five_stages), width=1440, height=900)
    labels = page.locator(".map__corner").bounding_box()
    card(page, "Discovery call").focus()
    names = page.locator(".stage").evaluate_all("(all) => all.map((stage) => stage.dataset.name)")
    for name in names[1:3]:
        page.keyboard.press("]")
        said(page, f"{name}, stage")
        expect(page.locator(":focus")).to_have_attribute("aria-label", re.compile(name))
    page.wait_for_function(
        "([name, x]) => Math.abs(document.querySelector(`.stage[data-name='${name}']`).getBoundingClientRect().left - x) < 3",
        arg=[names[2], labels["x"] + labels["width"]],
    )
    for _ in names[3:]:
        page.keyboard.press("]")
    said(page, f"{names[-1]}, stage 5 of 5")
    page.keyboard.press("]")
    said(page, "That is the last stage.")
    page.keyboard.press("[")
    said(page, f"{names[-2]}, stage 4 of 5")
