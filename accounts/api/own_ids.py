"""Ids that clients make up for what they make, so that a request that is sent again is the same request."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from accounts.api.problems import Problem

#: what a field refuses with, where it is not a door that does
IN_USE = "That id is in use already."


def in_use() -> Problem:
    """Whose it is, is not told: here or elsewhere, there or deleted."""
    return Problem(409, "id-in-use", "That id is in use already", errors=[("/id", IN_USE)])


def refuse_another(said: Mapping[str, Any], row: Mapping[str, Any]) -> None:
    """Raise Problem where what is there by that id says something else than what is said: else that would be lost in silence.
    `row`: as it is told, by the names of outside."""
    if any(name in row and _plain(row[name]) != _plain(value) for name, value in said.items()):
        raise in_use()


def _plain(value: Any) -> Any:
    """An id or a date as it is told; an empty text is none."""
    return value if isinstance(value, (bool, int, Decimal, list, dict)) else str("" if value is None else value).strip()
