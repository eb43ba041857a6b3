"""Two people at one card: both texts side by side, a panel that follows around what one types, and what was deleted back."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from journeys.models import Connector, Handoff, Touchpoint
from tests.browser.test_canvas import canvas_of, card, said
from tests.browser.troubles import serious_troubles

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def late(context, visit):
    """A page on which nothing of the others arrives before a test says so: what two people do in the same second."""
    context.route("**/live/**", lambda route: route.abort())
    visit.provoked.extend(["ERR_FAILED", "Failed to fetch"])


def catch_up(page):
    """What the stream does in the end: bring the page to the newest revision."""
    page.evaluate("import('/static/js/acts.js').then((acts) => acts.refresh())")


def open_card(page, name):
    card(page, name).dispatch_event("click")
    expect(page.get_by_label("Customer’s view")).to_be_visible()


@pytest.fixture
def discovery(five_stages):
    return Touchpoint.objects.get(journey=five_stages, title="Discovery call")


@pytest.fixture
def theirs(discovery, owner):
    """What Olga does meanwhile, on a page of her own."""

    def edit(**fields):
        Touchpoint.objects.get(pk=discovery.pk).edit(fields, by=owner, at=timezone.now())

    return edit


def test_the_later_one_at_the_same_field_sees_both_texts_and_writes_them_together(visit, editor, five_stages, discovery, theirs):
    visit.provoked.append("409")
    theirs(notes="Bring the contract. Be early. Smile.")
    page = visit(editor, canvas_of(five_stages), width=1440, height=900)
    open_card(page, "Discovery call,")
    theirs(notes="Bring the signed contract. Be early. Smile.", criterion="They said yes")
    notes = page.locator("#panel-notes")
    notes.fill("Bring the contract. Be early. Smile a lot.")
    page.keyboard.press("Tab")
    dialog = page.get_by_role("dialog", name="Olga changed “Notes” too")
    expect(dialog.get_by_role("region", name="Before")).to_contain_text("Bring the contract. Be early. Smile.")
    expect(dialog.get_by_role("region", name="Olga").locator("ins")).to_have_text("signed")
    expect(dialog.get_by_role("region", name="You").locator("ins")).to_contain_text("a lot.")
    text = dialog.get_by_label("Or write it together")
    expect(text).to_be_focused()
    expect(text).to_have_value("Bring the signed contract. Be early. Smile a lot.")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert serious_troubles(page) == []
    page.emulate_media(color_scheme="light")

    # Deciding later loses nothing: not in the field, and not when the panel closes.
    page.keyboard.press("Escape")
    expect(notes).to_have_value("Bring the contract. Be early. Smile a lot.")
    expect(notes).to_have_accessible_description("Not saved: Olga changed it too. Compare")
    page.get_by_role("button", name="Close the panel").click()
    open_card(page, "Discovery call,")
    expect(notes).to_have_value("Bring the contract. Be early. Smile a lot.")
    page.get_by_role("button", name="Compare").click()
    expect(dialog.get_by_role("region", name="Olga").locator("ins")).to_have_text("signed")

    # A third edit in between is a conflict again.
    theirs(notes="Bring two signed contracts. Be early. Smile.")
    dialog.get_by_role("button", name="Save this text").click()
    expect(dialog.get_by_role("region", name="Olga").locator("ins").first).to_have_text("two")
    text.fill("Bring two signed contracts and smile a lot.")
    dialog.get_by_role("button", name="Save this text").press("Enter")
    expect(dialog).to_be_hidden()
    expect(notes).to_have_value("Bring two signed contracts and smile a lot.")
    expect(page.get_by_text("Not saved")).to_have_count(0)
    discovery.refresh_from_db()
    assert (discovery.notes, discovery.criterion) == ("Bring two signed contracts and smile a lot.", "They said yes")


def test_the_panel_follows_around_the_field_one_types_in(visit, owner, editor, five_stages, discovery, theirs):
    visit.provoked.append("409")
    page = visit(editor, canvas_of(five_stages), width=1440, height=900)
    open_card(page, "Discovery call,")
    page.get_by_text("Move to another place").click()
    notes = page.locator("#panel-notes")
    before = notes.input_value()
    notes.press("End")
    page.keyboard.type(" half a sent")
    notes.evaluate("(field) => field.setSelectionRange(2, 5)")
    panel = page.locator("#panel")
    panel.evaluate("(panel) => { panel.scrollTop = 200; }")
    top = panel.evaluate("(panel) => panel.scrollTop")
    role = five_stages.segment.workspace.roles.order_by("name").last()
    theirs(title="Discovery meeting", owner_id=role.pk, importance="could", kind="milestone", moment_of_truth=True)
    Connector.objects.filter(source=discovery).first().remove(by=owner, at=timezone.now())
    catch_up(page)
    expect(page.locator("#panel-title")).to_have_value("Discovery meeting")
    expect(page.locator("#panel-owner")).to_have_value(str(role.pk))
    expect(page.locator("#panel-importance")).to_have_value("could")
    expect(page.get_by_role("radio", name="Milestone")).to_be_checked()
    expect(page.get_by_role("checkbox", name="Moment of truth")).to_be_checked()
    expect(page.get_by_label("Place in the stage")).to_be_visible()
    expect(notes).to_be_focused()
    expect(notes).to_have_value(f"{before} half a sent")
    assert notes.evaluate("(field) => [field.selectionStart, field.selectionEnd]") == [2, 5]
    assert panel.evaluate("(panel) => panel.scrollTop") == top

    # Somebody writes into that very field: it says so at once, and keeps what one types.
    theirs(notes="Ask who signs")
    catch_up(page)
    expect(page.get_by_text("Olga changed this to “Ask who signs”")).to_be_visible()
    expect(notes).to_have_value(f"{before} half a sent")
    notes.press("Tab")
    dialog = page.get_by_role("dialog", name="Olga changed “Notes” too")
    dialog.get_by_role("button", name="Keep theirs").click()
    expect(notes).to_have_value("Ask who signs")
    expect(page.get_by_text("Olga changed this")).to_have_count(0)
    # A choice is compared by its words.
    theirs(channel="email")
    page.locator("#panel-channel").select_option("Survey")
    dialog = page.get_by_role("dialog", name="Olga changed “Channel” too")
    expect(dialog.get_by_role("region", name="Olga")).to_contain_text("E-mail")
    expect(dialog.get_by_label("Or write it together")).to_be_hidden()
    dialog.get_by_role("button", name="Keep mine").click()
    said(page, "Saved")
    discovery.refresh_from_db()
    assert (discovery.notes, discovery.channel) == ("Ask who signs", "survey")


@pytest.mark.parametrize("width", [1440, 390])
def test_what_is_deleted_while_one_types_in_it_comes_back_with_the_text(visit, owner, editor, five_stages, discovery, width):
    visit.provoked += ["410", "404"]
    page = visit(editor, canvas_of(five_stages), width=width, height=844)
    arrows = Connector.objects.filter(source=discovery).count()
    open_card(page, "Discovery call,")
    page.locator("#panel-notes").press("End")
    page.keyboard.type("Not yet saved")
    discovery.remove(by=owner, at=timezone.now())
    catch_up(page)
    expect(page.get_by_role("heading", name="Olga deleted “Discovery call” while you had it open")).to_be_focused()
    expect(card(page, "Discovery call,")).to_have_count(0)
    expect(page.get_by_label("Notes")).to_have_value("Not yet saved")
    assert serious_troubles(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
    page.get_by_role("button", name="Bring it back with my text").click()
    said(page, "Brought back Discovery call")
    expect(card(page, "Discovery call,")).to_be_visible()
    expect(page.locator("#panel-notes")).to_have_value("Not yet saved")
    assert Connector.objects.filter(source=discovery).count() == arrows

    # Moving what is gone says who deleted it, and offers the same.
    Touchpoint.objects.get(pk=discovery.pk).remove(by=owner, at=timezone.now())
    page.get_by_role("button", name="Close the panel").click()
    card(page, "Discovery call,").press("Shift+ArrowRight")
    said(page, "Olga deleted")
    page.get_by_role("button", name="Bring it back", exact=True).click()
    said(page, "Brought back Discovery call")
    expect(page.locator("#panel-title")).to_have_value("Discovery call")
    # One's own deletion needs no notice.
    page.get_by_role("button", name="Delete").click()
    said(page, "Deleted Discovery call")
    expect(page.locator("#panel")).to_be_empty()


def test_titles_packages_and_words_on_arrows_are_kept_too(visit, owner, editor, five_stages, discovery, theirs):
    visit.provoked += ["409", "410"]
    page = visit(editor, canvas_of(five_stages), width=1440, height=900)
    now = timezone.now()
    # Renamed where it stands.
    theirs(title="Discovery meeting")
    title = page.get_by_role("textbox", name="Rename Discovery call")
    card(page, "Discovery call,").press("F2")
    title.fill("First call")
    title.press("Enter")
    dialog = page.get_by_role("dialog", name="Olga changed “Title” too")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(title).to_have_value("First call")
    title.press("Enter")
    dialog.get_by_role("button", name="Keep mine").click()
    said(page, "Saved")
    expect(card(page, "First call,")).to_be_visible()

    # The package of a handoff, as a whole.
    handoff = Handoff.objects.filter(journey=five_stages).order_by("id").first()
    page.locator(f'#handoff-{handoff.pk} [data-open], [data-open="handoffs/{handoff.pk}/"]').first.dispatch_event("click")
    page.get_by_label("Item 1", exact=True).fill("Promises")
    Handoff.objects.get(pk=handoff.pk).edit({"package": [{"item": "Risks", "where": "", "reader": ""}]}, by=owner, at=now)
    catch_up(page)
    page.get_by_role("button", name="Save the package").click()
    dialog = page.get_by_role("dialog", name="Olga changed “Package” too")
    expect(dialog.get_by_role("region", name="You")).to_contain_text("Promises")
    dialog.get_by_role("button", name="Keep theirs").click()
    expect(page.get_by_label("Item 1", exact=True)).to_have_value("Risks")
    handoff.refresh_from_db()
    assert [row["item"] for row in handoff.package] == ["Risks"]

    # An arrow that is taken away while one writes on it, in the panel of its card.
    arrow = Connector.objects.filter(source=discovery).first()
    open_card(page, "First call,")
    page.locator(f"#arrow-label-{arrow.pk}").fill("after the demo")
    arrow.remove(by=owner, at=now)
    catch_up(page)
    expect(page.get_by_role("heading", name="Olga deleted “an arrow”")).to_be_visible()
    expect(page.locator("#panel-title")).to_have_value("First call")
    page.get_by_role("button", name="Bring it back with my text").click()
    expect(page.locator(f"#arrow-label-{arrow.pk}")).to_have_value("after the demo")
    assert Connector.objects.get(pk=arrow.pk).label == "after the demo"
