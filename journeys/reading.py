"""Read whole journey documents from the database in one consistent look."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection, transaction

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
        documents: dict[UUID, Document] = {}
        for row in Journey.objects.filter(pk__in=wanted).values("id", "revision", *Journey.logged):
            pk = row.pop("id")
            documents[pk] = {**empty_document(str(pk)), "revision": row.pop("revision")}
            documents[pk]["journey"] = {name: plain(value) for name, value in row.items()}
        for model in ELEMENTS:
            rows = model.objects.filter(journey_id__in=wanted).order_by("id").values_list("journey_id", "id", *model.logged)
            for of, id, *values in rows:
                documents[of][model.document_key][str(id)] = dict(zip(model.logged, map(plain, values), strict=True))
    return {str(pk): document for pk, document in documents.items()}
