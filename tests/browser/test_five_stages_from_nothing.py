"""The client's five-stage journey drawn from nothing, once by mouse and once by keyboard alone, and the acts it took.

What is to be drawn is read from the sheet; what was drawn is compared with what importing the sheet makes.
"""

from __future__ import annotations

from collections import Counter

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from journeys.demo import FOLDER
from journeys.importing import import_sheet
from journeys.layout import lay_out
from journeys.models import Change, Journey, Segment
from journeys.reading import read_document
from journeys.sheets import read_sheet
from tests.browser.test_canvas import canvas_of

pytestmark = pytest.mark.django_db(transaction=True)

#: pixels of the map from one feeling to the next, as the layout has them
LEVEL = 22
#: seconds that a person needs for one of each: Card, Moran and Newell, "The Keystroke-Level Model" (1980), an average typist's
#: keys, pointing for each end of a click or drag, and a moment of thought before each text
SECONDS = {"keys pressed": 0.28, "letters typed": 0.28, "texts typed": 1.35, "clicks": 1.1 + 0.2, "drags": 2 * 1.1 + 0.2}


class Plan:
    """What a person has in mind: names and places, no ids."""

    def __init__(self, journey):
        document, layout = read_document(journey), lay_out(read_document(journey))
        roles = {str(role.pk): role.name for role in journey.segment.workspace.roles.all()}
        stages, lanes, cards = document["stages"], document["lanes"], document["touchpoints"]
        self.stages = [stages[id]["name"] for id in layout.stages]
        self.cards = {
            card["title"]: (stages[card["stage_id"]]["name"], lanes[card["lane_id"]]["name"], card["slot"], card["kind"])
            for card in sorted(cards.values(), key=lambda card: (layout.stages[card["stage_id"]].index, card["slot"]))
        }
        self.feelings = {
            row["title"]: (stages[row["stage_id"]]["name"], row["slot"], row["level"])
            for row in sorted(document["emotions"].values(), key=lambda row: (layout.stages[row["stage_id"]].index, row["slot"]))
        }
        titles = {id: card["title"] for id, card in cards.items()}
        self.arrows = sorted((titles[a["source_id"]], titles[a["target_id"]], a["kind"]) for a in document["connectors"].values())
        self.handoffs = sorted((titles[h["touchpoint_id"]], roles[h["to_role_id"]]) for h in document["handoffs"].values())
        self.felt = {card["title"]: card["emotion"] for card in cards.values() if card["emotion"] is not None}


@pytest.fixture
def wanted(transactional_db, owner):
    """The plan, and the roles by id. The sheet's map is made in a segment of its own and only read."""
    segment = Segment.objects.make(owner.workspace, "Reference", at=timezone.now())
    sheet = read_sheet((FOLDER / "five-stages.csv").read_bytes())
    journey, _, _ = import_sheet(sheet, segment, "As imported", name="five-stages.csv", by=owner, at=timezone.now())
    return Plan(journey)


class Hand:
    """A person's hand on the map, that counts what it does."""

    def __init__(self, page, journey):
        self.page = page
        self.journey = journey
        self.did = Counter()

    def type(self, text):
        self.did["texts typed"] += 1
        self.did["letters typed"] += len(text)
        self.page.keyboard.type(text)

    def press(self, key):
        self.did["keys pressed"] += 1
        self.page.keyboard.press(key)

    def sees(self, text):
        """Waits, as a person does, until the map shows what was just done and says so."""
        expect(self.page.locator("#announcer")).to_contain_text(text)
        revision = Journey.objects.get(pk=self.journey.pk).revision
        expect(self.page.locator("#map-size")).to_have_attribute("data-revision", str(revision))


class Mouse(Hand):
    def click(self, x, y):
        self.did["clicks"] += 1
        self.page.mouse.click(x, y)

    def drag(self, start, end):
        self.did["drags"] += 1
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move(*end, steps=5)
        self.page.mouse.up()

    def spot(self, stage, lane, slot):
        """The middle of a place on the screen; the map is scrolled there, as a wheel would, if it is out of sight."""
        return self.page.evaluate(
            """([stage, lane, slot]) => {
                const named = (all, name) => [...document.querySelectorAll(all)].find((one) => one.dataset.name === name);
                const view = document.querySelector('.map-scroll'), box = view.getBoundingClientRect();
                const zoom = Number(document.getElementById('map').style.getPropertyValue('--zoom')) || 1;
                const row = lane === 'feel' ? document.getElementById('map-feel') : named('.lane', lane);
                const at = () => named('.stage[id]', stage).getBoundingClientRect().left + (slot * 176 + 88) * zoom;
                if (at() < box.left + 330 * zoom || at() > box.right - 120) view.scrollLeft += at() - box.left - 700;
                const { top, height } = row.getBoundingClientRect();
                return [at(), top + height / 2];
            }""",
            [stage, lane, slot],
        )

    def on_card(self, title):
        box = self.page.locator(".card", has_text=title).bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def handle(self, title, way="connect"):
        self.page.mouse.move(*self.on_card(title))
        box = self.page.locator(f".handle--{way}").bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


class Keyboard(Hand):
    def tab_to(self, name):
        """Tab, back or forth, to the control of that name."""
        for key in ["Shift+Tab"] * 6 + ["Tab"] * 30:
            self.press(key)
            if self.page.evaluate("() => document.activeElement.ariaLabel ?? document.activeElement.textContent.trim()") == name:
                return
        raise AssertionError(f"no way to {name} by Tab")

    def into_the_map(self):
        for _ in range(30):
            if self.page.evaluate("() => Boolean(document.activeElement.closest('#map'))"):
                return
            self.press("Tab")
        raise AssertionError("no way into the map by Tab")

    def walk_to(self, stage, lane, slot):
        """By arrows from where the focus is."""
        here, there = self.page.evaluate(
            """([stage, lane, slot]) => {
                const rows = [...document.querySelectorAll('.lane')].sort((a, b) => a.dataset.index - b.dataset.index);
                rows.push(document.getElementById('map-feel'));
                const focused = document.activeElement;
                const column = [...document.querySelectorAll('.stage[id]')].find((one) => one.dataset.name === stage);
                const row = rows.findIndex((one) => (one.dataset.name ?? 'feel') === lane);
                return [[Number(focused.dataset.column), rows.indexOf(focused.closest('.lane, .feel'))],
                        [Number(column.dataset.first) + slot, row]];
            }""",
            [stage, lane, slot],
        )
        across, down = there[0] - here[0], there[1] - here[1]
        for _ in range(abs(down)):
            self.press("ArrowDown" if down > 0 else "ArrowUp")
        for _ in range(abs(across)):
            self.press("ArrowRight" if across > 0 else "ArrowLeft")


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
