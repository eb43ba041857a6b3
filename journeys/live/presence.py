"""Who is here: the pages of this process say so every few seconds, and the processes tell each other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

#: seconds; a page says every 5 that it is there, and whoever closes the laptop is gone within 15
PAGE_LASTS = 12.0
COUNT_EVERY = 2.0
#: seconds after which the stream of a silent page is ended; a server that is slow to hear must not end them all
STREAM_LASTS = 60.0
PROCESS_LASTS = 13.0
#: seconds between two tellings of one process
TELL_EVERY = 5.0
#: people whom a page is told of by name; a crowd is a number
NAMED = 30

ADDRESS = re.compile(r"[a-z]{1,20}/[0-9a-f-]{36}/")
FIELD = re.compile(r"[\w-]{1,40}")


@dataclass(slots=True)
class Here:
    """One page: whose it is, and what it has open. `open` is an address like "touchpoints/<id>/", `field` the name of the field
    in which somebody types just now."""

    member: str
    name: str
    seen: float
    open: str = ""
    field: str = ""

    def says(self, said: Any, now: float) -> bool:
        """Take what the page says of itself. True if others should know."""
        before = (self.open, self.field)
        open, field = str(said.get("open", "")), str(said.get("field", ""))
        self.open = open if ADDRESS.fullmatch(open) else ""
        self.field = field if FIELD.fullmatch(field) else ""
        self.seen = now
        return before != (self.open, self.field)

    def told(self) -> list[str]:
        return [self.member, self.name, self.open, self.field]


def roster(pages: Iterable[list[str]]) -> dict[str, Any]:
    """{"count", "people": [{"id", "name", "at": [[address, field], ...]}]}: once a person, however many pages. Who does
    something comes first."""
    people: dict[str, dict[str, Any]] = {}
    for member, name, open, field in pages:
        person = people.setdefault(member, {"id": member, "name": name, "at": []})
        if open and [open, field] not in person["at"]:
            person["at"].append([open, field])
    order = sorted(people.values(), key=lambda one: (not one["at"], one["name"], one["id"]))
    return {"count": len(order), "people": order[:NAMED]}
