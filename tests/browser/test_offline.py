"""Drawing without a connection: nothing is lost, nothing is done twice, and one sees what waits."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from journeys.models import Change, Lane, Touchpoint
from tests.browser.test_canvas import canvas_of, card, place
from tests.browser.test_slow_line import slots
from tests.browser.troubles import serious_troubles

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.alone]
LINE_IS_GONE = ["ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "Failed to fetch", "404", "401", "410"]


@pytest.fixture
def page(visit, owner, journey):
    """A canvas with one stage, whose notice for bad times has been loaded."""
    journey.add_stage("Pursuit", by=owner, at=timezone.now())
    visit.provoked.extend(LINE_IS_GONE)
    page = visit(owner, canvas_of(journey), width=1440, height=900)
    expect(page.locator("#waiting")).to_be_attached()
    return page


def log(journey):
    """What the page has done since the stage was there."""
    return [change.label for change in Change.objects.of(journey).since(2) if change.act_id]


def catch(page, *titles, lane="Customer", slot=0):
    page.mouse.click(*place(page, "Pursuit", lane, slot))
    for title in titles:
        page.keyboard.type(title)
        page.keyboard.press("Enter")


def drag(page, title, where):
    # What waits is taken off and drawn anew as the line goes and comes: for a moment a card may have no place.
    while (box := card(page, f"{title},").bounding_box()) is None:
        page.wait_for_timeout(20)
    page.mouse.move(box["x"] + 80, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(*where, steps=5)
    page.mouse.up()


def wait_until_kept(page):
    """The page, the scripts that it is made of, and the worker that shows them."""
    page.evaluate(
        """async () => {
            const isKept = async () => {
                const last = performance.getEntriesByType('resource').find(({ name }) => name.includes('/js/kept_page'));
                const { controller } = navigator.serviceWorker;
                return last && controller && (await caches.match(last.name)) && caches.match(location.pathname);
            };
            while (!(await isKept())) await new Promise((resolve) => setTimeout(resolve, 50));
        }"""
    )


def test_what_is_drawn_without_a_connection_is_seen_at_once_and_lands_once_in_its_order(page, journey, context):
    context.set_offline(True)
    catch(page, "One", "Two", "Three", "Four")  # there is room for three
    page.keyboard.press("Escape")
    expect(page.get_by_role("status").filter(has_text="No connection. 4 changes wait here and will be sent.")).to_be_visible()
    drag(page, "Two", place(page, "Pursuit", "Outside", 1))
    card(page, "Three,").focus()
    page.keyboard.press("F2")
    page.keyboard.type("Third")
    page.keyboard.press("Enter")
    expect(card(page, "Third, touchpoint")).to_be_visible()
    expect(card(page, "Two,")).to_have_attribute("data-lane", Lane.objects.get(journey=journey, kind="outside").id_text)
    page.locator("#waiting summary").click()
    assert page.locator("#waiting li").all_inner_texts() == [
        "Add “One”", "Add “Two”", "Add “Three”", "Add “Four”", "Move “Two”", "Rename the card to “Third”",
    ]  # fmt: skip
    assert log(journey) == []

    context.set_offline(False)
    expect(page.locator("#map .is-waiting")).to_have_count(0)
    expect(page.locator("#waiting")).to_be_hidden()
    expect(card(page, "Two, touchpoint, Pursuit, Outside")).to_be_visible()
    assert log(journey) == [
        "added One",
        "added Two",
        "added Three",
        "added Four",
        "moved Two to Pursuit",
        "renamed Three to Third",
    ]
    expect(page.locator("#map .card")).to_have_count(4)
    assert slots(journey) == {"One": 0, "Two": 1, "Third": 2, "Four": 3}


def test_what_is_drawn_anew_does_not_take_away_the_field_in_which_one_renames_what_waits(page, journey, context):
    context.set_offline(True)
    catch(page, "One")
    expect(card(page, "One,")).to_be_visible()
    page.keyboard.type("Two")
    page.keyboard.press("Enter")
    expect(card(page, "Two,")).to_be_visible()
    page.keyboard.press("Escape")
    card(page, "Two,").focus()
    page.keyboard.press("F2")
    page.keyboard.type("Half a ti")
    for _ in range(3):  # as whenever something has joined the queue, or the line comes and goes
        page.evaluate("document.dispatchEvent(new CustomEvent('acts:queue'))")
    page.keyboard.type("tle")
    page.keyboard.press("Enter")
    expect(card(page, "Half a title, touchpoint")).to_be_visible()
    context.set_offline(False)
    expect(page.locator("#map .is-waiting")).to_have_count(0)
    assert log(journey)[-1] == "renamed Two to Half a title"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_waits_has_no_serious_trouble_for_axe_on_a_phone_or_a_desk(visit, owner, five_stages, context, scheme):
    visit.provoked.extend(LINE_IS_GONE)
    page = visit(owner, canvas_of(five_stages), width=1440, height=900)
    page.emulate_media(color_scheme=scheme)
    expect(page.locator("#waiting")).to_be_attached()
    context.set_offline(True)
    for title, keys in (
        ("Discovery call,", ("Delete",)),
        ("Contracts provided,", ("Shift+ArrowDown",)),
        ("Go-live,", ("F2", "x", "Enter")),
    ):
        card(page, title).focus()
        for key in keys:
            page.keyboard.press(key)
    page.get_by_text("No connection. 3 changes wait here").wait_for()
    page.locator("#waiting summary").click()
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert serious_troubles(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
    context.set_offline(False)
    expect(page.locator("#map .is-waiting")).to_have_count(0)


def test_an_act_whose_answer_was_lost_is_done_once(page, journey):
    lost = []

    def lose(route):
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().status)
            route.abort()

    page.route("**/touchpoints/add/", lose)
    catch(page, "One")
    expect(page.get_by_role("gridcell", name="Empty place, Pursuit, Customer, place 2")).to_be_focused()
    expect(card(page, "One, touchpoint, Pursuit, Customer")).to_be_visible()
    expect(page.locator("#map .is-waiting")).to_have_count(0)
    assert lost == [200]
    assert log(journey) == ["added One"]
    expect(page.locator("#map .card")).to_have_count(1)


def test_what_is_refused_after_the_line_is_back_is_shown_with_its_text(page, journey, context, owner):
    catch(page, "One")
    page.keyboard.press("Escape")
    card(page, "One,").click()
    page.locator("#panel-notes").wait_for()
    context.set_offline(True)
    page.locator("#panel-notes").fill("Ask who decides, and when.")
    page.locator("#panel-notes").blur()
    expect(page.locator("[data-saved]")).to_have_text("Waits for the connection")
    Touchpoint.objects.get(journey=journey).remove(by=owner, at=timezone.now())
    context.set_offline(False)
    refused = page.locator("#waiting li")
    expect(refused).to_contain_text("Olga deleted One meanwhile.")
    expect(refused).to_contain_text("Ask who decides, and when.")
    journey.undo(by=owner, at=timezone.now())
    refused.get_by_role("button", name="Try again").click()
    expect(page.locator("#announcer")).to_have_text("Saved")
    expect(page.locator("#waiting")).to_be_hidden()
    assert log(journey) == ["added One", "edited One"]
    assert Touchpoint.objects.get(journey=journey).notes == "Ask who decides, and when."


@pytest.mark.browser_context_args(service_workers="allow")
def test_a_map_opened_without_a_connection_is_as_it_was_left_until_one_signs_out(page, journey, context):
    catch(page, "One")
    expect(card(page, "One, touchpoint, Pursuit, Customer")).to_be_visible()
    wait_until_kept(page)
    context.set_offline(True)
    catch(page, "Two", slot=1)
    expect(card(page, "Two, touchpoint")).to_be_visible()
    page.reload()
    expect(card(page, "One, touchpoint, Pursuit, Customer")).to_be_visible()
    expect(card(page, "Two, touchpoint, Pursuit, waits to be sent")).to_be_visible()
    catch(page, "Three", slot=2)
    page.keyboard.press("Escape")
    expect(page.get_by_text("No connection. 2 changes wait here and will be sent.")).to_be_visible()

    context.set_offline(False)
    expect(page.locator("#map .is-waiting")).to_have_count(0)
    assert log(journey) == ["added One", "added Two", "added Three"]
    page.get_by_label("Olga: your menu").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).not_to_have_url(re.compile("/journeys/"))
    page.wait_for_load_state()
    assert page.evaluate("caches.keys()") == ["touchline-files"]


def sign_in(context, page, client):
    """As somebody, in another tab; None: sign out."""
    context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    if client:
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": page.url}])


def try_now(page):
    """As the button does, which may be gone before one has clicked it."""
    page.evaluate("dispatchEvent(new Event('online'))")


def test_what_was_drawn_in_two_tabs_after_signing_out_waits_for_its_person_and_for_nobody_else(
    page, visit, journey, context, client_for, owner, editor
):
    other = visit(owner, canvas_of(journey), width=1440, height=900)
    expect(other.locator("#waiting")).to_be_attached()
    sign_in(context, page, None)
    for tab, lane, titles in ((page, "Customer", ("One", "Two")), (other, "Outside", ("Three", "Four"))):
        catch(tab, *titles, lane=lane)
        expect(card(tab, f"{titles[-1]},")).to_be_visible()
        tab.keyboard.press("Escape")
        expect(tab.get_by_text("You are signed out. Sign in again as yourself")).to_be_visible()
    for tab in (page, other):
        expect(tab.locator("#map .is-waiting")).to_have_count(4)
    sign_in(context, page, client_for(editor))
    try_now(page)
    expect(page.get_by_text("Edda is signed in here now. Sign in again as yourself: 4 changes wait here.")).to_be_visible()
    assert log(journey) == []
    sign_in(context, page, client_for(owner))
    try_now(page)
    for tab in (page, other):
        expect(tab.locator("#waiting")).to_be_hidden()
        expect(tab.locator("#map .is-waiting")).to_have_count(0)
    assert log(journey) == ["added One", "added Two", "added Three", "added Four"]
    expect(other.locator("#map .card")).to_have_count(4)
