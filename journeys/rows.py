"""Rows of elements, one or thousands: new ones from the plain fields of a plan, without an object for each.

A new row goes the quick way if every value is evidently what its field holds. Whatever is not evident goes the long way through
`Element.refuse_bad_values`, which refuses it in the same words as anywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import cache
from operator import itemgetter
from types import NoneType
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import connection, models
from psycopg.types.json import Jsonb

from accounts.many_rows import copy_statement, update_many

if TYPE_CHECKING:
    from uuid import UUID

    from journeys.models.element import Element

Fields = dict[str, Any]


def evident(model: type[Element], rows: Iterable[tuple[str, Fields]]) -> tuple[dict[str, Fields], list[tuple[str, Fields]]]:
    """The rows that can be copied as they are, by id, and those that must be looked at one by one."""
    names = set(_columns(model))
    whole = names == set(model.logged)
    judges = [(name, _judge(model, name)) for name in names]
    plain: dict[str, Fields] = {}
    others: list[tuple[str, Fields]] = []
    for id, fields in rows:
        if whole and fields.keys() == names and _is_plain(fields, judges):
            plain[id] = fields
        else:
            others.append((id, fields))
    return plain, others


def _is_plain(fields: Fields, judges: list[tuple[str, Callable[[Any], bool]]]) -> bool:
    for name, good in judges:  # noqa: SIM110  # thousands of rows: with all() it takes half as long again
        if not good(fields[name]):
            return False
    return True


def ids_there(model: type[Element], ids: Collection[str]) -> set[str]:
    """Those of thousands of ids that elements of a kind bear, on whichever map."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id::text FROM {table} WHERE id = ANY(%s::uuid[])", [list(ids)])  # noqa: S608  # nosec
        return {id for (id,) in cursor.fetchall()}


def copy_rows(model: type[Element], journey_id: UUID, rows: dict[str, Fields]) -> None:
    """COPY rows that are evident. `rows` maps ids to all logged fields, foreign keys as text."""
    names = _columns(model)
    values = itemgetter(*names)
    json = [i for i, name in enumerate(names, start=2) if isinstance(model._meta.get_field(name), models.JSONField)]
    journey = str(journey_id)
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(copy_statement(model, ("id", "journey_id", *names), model._meta.db_table)) as copy,
    ):
        for id, fields in rows.items():
            row = [id, journey, *values(fields)]
            for i in json:
                row[i] = Jsonb(row[i])
            copy.write_row(row)


def update(model: type[Element], elements: list[Element], names: list[str]) -> None:
    """Write these attributes of elements that have rows."""
    if len(elements) == 1:
        with connection.cursor() as cursor:
            cursor.execute(*update_of_one(model, elements[0], names))
    else:
        update_many(model, elements, names)


def update_of_one(model: type[Element], element: Element, names: Collection[str]) -> tuple[str, dict[str, Any]]:
    """The statement that writes these attributes of one row, and its values. The query builder takes longer than PostgreSQL."""
    quote = connection.ops.quote_name
    fields = [field for field in model._meta.concrete_fields if field.attname in names]
    values = {f"new_{n}": field.get_db_prep_save(getattr(element, field.attname), connection) for n, field in enumerate(fields)}
    columns = ", ".join(f"{quote(str(field.column))} = %(new_{n})s" for n, field in enumerate(fields))
    statement = f"UPDATE {quote(model._meta.db_table)} SET {columns} WHERE id = %(row)s"  # noqa: S608  # nosec
    return statement, {**values, "row": element.pk}


@cache
def _columns(model: type[Element]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields if field.attname not in ("id", "journey_id"))


@cache
def _judge(model: type[Element], name: str) -> Callable[[Any], bool]:
    """Says of a value whether the column evidently takes it. "No" only means that somebody has to look."""
    field: Any = next(field for field in model._meta.concrete_fields if field.attname == name)
    if field.is_relation:
        return lambda value: type(value) is str or (value is None and field.null)
    if isinstance(field, models.JSONField):
        return lambda value: value == [] and field.blank
    most = field.max_length if isinstance(field, (models.CharField, models.TextField)) else None
    rules = [rule for rule in field.validators if not isinstance(rule, MaxLengthValidator)]
    if isinstance(field, (models.CharField, models.TextField)) and not field.choices and not rules:
        least = 0 if field.blank else 1
        # What is nothing but blanks is for the long way to judge.
        return lambda value: (
            type(value) is str
            and least <= len(value) <= (most or len(value))
            and "\0" not in value
            and (field.blank or value.strip() != "")
        )
    known: dict[tuple[type, Any], bool] = {}

    def good(value: Any) -> bool:
        """Choices and numbers are few: each is asked about once."""
        if not isinstance(value, (str, int, float, NoneType)):
            return False
        key = (type(value), value)
        if key not in known:
            if len(known) > 10_000:
                known.clear()
            known[key] = _is_clean(field, value)
        return known[key]

    return good


def _is_clean(field: Any, value: Any) -> bool:
    if value is None:
        return bool(field.null)
    if value == "" and not isinstance(field, (models.CharField, models.TextField)):
        return False
    if field.blank and value in field.empty_values:
        return True
    try:
        cleaned = field.clean(value, None)
    except ValidationError:
        return False
    return type(cleaned) is type(value) and bool(cleaned == value)
