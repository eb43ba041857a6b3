"""Values as programs say them: taken as they are, or refused in words (ValueError), and never made to fit. "3" is no number, 1 is
not true, and a week is no day: who mistakes one for the other is to hear of it."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import models

UNKEEPABLE = "It holds a character that cannot be kept."
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def text(value: Any, most: int | None = None) -> str:
    """Of so many letters."""
    if not isinstance(value, str):
        raise ValueError("It is text.")
    if not can_be_kept(value):
        raise ValueError(UNKEEPABLE)
    if most and len(value) > most:
        raise ValueError(f"It has at most {most:,} letters, this has {len(value):,}.")
    return value


def some_text(value: Any, most: int | None = None) -> str:
    """Not only blanks."""
    if not text(value, most).strip():
        raise ValueError("It is empty.")
    return str(value)


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("It is true or false.")
    return value


def whole(value: Any) -> int:
    """A number in JSON may be written 3.0."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value // 1:
        raise ValueError("It is a whole number.")
    return int(value)


def day(value: Any) -> date:
    try:
        if isinstance(value, str) and DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError("It is a date, as 2027-01-31.")


def instant(value: Any) -> datetime:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) and DAY.match(value) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise ValueError("It is an instant with its zone, as 2027-01-31T08:00:00Z.")
    return found


def an_id(value: Any) -> UUID:
    try:
        return UUID(value) if isinstance(value, str) else UUID("")
    except ValueError:
        raise ValueError("It is an id.") from None


def one_of(value: Any, values: Collection[Any]) -> Any:
    # True is 1 for Python, and for nobody who says it.
    if isinstance(value, (bool, float, list, dict)) or value not in values:
        raise ValueError(f"It is one of {', '.join(str(one) or '“” (empty)' for one in dict.fromkeys(values))}.")
    return value


def of_field(field: Any, value: Any) -> Any:
    """What a field of a model holds, by its kind; its own validators are asked elsewhere."""
    if value is None:
        if not field.null:
            raise ValueError("It cannot be null.")
        return None
    if isinstance(field, (models.CharField, models.TextField)):
        said = text(value)
        if field.choices:
            return one_of(said, ["", *choices_of(field)] if field.blank else choices_of(field))
        return (text if field.blank else some_text)(said, field.max_length)
    if isinstance(field, models.BooleanField):
        return flag(value)
    if isinstance(field, models.IntegerField):
        number = whole(value)
        return one_of(number, choices_of(field)) if field.choices else number
    if isinstance(field, models.DateField):
        return day(value)
    if not can_be_kept(value):
        raise ValueError(UNKEEPABLE)
    return value


def choices_of(field: Any) -> list[Any]:
    return [value for value, _ in field.flatchoices]


def can_be_kept(value: Any) -> bool:
    """Whether PostgreSQL keeps the text in it, however deep: none with the NUL character, or half of one that takes two."""
    if isinstance(value, dict):
        return all(can_be_kept(part) for both in value.items() for part in both)
    if isinstance(value, list):
        return all(map(can_be_kept, value))
    if not isinstance(value, str):
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in value
