"""Arrows, handoffs, feelings and meanings, drawn by pointer and by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from journeys.models import Change, Connector, Emotion, Handoff, Touchpoint
from tests.browser.test_canvas import canvas_of, card, contents, place, said
from tests.browser.test_dragging import drag, middle
from tests.browser.troubles import serious_troubles

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(visit, owner, five_stages):
    return visit(owner, canvas_of(five_stages), width=1440, height=900)


def handle(page, name, way="connect"):
    card(page, name).hover()
    return middle(page.locator(f".handle--{way}"))


def arrow(source, target):
    return Connector.objects.filter(source__title__startswith=source, target__title__startswith=target).first()


def change_count(journey):
    return Change.objects.of(journey).count()


def test_an_arrow_is_dragged_from_the_edge_of_a_card_to_another_and_undone(page, five_stages):
    before, count = contents(five_stages), change_count(five_stages)
    start, end = handle(page, "Discovery call,"), middle(card(page, "Clear open questions"))
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=6)
    expect(page.locator(".draft")).to_be_visible()
    expect(card(page, "Clear open questions")).to_have_class("card card--touchpoint is-receiving")
    page.mouse.up()
    said(page, "Connected Discovery call to Clear open questions")
    expect(page.locator(".draft")).to_have_count(0)
    drawn = arrow("Discovery", "Clear open")
    assert drawn.kind == "sequence"
    expect(page.locator(f"#wire-{drawn.pk}")).to_have_count(1)
    assert change_count(five_stages) == count + 1
    assert page.locator("#panel > *").count() == 0
    page.keyboard.press("Control+z")
    said(page, "Undid")
    assert contents(five_stages) == before


def test_shift_while_dropping_means_in_no_set_order_and_esc_takes_the_line_back(page, five_stages):
    before = contents(five_stages)
    start, end = handle(page, "Discovery call,"), middle(card(page, "Clear open questions"))
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=6)
    page.keyboard.press("Escape")
    expect(page.locator(".draft")).to_have_count(0)
    page.mouse.up()
    assert contents(five_stages) == before
    page.keyboard.down("Shift")
    drag(page, handle(page, "Discovery call,"), end)
    page.keyboard.up("Shift")
    said(page, "in no set order")
    assert arrow("Discovery", "Clear open").kind == "unordered"


def test_the_map_scrolls_along_while_the_line_rests_at_its_edge(page):
    page.mouse.move(*handle(page, "Discovery call,"))
    page.mouse.down()
    page.mouse.move(1430, 400, steps=4)
    page.wait_for_function("() => document.querySelector('.map-scroll').scrollLeft > 400")
    page.keyboard.press("Escape")
    page.mouse.up()


def test_a_drop_on_an_empty_place_catches_a_card_with_its_arrow_as_one_act(page, five_stages):
    before, count = contents(five_stages), change_count(five_stages)
    drag(page, handle(page, "Discovery call,"), place(page, "Pursuit", "Operations", 2))
    expect(page.locator(".place__title")).to_be_focused()
    page.keyboard.type("Check the budget")
    page.keyboard.press("Enter")
    said(page, "Added Check the budget after Discovery call")
    assert arrow("Discovery", "Check the budget").kind == "sequence"
    assert change_count(five_stages) == count + 1
    page.get_by_role("button", name="Undo").click()
    said(page, "Undid")
    assert contents(five_stages) == before


def test_a_card_is_connected_by_keyboard_alone_and_each_step_is_told(page):
    card(page, "Discovery call,").focus()
    page.keyboard.press("c")
    said(page, "Connect Discovery call to …")
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    said(page, "Connect Discovery call to Contracts provided?")
    expect(page.locator(".draft")).to_be_visible()
    page.keyboard.press("Shift+Enter")
    said(page, "Connected Discovery call and Contracts provided, in no set order")
    expect(card(page, "Contracts provided,")).to_be_focused()
    assert arrow("Discovery", "Contracts").kind == "unordered"
    page.keyboard.press("c")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Escape")
    said(page, "Cancelled")
    expect(card(page, "Contracts provided,")).to_be_focused()
    expect(page.locator("#panel > *")).to_have_count(0)


def test_a_circle_drawn_by_hand_is_refused_and_named_and_nothing_is_left_over(page, five_stages):
    before = contents(five_stages)
    drag(page, handle(page, "Contracts provided,"), middle(card(page, "Discovery call,")))
    said(page, "would close a circle: Discovery call → Product demonstration → Contracts provided → Discovery call")
    expect(page.locator(".draft, .is-receiving")).to_have_count(0)
    assert contents(five_stages) == before


def test_two_clicks_do_what_a_drag_does(page):
    page.mouse.click(*handle(page, "Discovery call,"))
    card(page, "Clear open questions").click()
    said(page, "Connected Discovery call to Clear open questions")
    assert arrow("Discovery", "Clear open") is not None
    expect(page.locator("#panel > *")).to_have_count(0)


def test_a_click_on_an_arrow_opens_it_and_its_kind_words_and_direction_are_set(page, five_stages):
    drawn = arrow("Contracts", "Validate")
    wire = page.locator(f"#wire-{drawn.pk}")
    x, y = page.evaluate(
        """(id) => { const path = document.querySelector(`#wire-${id} path`);
            const at = path.getPointAtLength(path.getTotalLength() / 2).matrixTransform(path.getScreenCTM());
            return [at.x, at.y + 4]; }""",
        str(drawn.pk),
    )
    page.mouse.move(x - 30, y - 20)
    page.mouse.move(x, y, steps=3)
    page.mouse.click(x, y)
    panel = page.get_by_role("complementary", name="Details")
    expect(panel.get_by_text("Arrow", exact=True).first).to_be_visible()
    expect(wire).to_have_attribute("aria-current", "true")
    words = panel.get_by_label("Words on the arrow")
    words.fill("once signed")
    words.blur()
    expect(page.locator("[data-saved]")).to_have_text("Saved")
    expect(wire.locator("text")).to_contain_text("once signed")
    panel.get_by_text("In no set order", exact=True).click()
    said(page, "Saved")
    expect(page.locator(f"#wire-{drawn.pk}.wire--unordered")).to_have_count(1)
    panel.get_by_role("button", name="Turn round").click()
    expect(panel.get_by_role("heading", level=2)).to_have_text("Validate the order for completeness → Contracts provided")
    panel.get_by_role("button", name="Delete").click()
    said(page, "Took the arrow away")
    expect(wire).to_have_count(0)
    expect(page.locator("#panel > *")).to_have_count(0)


def test_arrows_are_switched_and_worded_in_the_panel_of_a_card(page):
    card(page, "Contracts provided,").click()
    panel = page.get_by_role("complementary", name="Details")
    drawn = arrow("Contracts", "Validate")
    panel.locator(f"#arrow-kind-{drawn.pk}").select_option("unordered")
    said(page, "Saved")
    label = panel.locator(f"#arrow-label-{drawn.pk}")
    label.fill("once signed")
    label.press("Enter")
    expect(page.locator(f"#wire-{drawn.pk} text")).to_contain_text("once signed")
    drawn.refresh_from_db()
    assert (drawn.kind, drawn.label) == ("unordered", "once signed")
    panel.get_by_role("button", name="Open the arrow to Validate").click()
    expect(panel.get_by_role("button", name="Turn round")).to_be_visible()


def test_a_handoff_is_dragged_into_the_lane_of_a_role_and_its_package_opens(page):
    page.locator(".handle").first.wait_for(state="detached")
    drag(page, handle(page, "Discovery call,", "hand"), place(page, "Pursuit", "Customer success manager", 1))
    said(page, "Discovery call: handed over to Customer success manager")
    handoff = Handoff.objects.get(touchpoint__title="Discovery call")
    assert (handoff.to_role.name, handoff.to_touchpoint) == ("Customer success manager", None)
    expect(page.get_by_role("heading", name="What must travel")).to_be_visible()


def test_a_handoff_is_drawn_by_keyboard_to_the_owner_of_a_card(page):
    card(page, "Discovery call,").focus()
    page.keyboard.press("h")
    page.keyboard.press("ArrowDown")
    said(page, "Hand over from Discovery call to Solutions engineer?")
    page.keyboard.press("ArrowRight")
    said(page, "Hand over from Discovery call to Product demonstration?")
    page.keyboard.press("Enter")
    said(page, "handed over to Solutions engineer")
    handoff = Handoff.objects.get(touchpoint__title="Discovery call")
    assert (handoff.to_role.name, handoff.to_touchpoint.title) == ("Solutions engineer", "Product demonstration")


def test_letters_say_what_a_card_is(page, five_stages):
    name = "Discovery call,"
    card(page, name).click()
    expect(page.get_by_role("radio", name="Touchpoint")).to_be_checked()
    for key, kind in (("m", "milestone"), ("e", "event"), ("t", "touchpoint")):
        card(page, name).press(key)
        expect(card(page, f"Discovery call, {kind}, Pursuit")).to_have_count(1)
        expect(page.get_by_role("radio", name=kind.capitalize())).to_be_checked()
    card(page, name).press("*")
    expect(card(page, "Discovery call, touchpoint, Pursuit, Account executive, moment of truth")).to_be_focused()
    said(page, "Discovery call is now a moment of truth")
    page.get_by_text("Milestone", exact=True).first.click()
    said(page, "Discovery call is now a milestone")
    found = Touchpoint.objects.get(journey=five_stages, title="Discovery call")
    assert (found.kind, found.moment_of_truth) == ("milestone", True)


def test_how_high_one_clicks_is_how_it_feels_and_a_typed_level_counts_more(page, five_stages):
    row = page.locator("#map-feel").bounding_box()
    for x, level, typed, title in ((230, 2, "Over the moon", "Over the moon"), (740, -1, "+1: proud", "proud")):
        y = row["y"] + 74 - 22 * level
        page.mouse.move(x - 5, y)
        page.mouse.move(x, y, steps=2)
        if level == 2:
            expect(page.locator("#map-feel .place")).to_contain_text("+2 delighted")
        page.mouse.click(x, y)
        expect(page.locator("#map-feel .place input")).to_have_attribute(
            "placeholder", "+2 delighted" if level == 2 else "−1 uneasy"
        )
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
        said(page, f"Added the feeling {title}")
    levels = dict(Emotion.objects.filter(journey=five_stages).values_list("title", "level"))
    assert (levels["Over the moon"], levels["proud"]) == (2, 1)


def test_a_feeling_typed_by_keyboard_bears_its_level_and_shows_when_it_is_answered(page, five_stages):
    cloud = page.locator(".cloud").first
    cloud.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.type("-2 lost")
    page.keyboard.press("Enter")
    said(page, "Added the feeling lost, −2 upset")
    made = card(page, "lost, emotion, upset")
    made.focus()
    page.keyboard.press("Shift+ArrowUp")
    said(page, "lost: −1 uneasy")
    card(page, "lost, emotion, uneasy").press("Enter")
    panel = page.get_by_role("complementary", name="Details")
    expect(panel.get_by_role("radio")).to_have_count(5)
    panel.get_by_text("+1 glad").click()
    said(page, "Saved")
    answer = panel.get_by_label("How we answer it")
    answer.fill("A guided tour")
    answer.blur()
    expect(card(page, "lost, emotion, glad, Pursuit, answered").locator(".cloud__answered")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_panels_of_an_arrow_and_a_feeling_have_no_serious_trouble(page, scheme):
    page.emulate_media(color_scheme=scheme)
    Connector.objects.filter(source__title="Contracts provided").update(label="once signed")
    page.reload()
    found = []
    for opener in (page.locator(".wire__hit").first, page.locator(".cloud").first, page.locator(".card").first):
        opener.dispatch_event("click")
        page.locator(".panel__head").wait_for()
        found += serious_troubles(page)
    assert found == []


def test_who_only_looks_opens_arrows_and_draws_none(visit, viewer, five_stages):
    page = visit(viewer, canvas_of(five_stages), width=1440, height=900)
    card(page, "Discovery call,").hover()
    card(page, "Discovery call,").press("c")
    card(page, "Discovery call,").press("m")
    assert page.locator(".handles, .is-drawing").count() == 0
    page.locator(".wire__hit").first.dispatch_event("click")
    expect(page.get_by_label("Words on the arrow")).to_be_disabled()
