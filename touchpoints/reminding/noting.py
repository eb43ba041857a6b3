"""Note what went out, one by one, without waiting for each answer."""

from __future__ import annotations

from datetime import datetime
from types import TracebackType
from typing import Self
from uuid import UUID

from django.db import OperationalError, connection
from psycopg.pq import ExecStatus

# Not waited for until it is on the disk: should PostgreSQL die within the second, one message is sent twice, and none is lost.
SENT = """
    UPDATE touchpoints_reminder SET state = 'sent', sent_at = {at}, error = '', claim = NULL
    WHERE id = {pk} AND state = 'waiting' AND set_config('synchronous_commit', 'off', true) = 'off'"""


class Notes:
    """What is noted is with PostgreSQL before the next message goes out, so that whoever is killed sends one twice at most. The
    answer is taken when the next one is noted: by then it is there, and waiting for it took a seventh of the time of sending.
    Until `settle` the connection takes nothing else. Raises OperationalError where PostgreSQL refuses."""

    def __init__(self, *, is_waited_for: bool) -> None:
        """`is_waited_for`: where what is sent is a row of the database itself, there is nothing to be done meanwhile."""
        self._is_waited_for = is_waited_for
        self._is_open = False

    def __enter__(self) -> Self:
        if not self._is_waited_for:
            with connection.cursor() as cursor:
                cursor.execute(f"PREPARE note_sent(uuid, timestamptz) AS {SENT.format(pk='$1', at='$2')}")
            self._at_work = connection.connection.pgconn
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        if self._is_waited_for:
            return
        try:
            self.settle()
        finally:
            with connection.cursor() as cursor:
                cursor.execute("DEALLOCATE note_sent")

    def sent(self, pk: UUID, *, at: datetime) -> None:
        if self._is_waited_for:
            with connection.cursor() as cursor:
                cursor.execute(SENT.format(pk="%s", at="%s"), [at, pk])
            return
        self.settle()
        self._at_work.send_query_prepared(b"note_sent", [str(pk).encode(), at.isoformat().encode()])
        self._is_open = True
        while self._at_work.flush():
            pass  # of so few bytes nothing stays behind

    def settle(self) -> None:
        if not self._is_open:
            return
        self._is_open = False
        wrong = ""
        while (answer := self._at_work.get_result()) is not None:  # to the last one, or the connection takes nothing else
            if answer.status != ExecStatus.COMMAND_OK:
                wrong = answer.error_message.decode(errors="replace")
        if wrong:
            raise OperationalError(wrong)
