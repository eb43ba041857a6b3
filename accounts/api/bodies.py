"""What bodies may say, field by field: declared once, told in the description of the API, and read by the same declaration.

Read strictly: "3" is no number and 1 is not true, for a program that mistakes one for the other is to hear of it. A field that is
not known is refused as well, or a mistyped one would be lost in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError as Unclean
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from rest_framework.exceptions import ParseError, ValidationError

from accounts.api.shapes import DAY, FLAG, ID, INSTANT, TEXT, WHOLE, Schema, of_field, or_null


class Said(NamedTuple):
    """What one field may hold: its JSON Schema, and how its value is read. Reading raises ValueError, in words, or a
    ValidationError that names places inside of it."""

    schema: Schema
    read: Callable[[Any], Any]

    @property
    def or_null(self) -> Said:
        return Said(or_null(self.schema), lambda value: None if value is None else self.read(value))

    def told(self, description: str) -> Said:
        return self._replace(schema={**self.schema, "description": description})


class Body:
    """An object with these fields, of which some must be there."""

    def __init__(self, fields: Mapping[str, Said], needed: Collection[str] = ()):
        self.fields, self.needed = fields, needed

    @property
    def schema(self) -> Schema:
        properties = {name: field.schema for name, field in self.fields.items()}
        found: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
        return {**found, "required": list(self.needed)} if self.needed else found

    def within(self, limits: Mapping[str, Callable[[Any], None]]) -> Body:
        """The same, with limits that are known only when it is read, by field. What is beyond one raises ValueError."""

        def held(field: Said, check: Callable[[Any], None]) -> Said:
            def read(value: Any) -> Any:
                check(found := field.read(value))
                return found

            return field._replace(read=read)

        return Body({**self.fields, **{name: held(self.fields[name], check) for name, check in limits.items()}}, self.needed)

    def of(self, request: Any, *, or_nothing: bool = False) -> dict[str, Any]:
        """What a request says. Raises ParseError where it says nothing, unless it need not, and what `read` raises."""
        said = request.data
        if request.META.get("CONTENT_LENGTH") in (None, "", "0"):
            if or_nothing:
                return {}
            raise ParseError("There is no body.")
        return self.read(said)

    def read(self, said: Any) -> dict[str, Any]:
        """The values by the names they have outside. Raises ValidationError, which says all that is wrong."""
        if not isinstance(said, dict):
            raise ValidationError({"non_field_errors": ["It is no object."]})
        found: dict[str, Any] = {}
        wrong: dict[str, Any] = {name: ["This field is required."] for name in self.needed if name not in said}
        for name, value in said.items():
            field = self.fields.get(name)
            if field is None:
                known = f"There are {', '.join(self.fields)}." if self.fields else "There are none."
                wrong[name[:60]] = [f"There is no such field here. {known}"]
                continue
            try:
                found[name] = field.read(value)
            except ValidationError as trouble:
                wrong[name] = trouble.detail
            except Unclean as trouble:
                wrong[name] = [trouble.messages[0]]
            except ValueError as trouble:
                wrong[name] = [str(trouble)]
        if wrong:
            raise ValidationError(wrong)
        return found


def of_model(model: type[models.Model], name: str, schema: Schema | None = None) -> Said:
    """What a field of a model holds; of one that refers to something else, its id. `schema`: where the field does not say it."""
    field: Any = model._meta.get_field(name)
    if field.is_relation:
        return an_id.or_null if field.null else an_id
    return Said(schema or of_field(field) | _bounds(field), lambda value: field.clean(_of_kind(field, value), None))


def choices_of(field: Any) -> list[Any]:
    return [value for value, _ in field.flatchoices]


def _bounds(field: Any) -> Schema:
    """What a field demands besides its type."""
    found: Schema = {}
    if isinstance(field, (models.CharField, models.TextField)) and not field.choices:
        found |= {"maxLength": field.max_length} if field.max_length else {}
        found |= {} if field.blank else {"minLength": 1, "pattern": r"\S"}
    if isinstance(field, models.IntegerField) and not field.choices:
        limits = [(kind, one.limit_value) for one in field.validators for kind in (MinValueValidator, MaxValueValidator)
                  if isinstance(one, kind)]  # fmt: skip
        least = [limit for kind, limit in limits if kind is MinValueValidator]
        most = [limit for kind, limit in limits if kind is MaxValueValidator]
        found |= ({"minimum": max(least)} if least else {}) | ({"maximum": min(most)} if most else {})
    return found


def _of_kind(field: Any, value: Any) -> Any:
    """The value, if it is of the kind that the field holds. Raises ValueError."""
    if value is None:
        if not field.null:
            raise ValueError("It cannot be null.")
        return None
    if isinstance(field, (models.CharField, models.TextField)):
        said = _text(value)
        if field.choices:
            return _one_of(said, ["", *choices_of(field)] if field.blank else choices_of(field))
        if field.max_length and len(said) > field.max_length:
            raise ValueError(f"It has at most {field.max_length:,} letters.")
        if not field.blank and not said.strip():
            raise ValueError("It is empty.")
        return said
    if isinstance(field, models.BooleanField):
        return _flag(value)
    if isinstance(field, models.IntegerField):
        number = _whole(value)
        if field.choices and number not in choices_of(field):
            raise ValueError(f"It is one of {', '.join(map(str, choices_of(field)))}.")
        return number
    if isinstance(field, models.DateField):
        return _day(value)
    if any("\0" in text for text in _texts(value)):
        raise ValueError(UNKEEPABLE)
    return value


UNKEEPABLE = "It holds a character that cannot be kept."


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for part in value if isinstance(value, list) else [*value, *value.values()]:
            yield from _texts(part)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("It is text.")
    if "\0" in value:  # PostgreSQL refuses it
        raise ValueError(UNKEEPABLE)
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("It is true or false.")
    return value


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value // 1:
        raise ValueError("It is a whole number.")
    return int(value)


def _day(value: Any) -> date:
    try:
        if isinstance(value, str) and len(value) == 10:
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError("It is a date, as 2027-01-31.")


def _instant(value: Any) -> datetime:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise ValueError("It is an instant with its zone, as 2027-01-31T08:00:00Z.")
    return found


def _id(value: Any) -> UUID:
    try:
        return UUID(value) if isinstance(value, str) else UUID("")
    except ValueError:
        raise ValueError("It is an id.") from None


def _one_of(value: Any, values: Collection[str]) -> str:
    if not isinstance(value, str) or value not in values:
        raise ValueError(f"It is one of {', '.join(one or '“” (empty)' for one in dict.fromkeys(values))}.")
    return value


def some_text(most: int, *, least: int = 1) -> Said:
    """Text of so many letters; where there has to be one, not only blanks."""

    def read(value: Any) -> str:
        said = _text(value)
        if least and not said.strip():
            raise ValueError("It is empty.")
        if len(said) > most:
            raise ValueError(f"It has at most {most:,} letters.")
        return said

    schema: Schema = {**TEXT, "maxLength": most}
    return Said(schema | ({"minLength": least, "pattern": r"\S"} if least else {}), read)


def some_whole(least: int, most: int) -> Said:
    def read(value: Any) -> int:
        number = _whole(value)
        if not least <= number <= most:
            raise ValueError(f"It is a whole number from {least} to {most}.")
        return number

    return Said({**WHOLE, "minimum": least, "maximum": most}, read)


def some_of(*values: str) -> Said:
    return Said({**TEXT, "enum": list(values)}, lambda value: _one_of(value, values))


an_id = Said(ID, _id)
a_flag = Said(FLAG, _flag)
a_day = Said(DAY, _day)
an_instant = Said(INSTANT, _instant)
a_whole = Said(WHOLE, _whole)


def a_list(item: Schema, most: int) -> Said:
    """Whose items are looked at later, one by one."""

    def read(value: Any) -> list[Any]:
        if not isinstance(value, list) or not 1 <= len(value) <= most:
            raise ValueError(f"It is a list of 1 to {most:,}.")
        return value

    return Said({"type": "array", "minItems": 1, "maxItems": most, "items": item}, read)
