"""Talking about a map: one asks, the other is told, goes there, answers and settles it; and nothing that is typed is lost."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Notice
from journeys.models import Comment, Thread, Touchpoint
from tests.browser.test_canvas import canvas_of, card, said
from tests.browser.troubles import serious_troubles

pytestmark = pytest.mark.django_db(transaction=True)


def box(page, name="New comment"):
    return page.get_by_role("textbox", name=name, exact=True)


def begun(journey, by, text, title="Discovery call"):
    about = Touchpoint.objects.get(journey=journey, title=title)
    return Thread.objects.begin(journey, ("touchpoint", about.pk), title, text, by=by, at=timezone.now())


def hear(page, thread):
    """What the page's stream will say when somebody has commented."""
    page.evaluate(
        "(data) => document.dispatchEvent(new CustomEvent('live:talk', { detail: { data } }))",
        json.dumps({"element": thread.path, "open": Thread.objects.about("touchpoint", thread.element_id).open().count()}),
    )


def test_a_contributor_asks_the_owner_who_is_told_goes_there_answers_and_settles_it(visit, contributor, owner, five_stages):
    page = visit(contributor, canvas_of(five_stages), width=1440, height=900)
    card(page, "Discovery call,").click()
    page.locator("[data-to-talk]").click()
    expect(box(page)).to_be_focused()
    page.keyboard.type("Do we still do this, @ol")
    option = page.get_by_role("option", name="Olga")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(box(page)).to_have_attribute("aria-activedescendant", option.get_attribute("id"))
    page.keyboard.press("Escape")
    expect(option).to_have_count(0)
    page.keyboard.type("g")
    page.keyboard.press("Enter")
    expect(box(page)).to_have_value("Do we still do this, @Olga ")
    page.keyboard.type("?\nI doubt it.")
    page.keyboard.press("Control+Enter")
    said(page, "Commented")
    expect(page.locator(".comment__text")).to_have_text("Do we still do this, @Olga ?\nI doubt it.")
    expect(box(page)).to_have_value("")
    expect(card(page, "Discovery call,")).to_have_attribute("data-pin", "1")
    expect(page.get_by_role("button", name="Comments: 1 open").first).to_be_visible()
    page.close()

    page = visit(owner, reverse("journeys:home", args=[owner.workspace.slug]), width=1440, height=900)
    expect(page.locator(".bell__count")).to_have_text("1")
    page.get_by_role("link", name="Notices").click()
    page.get_by_role("link", name="Carl mentioned you").click()
    thread = page.get_by_role("article", name="Thread, begun by Carl")
    expect(thread).to_be_focused()
    expect(card(page, "Discovery call,")).to_be_in_viewport()
    expect(page.locator("#notice-count .bell__count")).to_have_count(0)
    box(page, "Reply").fill("We do.")
    thread.get_by_role("button", name="Reply").click()
    expect(thread.locator(".comment__text")).to_have_count(2)
    thread.get_by_role("button", name="Resolve").click()
    said(page, "Resolved")
    expect(thread).to_have_count(0)
    expect(page.get_by_text("1 resolved")).to_be_visible()
    expect(card(page, "Discovery call,")).not_to_have_attribute("data-pin", "1")
    assert [one.text for one in Comment.objects.in_order()][1] == "We do."
    assert Thread.objects.get().resolved_by == owner
    assert Notice.objects.get().read_at


def test_nothing_that_is_typed_is_lost_neither_to_others_nor_to_a_reload_nor_to_a_lost_connection(
    visit, contributor, owner, five_stages
):
    visit.provoked.extend(["ERR_INTERNET_DISCONNECTED", "Failed to fetch"])  # also by what counts
    thread = begun(five_stages, owner, "Who calls?")
    page = visit(contributor, canvas_of(five_stages), width=1440, height=900)
    expect(card(page, "Discovery call,")).to_have_attribute("data-pin", "1")
    card(page, "Discovery call,").click()
    page.locator("[data-to-talk]").click()
    reply = box(page, "Reply")
    reply.fill("Half a sen")
    reply.press("ArrowLeft")
    thread.reply("I mean on the first day.", by=owner, at=timezone.now())
    hear(page, begun(five_stages, owner, "And why?"))
    expect(page.locator(".comment__text")).to_have_text(["Who calls?", "I mean on the first day.", "And why?"])
    expect(reply.first).to_have_value("Half a sen")
    expect(reply.first).to_be_focused()
    assert reply.first.evaluate("(field) => field.selectionStart") == 9
    expect(card(page, "Discovery call,")).to_have_attribute("data-pin", "2")

    page.reload()
    card(page, "Discovery call,").click()
    page.locator("[data-to-talk]").click()
    expect(reply.first).to_have_value("Half a sen")
    expect(page.locator("#gap-count")).not_to_be_empty()
    page.context.set_offline(True)
    reply.first.press_sequentially("tence")
    reply.first.press("Control+Enter")
    expect(page.locator(".talk .field__error")).to_contain_text("Your text is kept here")
    expect(reply.first).to_have_value("Half a sentence")
    page.context.set_offline(False)
    reply.first.press("Control+Enter")
    expect(page.locator(".comment__text").nth(2)).to_have_text("Half a sentence")
    expect(reply.first).to_have_value("")
    expect(page.locator(".talk .field__error")).to_have_count(0)
    page.get_by_text("Edit", exact=False).and_(page.locator("summary")).click()
    box(page, "Your comment").fill("A whole sentence")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".comment__text").nth(2)).to_have_text("A whole sentence")
    assert Comment.objects.filter(by=contributor).get().text == "A whole sentence"

    reply.first.fill("Wait")
    thread.resolve(by=owner, at=timezone.now())
    hear(page, thread)
    expect(page.get_by_role("article", name="Resolved thread")).to_be_visible()
    expect(reply.last).to_have_value("Wait")
    thread.reopen()
    reply.first.fill("Because")
    other = Thread.objects.exclude(pk=thread.pk).get()
    other.comments.get().remove(by=owner, at=timezone.now())
    hear(page, thread)
    expect(box(page)).to_have_value("Because")
    expect(reply).to_have_value("Wait")

    begun(five_stages, owner, "Why indeed")
    Touchpoint.objects.get(pk=thread.element_id).remove(by=owner, at=timezone.now())
    page.reload()
    page.get_by_role("button", name="Comments: 2 open").click()
    page.get_by_role("button", name="Discovery call").filter(has_text="Carl: A whole sentence").click()
    expect(page.get_by_text("This card has been deleted.")).to_be_visible()
    expect(page.locator(".comment__text")).to_have_text(["Who calls?", "I mean on the first day.", "A whole sentence"])


def test_comments_have_no_serious_trouble_light_and_dark_wide_and_narrow(visit, owner, editor, five_stages):
    thread = begun(five_stages, owner, f"See https://example.com, @[Edda]({editor.pk})")
    thread.reply("Done", by=editor, at=timezone.now())
    begun(five_stages, editor, "Settled").resolve(by=owner, at=timezone.now())
    page = visit(owner, f"{canvas_of(five_stages)}?talk={thread.pk}", width=1440, height=900)
    expect(page.locator(".thread:focus")).to_be_visible()
    page.get_by_text("1 resolved").click()
    page.locator(".comment__edit > summary").first.click()
    box(page).press_sequentially("@ed")
    expect(page.get_by_role("option", name="Edda")).to_be_visible()
    for shown in ("of a card", "of the map"):
        if shown == "of the map":
            page.locator("#talk-button").click()
            expect(page.locator("#talk-all")).to_be_visible()
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                assert serious_troubles(page) == [], (shown, width, scheme)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
