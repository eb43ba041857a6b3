"""Looking back: who changed what, the map as it was, a name for it, restoring it, and what is new since one was last here."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from journeys.models import NamedRevision, Touchpoint, Visit
from tests.browser.test_canvas import canvas_of, card, contents, said
from tests.browser.troubles import serious_troubles

pytestmark = pytest.mark.django_db(transaction=True)


def open_history(page):
    page.get_by_role("button", name="History", exact=True).click()
    expect(page.locator("#history-title")).to_be_visible()


def change(page, label):
    return page.locator(".past", has_text=label)


def test_a_change_is_looked_at_named_restored_and_undone(visit, owner, editor, five_stages):
    who = {"by": editor, "at": timezone.now()}
    before = contents(five_stages)
    found = Touchpoint.objects.get(journey=five_stages, title="Discovery call")
    found.edit({"title": "First call", "notes": "Bring the plan"}, **who)
    Touchpoint.objects.get(journey=five_stages, title="Kick-off meeting").remove(**who)
    after = contents(five_stages)
    page = visit(owner, canvas_of(five_stages), width=1440, height=900)
    card(page, "First call,").click()
    page.get_by_role("button", name="History of this card").click()
    expect(page.locator("#history-title")).to_have_text("History of the card First call")
    expect(page.locator(".past")).to_have_count(2)
    page.get_by_role("button", name="The whole history").click()
    expect(page.locator(".past")).to_have_count(4)
    page.get_by_label("By whom").select_option("By Edda")
    expect(page.locator(".past")).to_have_count(2)
    expect(page.get_by_label("By whom")).to_be_focused()

    page.get_by_label("By whom").select_option("By everybody")
    page.get_by_label("Restore or name: imported x").click()
    page.get_by_role("textbox", name="Name of this version").fill("As it came")
    page.keyboard.press("Enter")
    said(page, "Revision 2 is called As it came")
    expect(page.locator(".past--named")).to_contain_text("As it came")
    page.get_by_label("Only named versions").check()
    expect(page.locator(".past")).to_have_count(1)
    page.get_by_role("link", name="As it came").click()

    page.get_by_role("link", name="Until now").click()
    removed = page.locator(".differences", has_text="Removed").get_by_role("button", name="Kick-off meeting", exact=True)
    removed.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("gridcell", name="Removed: Kick-off meeting")).to_be_focused()
    page.get_by_role("gridcell", name="Changed: Discovery call").click()
    told = page.locator(".differences li:focus")
    expect(told).to_contain_text("Discovery call")
    expect(told).to_contain_text("First call")
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("Restored the map as it was at “As it came”")).to_be_visible()
    expect(card(page, "Kick-off meeting,")).to_be_visible()
    assert contents(five_stages) == before

    open_history(page)
    expect(page.locator(".past").first).to_contain_text("Restored the map")
    page.locator("#map [tabindex='0']").focus()
    page.keyboard.press("Control+z")
    said(page, "Undid: restored the map")
    expect(change(page, "Restored the map as it was").last).to_contain_text("undone")
    assert contents(five_stages) == after


def test_who_comes_back_sees_what_is_new_and_is_told_it_once(visit, viewer, editor, five_stages):
    five_stages.refresh_from_db()
    Visit.objects.renew(viewer, five_stages, five_stages.revision, at=timezone.now())
    Touchpoint.objects.get(journey=five_stages, title="Go-live").remove(by=editor, at=timezone.now())
    page = visit(viewer, canvas_of(five_stages), width=390, height=844)
    expect(page.locator(".since")).to_contain_text("1 change by Edda.")
    page.get_by_role("link", name="Show").click()
    expect(page.get_by_role("gridcell", name="Removed: Go-live,")).to_be_visible()
    expect(page.get_by_role("button", name="Restore")).to_have_count(0)
    for _ in range(100):  # it is told while the page is being left
        if Visit.objects.get().revision == five_stages.revision + 1:
            break
        page.wait_for_timeout(50)
    with page.expect_response("**/since/"), page.expect_response("**/seen/"):
        page.get_by_role("link", name="Enterprise journey").click()
    expect(page.locator(".since")).to_have_count(0)


def test_neither_the_list_nor_a_revision_has_a_serious_trouble(visit, owner, editor, five_stages):
    who = {"by": editor, "at": timezone.now()}
    cards = list(Touchpoint.objects.filter(journey=five_stages).select_related("stage", "lane").order_by("id")[:4])
    cards[0].remove(**who)
    cards[1].edit({"title": "Another title"}, **who)
    cards[2].move_to(cards[2].stage, cards[2].lane, 9, **who)
    Touchpoint.catch(five_stages, "New", cards[3].stage, cards[3].lane, 12, **who)
    five_stages.undo(**who)
    five_stages.refresh_from_db()
    NamedRevision.objects.give(five_stages, 2, "As it came", **who)
    Visit.objects.renew(owner, five_stages, 2, at=timezone.now())
    for width in (1440, 390):
        for path in ("", "history/2/?against=now", "history/6/?against=2"):
            page = visit(owner, canvas_of(five_stages) + path, width=width, height=900)
            if not path:
                expect(page.locator(".since")).to_be_visible()
                open_history(page)
                page.locator(".past__acts > summary").nth(1).click()
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                assert serious_troubles(page) == [], (path, width, scheme)
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), (path, width)
            page.close()
