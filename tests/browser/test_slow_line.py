"""Drawing over a line that is slow, or gone: nothing that was typed is lost, and acts arrive in their order."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from journeys.models import Touchpoint
from tests.browser.test_canvas import canvas_of, card, place, said

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.alone]


@pytest.fixture
def slow(visit, owner, journey, context):
    """A canvas with one stage, each answer a third of a second late."""
    journey.add_stage("Pursuit", by=owner, at=timezone.now())
    page = visit(owner, canvas_of(journey), width=1440, height=900)
    conditions = {"offline": False, "latency": 300, "downloadThroughput": -1, "uploadThroughput": -1}
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", conditions)
    return page


def slots(journey):
    return dict(Touchpoint.objects.filter(journey=journey).values_list("title", "slot"))


def test_cards_typed_without_waiting_all_arrive_each_at_its_place(slow, journey):
    slow.mouse.click(*place(slow, "Pursuit", "Customer", 0))
    for title in ("One", "Twoo", "Three"):
        slow.keyboard.type(title)
        if title == "Twoo":
            slow.keyboard.press("Backspace")
        slow.keyboard.press("Enter")
    expect(slow.get_by_role("gridcell", name="Empty place, Pursuit, Customer, place 4")).to_be_focused()
    assert slots(journey) == {"One": 0, "Two": 1, "Three": 2}


def test_who_clicks_elsewhere_while_a_card_is_saved_goes_on_there(slow, journey):
    slow.mouse.click(*place(slow, "Pursuit", "Customer", 0))
    slow.keyboard.type("First")
    slow.keyboard.press("Enter")
    slow.mouse.click(*place(slow, "Pursuit", "Outside", 2))
    slow.keyboard.type("Elsewhere")
    expect(card(slow, "First, touchpoint")).to_be_visible()
    expect(slow.get_by_role("textbox", name="Title")).to_have_value("Elsewhere")
    slow.keyboard.press("Enter")
    expect(card(slow, "Elsewhere, event, Pursuit, Outside")).to_be_visible()
    assert slots(journey) == {"First": 0, "Elsewhere": 2}


def refuse(page, path):
    """The next act of that path is refused."""
    answer = {"field": "", "message": "Somebody was quicker."}
    page.route(f"**/{path}", lambda route: route.fulfill(status=409, json=answer), times=1)


def test_what_is_refused_after_one_has_gone_on_stays_where_it_was_typed_and_is_tried_again(visit, owner, journey):
    journey.add_stage("Pursuit", by=owner, at=timezone.now())
    visit.provoked.append("409")
    page = visit(owner, canvas_of(journey), width=1440, height=900)
    page.mouse.click(*place(page, "Pursuit", "Customer", 0))
    page.keyboard.type("Kick-off")
    refuse(page, "touchpoints/add/")
    page.mouse.click(*place(page, "Pursuit", "Customer", 2))
    said(page, "“Kick-off” was not saved")
    page.keyboard.press("Escape")
    unsaved = page.get_by_role("button", name="Kick-off")
    expect(unsaved).to_be_visible()
    unsaved.click()
    expect(page.get_by_role("textbox", name="Title")).to_have_value("Kick-off")
    page.keyboard.press("Enter")
    expect(card(page, "Kick-off, touchpoint, Pursuit, Customer")).to_be_visible()
    assert slots(journey) == {"Kick-off": 0}


def test_a_choice_walked_past_by_the_arrow_keys_is_not_an_act(visit, owner, five_stages):
    page = visit(owner, canvas_of(five_stages), width=1440, height=900)
    before = five_stages.changes.count()
    card(page, "Discovery call,").focus()
    page.keyboard.press("Enter")
    page.locator("#panel-channel").focus()
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    expect(page.locator("[data-saved]")).to_have_text("Saved")
    assert five_stages.changes.count() == before + 1
    was, now = (list(Touchpoint.Channel).index(c) for c in ("call", Touchpoint.objects.get(title="Discovery call").channel))
    assert now == was + 2


def test_on_a_phone_a_refusal_is_seen_too(visit, owner, five_stages):
    visit.provoked.append("409")
    page = visit(owner, canvas_of(five_stages), width=390, height=844)
    said = page.locator("#said")
    expect(said).to_be_hidden()
    refuse(page, "undo/")
    page.get_by_role("button", name="Undo").click()
    expect(said).to_have_text("Somebody was quicker.")
    expect(said).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(said).to_be_hidden()
