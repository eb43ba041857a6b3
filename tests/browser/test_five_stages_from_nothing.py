"""The client's five-stage journey drawn from nothing, once by mouse and once by keyboard alone, and the acts it took.

What is to be drawn is read from the sheet; what was drawn is compared with what importing the sheet makes.
"""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from journeys.demo import FOLDER
from journeys.importing import import_sheet
from journeys.models import Change, Segment
from journeys.sheets import read_sheet
from tests.browser.hands import SECONDS, Keyboard, Mouse, Plan
from tests.browser.test_canvas import canvas_of

pytestmark = pytest.mark.django_db(transaction=True)

#: pixels of the map from one feeling to the next, as the layout has them
LEVEL = 22


@pytest.fixture
def wanted(transactional_db, owner):
    """The plan, and the roles by id. The sheet's map is made in a segment of its own and only read."""
    segment = Segment.objects.make(owner.workspace, "Reference", at=timezone.now())
    sheet = read_sheet((FOLDER / "five-stages.csv").read_bytes())
    journey, _, _ = import_sheet(sheet, segment, "As imported", name="five-stages.csv", by=owner, at=timezone.now())
    return Plan(journey)


def open_empty(visit, owner, journey):
    page = visit(owner, canvas_of(journey), width=1440, height=900)
    expect(page.get_by_text("Every journey has stages")).to_be_visible()
    return page


def finish(page, journey, hand, wanted, arrows):
    """What was drawn is what was wanted, in no more acts than there are things, in less than five minutes.

    `arrows` are those that were drawn by themselves: the others came with their card.
    """
    assert vars(Plan(journey)) == vars(wanted)
    acts = Change.objects.of(journey).count() - 1  # the first one began the journey
    milestones = sum(kind == "milestone" for *_, kind in wanted.cards.values())
    things = [wanted.stages, wanted.cards, arrows, wanted.handoffs, wanted.feelings, wanted.felt]
    assert acts == sum(map(len, things)) + milestones + 1  # all lanes at once
    seconds = sum(SECONDS[what] * count for what, count in hand.did.items())
    print(f"\n{acts} acts, {seconds:.0f} s; {', '.join(f'{count} {what}' for what, count in hand.did.items())}")
    assert seconds < 300
    page.reload()
    expect(page.locator(".card")).to_have_count(len(wanted.cards))


def name_the_stages(hand, wanted):
    """One after the other, without waiting for any of them."""
    for name in wanted.stages:
        hand.type(name)
        hand.press("Enter")
    expect(hand.page.get_by_role("columnheader", name=wanted.stages[-1])).to_be_visible()
    hand.press("Escape")


def test_by_mouse(visit, owner, journey, wanted):
    page = open_empty(visit, owner, journey)
    hand = Mouse(page, journey)
    page.get_by_role("button", name="Name the stages").click()
    expect(page.get_by_role("textbox", name="Name of the new stage")).to_be_focused()
    name_the_stages(hand, wanted)
    page.get_by_label("Add lane").click()
    page.get_by_role("button", name="All roles, a lane each").click()
    hand.sees("Added 7 lanes")
    for _ in range(2):
        page.get_by_role("button", name="Zoom out").click()
    hand.did["clicks"] += 5
    drawn = set()
    arrows = list(wanted.arrows)
    for title, (stage, lane, slot, kind) in wanted.cards.items():
        into = next((a for a in arrows if a[1] == title and a[0] in drawn and a[2] == "sequence"), None)
        target = hand.spot(stage, lane, slot)
        if into:
            arrows.remove(into)
            hand.drag(hand.handle(into[0]), target)
        else:
            hand.click(*target)
        expect(page.locator(".place__title")).to_be_focused()
        hand.type(title)
        hand.press("Enter")
        hand.sees(f"Added {title}")
        drawn.add(title)
        if kind == "milestone":
            hand.click(*hand.on_card(title))
            page.get_by_role("radio", name="Milestone").locator("xpath=..").click()
            hand.sees(f"{title} is now a milestone")
            page.get_by_label("Close the panel").click()
            hand.did["clicks"] += 2
    for source, target, kind in arrows:
        hand.spot(*wanted.cards[source][:3])
        if kind == "unordered":
            page.keyboard.down("Shift")
        hand.drag(hand.handle(source), hand.on_card(target))
        page.keyboard.up("Shift")
        hand.sees(f"Connected {source}")
    for title, role in wanted.handoffs:
        hand.spot(*wanted.cards[title][:3])
        hand.drag(hand.handle(title, "hand"), hand.spot(wanted.cards[title][0], role, wanted.cards[title][2] + 1))
        expect(page.get_by_role("complementary").get_by_role("group", name="Handoff")).to_be_visible()
        page.get_by_label("Close the panel").click()
        hand.did["clicks"] += 1
    for title, (stage, slot, level) in wanted.feelings.items():
        x, y = hand.spot(stage, "feel", slot)
        zoom = page.evaluate("() => Number(document.getElementById('map').style.getPropertyValue('--zoom'))")
        hand.click(x, y - level * LEVEL * zoom)
        hand.type(title)
        hand.press("Enter")
        hand.sees(f"Added the feeling {title}")
    for title, level in wanted.felt.items():
        hand.spot(*wanted.cards[title][:3])
        hand.click(*hand.on_card(title))
        expect(page.locator("#panel-title")).to_have_value(title)
        page.get_by_label("How it feels", exact=True).select_option(str(level))
        expect(page.locator("[data-saved]")).to_have_text("Saved")
        hand.sees("Saved")
        hand.did["clicks"] += 2
    finish(page, journey, hand, wanted, arrows)


def test_by_keyboard_alone(visit, owner, journey, wanted):
    page = open_empty(visit, owner, journey)
    hand = Keyboard(page, journey)
    hand.tab_to("Add stage")
    hand.press("Enter")
    name_the_stages(hand, wanted)
    hand.tab_to("Add lane")
    hand.press("Enter")
    hand.press("Tab")
    hand.press("Enter")
    hand.sees("Added 7 lanes")
    expect(page.get_by_label("Add lane")).to_be_focused()
    hand.into_the_map()
    drawn = set()
    arrows = list(wanted.arrows)
    for title, (stage, lane, slot, kind) in wanted.cards.items():
        into = next((a for a in arrows if a[1] == title and a[0] in drawn and a[2] == "sequence"), None)
        if into:
            arrows.remove(into)
            hand.walk_to(*wanted.cards[into[0]][:3])
            hand.press("c")
            hand.walk_to(stage, lane, slot)
            hand.press("Enter")
        else:
            hand.walk_to(stage, lane, slot)
        hand.type(title)
        hand.press("Enter")
        hand.sees(f"Added {title}")
        drawn.add(title)
        if kind == "milestone":
            hand.walk_to(stage, lane, slot)
            hand.press("m")
            hand.sees(f"{title} is now a milestone")
    for source, target, kind in arrows:
        hand.walk_to(*wanted.cards[source][:3])
        hand.press("c")
        hand.walk_to(*wanted.cards[target][:3])
        hand.press("Shift+Enter" if kind == "unordered" else "Enter")
        hand.sees(f"Connected {source}")
    for title, role in wanted.handoffs:
        stage, _, slot, _ = wanted.cards[title]
        hand.walk_to(*wanted.cards[title][:3])
        hand.press("h")
        hand.walk_to(stage, role, slot + 1)
        hand.press("Enter")
        expect(page.get_by_role("complementary").get_by_role("group", name="Handoff")).to_be_visible()
        hand.press("Escape")
    for title, (stage, slot, level) in wanted.feelings.items():
        hand.walk_to(stage, "feel", slot)
        hand.type(f"{level:+d} {title}")
        hand.press("Enter")
        hand.sees(f"Added the feeling {title}")
    for title, level in wanted.felt.items():
        hand.walk_to(*wanted.cards[title][:3])
        hand.press("Enter")
        expect(page.locator("#panel-title")).to_be_focused()
        for _ in range(30):
            hand.press("Tab")
            if page.evaluate("() => document.activeElement.id") == "panel-emotion":
                break
        for _ in range(level + 3):  # past "Not said" and what is worse
            hand.press("ArrowDown")
        expect(page.locator("[data-saved]")).to_have_text("Saved")
        hand.press("Escape")
        hand.sees("Saved")
    finish(page, journey, hand, wanted, arrows)
