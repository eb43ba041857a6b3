"""What a page shows of its map, as somebody sees it who is about to do something."""

from __future__ import annotations

import html
import random
import re
from typing import Any

from tests.live_editing.page import Page

CARD = re.compile(r'data-element="(touchpoints|emotions)/([\w-]+)/"')
NAME = re.compile(r'data-name="(.*?)"')
TITLE = re.compile(r'card__title">(?:<span class="card__star">.*?</span> )?(.*?)</span>', re.DOTALL)
FEELING = re.compile(r'cloud__text"><b>.*?</b> (.*?)</span>', re.DOTALL)
WORDS = (
    "Kick-off",
    "--> <b>call</b>",
    "Renewal & review",
    "“Quoted”",
    "Größe",
    "{% x %}",
    "🎉 go live",
    "</div>",
    "a'b\"c",
    "Check-in",
)


class Looking:
    """The parts of the map by id, as the page shows them: cards, feelings, stages and lanes with what they are called."""

    def __init__(self, page: Page, rng: random.Random, roles: list[str]):
        self.page, self.rng, self.roles = page, rng, roles

    def look(self) -> None:
        with self.page.lock:
            picture = dict(self.page.picture)
        parts = {id: text for id, (_, text) in picture.items()}
        self.stages = {id[6:]: text_of(NAME, part) for id, part in sorted(parts.items()) if id.startswith("stage-")}
        lanes = sorted(id for id in parts if id.startswith("lane-") and not id.startswith("lane-label-"))
        self.lanes = {id[5:]: text_of(NAME, parts[id]) for id in lanes}
        self.fixed = {id[5:] for id in lanes if "lane--role" not in parts[id]}
        self.cards, self.feelings = {}, {}
        for id, part in sorted(parts.items()):
            found = CARD.search(part) if id.startswith("card-") else None
            if found and found[1] == "touchpoints":
                self.cards[found[2]] = text_of(TITLE, part)
            elif found:
                self.feelings[found[2]] = text_of(FEELING, part)
        self.arrows = sorted(id[5:] for id in parts if id.startswith("wire-"))
        self.handoffs = sorted(id[8:] for id in parts if id.startswith("handoff-") and not id.startswith("handoff-wire-"))

    def any(self, of: Any) -> Any:
        """One of these; half of the time one of the oldest three, which others are at as well."""
        ids = list(of)
        return self.rng.choice(ids[:3] if self.rng.random() < 0.5 else ids) if ids else None

    def words(self) -> str:
        return f"{self.rng.choice(WORDS)} {self.rng.randrange(10_000)}"

    def place(self) -> dict[str, str]:
        return {"stage": self.any(self.stages), "lane": self.any(self.lanes), "slot": str(self.rng.randrange(8))}


def text_of(pattern: re.Pattern[str], part: str) -> str:
    found = pattern.search(part)
    return html.unescape(found[1]) if found else ""
