"""What a playbook says beside its title and summary: the shape of `Playbook.body`, and acts from a body to the next. Pure.

A body is {"steps": [{"id", "title", "guidance", "role_id" or null}], "messages": [{"id", "name", "channel", "subject", "text"}],
"links": [{"id", "title", "url"}], "talk_track": "", "minutes": int or null}. Ids are UUIDv7 as text, made by whoever makes the
thing; guidance and talk track are Markdown, the texts of messages plain with placeholders (placeholders.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from accounts.ids import id_text

Body = dict[str, Any]
Item = dict[str, Any]

#: the lists of a body: how many there may be, what one is called, and its texts with the most letters of each
MOST = {"steps": 60, "messages": 20, "links": 30}
KINDS = {"steps": "step", "messages": "message", "links": "link"}
LETTERS: dict[str, dict[str, int]] = {
    "steps": {"title": 200, "guidance": 10_000},
    "messages": {"name": 200, "channel": 20, "subject": 300, "text": 20_000},
    "links": {"title": 200, "url": 2000},
}
#: the text that one cannot do without
NEEDED = {"steps": "title", "messages": "name", "links": "url"}
MOST_LETTERS = {"title": 200, "summary": 4000, "talk_track": 20_000}
MOST_MINUTES = 10_000
SCHEMES = ("http", "https", "mailto")
#: as the touchpoints of a map have them, those that are written
CHANNELS = {"email": "E-mail", "in_app": "In app", "web": "Web", "social": "Social", "support": "Support", "survey": "Survey",
            "call": "Call", "meeting": "Meeting", "document": "Document", "other": "Other"}  # fmt: skip


class BodyRefused(ValueError):
    """What a body cannot hold, and in which field it was said."""

    def __init__(self, message: str, field: str = ""):
        super().__init__(message)
        self.message, self.field = message, field


class NotThere(LookupError):
    """A step, message or link that somebody has taken out."""


class Overtaken(Exception):
    """Somebody has changed the field since it was read: what it says now."""

    def __init__(self, field: str, theirs: str):
        super().__init__(field)
        self.field, self.theirs = field, theirs


def blank_body() -> Body:
    return {"steps": [], "messages": [], "links": [], "talk_track": "", "minutes": None}


def blank_item(part: str) -> Item:
    return dict.fromkeys(LETTERS[part], "") | ({"role_id": None} if part == "steps" else {})


def check_body(body: Any) -> Body:
    """The body as it is kept: clean texts, every key there. Raises BodyRefused."""
    if not isinstance(body, Mapping) or not set(body) <= set(blank_body()):
        raise BodyRefused("That is not what a playbook says.")
    checked = blank_body()
    for part, most in MOST.items():
        items = body.get(part, [])
        if not isinstance(items, list) or len(items) > most:
            raise BodyRefused(f"At most {most} {part}, please.", part)
        checked[part] = [check_item(part, item) for item in items]
        if len({item["id"] for item in checked[part]}) < len(items):
            raise BodyRefused(f"Two {part} have the same id.", part)
    checked["talk_track"] = _text(body.get("talk_track", ""), "talk_track", MOST_LETTERS["talk_track"])
    checked["minutes"] = _minutes(body.get("minutes"))
    return checked


def check_item(part: str, item: Any) -> Item:
    """A step, message or link as it is kept, with an id if it came without. Raises BodyRefused, naming the field."""
    if not isinstance(item, Mapping) or not set(item) <= {"id", *blank_item(part)}:
        raise BodyRefused(f"That is not a {KINDS[part]}.", part)
    checked: Item = {"id": _id(item["id"], "id") if item.get("id") else id_text()}
    for name, most in LETTERS[part].items():
        checked[name] = _text(item.get(name, ""), name, most)
    if not checked[NEEDED[part]]:
        raise BodyRefused("This is needed.", NEEDED[part])
    if part == "steps":
        checked["role_id"] = _id(item["role_id"], "role_id") if item.get("role_id") else None
    elif part == "messages" and checked["channel"] not in ("", *CHANNELS):
        raise BodyRefused("That is not a channel.", "channel")
    elif part == "links":
        _check_url(checked["url"])
    return checked


def with_words(whole: Body, values: Mapping[str, Any]) -> Body:
    """With another title, summary or talk track, or other minutes: of the body with title and summary."""
    changed = {**whole, **values}
    for name, most in MOST_LETTERS.items():
        changed[name] = _text(changed[name], name, most)
    if not changed["title"]:
        raise BodyRefused("A playbook needs a title.", "title")
    changed["minutes"] = _minutes(changed["minutes"])
    return changed


def with_item(body: Body, part: str, item: Item, before: str | None = None) -> Body:
    """With one more, in front of another or last. One that is there already stays: a retried add is the same add."""
    if any(other["id"] == item.get("id") for other in body[part]):
        return body
    if len(body[part]) >= MOST[part]:
        raise BodyRefused(f"At most {MOST[part]} {part}, please.", NEEDED[part])
    items = list(body[part])
    items.insert(_place(items, before), check_item(part, item))
    return {**body, part: items}


def with_changed(body: Body, part: str, id: str, values: Item) -> Body:
    old = item_of(body, part, id)
    new = check_item(part, {**old, **values, "id": id})
    return {**body, part: [new if item is old else item for item in body[part]]}


def with_moved(body: Body, part: str, id: str, before: str | None) -> Body:
    """In front of another, or last: also if that other is gone."""
    moved = item_of(body, part, id)
    if before == id:
        return body
    items = [item for item in body[part] if item is not moved]
    items.insert(_place(items, before), moved)
    return {**body, part: items}


def without(body: Body, part: str, id: str) -> Body:
    gone = item_of(body, part, id)
    return {**body, part: [item for item in body[part] if item is not gone]}


def item_of(body: Body, part: str, id: str) -> Item:
    """Raises NotThere."""
    for item in body[part]:
        if item["id"] == id:
            return item
    raise NotThere(KINDS[part])


def _place(items: list[Item], before: str | None) -> int:
    return next((place for place, item in enumerate(items) if item["id"] == before), len(items))


def _text(value: Any, field: str, most: int) -> str:
    if not isinstance(value, str):
        raise BodyRefused("That is not a text.", field)
    text = value.replace("\r\n", "\n").strip()
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise BodyRefused("There is a letter in it that cannot be kept.", field)  # PostgreSQL refuses both
    if len(text) > most:
        raise BodyRefused(f"At most {most:,} letters, please; these are {len(text):,}.", field)
    return text


def _id(value: Any, field: str) -> str:
    try:
        return str(UUID(value))
    except (ValueError, TypeError, AttributeError):
        raise BodyRefused("That is not an id.", field) from None


def _minutes(value: Any) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST_MINUTES:
        raise BodyRefused(f"Whole minutes, from 1 to {MOST_MINUTES:,}.", "minutes")
    return value


def _check_url(url: str) -> None:
    wrong = BodyRefused("An address that begins with https://, http:// or mailto:, please.", "url")
    try:
        told = urlsplit(url)
    except ValueError:
        raise wrong from None
    where = told.path if told.scheme == "mailto" else told.netloc
    if told.scheme not in SCHEMES or not where or any(letter.isspace() for letter in url):
        raise wrong
