"""What bodies may say, field by field: declared once, told in the description of the API, and read by the same declaration.

Values are read strictly (accounts/values.py). A field that is not known is refused as well, or a mistyped one would be lost in
silence.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError as Unclean
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from rest_framework.exceptions import ParseError, ValidationError

from accounts import values
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
    return Said(schema or of_field(field) | _bounds(field), lambda value: field.clean(values.of_field(field, value), None))


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


def some_text(most: int, *, least: int = 1) -> Said:
    """Text of so many letters; where there has to be one, not only blanks."""
    read = values.some_text if least else values.text
    schema: Schema = {**TEXT, "maxLength": most}
    return Said(schema | ({"minLength": least, "pattern": r"\S"} if least else {}), lambda value: read(value, most))


def some_whole(least: int, most: int) -> Said:
    def read(value: Any) -> int:
        number = values.whole(value)
        if not least <= number <= most:
            raise ValueError(f"It is a whole number from {least} to {most}.")
        return number

    return Said({**WHOLE, "minimum": least, "maximum": most}, read)


def some_of(*known: str) -> Said:
    return Said({**TEXT, "enum": list(known)}, lambda value: values.one_of(value, known))


an_id = Said(ID, values.an_id)
a_flag = Said(FLAG, values.flag)
a_day = Said(DAY, values.day)
an_instant = Said(INSTANT, values.instant)
a_whole = Said(WHOLE, values.whole)


def a_list(item: Schema, most: int) -> Said:
    """Whose items are looked at later, one by one."""

    def read(value: Any) -> list[Any]:
        if not isinstance(value, list) or not 1 <= len(value) <= most:
            raise ValueError(f"It is a list of 1 to {most:,}.")
        return value

    return Said({"type": "array", "minItems": 1, "maxItems": most, "items": item}, read)
