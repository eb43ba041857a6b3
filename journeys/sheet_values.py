"""What one cell says: a whole number, a choice, yes or no, a list of ids, a package."""

from __future__ import annotations

import re
from functools import lru_cache

SYNONYMS = {"e_mail": "email", "mail": "email", "phone": "call", "enrollment": "enrolment", "selfserve": "self_serve"}
YES, NO = ("yes", "true", "x", "1"), ("", "no", "false", "0")
#: the longest text that may be a number or a choice
WORD = 60
_DAYS = re.compile(r"^(?:day\s*)?([+\-−]?\s*\d{1,9})\s*(?:d|days?)?$", re.IGNORECASE)
_PIECE = re.compile(r"\\(.)|\|", re.DOTALL)
_OUT = str.maketrans({"\\": "\\\\", "|": "\\|", "\n": "\\n", "\r": "\\r"})
_BACK = {"n": "\n", "r": "\r"}

Package = list[dict[str, str]]


def number(text: str, column: str, bounds: tuple[int, int, int | None], problems: list[str]) -> int | None:
    """The number of a cell, or the default where the cell is empty or wrong. `bounds`: least, most, default."""
    least, most, default = bounds
    if not text:
        return default
    value = _whole(text) if len(text) <= WORD else None
    if value is None:
        problems.append(f"{column}: {text[:40]} is not a whole number.")
        return default
    if not least <= value <= most:
        problems.append(f"{column}: {value} is not between {least} and {most}.")
        return default
    return value


@lru_cache(4096)
def _whole(text: str) -> int | None:
    found = _DAYS.match(text)
    return int(found[1].replace("−", "-").replace(" ", "")) if found else None


def key(text: str) -> str:
    """A choice as its key. Nothing longer than a word is one, so what is remembered stays small."""
    return _known_key(text) if len(text) <= WORD else text


@lru_cache(4096)
def _known_key(text: str) -> str:
    key = re.sub(r"[\s-]+", "_", text.strip().casefold())
    return SYNONYMS.get(key, key)


def yes(text: str, column: str, problems: list[str]) -> bool:
    if text.casefold() not in (*YES, *NO):
        problems.append(f"{column}: {text[:40]} is neither yes nor no.")
    return text.casefold() in YES


def ids(text: str) -> tuple[str, ...]:
    if ";" not in text:
        return (text,) if text else ()
    return tuple(dict.fromkeys(part.strip() for part in text.split(";") if part.strip()))


def package(text: str, column: str, problems: list[str]) -> Package:
    """A line for each item: `item | where | reader`. A backslash before a bar makes it text; `\\n` is a line break in it."""
    items: Package = []
    for line in filter(str.strip, text.split("\n")):
        parts = _parts(line.strip())
        if len(parts) > 3 or not parts[0] or max(map(len, parts)) > 300:
            problems.append(
                f"{column}: “{line[:40]}” is not “item | where it lives | who reads it”, each of at most 300 letters."
            )
            return []
        items.append(dict(zip(("item", "where", "reader"), [*parts, "", ""], strict=False)))
    if len(items) > 50:
        problems.append(f"{column}: a package holds up to 50 items, this has {len(items)}.")
        return []
    return items


def package_text(items: Package) -> str:
    """The lines that `package` reads."""
    rows = ([item[name].strip().translate(_OUT) for name in ("item", "where", "reader")] for item in items)
    return "\n".join(" | ".join(row) if any(row[1:]) else row[0] for row in rows)


def _parts(line: str) -> list[str]:
    parts, begun = [""], 0
    for found in _PIECE.finditer(line):
        parts[-1] += line[begun : found.start()]
        begun = found.end()
        if found[1] is None:
            parts.append("")
        else:
            parts[-1] += _BACK.get(found[1], found[1])
    parts[-1] += line[begun:]
    return [part.strip() for part in parts]
