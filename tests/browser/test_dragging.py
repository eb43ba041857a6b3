"""What is dragged: stages, lanes, feelings, cards under a finger, and sheets from the desktop."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from journeys.demo import FOLDER
from journeys.models import Emotion, SheetImport, Touchpoint
from tests.browser.test_canvas import canvas_of, card


def names(page, kind):
    return page.locator(f".{kind}").evaluate_all(
        "(all) => all.sort((a, b) => (a.dataset.first ?? a.dataset.index) - (b.dataset.first ?? b.dataset.index))"
        ".map((e) => e.dataset.name)"
    )


def expect_order(page, kind, order):
    page.wait_for_function(
        """([kind, order]) => JSON.stringify(order) === JSON.stringify([...document.querySelectorAll('.' + kind)]
            .sort((a, b) => (a.dataset.first ?? a.dataset.index) - (b.dataset.first ?? b.dataset.index))
            .map((e) => e.dataset.name))""",
        arg=[kind, order],
        timeout=5000,
    )


def drag(page, start, end):
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=6)
    page.mouse.up()


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_stage_is_dragged_before_another_and_undone(visit, owner, five_stages):
    page = visit(owner, canvas_of(five_stages), width=1440, height=900)
    was = names(page, "stage")
    box = page.get_by_role("columnheader", name=was[1]).bounding_box()
    drag(page, (box["x"] + 80, box["y"] + 30), (200, box["y"] + 30))
    expect(page.locator("#said")).to_contain_text(f"Moved stage {was[1]}")
    expect_order(page, "stage", [was[1], was[0], *was[2:]])
    page.get_by_role("button", name="Undo").click()
    expect_order(page, "stage", was)


def test_a_lane_is_dragged_by_its_label_and_esc_takes_it_back(visit, owner, five_stages):
    page = visit(owner, canvas_of(five_stages), width=1440, height=900)
    was = names(page, "lane")
    label = page.locator(".lane--role .lane__label").nth(1)
    x, y = middle(label)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 100, steps=5)
    expect(page.locator(".drop-line")).to_be_visible()
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator(".drop-line")).to_have_count(0)
    assert names(page, "lane") == was
    drag(page, (x, y), (x, y - 110))
    expect(page.locator("#said")).to_contain_text("Moved lane")
    expect_order(page, "lane", [was[0], was[2], was[1], *was[3:]])


def test_a_feeling_is_dragged_up_to_feel_better(visit, owner, five_stages):
    page = visit(owner, canvas_of(five_stages), width=1440, height=900)
    cloud = page.locator(".cloud").first
    feeling = Emotion.objects.get(pk=cloud.get_attribute("id").removeprefix("card-"))
    x, y = middle(cloud)
    drag(page, (x, y), (x, y - 22))
    expect(page.locator("#said")).to_have_attribute("title", f"{feeling.title}: 0 neutral, in {feeling.stage.name}")
    after = Emotion.objects.get(pk=feeling.pk)
    assert (after.level, after.stage_id, after.slot) == (feeling.level + 1, feeling.stage_id, feeling.slot)


def test_a_finger_holds_a_card_and_drags_it(visit, owner, five_stages, context):
    page = visit(owner, canvas_of(five_stages), width=390, height=844)
    element = page.locator(".card").filter(has_text="Discovery call")
    before = Touchpoint.objects.get(journey=five_stages, title="Discovery call")
    x, y = middle(element)
    finger = context.new_cdp_session(page)

    def touch(kind, *points):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": px, "y": py} for px, py in points]})

    touch("touchStart", (x, y))
    expect(element).to_have_class(re.compile("is-dragging"))
    for step in range(1, 7):
        touch("touchMove", (x, y + 90 * step / 6))
    touch("touchEnd")
    expect(page.locator("#announcer")).to_contain_text("Moved Discovery call")
    after = Touchpoint.objects.get(pk=before.pk)
    assert after.lane_id != before.lane_id
    assert (after.stage_id, after.slot) == (before.stage_id, before.slot)


def test_a_card_is_moved_from_its_panel(visit, owner, five_stages):
    page = visit(owner, canvas_of(five_stages), width=390, height=844)
    card(page, "Discovery call, touchpoint").click()
    page.get_by_text("Move to another place").click()
    page.get_by_label("Stage", exact=True).select_option(label="Renewal")
    page.get_by_label("Lane", exact=True).select_option(label="Operations")
    page.get_by_label("Place in the stage").fill("3")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(card(page, "Discovery call, touchpoint, Renewal, Operations")).to_have_count(1)
    moved = Touchpoint.objects.select_related("stage", "lane").get(journey=five_stages, title="Discovery call")
    assert (moved.stage.name, moved.lane.name, moved.slot) == ("Renewal", "Operations", 2)


def drop_sheet(page, selector):
    text = (FOLDER / "five-stages.csv").read_text()
    transfer = page.evaluate_handle(
        """(text) => { const data = new DataTransfer();
            data.items.add(new File([text], 'five-stages.csv', { type: 'text/csv' })); return data; }""",
        text,
    )
    for event in ("dragover", "drop"):
        page.dispatch_event(selector, event, {"dataTransfer": transfer})


def test_a_sheet_dropped_on_the_map_is_meant_for_it(visit, owner, five_stages):
    page = visit(owner, canvas_of(five_stages), width=1440, height=900)
    drop_sheet(page, "#map")
    page.wait_for_url(re.compile("/imports/"))
    made = SheetImport.objects.get()
    assert (made.title, made.segment, made.filename) == (five_stages.title, five_stages.segment, "five-stages.csv")


def test_a_sheet_dropped_on_a_segment_is_meant_for_it(visit, owner, five_stages):
    page = visit(owner, f"/w/{owner.workspace.slug}/", width=1440, height=900)
    drop_sheet(page, "h1")
    expect(page.get_by_role("status").filter(has_text="Drop")).to_have_text("Drop the sheet on the segment it is for.")
    drop_sheet(page, ".segment")
    page.wait_for_url(re.compile("/imports/"))
    made = SheetImport.objects.get()
    assert (made.title, made.segment) == ("Five stages", five_stages.segment)


def test_at_the_edge_the_map_goes_on_under_a_pointer_that_rests(visit, owner, five_stages):
    page = visit(owner, canvas_of(five_stages), width=1024, height=768)
    moved = card(page, "Discovery call")
    x, y = middle(moved)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(1010, y, steps=8)
    page.wait_for_function("() => document.querySelector('.map-scroll').scrollLeft > 900")
    assert abs(middle(moved)[0] - 1010) < 20  # the card stays under the pointer
    target = page.locator(".place--target").bounding_box()
    assert target["x"] <= 1010 <= target["x"] + target["width"] + 16  # and so does the place where it would go
    page.mouse.move(600, y, steps=4)
    page.mouse.up()
    expect(page.locator("#announcer")).to_contain_text("Moved Discovery call")
    after = Touchpoint.objects.select_related("stage", "lane").get(journey=five_stages, title="Discovery call")
    assert after.stage.name != "Pursuit"
    assert after.lane.name == "Account executive"
    landed = middle(moved)[0]
    assert abs(landed - 600) < 100
