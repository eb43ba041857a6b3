"""Read a whole journey document from the database in one consistent look."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from journeys.document import Document, empty_document, plain
from journeys.models import Connector, Emotion, Handoff, Journey, Lane, Stage, Touchpoint

ELEMENTS: tuple[Any, ...] = (Stage, Lane, Touchpoint, Emotion, Connector, Handoff)


def read_document(journey: Journey) -> Document:
    """The map as it is now. Six reads under one snapshot, so that a change in between is seen whole or not at all."""
    with transaction.atomic():
        if not connection.in_atomic_block or len(connection.savepoint_ids) == 0:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        row = Journey.objects.values("revision", *Journey.logged).get(pk=journey.pk)
        document = empty_document(str(journey.pk))
        document["revision"] = row.pop("revision")
        document["journey"] = {name: plain(value) for name, value in row.items()}
        for model in ELEMENTS:
            rows = model.objects.filter(journey_id=journey.pk).order_by("id").values_list("id", *model.logged)
            document[model.document_key] = {
                str(values[0]): dict(zip(model.logged, map(plain, values[1:]), strict=True)) for values in rows
            }
    return document
