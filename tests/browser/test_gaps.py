"""From gap to gap: open the list, go there, mend it, come back; set one aside and take it back by undo."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from journeys.models import Dismissal, Emotion
from tests.browser.test_canvas import canvas_of, card, said
from tests.browser.troubles import serious_troubles

pytestmark = pytest.mark.django_db(transaction=True)


def open_gaps(page):
    page.get_by_role("button", name="Gaps").click()
    expect(page.locator("#gaps-title")).to_be_visible()


def rows(page):
    return page.locator("[data-gap]")


def counted(page):
    shown = page.locator("#gap-count .count")
    shown.wait_for()
    return int(shown.text_content())


def test_the_first_gap_is_mended_where_it_is_and_the_next_set_aside_and_taken_back(visit, owner, five_stages):
    page = visit(owner, canvas_of(five_stages), width=1440, height=900)
    count = counted(page)
    page.get_by_role("button", name="Gaps").focus()
    page.keyboard.press("Enter")
    expect(rows(page).first).to_be_focused()
    score = page.get_by_role("meter").get_attribute("value")
    page.keyboard.press("Enter")
    answer = page.get_by_label("How we answer it")
    expect(answer).to_be_focused()
    cloud = card(page, "Go-live nerves,")
    expect(cloud).to_have_attribute("aria-current", "true")
    expect(cloud).to_be_in_viewport()
    page.keyboard.type("Somebody sits beside them all day")
    answer.blur()
    expect(page.locator("#gap-count .count")).to_have_text(str(count - 1))
    said(page, f"Gaps: {count - 1} open, ")
    page.get_by_role("button", name="Back to the gaps").click()
    second = rows(page).first
    expect(second).to_be_focused()
    expect(second).to_contain_text("no arrow says which one")
    assert float(page.get_by_role("meter").get_attribute("value")) >= float(score)

    page.locator(".gap__aside > summary").first.click()
    page.get_by_label("Why it is no gap here").first.fill("Operations calls whenever it wants")
    page.get_by_label("Why it is no gap here").first.press("Enter")
    said(page, "Set aside: Clear open questions")
    expect(page.locator("#gap-count .count")).to_have_text(str(count - 2))
    expect(second).not_to_contain_text("no arrow says which one")
    page.locator("#gaps-aside > summary").click()
    expect(page.locator("#gaps-aside")).to_contain_text("Operations calls whenever it wants")
    page.keyboard.press("Control+z")
    expect(rows(page).first).to_contain_text("no arrow says which one")
    expect(page.locator("#gap-count .count")).to_have_text(str(count - 1))
    assert Emotion.objects.get(title="Go-live nerves").answer
    assert not Dismissal.objects.exists()


def test_every_gap_leads_to_its_place(visit, owner, five_stages):
    Emotion.objects.filter(journey=five_stages).delete()
    page = visit(owner, canvas_of(five_stages), width=1440, height=900)
    five_stages.add_stage("Nothing yet", by=owner, at=five_stages.changed_at)
    page.reload()
    open_gaps(page)
    for rule, focused in (
        ("empty-stage", ".place[aria-label^='Empty place, Nothing yet']"),
        ("follows-nothing", "#panel-anchor"),
        ("package", "[name=item] >> nth=0"),
        ("success", "#panel-success"),
        ("length", "#panel-length_days"),
        ("playbook", "#panel-playbook"),
        ("customer-view", "#panel-customer_view"),
        ("criterion", "#panel-criterion"),
    ):
        row = page.locator(f"[data-gap^='{rule}-']").first
        row.evaluate("(row) => { const group = row.closest('details'); if (group) group.open = true; }")
        row.click()
        expect(page.locator(focused)).to_be_focused()
        page.get_by_role("button", name="Back to the gaps").click()
        expect(page.locator("#gaps-title")).to_be_visible()
        expect(row).to_be_focused()


def test_who_only_looks_goes_there_too_and_can_come_back(visit, viewer, five_stages):
    page = visit(viewer, canvas_of(five_stages), width=390, height=844)
    open_gaps(page)
    expect(page.get_by_text("Set aside", exact=True)).to_have_count(0)
    rows(page).first.click()
    expect(page.get_by_label("How we answer it")).to_be_disabled()
    expect(page.get_by_role("button", name="Back to the gaps")).to_be_focused()
    page.get_by_role("button", name="Close the panel").click()
    card(page, "Discovery call,").dispatch_event("click")
    expect(page.get_by_label("Customer’s view")).to_be_visible()
    expect(page.get_by_role("button", name="Back to the gaps")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_list_of_gaps_has_no_serious_trouble(visit, owner, five_stages, scheme, width):
    page = visit(owner, canvas_of(five_stages), width=width, height=900)
    page.emulate_media(color_scheme=scheme)
    open_gaps(page)
    page.locator(".gap__aside > summary").first.click()
    page.locator("#gaps details[id]").evaluate_all("(groups) => groups.forEach((group) => { group.open = true; })")
    assert serious_troubles(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
