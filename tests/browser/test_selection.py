"""Several cards at once, by mouse and by keyboard."""

import pytest
from playwright.sync_api import expect

from journeys.models import Change, Journey, Segment, Touchpoint
from journeys.reading import read_document


@pytest.fixture
def canvas(visit, owner, five_stages):
    page = visit(owner, f"/w/{owner.workspace.slug}/journeys/{five_stages.pk}/", width=1440, height=900)
    expect(page.locator("[data-element]").first).to_be_visible()
    return page


def card(page, title):
    return page.locator(f'[data-element][aria-label^="{title},"]')


def slots(journey):
    return dict(Touchpoint.objects.filter(journey=journey).values_list("title", "slot"))


def settled(page, journey):
    """The page is where the map is."""
    journey.refresh_from_db()
    expect(page.locator("#map-size")).to_have_attribute("data-revision", str(journey.revision))


def test_shift_click_takes_several_and_the_keys_move_and_delete_them_as_one(canvas, five_stages):
    before, revision = slots(five_stages), five_stages.revision
    card(canvas, "Discovery call").click(modifiers=["Shift"])
    card(canvas, "Contracts provided").click(modifiers=["Shift"])
    expect(canvas.locator("#selection [data-count]")).to_have_text("2 cards selected")
    canvas.keyboard.press("Shift+ArrowRight")
    expect(canvas.locator("#map-size")).to_have_attribute("data-revision", str(revision + 1))
    after = slots(five_stages)
    assert {title: after[title] - before[title] for title in after if after[title] != before[title]} == {
        "Discovery call": 1,
        "Contracts provided": 1,
    }
    canvas.keyboard.press("Delete")
    expect(card(canvas, "Discovery call")).to_have_count(0)
    expect(card(canvas, "Contracts provided")).to_have_count(0)
    expect(canvas.locator("#selection")).to_be_hidden()
    canvas.keyboard.press("Control+z")
    expect(card(canvas, "Discovery call")).to_have_count(1)
    canvas.keyboard.press("Control+z")
    expect(canvas.locator("#map-size")).to_have_attribute("data-revision", str(revision + 4))
    assert slots(five_stages) == before


def test_a_box_takes_what_lies_in_it_and_dragging_one_drags_all(canvas, five_stages):
    first, last = card(canvas, "Discovery call").bounding_box(), card(canvas, "Product demonstration").bounding_box()
    canvas.mouse.move(first["x"] + 4, first["y"] - 12)
    canvas.mouse.down()
    canvas.mouse.move(last["x"] + 60, last["y"] + 60, steps=5)
    canvas.mouse.up()
    expect(canvas.locator("#selection [data-count]")).to_have_text("2 cards selected")
    before = slots(five_stages)
    canvas.mouse.move(first["x"] + 60, first["y"] + 30)
    canvas.mouse.down()
    canvas.mouse.move(first["x"] + 60 + 176, first["y"] + 30, steps=8)
    canvas.mouse.up()
    expect(canvas.locator("#map-size")).to_have_attribute("data-revision", str(five_stages.revision + 1))
    after = slots(five_stages)
    assert (
        after["Discovery call"] - before["Discovery call"]
        == after["Product demonstration"] - before["Product demonstration"]
        == 1
    )


def test_ctrl_a_takes_a_stage_and_one_choice_sets_them_all(canvas, five_stages):
    card(canvas, "Discovery call").focus()
    canvas.keyboard.press("Control+a")
    stage = Touchpoint.objects.get(journey=five_stages, title="Discovery call").stage
    canvas.get_by_label("Importance of the selected cards").select_option("could")
    expect(canvas.locator("#map-size")).to_have_attribute("data-revision", str(five_stages.revision + 1))
    assert set(Touchpoint.objects.filter(stage=stage).values_list("importance", flat=True)) == {"could"}
    assert Change.objects.of(five_stages).order_by("-revision").first().label.startswith("edited")


def test_the_menu_moves_a_selection_with_single_clicks(canvas, five_stages):
    card(canvas, "Discovery call").click(modifiers=["Shift"])
    canvas.get_by_role("toolbar", name="Selected cards").get_by_text("Move to…").click()
    canvas.locator("#selection-stage").select_option(label="Renewal")
    canvas.locator("#selection").get_by_role("button", name="Move", exact=True).click()
    expect(canvas.locator("#map-size")).to_have_attribute("data-revision", str(five_stages.revision + 1))
    assert Touchpoint.objects.get(title="Discovery call").stage.name == "Renewal"


def test_copies_go_to_another_map_by_the_keys(canvas, visit, owner, five_stages):
    segment = Segment.objects.get(pk=five_stages.segment_id)
    other = Journey.objects.begin(segment, "Other", by=owner, at=five_stages.changed_at)
    other.add_stage("Only", by=owner, at=five_stages.changed_at)
    card(canvas, "Discovery call").click(modifiers=["Shift"])
    card(canvas, "Product demonstration").click(modifiers=["Shift"])
    canvas.keyboard.press("Control+c")
    expect(canvas.locator("#announcer")).to_have_text("Copied 2 cards")
    page = visit(owner, f"/w/{owner.workspace.slug}/journeys/{other.pk}/", width=1440, height=900)
    page.locator("#map [tabindex='0']").first.focus()
    page.keyboard.press("Control+v")
    expect(card(page, "Product demonstration")).to_be_visible()
    document = read_document(other)
    assert sorted(row["title"] for row in document["touchpoints"].values()) == ["Discovery call", "Product demonstration"]
    assert len(document["connectors"]) == 1


def test_cut_and_paste_moves_and_keeps_the_arrows(canvas, five_stages):
    arrows = len(read_document(five_stages)["connectors"])
    card(canvas, "Discovery call").click(modifiers=["Shift"])
    canvas.keyboard.press("Control+x")
    canvas.keyboard.press("Escape")
    canvas.keyboard.press("ArrowUp")
    canvas.keyboard.press("Control+v")
    expect(canvas.locator("#map-size")).to_have_attribute("data-revision", str(five_stages.revision + 1))
    assert Touchpoint.objects.get(title="Discovery call").lane.kind == "customer"
    assert len(read_document(five_stages)["connectors"]) == arrows


def test_lines_from_the_clipboard_become_cards_on_a_place_and_in_a_title(canvas, context, five_stages):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    canvas.evaluate("navigator.clipboard.writeText('1. Alpha\\n2. Beta')")
    card(canvas, "Discovery call").focus()
    canvas.keyboard.press("ArrowUp")
    canvas.keyboard.press("Control+v")
    expect(card(canvas, "Beta")).to_be_visible()
    stood = slots(five_stages)
    assert (stood["Alpha"], stood["Beta"]) == (stood["Discovery call"], stood["Discovery call"] + 1)
    canvas.evaluate("navigator.clipboard.writeText('Gamma\\nDelta')")
    card(canvas, "Product demonstration").focus()
    canvas.keyboard.press("ArrowRight")
    canvas.keyboard.press("Enter")
    canvas.keyboard.press("Control+v")
    expect(card(canvas, "Delta")).to_be_visible()
    assert Touchpoint.objects.get(title="Gamma").lane == Touchpoint.objects.get(title="Product demonstration").lane


def test_lines_typed_in_the_dialog_become_cards_and_none_is_told_at_the_field(canvas, five_stages):
    canvas.locator("[data-element]").first.focus()
    canvas.get_by_label("More").click()
    canvas.get_by_role("button", name="Paste lines as cards").click()
    canvas.get_by_label("Lines from a mail").fill("- Alpha\n- Beta\n    - Gamma")
    canvas.get_by_role("button", name="Make cards").click()
    expect(card(canvas, "Gamma")).to_be_visible()
    stood = slots(five_stages)
    assert (stood["Beta"] - stood["Alpha"], stood["Gamma"] - stood["Beta"]) == (1, 0)
    canvas.get_by_label("More").click()
    canvas.get_by_role("button", name="Paste lines as cards").click()
    canvas.get_by_role("button", name="Make cards").click()
    expect(canvas.locator("#lines-dialog [data-refused]")).to_have_text("There is no line to make a card of.")


def test_a_stage_is_copied_from_its_panel(canvas, five_stages):
    canvas.get_by_role("button", name="Renewal", exact=True).click()
    canvas.locator("#panel").get_by_role("button", name="Duplicate").click()
    expect(canvas.locator(".stage[id]")).to_have_count(6)
    assert Touchpoint.objects.filter(journey=five_stages, title="Renewal conversation").count() == 2


def test_a_viewer_selects_nothing(visit, viewer, five_stages):
    page = visit(viewer, f"/w/{viewer.workspace.slug}/journeys/{five_stages.pk}/", width=1440, height=900)
    card(page, "Discovery call").click(modifiers=["Shift"])
    expect(page.locator("#selection")).to_have_count(0)
    page.keyboard.press("Control+a")
    expect(page.locator('[aria-selected="true"]')).to_have_count(0)


def test_a_selection_is_broken_down_into_a_journey_of_its_own_and_back(canvas, five_stages):
    card(canvas, "Discovery call").click(modifiers=["Shift"])
    card(canvas, "Product demonstration").click(modifiers=["Shift"])
    canvas.get_by_text("Break down…").click()
    canvas.get_by_role("button", name="Turn into one card").click()
    expect(canvas.locator("#selection [data-refused]")).to_contain_text("Say what")
    canvas.get_by_label("What are they together?").fill("Winning")
    canvas.keyboard.press("Enter")
    expect(card(canvas, "Winning")).to_be_visible()
    expect(card(canvas, "Discovery call")).to_have_count(0)
    card(canvas, "Winning").click()
    canvas.locator("#panel").get_by_role("link", name="Winning").click()
    expect(card(canvas, "Discovery call")).to_be_visible()
    canvas.get_by_role("navigation", name="Inside of").get_by_role("link").click()
    card(canvas, "Winning").click()
    canvas.get_by_role("button", name="Take apart").click()
    expect(card(canvas, "Product demonstration")).to_be_visible()
    expect(card(canvas, "Winning")).to_have_count(0)
