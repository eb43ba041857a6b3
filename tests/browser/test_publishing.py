"""Publish from the canvas, with what somebody else draws meanwhile; then compare, and go from a difference to its card."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from journeys.models import Change, Journey, Touchpoint, Version
from tests.browser.test_canvas import canvas_of, card, said
from tests.browser.troubles import serious_troubles

pytestmark = pytest.mark.django_db(transaction=True)


def test_publishing_from_the_canvas_with_a_note_that_outlives_a_refusal(visit, owner, editor, five_stages):
    page = visit(owner, canvas_of(five_stages), width=1440, height=900)
    state = page.locator("#draft-state")
    page.get_by_role("button", name="Publish").click()
    dialog = page.get_by_role("dialog", name="Publish version 1")
    expect(dialog.get_by_label("Note")).to_be_focused()
    assert serious_troubles(page) == []
    page.keyboard.type("As agreed with sales")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    Touchpoint.objects.get(journey=five_stages, title="Go-live").edit(
        {"title": "Go-live at last"}, by=editor, at=five_stages.changed_at
    )
    page.get_by_role("button", name="Publish").click()
    expect(dialog.get_by_label("Note")).to_have_value("As agreed with sales")
    # Between looking and publishing somebody draws: it is refused, and shown.
    Journey.objects.get(pk=five_stages.pk).rename("The enterprise way", by=editor, at=five_stages.changed_at)
    dialog.get_by_role("button", name="Publish version 1").click()
    expect(dialog.get_by_role("alert")).to_contain_text("has changed while you were looking")
    expect(dialog.get_by_label("Note")).to_have_value("As agreed with sales")
    dialog.get_by_role("button", name="Publish version 1").click()
    expect(dialog).to_have_count(0)
    said(page, "Published version 1")
    expect(state).to_have_text("Draft · version 1 published")
    expect(page.locator("#journey-title")).to_have_text("The enterprise way")
    version = Version.objects.get()
    assert (version.note, version.by) == ("As agreed with sales", owner)
    assert version.revision == Change.objects.of(five_stages).count()

    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="About this map").click()
    page.get_by_label("Next review").fill("2026-01-31")
    page.get_by_label("What it is about").fill("How large customers start")
    page.get_by_label("Owner", exact=True).focus()
    expect(page.locator("[data-saved]")).to_have_text("Saved")
    expect(state).to_contain_text(re.compile(r"Draft, 1 change since version 1 · review was due \d+ days ago"))
    assert serious_troubles(page) == []
    page.get_by_role("link", name="version 1", exact=True).click()
    page.get_by_role("link", name="Version 1", exact=True).click()
    expect(page.locator(".card", has_text="Go-live at last")).to_be_visible()
    expect(page.get_by_text("As agreed with sales")).to_be_visible()
    assert serious_troubles(page) == []


def test_comparing_a_version_with_the_draft_and_going_to_a_card(visit, viewer, owner, five_stages):
    who = {"by": owner, "at": five_stages.changed_at}
    five_stages.publish("", **who)
    moved = Touchpoint.objects.get(journey=five_stages, title="Discovery call")
    moved.edit({"offset_days": 5}, **who)
    Touchpoint.objects.get(journey=five_stages, title="Renewal proposal").remove(**who)
    page = visit(viewer, canvas_of(five_stages) + "versions/1/", width=1440, height=900)
    page.get_by_role("link", name="Compare with").click()
    row = page.get_by_role("listitem").filter(has_text="Discovery call").filter(has_text="Retimed")
    expect(row).to_contain_text("5 days after enrolment")
    page.get_by_role("link", name="Removed").click()
    expect(page.get_by_role("listitem").filter(has_text="Renewal proposal").first).to_be_visible()
    expect(row).to_have_count(0)
    for scheme, width in (("dark", 1440), ("light", 390)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        assert serious_troubles(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
    page.set_viewport_size({"width": 1440, "height": 900})
    # Another side is found by a few letters, without leaving the page.
    page.get_by_role("searchbox", name="with: find by title or segment").fill("nothing of that name")
    expect(page.get_by_role("combobox", name="with")).to_contain_text("Enterprise journey: draft")
    page.get_by_role("link", name="All differences").click()
    before, after = (row.get_by_role("link", name=re.compile(name)) for name in (r"version 1$", r"draft$"))
    address = page.url
    before.click()
    expect(page.locator(f"#about-{moved.pk}")).to_be_focused()
    page.goto(address)
    after.click()
    expect(card(page, "Discovery call,")).to_be_focused()
