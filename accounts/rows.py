"""One row by its key, read by hand.

Every request asks for a handful of single rows: who comes in, which map, which card. For those the query builder takes longer
than PostgreSQL does (0.45 to 0.9 ms against 0.1, see benchmarks/one_act.py). Lists and anything composed stay with querysets.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)
#: model, SQL of the condition, its values: as `read_row` takes them
Wanted = tuple[type[models.Model], str, list[Any]]


def read_row(model: type[M], where: str, values: list[Any]) -> M | None:
    """The row for which `where` holds, as an instance, or None. `where` is SQL from our own code, `values` fill its %s."""
    with connection.cursor() as cursor:
        cursor.execute(_select(model) + where, values)
        return _instance(model, cursor.fetchone())


def read_two(first: Wanted, second: Wanted) -> tuple[Any, Any]:
    """Two rows on one way to the database and back, the second read when the first is there: it sees what others had done when
    the first one's lock was got."""
    connection.ensure_connection()
    with connection.connection.pipeline(), connection.cursor() as one, connection.cursor() as other:
        for cursor, (model, where, values) in ((one, first), (other, second)):
            cursor.execute(_select(model) + where, values)
        return _instance(first[0], one.fetchone()), _instance(second[0], other.fetchone())


def _instance(model: type[M], row: Any) -> M | None:
    if row is None:
        return None
    fields = model._meta.concrete_fields
    row = [_converted(field, value) for field, value in zip(fields, row, strict=True)]
    return model.from_db(connection.alias, [field.attname for field in fields], row)


@cache
def _select(model: type[models.Model]) -> str:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in model._meta.concrete_fields)
    return f"SELECT {columns} FROM {quote(model._meta.db_table)} WHERE "  # noqa: S608  # nosec


def _converted(field: Any, value: Any) -> Any:
    # JSON comes as text and is read by its field, as it is in a queryset.
    return field.from_db_value(value, None, connection) if hasattr(field, "from_db_value") else value
