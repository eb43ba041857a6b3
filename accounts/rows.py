"""One row by its key, read by hand.

Every request asks for a handful of single rows: who comes in, which map, which card. For those the query builder takes longer
than PostgreSQL does (0.45 to 0.9 ms against 0.1, see benchmarks/one_act.py). Lists and anything composed stay with querysets.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)


def read_row(model: type[M], where: str, values: list[Any]) -> M | None:
    """The row for which `where` holds, as an instance, or None. `where` is SQL from our own code, `values` fill its %s."""
    with connection.cursor() as cursor:
        cursor.execute(_select(model) + where, values)
        row = cursor.fetchone()
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
