"""A filter lets what matches stand out; the rest steps back and stays within reach."""

import re

import pytest
from playwright.sync_api import expect

from journeys.models import Connector, Touchpoint
from tests.browser.test_canvas import canvas_of, card, said

pytestmark = pytest.mark.django_db(transaction=True)


def titles(page, selector):
    return set(page.locator(f".card{selector} .card__title").all_text_contents())


def test_what_does_not_match_steps_back_also_after_an_act_and_by_a_link(visit, owner, viewer, five_stages):
    page = visit(owner, canvas_of(five_stages), width=1440, height=900)
    everything = Touchpoint.objects.filter(journey=five_stages)
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("checkbox", name="Without playbook").check()
    bare = everything.filter(playbook=None)
    said(page, f"{bare.count()} of {everything.count()} cards match")
    page.get_by_role("checkbox", name="Operations").check()
    page.get_by_role("checkbox", name="Account executive").check()
    wanted = bare.filter(owner__name__in=("Operations", "Account executive"))
    assert 0 < wanted.count() < bare.count()
    said(page, f"{wanted.count()} of {everything.count()} cards match")
    page.keyboard.press("Escape")
    matching = {title.strip() for title in titles(page, ":not([data-dim])")}
    assert matching == set(wanted.values_list("title", flat=True))
    stands_back = card(page, "Product demonstration")
    stands_back.focus()
    page.keyboard.press("Shift+ArrowRight")
    said(page, "Moved Product demonstration")
    expect(stands_back).to_have_attribute("data-dim", "")
    link = page.url
    assert "filter=" in link
    again = visit(viewer, link[link.index("/w/") :], width=1440, height=900)
    expect(again.locator(".card[data-dim]")).to_have_count(everything.count() - wanted.count())
    again.get_by_role("button", name="Clear the filter").click()
    said(again, "All cards are shown.")
    expect(again.locator("[data-dim]")).to_have_count(0)
    assert "filter" not in again.url


def test_an_arrow_stands_out_only_between_two_that_match(visit, viewer, five_stages):
    page = visit(viewer, canvas_of(five_stages), width=1440, height=900)
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("checkbox", name="Operations").check()
    both = [
        connector.pk
        for connector in Connector.objects.filter(journey=five_stages).select_related("source__owner", "target__owner")
        if all(end.owner and end.owner.name == "Operations" for end in (connector.source, connector.target))
    ]
    assert both
    bright = page.locator("svg.wire:not(.wire--handoff, [data-dim])")
    assert {wire.removeprefix("wire-") for wire in bright.evaluate_all("(all) => all.map((wire) => wire.id)")} == {
        *map(str, both)
    }


def test_a_card_that_comes_to_match_stands_out(visit, owner, five_stages):
    page = visit(owner, canvas_of(five_stages), width=1440, height=900)
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("checkbox", name="Could").check()
    page.keyboard.press("Escape")
    discovery = card(page, "Discovery call")
    expect(discovery).to_have_attribute("data-dim", "")
    discovery.click()
    page.get_by_label("Importance", exact=True).select_option("could")
    expect(discovery).not_to_have_attribute("data-dim", "")
    expect(page.get_by_role("button", name=re.compile("Filter: 1 of"))).to_be_visible()


def test_only_owners_of_some_card_are_offered(visit, viewer, five_stages):
    page = visit(viewer, canvas_of(five_stages), width=1440, height=900)
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("checkbox", name="Operations")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Executive sponsor")).to_have_count(0)
