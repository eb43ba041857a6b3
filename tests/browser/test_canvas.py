"""Drawing, as a CS leader does it: by mouse, by keyboard alone, and back again by undo."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from journeys.models import Change, Touchpoint
from journeys.reading import read_document

pytestmark = pytest.mark.django_db(transaction=True)


def canvas_of(journey):
    return reverse("journeys:canvas", args=[journey.segment.workspace.slug, journey.pk])


def card(page, name):
    return page.locator("#map").get_by_role("gridcell", name=name)


def contents(journey):
    document = read_document(journey)
    return {key: value for key, value in document.items() if key != "revision"}


def said(page, text):
    expect(page.locator("#announcer")).to_contain_text(text)


def still(page):
    """When nothing glides any more. What has moved in this frame begins to in the next one."""
    page.evaluate(
        """() => new Promise((next) => requestAnimationFrame(next))
            .then(() => Promise.allSettled(document.getAnimations().map((one) => one.finished)))"""
    )


def place(page, stage, lane, slot):
    """The middle of an empty place, in the page's coordinates, scrolled into view."""
    return page.evaluate(
        """([stage, lane, slot]) => {
            const column = [...document.querySelectorAll('.stage')].find((s) => s.dataset.name === stage);
            const row = [...document.querySelectorAll('.lane')].find((l) => l.dataset.name === lane);
            const view = document.querySelector('.map-scroll');
            const x = Number(column.dataset.x) + slot * 176 + 88;
            if (x < view.scrollLeft + 160 || x > view.scrollLeft + view.clientWidth - 400) view.scrollLeft = x - 500;
            row.querySelector('.lane__label').scrollIntoView({ block: 'nearest', inline: 'nearest' });
            const map = document.getElementById('map').getBoundingClientRect();
            const box = row.getBoundingClientRect();
            return [map.left + x, box.top + box.height / 2];
        }""",
        [stage, lane, slot],
    )


def test_ten_cards_by_mouse_then_everything_undone_and_redone(visit, owner, five_stages):
    page = visit(owner, canvas_of(five_stages), width=1440, height=900)
    before = contents(five_stages)
    for n in range(10):
        stage, lane = ("Pursuit", "Customer") if n < 4 else ("Professional services", "Solutions engineer")
        if n == 9:
            stage, lane = "Ongoing support", "Operations"
        page.mouse.click(*place(page, stage, lane, n % 4 if n < 4 else (n - 4) % 5))
        page.keyboard.type(f"Mouse card {n}")
        page.keyboard.press("Enter")
        expect(card(page, f"Mouse card {n}, touchpoint, {stage}, {lane}")).to_be_visible()
    drawn = contents(five_stages)
    assert len(drawn["touchpoints"]) == len(before["touchpoints"]) + 10
    for n in reversed(range(10)):
        page.get_by_role("button", name="Undo").click()
        expect(card(page, f"Mouse card {n},")).to_have_count(0)
    assert contents(five_stages) == before
    for n in range(10):
        page.get_by_role("button", name="Redo").click()
        expect(card(page, f"Mouse card {n},")).to_be_visible()
    assert contents(five_stages) == drawn
    live = page.locator("#map").inner_html()
    page.reload()
    assert page.locator(".card").count() == live.count('class="card ') == 29


def test_ten_cards_by_keyboard_alone(visit, owner, journey):
    page = visit(owner, canvas_of(journey), width=1440, height=900)
    page.get_by_role("button", name="Add stage").focus()
    page.keyboard.press("Enter")
    name = page.get_by_role("textbox", name="Name of the new stage")
    for stage in ("Pursuit", "On-boarding", "Services", "Support", "Renewal"):
        expect(name).to_be_focused()
        expect(name).to_be_empty()
        page.keyboard.type(stage)
        page.keyboard.press("Enter")
        expect(page.get_by_role("columnheader", name=stage)).to_be_visible()
    expect(name).to_be_empty()
    page.keyboard.press("Escape")
    expect(name).to_have_count(0)
    expect(page.get_by_role("gridcell", name="Empty place, Pursuit, Customer, place 1")).to_be_focused()
    for n in range(10):
        page.keyboard.press("Enter")
        page.keyboard.type(f"Key card {n}")
        page.keyboard.press("Enter")
        expect(page.get_by_role("gridcell", name=f"Empty place, Pursuit, Customer, place {n + 2}")).to_be_focused()
    cards = Touchpoint.objects.filter(journey=journey).order_by("slot")
    assert [(c.title, c.slot) for c in cards] == [(f"Key card {n}", n) for n in range(10)]
    page.keyboard.press("ArrowLeft")
    expect(card(page, "Key card 9, touchpoint, Pursuit, Customer")).to_be_focused()
    page.keyboard.press("Shift+ArrowDown")
    expect(
        card(page, "Key card 9, event, Pursuit, Outside").or_(card(page, "Key card 9, touchpoint, Pursuit, Outside"))
    ).to_be_focused()
    page.keyboard.press("F2")
    page.keyboard.type("Renamed")
    page.keyboard.press("Escape")
    expect(card(page, "Key card 9,")).to_be_focused()
    page.keyboard.press("F2")
    page.keyboard.type("Renamed")
    page.keyboard.press("Enter")
    expect(card(page, "Renamed, touchpoint, Pursuit, Outside")).to_be_focused()
    page.keyboard.press("Delete")
    said(page, "Deleted Renamed")
    assert Touchpoint.objects.filter(journey=journey).count() == 9
    page.keyboard.press("Control+z")
    expect(card(page, "Renamed,")).to_be_visible()
    page.keyboard.press("Control+Shift+z")
    expect(card(page, "Renamed,")).to_have_count(0)


def test_a_card_is_dragged_to_another_lane_and_its_owner_follows(visit, owner, five_stages):
    page = visit(owner, canvas_of(five_stages), width=1440, height=900)
    target = place(page, "Pursuit", "Operations", 1)
    box = card(page, "Discovery call,").bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(target[0], target[1], steps=6)
    expect(page.locator(".place--target")).to_be_visible()
    page.mouse.up()
    expect(card(page, "Discovery call, touchpoint, Pursuit, Operations")).to_be_visible()
    moved = Touchpoint.objects.select_related("owner").get(journey=five_stages, external_id="p1")
    assert (moved.slot, moved.owner.name) == (1, "Operations")
    expect(page.locator(".panel__head")).to_have_count(0)


def test_esc_takes_a_drag_back(visit, owner, five_stages):
    page = visit(owner, canvas_of(five_stages), width=1440, height=900)
    box = card(page, "Discovery call,").bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 300, steps=4)
    page.keyboard.press("Escape")
    page.mouse.up()
    still(page)
    assert card(page, "Discovery call,").bounding_box() == box
    assert Touchpoint.objects.get(journey=five_stages, external_id="p1").slot == 0


def test_the_panel_saves_each_field_as_one_leaves_it_and_says_so(visit, owner, five_stages):
    page = visit(owner, canvas_of(five_stages), width=1440, height=900)
    card(page, "Contracts provided,").click()
    view = page.get_by_label("Customer’s view")
    view.fill("We can sign it at once")
    view.blur()
    expect(page.locator("[data-saved]")).to_have_text("Saved")
    effort = page.get_by_label("Effort in minutes")
    effort.fill("999999999")
    effort.blur()
    expect(page.locator("#panel-effort_min_refused")).to_be_visible()
    expect(effort).to_have_value("999999999")
    saved = Touchpoint.objects.get(journey=five_stages, external_id="p3")
    assert (saved.customer_view, saved.effort_min) == ("We can sign it at once", 45)


def test_a_deleted_stage_comes_back_with_all_that_stood_on_it(visit, owner, five_stages):
    before = contents(five_stages)
    page = visit(owner, canvas_of(five_stages), width=1440, height=900)
    page.get_by_role("button", name="Pursuit", exact=True).click()
    page.get_by_role("complementary").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("columnheader", name="Pursuit")).to_have_count(0)
    expect(card(page, "Discovery call,")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(card(page, "Discovery call, touchpoint, Pursuit, Account executive")).to_be_visible()
    assert contents(five_stages) == before


def test_stages_and_lanes_are_added_moved_and_renamed(visit, owner, five_stages):
    page = visit(owner, canvas_of(five_stages), width=1440, height=900)
    page.get_by_label("Add lane").click()
    page.get_by_role("button", name="Executive sponsor").click()
    expect(page.get_by_role("rowheader", name="Executive sponsor")).to_be_visible()
    page.get_by_role("button", name="Executive sponsor", exact=True).last.click()
    page.get_by_role("button", name="Move up").click()
    said(page, "Moved lane Executive sponsor")
    page.get_by_role("button", name="Pursuit", exact=True).click()
    page.get_by_role("button", name="Move right").click()
    said(page, "Moved stage Pursuit")
    names = [s["name"] for s in sorted(read_document(five_stages)["stages"].values(), key=lambda s: s["position"])]
    assert names[:2] == ["On-boarding and project readiness", "Pursuit"]


def test_an_arrow_that_closes_a_circle_is_refused_at_its_place(visit, owner, five_stages):
    page = visit(owner, canvas_of(five_stages), width=1440, height=900)
    card(page, "Contracts provided,").click()
    page.get_by_label("Connect to").select_option(label="Discovery call")
    page.get_by_role("button", name="In sequence").click()
    expect(page.locator(".panel .field__error")).to_contain_text("would close a circle")


def test_a_viewer_sees_the_same_map_with_nothing_to_edit_and_the_server_refuses(visit, viewer, five_stages, client_for):
    page = visit(viewer, canvas_of(five_stages), width=1440, height=900)
    expect(card(page, "Discovery call,")).to_be_visible()
    for name in ("Undo", "Redo", "Add stage"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    card(page, "Discovery call,").click()
    expect(page.get_by_label("Customer’s view")).to_be_disabled()
    page.keyboard.press("Escape")
    card(page, "Discovery call,").press("Delete")
    refused = client_for(viewer).post(canvas_of(five_stages) + "undo/")
    assert refused.status_code == 403
    assert Change.objects.of(five_stages).count() == five_stages.revision


def test_the_map_names_its_parts_for_those_who_do_not_see_it(visit, owner, five_stages):
    page = visit(owner, canvas_of(five_stages), width=1440, height=900)
    grid = page.get_by_role("grid", name="Journey map")
    for stage in ("Pursuit", "On-boarding and project readiness", "Renewal"):
        expect(grid.get_by_role("columnheader", name=stage)).to_have_count(1)
    for lane in ("Customer", "Outside", "Operations"):
        expect(grid.get_by_role("rowheader", name=lane, exact=True)).to_have_count(1)
    expect(grid.get_by_role("gridcell", name="Nervous about the commitment, emotion, uneasy, Pursuit")).to_have_count(1)
    rows = rows_of(page)
    assert [cells[0] for cells in rows][:2] == ["Lanes", "Customer"]
    found = next(cells for cells in rows if cells[0] == "Account executive")
    assert [name.split(",")[0] for name in found[1:3]] == ["Discovery call", "Contracts provided"]
    assert ["Outside", "Leadership change at the customer, event, Ongoing support, Outside"] in rows


def rows_of(page):
    """The cells of each row of the grid, by name, as the browser tells them to a screen reader."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    by_id = {node["nodeId"]: node for node in nodes}

    def under(node, *roles):
        for child in (by_id[id] for id in node.get("childIds", ())):
            if child.get("role", {}).get("value") in roles:
                yield child
            else:
                yield from under(child, *roles)

    (grid,) = under(nodes[0], "grid")
    return [[cell["name"]["value"] for cell in under(row, "columnheader", "rowheader", "gridcell")] for row in under(grid, "row")]


def test_a_panel_closed_or_changed_before_it_came_does_not_come_back(visit, owner, five_stages):
    page = visit(owner, canvas_of(five_stages), width=1440, height=900)
    page.evaluate(
        """() => { const cards = [...document.querySelectorAll('.card')];
            for (const card of cards.slice(0, 4)) card.click(); }"""
    )
    last = page.locator(".card").nth(3).locator(".card__title").inner_text().strip()
    expect(page.locator("#panel").get_by_label("Title")).to_have_value(last)
    page.evaluate(
        """() => { document.querySelector('.card').click();
            document.querySelector('.card').dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true })); }"""
    )
    page.wait_for_timeout(500)  # for what may still be on its way
    expect(page.locator("#panel > *")).to_have_count(0)
