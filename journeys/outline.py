"""Read lines that somebody pastes: from a mail, a sheet, a mind map's outline."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST = 200
TITLE = 200
_BULLET = re.compile(r"(?:[-*+•◦▪‣–—·>]|\[[ xX]?\]|\(?\d{1,3}[.)]|[a-zA-Z][.)])\s+")


@dataclass(frozen=True, slots=True)
class Line:
    """One card: its title, what else the line said, and whether it belongs under the line before it."""

    title: str
    notes: str = ""
    is_indented: bool = False


def read_outline(text: str) -> list[Line]:
    """The lines that say something, bullets and numbers taken off. Cells right of the first become notes; so does a title that
    is too long for a card, whole."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    read = [(_depth(line), line.strip()) for line in lines if line.strip()]
    least = min((depth for depth, _ in read), default=0)
    return [line for depth, said in read if (line := _line(said, depth > least))]


def _depth(line: str) -> int:
    """How far a line is indented, a tab as four spaces. A row of a sheet whose first cell is empty counts as indented."""
    return len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())


def _line(said: str, is_indented: bool) -> Line | None:
    first, *others = [" ".join(cell.split()) for cell in said.split("\t")]
    before = None
    while before != first:  # "- [ ] 1. Kick-off"
        before, first = first, _BULLET.sub("", first, count=1) if _BULLET.match(first) else first
    if not first:
        return None
    notes = "\n".join(cell for cell in others if cell)
    if len(first) > TITLE:
        notes = f"{first}\n{notes}".strip()
        first = first[: TITLE - 1].rstrip() + "…"
    return Line(first, notes[:4000], is_indented)
