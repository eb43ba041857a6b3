"""Which plan PostgreSQL makes for a question."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def made_for_the_values() -> Iterator[None]:
    """What is asked in here is planned for the very values it is asked with.

    What a connection has asked five times is planned once for whatever the values may be (settings: prepare_threshold). That
    saves half a millisecond, but where a value decides how many rows there are (five of this stage, a thousand of that one) such
    a plan may take ten times as long.
    """
    connection.ensure_connection()
    bare = connection.connection
    kept, bare.prepare_threshold = bare.prepare_threshold, None
    try:
        yield
    finally:
        bare.prepare_threshold = kept
