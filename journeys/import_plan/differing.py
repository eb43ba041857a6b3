"""What counts as a difference between the map and a sheet."""

from __future__ import annotations

from typing import Any

Fields = dict[str, Any]


def differing(was: Fields, values: Fields) -> Fields:
    """The values that the map does not have yet."""
    return {name: value for name, value in values.items() if was[name] != value and not _reads_the_same(was[name], value)}


def _reads_the_same(one: Any, other: Any) -> bool:
    """White space around a text, and how its lines end, do not survive a spreadsheet; they are no difference."""
    if not isinstance(one, str) or not isinstance(other, str):
        return False
    return one.replace("\r\n", "\n").strip() == other.replace("\r\n", "\n").strip()
