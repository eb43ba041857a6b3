"""A person at the canvas: what they have in mind, and the hand that draws it and is counted."""

from __future__ import annotations

from collections import Counter

from playwright.sync_api import expect

from journeys.layout import lay_out
from journeys.models import Journey
from journeys.reading import read_document

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
                const from = focused.closest('.lane, .feel') ?? document.getElementById(`lane-${focused.dataset.lane}`);
                return [[Number(focused.dataset.column), rows.indexOf(from)],
                        [Number(column.dataset.first) + slot, row]];
            }""",
            [stage, lane, slot],
        )
        across, down = there[0] - here[0], there[1] - here[1]
        for _ in range(abs(down)):
            self.press("ArrowDown" if down > 0 else "ArrowUp")
        for _ in range(abs(across)):
            self.press("ArrowRight" if across > 0 else "ArrowLeft")
