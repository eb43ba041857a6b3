"""Ids. UUIDv7: made by whoever creates a thing, ordered by time, so a retried create is the same create."""

from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    return UUID(bytes=uuid_utils.uuid7().bytes)


def id_text() -> str:
    return str(uuid_utils.uuid7())
