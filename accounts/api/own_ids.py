"""Ids that clients make up for what they make, so that a request that is sent again is the same request."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import IntegrityError
from rest_framework.exceptions import APIException, ValidationError

from accounts.api.problems import Problem


def in_use() -> Problem:
    """Whose it is, is not told: here or elsewhere, there or deleted."""
    return Problem(409, "id-in-use", "That id is in use already", errors=[("/id", "That id is in use already.")])


def taken(trouble: IntegrityError, thing: str) -> APIException:
    """What had to be there once was there already. `thing`: of which no two have one external id."""
    name = str(getattr(getattr(trouble.__cause__, "diag", None), "constraint_name", ""))
    if name.endswith("_pkey"):
        return in_use()
    if name.endswith("external_id_once"):
        return ValidationError({"external_id": [f"Another {thing} has it already."]})
    return ValidationError({"non_field_errors": ["Somebody was quicker. Read again and retry."]})


def refuse_another(said: Mapping[str, Any], row: Mapping[str, Any]) -> None:
    """Raise Problem where what is there by that id says something else than what is said: else that would be lost in silence.
    `row`: as it is told, by the names of outside."""
    if any(name in row and _plain(row[name]) != _plain(value) for name, value in said.items()):
        raise in_use()


def _plain(value: Any) -> Any:
    """An id or a date as it is told; an empty text is none."""
    return value if isinstance(value, (bool, int, Decimal, list, dict)) else str("" if value is None else value).strip()
