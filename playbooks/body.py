"""What a playbook says beside its title and summary: the shape of `Playbook.body`, and acts from a body to the next. Pure.

A body is {"steps": [{"id", "title", "guidance", "role_id" or null}], "messages": [{"id", "name", "channel", "subject", "text"}],
"links": [{"id", "title", "url"}], "talk_track": "", "minutes": int or null}. Ids are UUIDv7 as text, made by whoever makes the
thing; guidance and talk track are Markdown, the texts of messages plain with placeholders (placeholders.py).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from accounts.ids import id_text

Body = dict[str, Any]
Item = dict[str, Any]
Place = tuple[str | int, ...]

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
    """What a body cannot hold, in which field it was said, and the way there from the body on."""

    def __init__(self, message: str, field: str = "", place: Place = ()):
        super().__init__(message)
        self.message, self.field, self.place = message, field, place

    def within(self, place: Place) -> BodyRefused:
        """The same, said of a field of what stands at the place."""
        return BodyRefused(self.message, self.field, (*place, self.field))


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
    """The body as it is kept: clean texts, every key there. Raises the first BodyRefused, naming the field."""
    return _unless_faulty(*read_body(body))


def check_item(part: str, item: Any) -> Item:
    """A step, message or link as it is kept, with an id if it came without. Raises the first BodyRefused, naming the field."""
    return _unless_faulty(*_read_item(item, part, (part,)))


def read_body(body: Any) -> tuple[Body, list[BodyRefused]]:
    """The body as it is kept, as far as it can be, and all that is wrong with it, each at its place."""
    if not isinstance(body, Mapping):
        return blank_body(), [BodyRefused("That is not what a playbook says.")]
    checked, faults = blank_body(), _unknown(body, tuple(blank_body()), ())
    for part, most in MOST.items():
        items = body.get(part, [])
        if not isinstance(items, list) or len(items) > most:
            faults.append(BodyRefused(f"At most {most} {part}, please.", part, (part,)))
            continue
        for number, item in enumerate(items):
            kept, wrong = _read_item(item, part, (part, number))
            checked[part].append(kept)
            faults += wrong
        ids = [item["id"] for item in checked[part] if "id" in item]
        if len(set(ids)) < len(ids):
            faults.append(BodyRefused(f"Two {part} have the same id.", part, (part,)))
    for name, read in (("talk_track", _talk_track), ("minutes", _minutes)):
        try:
            checked[name] = read(body.get(name, checked[name]))
        except BodyRefused as refused:
            faults.append(refused.within(()))
    return checked, faults


def _read_item(item: Any, part: str, place: Place) -> tuple[Item, list[BodyRefused]]:
    if not isinstance(item, Mapping):
        return {}, [BodyRefused(f"That is not a {KINDS[part]}.", part, place)]
    known = ("id", *blank_item(part))
    checked, faults = {}, _unknown(item, known, place)
    for name in known:
        try:
            checked[name] = _field_of(item, part, name)
        except BodyRefused as refused:
            faults.append(refused.within(place))
    return checked, faults


def _field_of(item: Mapping[str, Any], part: str, name: str) -> str | None:
    """Raises BodyRefused."""
    if name == "id":
        return _id(item["id"], name) if item.get("id") else id_text()
    if name == "role_id":
        return _id(item["role_id"], name) if item.get("role_id") else None
    text = _text(item.get(name, ""), name, LETTERS[part][name])
    if not text and name == NEEDED[part]:
        raise BodyRefused("This is needed.", name)
    if name == "channel" and text not in ("", *CHANNELS):
        raise BodyRefused(f"That is not a channel. There are {', '.join(CHANNELS)}.", name)
    if name == "url":
        _check_url(text)
    return text


def _unknown(said: Mapping[str, Any], known: Collection[str], place: Place) -> list[BodyRefused]:
    message = f"There is no such field here. There are {', '.join(known)}."
    return [BodyRefused(message, str(name)[:60]).within(place) for name in said if name not in known]


def _unless_faulty(checked: Item, faults: list[BodyRefused]) -> Item:
    if faults:
        raise faults[0]
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


def _talk_track(value: Any) -> str:
    return _text(value, "talk_track", MOST_LETTERS["talk_track"])


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
