"""What bodies and parameters look like, as JSON Schema 2020-12: from the fields of our models, and a few words.

They are what the description of the API says (accounts/api/describing.py), and Schemathesis holds every answer against them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import FieldDoesNotExist
from django.db import models

Schema = dict[str, Any]

ID: Schema = {"type": "string", "format": "uuid"}
TEXT: Schema = {"type": "string"}
SOME_TEXT: Schema = {"type": "string", "minLength": 1}
DAY: Schema = {"type": "string", "format": "date"}
INSTANT: Schema = {"type": "string", "format": "date-time"}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
FLAG: Schema = {"type": "boolean"}
#: an object of which more is known elsewhere
ANYTHING: Schema = {"type": "object"}
#: money, exact: a number that is not to be rounded on the way
DECIMAL: Schema = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}
#: a parameter of the address that is on or off
SWITCH: Schema = {"type": "string", "enum": ["true", "false"]}

#: the first that fits
KINDS: tuple[tuple[type[models.Field[Any, Any]], Schema], ...] = (
    (models.UUIDField, ID),
    (models.DateTimeField, INSTANT),
    (models.DateField, DAY),
    (models.BooleanField, FLAG),
    (models.DecimalField, DECIMAL),
    (models.IntegerField, WHOLE),
    (models.FloatField, NUMBER),
    (models.CharField, TEXT),
    (models.TextField, TEXT),
)


def or_null(schema: Schema) -> Schema:
    if "type" not in schema or "enum" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    return {**schema, "type": [schema["type"], "null"]}


def list_of(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def one_of(*values: Any) -> Schema:
    return {"type": "string", "enum": list(values)}


def thing(**properties: Schema) -> Schema:
    """An object that has all of these."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def rows_of(model: type[models.Model], fields: Sequence[str], names: Mapping[str, str], known: Mapping[str, Schema]) -> Schema:
    """One row of `values(*fields)`. `names`: path -> what it is called outside; `known`: name outside -> its schema, where
    the field does not say it."""
    shown = {names.get(path, path): path for path in fields}
    return thing(**{name: known.get(name) or of_path(model, path) for name, path in shown.items()})


def of_path(model: type[models.Model], path: str) -> Schema:
    """What `values(path)` gives. Raises LookupError for what is not a field: it has to be said."""
    first, _, rest = path.partition("__")
    try:
        field: Any = model._meta.get_field(first)
    except FieldDoesNotExist:
        field = next((one for one in model._meta.concrete_fields if one.attname == first), None)
    if field is None:
        raise LookupError(f"{model.__name__} has no field {path}: say what it is.")
    if rest:
        found = of_path(field.related_model, rest)
        return or_null(found) if field.null else found
    return of_field(field)


def of_field(field: Any) -> Schema:
    """Raises LookupError for a kind of field that nobody has described."""
    if field.is_relation:
        found = of_field(field.target_field)
    elif isinstance(field, ArrayField):
        found = list_of(of_field(field.base_field))
    else:
        kind = next((schema for kind, schema in KINDS if isinstance(field, kind)), None)
        if kind is None:
            raise LookupError(f"{field}: say what it is.")
        choices = [value for value, _ in field.flatchoices] if field.choices else []
        blank = [""] if field.blank and isinstance(field, models.CharField) and "" not in choices else []
        found = {**kind, "enum": [*blank, *choices]} if choices else kind
    return or_null(found) if field.null else found
