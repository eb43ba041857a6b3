"""How wide a text is, and where it breaks, in the typeface of the exports (Source Sans Pro, SIL Open Font Licence)."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from font_source_sans_pro import font_directory
from fontTools.ttLib import TTFont

FAMILY = "Source Sans Pro"
FONTS = Path(font_directory)
#: what a letter takes that the typeface has not: East Asian and emoji a square, others what is usual
WIDE, USUAL = 1.0, 0.62
_PIECES = re.compile(r"\S+?(?:[-/](?=\w)|$|(?=\s))|\s+")


@cache
def _advances(weight: int) -> dict[int, float]:
    """Code point -> advance in em."""
    name = {400: "Regular", 600: "Semibold", 700: "Bold"}[weight]
    with TTFont(FONTS / f"SourceSansPro-{name}.ttf", lazy=True) as font:
        em, widths = font["head"].unitsPerEm, font["hmtx"].metrics
        return {code: widths[glyph][0] / em for code, glyph in font.getBestCmap().items()}


def has(letter: str) -> bool:
    """Whether the typeface has a letter."""
    return ord(letter) in _advances(400)


@cache
def _other(letter: str) -> float:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf", "Cc"):
        return 0.0
    return WIDE if unicodedata.east_asian_width(letter) in "WF" or ord(letter) > 0x1F000 else USUAL


@lru_cache(maxsize=20_000)
def width(text: str, size: float, weight: int = 400) -> float:
    """Of one line, in the unit of `size`; without kerning, which only makes it narrower."""
    advances = _advances(weight)
    total = 0.0
    for letter in text:
        advance = advances.get(ord(letter))
        total += _other(letter) if advance is None else advance
    return total * size


def cut(text: str, room: float, size: float, weight: int = 400) -> str:
    """The text, or as much of it as fits with an ellipsis at its end."""
    if width(text, size, weight) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        fits = width(text[:middle].rstrip() + "…", size, weight) <= room
        low, high = (middle, high) if fits else (low, middle - 1)
    return text[:low].rstrip() + "…"


def wrap(text: str, room: float, size: float, weight: int = 400, most: int = 1000) -> tuple[str, ...]:
    """Lines that fit, `most` at most, the last with an ellipsis if there was more; no line at all for a blank text."""
    lines: list[str] = []
    left = " ".join(text.split())
    while left:
        if len(lines) == most - 1:
            return (*lines, cut(left, room, size, weight))
        at = _break(left, room, size, weight)
        lines.append(left[:at].rstrip())
        left = left[at:].lstrip()
    return tuple(lines)


def paragraphs(text: str, room: float, size: float, weight: int = 400) -> tuple[str, ...]:
    """Lines that fit, where the person's own line breaks are kept."""
    return tuple(line for one in text.splitlines() for line in wrap(one, room, size, weight))


def _break(text: str, room: float, size: float, weight: int) -> int:
    """How many letters of a text make its first line: whole words, else as much of the first word as fits, at least a letter."""
    end = 0
    total = 0.0
    for piece in _PIECES.finditer(text):
        total += width(piece[0], size, weight)
        if total > room and not piece[0].isspace():
            break
        end = piece.end()
    if end:
        return end
    total = width(text[0], size, weight)
    end = 1
    while end < len(text) and (total := total + width(text[end], size, weight)) <= room:
        end += 1
    # A sign that belongs to the letter before it stays with it.
    while end < len(text) and width(text[end], size, weight) == 0:
        end += 1
    return end
