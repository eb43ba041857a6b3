"""Read whole journey documents from the database in one consistent look."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, models, transaction

from journeys.document import Document, empty_document, plain
from journeys.models import Connector, Dismissal, Emotion, Handoff, Journey, Lane, Stage, Touchpoint

ELEMENTS: tuple[Any, ...] = (Stage, Lane, Touchpoint, Emotion, Connector, Handoff, Dismissal)


def read_document(journey: Journey) -> Document:
    """The map as it is now. Raises Journey.DoesNotExist."""
    found = read_documents([journey.pk])
    if not found:
        raise Journey.DoesNotExist
    return found[str(journey.pk)]


def read_documents(pks: Iterable[UUID]) -> dict[str, Document]:
    """The maps as they are now, by id. One read a kind, under one snapshot, so that a change in between is seen whole or not
    at all."""
    wanted = list(pks)
    with transaction.atomic():
        if not connection.in_atomic_block or len(connection.savepoint_ids) == 0:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        documents: dict[str, Document] = {}
        for row in Journey.objects.filter(pk__in=wanted).values("id", "revision", *Journey.logged):
            pk = str(row.pop("id"))
            documents[pk] = {**empty_document(pk), "revision": row.pop("revision")}
            documents[pk]["journey"] = {name: plain(value) for name, value in row.items()}
        with connection.cursor() as cursor:
            for model in ELEMENTS:
                statement, json = _statement(model)
                names, key = model.logged, model.document_key
                cursor.execute(statement, [wanted])
                for of, id, *values in cursor.fetchall():
                    row = documents[of][key][id] = dict(zip(names, values))  # noqa: B905  # our own columns
                    for name in json:
                        row[name] = orjson.loads(row[name])
    return documents


@cache
def _statement(model: Any) -> tuple[str, tuple[str, ...]]:
    """The SELECT of all elements of a kind, and which of their fields are JSON.

    Ids come as text, as a document holds them: thousands of UUID objects take longer to make than the map to read.
    """
    quote = connection.ops.quote_name
    columns, json = ["journey_id::text", "id::text"], []
    for name in model.logged:
        field = model._meta.get_field(name)
        column = quote(field.column)
        columns.append(f"{column}::text" if field.is_relation or isinstance(field, models.JSONField) else column)
        if isinstance(field, models.JSONField):
            json.append(name)
    table = quote(model._meta.db_table)
    return f"SELECT {', '.join(columns)} FROM {table} WHERE journey_id = ANY(%s) ORDER BY id", tuple(json)  # noqa: S608  # nosec
