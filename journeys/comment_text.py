"""What a comment says: plain text with mentions and links. Pure.

A mention is kept as `@[Name](member id)`: the id is what counts, the name is what it was when it was written. Links are whatever
begins with http:// or https://; there is no other markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import NamedTuple
from uuid import UUID

MENTION = r"@\[(?P<name>[^\[\]\n]{1,300})\]\((?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\)"
#: a mention right behind an address is none of its letters
LINK = r"(?P<link>https?://\w(?:(?!@\[)[^\s<>\"])*)"
MARKED = re.compile(f"{MENTION}|{LINK}", re.IGNORECASE)
#: what ends a sentence is no part of an address in front of it
TRAILING = ".,;:!?'…"


class Part(NamedTuple):
    """A piece of a text. `target`: the address of a link, the member's id of a mention, "" for what is neither."""

    kind: str
    text: str
    target: str = ""


def parts(text: str, names: Mapping[str, str]) -> Iterator[Part]:
    """The text in its pieces. `names`: member id -> name now; a mention of nobody is plain text."""
    at = 0
    for found in MARKED.finditer(text):
        if found["link"]:
            link = _without_what_follows(found["link"])
            yield Part("plain", text[at : found.start()])
            yield Part("link", link, link)
            at = found.start() + len(link)
        else:
            id = found["id"].lower()
            yield Part("plain", text[at : found.start()])
            yield Part("mention", f"@{names[id]}", id) if id in names else Part("plain", f"@{found['name']}")
            at = found.end()
    yield Part("plain", text[at:])


def _without_what_follows(link: str) -> str:
    while link[-1] in TRAILING or (link[-1] == ")" and link.count(")") > link.count("(")):
        link = link[:-1]
    return link


def mentioned(text: str) -> set[UUID]:
    """The ids that the text mentions, whoever they belong to."""
    return {UUID(found["id"]) for found in MARKED.finditer(text) if found["id"]}


def as_words(text: str, names: Mapping[str, str]) -> str:
    """As somebody would read it out."""
    return "".join(part.text for part in parts(text, names))


def as_html(text: str, names: Mapping[str, str], me: str = "") -> str:
    """Escaped, with mentions set off and links to follow. `me`: the member who reads. Line breaks are left to the style."""
    return "".join(_html(part, me) for part in parts(text, names))


def _html(part: Part, me: str) -> str:
    words = escape(part.text)
    if part.kind == "mention":
        return f'<b class="mention{" mention--me" if part.target == me else ""}">{words}</b>'
    if part.kind == "link":
        return f'<a href="{words}" target="_blank" rel="noopener noreferrer nofollow">{words}</a>'
    return words


def as_typed(text: str, labels: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """For whoever edits it: the text with "@label" for each mention, and which label stands for whom (label -> id)."""
    chosen = {part.text.removeprefix("@"): part.target for part in parts(text, labels) if part.kind == "mention"}
    return as_words(text, labels), chosen
