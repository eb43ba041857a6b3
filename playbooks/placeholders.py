"""Placeholders in messages: {{ customer.name }} and its like, filled in by what is known. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import NamedTuple

#: what a placeholder may name, and what that is
KNOWN = {
    "customer.name": "the customer’s name",
    "customer.segment": "its segment",
    "customer.renewal_on": "its renewal date",
    "customer.owner": "who looks after it",
    "contact.name": "whom the message goes to",
    "member.name": "who sends it",
    "workspace.name": "our name",
    "touchpoint.title": "what it is about",
    "touchpoint.due_on": "when it is due",
}
PLACEHOLDER = re.compile(r"\{\{([^{}\n]{0,200})\}\}")


class Unknown(NamedTuple):
    """A placeholder that nothing fills in, and what may have been meant ("" if nothing is near)."""

    name: str
    meant: str

    def __str__(self) -> str:
        said = f"{{{{ {self.name} }}}} is not known"
        return f"{said}; did you mean {self.meant}?" if self.meant else f"{said}."


def fill(text: str, facts: Mapping[str, str]) -> tuple[str, list[str]]:
    """The text with what the facts say (name -> text), and the names in it that nobody knows.

    What is unknown, and what the facts lack or leave empty, stays as it was written: the sender sees it.
    """
    filled = PLACEHOLDER.sub(lambda found: facts.get(found[1].strip()) or found[0], text)
    return filled, [one.name for one in unknown_in(text)]


def names_in(text: str) -> list[str]:
    """Each once, in order of appearance."""
    return list(dict.fromkeys(found[1].strip() for found in PLACEHOLDER.finditer(text)))


def unknown_in(*texts: str) -> list[Unknown]:
    names = dict.fromkeys(name for text in texts for name in names_in(text) if name not in KNOWN)
    return [Unknown(name, _meant(name)) for name in names]


def lacking_in(text: str, facts: Mapping[str, str]) -> list[str]:
    """The known names in it for which there is no fact."""
    return [name for name in names_in(text) if name in KNOWN and not facts.get(name)]


def _meant(name: str) -> str:
    near = get_close_matches(name.casefold().replace(" ", "_"), KNOWN, n=1, cutoff=0.6)
    if near:
        return near[0]
    # {{ renewal_on }}: only the second half
    return next((known for known in KNOWN if known.partition(".")[2] == name.casefold()), "")
