"""Thousands of rows written at once: quoting their values one by one takes longer than PostgreSQL does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from psycopg.types.json import Jsonb

#: from so many rows on, COPY
COPY_FROM = 100


def update_many(model: type[models.Model], rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Write these attributes (foreign keys as `_id`) of rows that are there: a few by UPDATE, many by COPY and one UPDATE from
    there. Be in a transaction."""
    if len(rows) < COPY_FROM:
        fields = [field.name for field in model._meta.concrete_fields if field.attname in names]
        model._default_manager.bulk_update(rows, fields, batch_size=500)
        return
    quoted = [connection.ops.quote_name(column) for column in _column_names(model, names)]
    table = connection.ops.quote_name(model._meta.db_table)
    like = f"SELECT id, {', '.join(quoted)} FROM {table} WITH NO DATA"  # noqa: S608  # nosec: names of our own columns
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE changed_rows ON COMMIT DROP AS {like}")
        copy_many(model, "changed_rows", ["id", *names], rows)
        settings = ", ".join(f"{column} = changed_rows.{column}" for column in quoted)
        cursor.execute(f"UPDATE {table} SET {settings} FROM changed_rows WHERE {table}.id = changed_rows.id")  # noqa: S608  # nosec: names of our own columns
        cursor.execute("DROP TABLE changed_rows")


def insert_many(model: type[models.Model], rows: Sequence[Any]) -> None:
    """INSERT a few new rows, COPY many. What the database computes by itself is left to it."""
    if len(rows) < COPY_FROM:
        model._default_manager.bulk_create(rows)
        return
    own = [field.attname for field in model._meta.concrete_fields if not field.generated]
    copy_many(model, model._meta.db_table, own, rows)


def copy_many(model: type[models.Model], table: str, names: Sequence[str], rows: Iterable[models.Model]) -> None:
    # Django does not put what goes wrong in a COPY into its own words by itself.
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(copy_statement(model, names, table)) as copy:
        for row in rows:
            values = [getattr(row, name) for name in names]
            copy.write_row([Jsonb(value) if isinstance(value, (list, dict)) else value for value in values])


def copy_statement(model: type[models.Model], names: Iterable[str], table: str) -> str:
    quoted = ", ".join(map(connection.ops.quote_name, _column_names(model, names)))
    return f"COPY {connection.ops.quote_name(table)} ({quoted}) FROM STDIN"


def _column_names(model: type[models.Model], names: Iterable[str]) -> list[str]:
    columns = {field.attname: str(field.column) for field in model._meta.concrete_fields}
    return [columns[name] for name in names]
