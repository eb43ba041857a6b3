"""Two people on one map, each in a browser of their own, on two web processes."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Access
from journeys.models import Change, Journey, Touchpoint
from tests.browser.test_canvas import canvas_of, card, place, said
from tests.serving import Web

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.alone]


@pytest.fixture
def olga(visit, owner, five_stages):
    return visit(owner, canvas_of(five_stages), width=1440, height=900)


@pytest.fixture
def edda(visit, editor, five_stages, other_web, olga):
    page = visit(editor, canvas_of(five_stages), alone=True, on=other_web, width=1440, height=900)
    expect(page.locator("#here").get_by_role("button")).to_have_count(1)
    return page


def test_one_sees_who_is_here_what_they_have_open_and_in_which_field_they_type(olga, edda):
    expect(olga.get_by_role("button", name="Edda is here")).to_be_visible()
    card(edda, "Discovery call,").click()
    theirs = edda.locator("#panel").get_by_label("Title")
    expect(olga.get_by_role("button", name="Edda has open Discovery call. Go there")).to_be_visible()
    expect(card(olga, "Discovery call,")).to_have_attribute("data-here", "E")
    card(olga, "Discovery call,").click()
    theirs.press_sequentially(" more")
    expect(olga.locator("#panel").get_by_text("Edda is typing here")).to_be_visible()
    theirs.press("Tab")
    expect(olga.locator("#panel").get_by_text("is typing here")).to_have_count(0)
    edda.locator("[data-close-panel]").click()
    expect(card(olga, "Discovery call")).not_to_have_attribute("data-here", "E")
    edda.close()
    expect(olga.locator("#here").get_by_role("button")).to_have_count(0)


def test_what_one_draws_appears_at_the_other_who_goes_on_undisturbed(olga, edda, five_stages, editor):
    olga.mouse.click(*place(olga, "Pursuit", "Customer", 0))
    olga.keyboard.type("Half a ti")
    edda.mouse.click(*place(edda, "Pursuit", "Customer", 1))
    edda.keyboard.type("Drawn by Edda")
    edda.keyboard.press("Enter")
    expect(card(olga, "Drawn by Edda, touchpoint, Pursuit, Customer")).to_be_visible()
    said(olga, "Edda")
    title = olga.get_by_role("textbox", name="Title")
    expect(title).to_be_focused()
    expect(title).to_have_value("Half a ti")
    olga.keyboard.type("tle")
    olga.keyboard.press("Enter")
    expect(card(edda, "Half a title, touchpoint, Pursuit, Customer")).to_be_visible()
    five_stages.rename("Another title", by=editor, at=timezone.now())
    for page in (olga, edda):
        expect(page.get_by_role("heading", name="Another title")).to_be_visible()


def test_the_panel_follows_what_the_other_writes_around_the_field_one_types_in(visit, olga, edda):
    visit.provoked += ["409", "410"]
    for page in (olga, edda):
        card(page, "Discovery call,").click()
    notes = olga.locator("#panel-notes")
    notes.press_sequentially("Half a sent")
    edda.locator("#panel-customer_view").fill("They hope that we listen")
    edda.keyboard.press("Tab")
    expect(olga.locator("#panel-customer_view")).to_have_value("They hope that we listen")
    edda.locator("#panel-notes").fill("Ask who signs")
    edda.keyboard.press("Tab")
    expect(olga.get_by_text("Edda changed this to “Ask who signs”")).to_be_visible()
    expect(notes).to_be_focused()
    olga.keyboard.type("ence")
    expect(notes).to_have_value("Half a sentence")
    olga.keyboard.press("Tab")
    dialog = olga.get_by_role("dialog", name="Edda changed “Notes” too")
    expect(dialog.get_by_role("region", name="Edda")).to_contain_text("Ask who signs")
    expect(dialog.get_by_role("region", name="You")).to_contain_text("Half a sentence")
    dialog.get_by_role("button", name="Keep mine").click()
    expect(edda.locator("#panel-notes")).to_have_value("Half a sentence")
    # What the other deletes while one has it open is told, and comes back.
    edda.locator("#panel").get_by_role("button", name="Delete").click()
    expect(olga.get_by_role("heading", name="Edda deleted “Discovery call” while you had it open")).to_be_visible()
    olga.get_by_role("button", name="Bring it back").click()
    expect(card(edda, "Discovery call,")).to_be_visible()


def test_a_page_whose_process_dies_catches_up_when_there_is_one_again(visit, owner, five_stages, tmp_path, editor):
    visit.provoked.extend(["ERR_CONNECTION", "ERR_INCOMPLETE", "Failed to fetch", "network error"])
    web = Web(tmp_path)
    page = visit(owner, canvas_of(five_stages), on=web, width=1440, height=900)
    expect(page.locator("#gap-count")).not_to_be_empty()
    web.kill()
    five_stages.add_stage("While it was dead", by=editor, at=timezone.now())
    web.start()
    expect(page.get_by_role("columnheader", name="While it was dead")).to_be_attached(timeout=20_000)
    page.close()
    web.stop()


def test_who_was_away_too_long_loads_the_map_again_and_what_was_being_typed_is_saved(visit, owner, editor, five_stages, tmp_path):
    visit.provoked.extend(["ERR_CONNECTION", "ERR_INCOMPLETE", "Failed to fetch", "network error"])
    web = Web(tmp_path)
    page = visit(owner, canvas_of(five_stages), on=web, width=1440, height=900)
    card(page, "Discovery call,").click()
    page.locator("#panel-notes").press_sequentially("Half a sentence")
    page.evaluate("window.isTheSame = true")
    web.kill()
    five_stages.refresh_from_db()
    behind = five_stages.revision
    numbers = range(behind + 1, behind + 502)
    Change.objects.bulk_create(
        Change(journey=five_stages, revision=n, label="x", patches=[], by=editor, at=timezone.now(), standing="none")
        for n in numbers
    )
    Journey.objects.filter(pk=five_stages.pk).update(revision=numbers[-1])
    web.start()
    expect(page.locator("#map-size")).to_have_attribute("data-revision", str(numbers[-1] + 1), timeout=20_000)
    assert page.evaluate("window.isTheSame") is None
    assert Touchpoint.objects.get(title="Discovery call").notes == "Half a sentence"
    page.close()
    web.stop()


def test_who_is_made_a_viewer_sees_the_map_as_a_viewer_at_once(olga, edda, owner, editor):
    expect(edda.get_by_role("button", name="Add stage")).to_be_visible()
    editor.change_access(Access.VIEWER, by=owner, at=timezone.now())
    expect(edda.get_by_role("button", name="Add stage")).to_have_count(0)
    expect(card(edda, "Discovery call,")).to_be_visible()
    expect(olga.get_by_role("button", name="Add stage")).to_be_visible()
