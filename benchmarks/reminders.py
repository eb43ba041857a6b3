"""Reminders: a sweep that finds nothing, claiming, and sending by mail, each against the barest thing that does the same.

    python -m benchmarks.reminders [scheduled rows] [to claim] [mails]

- a sweep with nothing due, beside so many scheduled rows and a tenth as many reminders of the past: at most 20 x `SELECT 1`;
- claiming at least a quarter as quick as a bare loop with SKIP LOCKED;
- sending at least half as quick as a bare loop with smtplib over as many connections, to the same server on this machine.
"""

from __future__ import annotations

import smtplib
import sys
import time
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing import Process, Queue, get_context
from typing import Any

from benchmarks.stage import colleagues, found_workspace, medians_ms, report, touchline


def main() -> None:
    counts = [int(one) for one in sys.argv[1:]] + [4_000_000, 100_000, 5_000][len(sys.argv) - 1 :]
    with (
        mail_server() as port,
        touchline(
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=str(port),
            LOG_LEVEL="WARNING",
        ),
    ):
        given = filled(counts[0])
        sweep()
        claiming(given, counts[1])
        sending(given, counts[2], port)


def filled(count: int) -> dict[str, Any]:
    """Customers on a journey with forty cards, planned in the past and the future, and what was sent about some of them."""
    from django.db import connection
    from django.utils import timezone

    from benchmarks.planning import CUSTOMERS, ENROLMENTS, rows
    from customers.models.enrolments import stage_order
    from journeys.importing import import_sheet
    from journeys.publishing import publish
    from journeys.sheets import read_sheet
    from touchpoints.models import Reminding

    owner, segment = found_workspace()
    readers = [member for member, _ in colleagues(owner.workspace, 20)]
    now = timezone.now()
    sheet = read_sheet(("external_id,stage,lane,title,anchor,offset_days,after\n" + "\n".join(rows())).encode())
    journey, _, _ = import_sheet(sheet, segment, "Journey", name="x", by=owner, at=now)
    version = publish(journey, "", by=owner, at=now)
    spot = next(iter(version.document["touchpoints"]))
    given = {
        "workspace": owner.workspace_id, "segment": segment.pk, "journey": journey.pk, "version": version.pk, "count": 1000,
        "stage": stage_order(version.document)[0], "by": owner.pk, "now": now, "day": now.date(), "spot": spot, "rows": count,
        "readers": readers,
    }  # fmt: skip
    values = {name: value for name, value in given.items() if name != "readers"}
    with connection.cursor() as cursor:
        for statement in (CUSTOMERS, ENROLMENTS, SCHEDULED, PAST):
            cursor.execute(statement, values)
        cursor.execute("VACUUM ANALYZE touchpoints_scheduledtouchpoint, touchpoints_reminder")
    Reminding.objects.greet(at=now)
    return given


def sweep() -> None:
    from django.db import connection

    from touchpoints.tasks import owe_reminders, send_reminders

    def bare(_: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchall()

    # Often enough for PostgreSQL to have settled on generic plans.
    for n in range(20):
        bare(n)
        owe_reminders()
        send_reminders()
    one, owing, both = medians_ms([bare, lambda _: owe_reminders(), lambda _: send_reminders()], 200)
    print(f"SELECT 1 {one:.3f} ms, owing {owing:.3f} ms, sending {both:.3f} ms")
    report("sweep for what is due, nothing is / SELECT 1", both / one, 20)
    report("sweep for mornings, there is none / SELECT 1", owing / one, 20)


def claiming(given: dict[str, Any], count: int) -> None:
    from django.db import connection
    from django.utils import timezone

    from accounts.ids import new_id
    from touchpoints.models import Reminder

    owe_due(given, count)
    at, lease = timezone.now(), timedelta(minutes=10)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE peer AS SELECT id, remind_at, state FROM touchpoints_reminder WHERE state = 'waiting'")
        cursor.execute("ALTER TABLE peer ADD PRIMARY KEY (id)")
        cursor.execute("CREATE INDEX ON peer (remind_at, id) WHERE state = 'waiting'")
        cursor.execute("VACUUM ANALYZE peer, touchpoints_reminder")
        begun, claimed = time.perf_counter(), 0
        while True:
            cursor.execute(BARE, [at + lease, at, 200])
            if not (got := len(cursor.fetchall())):
                break
            claimed += got
        bare = time.perf_counter() - begun
        assert claimed == count
    begun, claimed, run = time.perf_counter(), 0, new_id()
    while got := len(Reminder.objects.claim("email", run, at=at, lease=lease, most=200)):
        claimed += got
    ours = time.perf_counter() - begun
    assert claimed == count
    print(f"claimed {count / ours:,.0f} a second, bare {count / bare:,.0f}")
    report("claiming / a bare loop with SKIP LOCKED", ours / bare, 4)
    Reminder.objects.waiting().delete()


def sending(given: dict[str, Any], count: int, port: int) -> None:
    """By one connection, then by two, each from a process of its own, as workers do."""
    from django.db import connection
    from django.utils import timezone

    from touchpoints.models import Reminder
    from touchpoints.reminding.letters import letters_of
    from touchpoints.reminding.mails import mail_of

    for hands in (1, 2):
        Reminder.objects.filter(day=given["day"]).delete()
        owe_due(given, count)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE touchpoints_reminder")
        [letter] = letters_of([Reminder.objects.waiting()[0].pk], at=timezone.now())
        same = mail_of(letter)
        same.write()
        bare = [(_send_bare, [port, same.octets, count // hands])] * hands
        before, ours, after = at_once(bare), at_once([(_send_ours, [])] * hands), at_once(bare)
        assert not Reminder.objects.waiting().exists()
        best = min(before, after)
        print(f"sent {count / ours:,.0f} a second, bare {count / best:,.0f}; connections: {hands}")
        report(f"sending by mail / a bare loop with smtplib, connections: {hands}", ours / best, 2)


def at_once(acts: list[tuple[Any, list[Any]]]) -> float:
    """Seconds that these take beside each other, each in a process that has been up before."""
    fresh = get_context("spawn")
    start = fresh.Barrier(len(acts) + 1)
    hands = [fresh.Process(target=act, args=[start, *more]) for act, more in acts]
    for hand in hands:
        hand.start()
    start.wait(30)
    begun = time.perf_counter()
    for hand in hands:
        hand.join()
    taken = time.perf_counter() - begun
    assert all(hand.exitcode == 0 for hand in hands)
    return taken


def _send_bare(start: Any, port: int, mail: bytes, count: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as server:
        start.wait(30)
        for _ in range(count):
            server.sendmail("touchline@localhost", ["bench@example.com"], mail)


def _send_ours(start: Any) -> None:
    import django

    django.setup()
    from django.utils import timezone

    from touchpoints.models import Reminder, ScheduledTouchpoint
    from touchpoints.planning.routes import routes_of
    from touchpoints.reminding.letters import letters_of
    from touchpoints.reminding.mails import mail_of

    # What a worker has read long since.
    routes_of(set(ScheduledTouchpoint.objects.values_list("enrolment__version", flat=True)[:1]))
    for letter in letters_of([Reminder.objects.waiting()[0].pk], at=timezone.now()):
        mail_of(letter).write()
    from touchpoints.reminding.sending import send_by

    start.wait(30)
    send_by("email")


def owe_due(given: dict[str, Any], count: int) -> None:
    """So many mails that are due now, each about a row of its own that is due today, for twenty readers."""
    from django.db import connection
    from django.utils import timezone

    from touchpoints.models import Reminding

    for reader in given["readers"]:
        Reminding.objects.of(reader).choose({"due_by": ["email"]}, at=timezone.now())
    pks = [reader.pk for reader in given["readers"]]
    values = {"due": count, "now": timezone.now(), "day": given["day"], "readers": pks}
    with connection.cursor() as cursor:
        cursor.execute(TODAY, values)
        cursor.execute(DUE, values)
        assert cursor.rowcount == count


@contextmanager
def mail_server() -> Any:
    """A server that takes every mail and keeps none, in a process of its own. Gives its port."""
    ports: Queue[int] = Queue()
    process = Process(target=_serve, args=[ports], daemon=True)
    process.start()
    try:
        yield ports.get(timeout=10)
    finally:
        process.terminate()
        process.join()


def _serve(ports: Queue[int]) -> None:
    import asyncio
    import logging

    from aiosmtpd.smtp import SMTP

    logging.disable(logging.CRITICAL)

    class Sink:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (the name that aiosmtpd calls)
            return "250 OK"

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(Sink()), "127.0.0.1", 0)
        ports.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


SCHEDULED = """
    INSERT INTO touchpoints_scheduledtouchpoint (id, workspace_id, customer_id, enrolment_id, cycle, spot, occurrence, due_on,
        state, by_person, must, ticks_itself, outcome, member_id)
    SELECT uuidv7(), workspace_id, customer_id, id, 1, %(spot)s::uuid, n, %(day)s::date + 2 + n %% 300,
        'planned', true, true, false, '', %(by)s
    FROM customers_enrolment, generate_series(1, %(rows)s / 1000) AS n"""
PAST = """
    INSERT INTO touchpoints_reminder (id, workspace_id, member_id, subject_id, channel, kind, scheduled_id, due_on, day, owed_at,
        remind_at, state, attempts, error, sent_at)
    SELECT uuidv7(), workspace_id, member_id, member_id, 'email', 'due', id, due_on - 400, due_on - 400,
        %(now)s::timestamptz - interval '400 days', %(now)s::timestamptz - interval '400 days', 'sent', 1, '', %(now)s
    FROM touchpoints_scheduledtouchpoint LIMIT %(rows)s / 10"""
TODAY = """
    UPDATE touchpoints_scheduledtouchpoint
    SET due_on = %(day)s, member_id = (%(readers)s::uuid[])[1 + occurrence %% array_length(%(readers)s::uuid[], 1)]
    WHERE id IN (SELECT id FROM touchpoints_scheduledtouchpoint ORDER BY id LIMIT %(due)s)"""
DUE = """
    INSERT INTO touchpoints_reminder (id, workspace_id, member_id, subject_id, channel, kind, scheduled_id, due_on, day, owed_at,
        remind_at, state, attempts, error)
    SELECT uuidv7(), workspace_id, member_id, member_id, 'email', 'due', id, due_on, due_on, %(now)s, %(now)s, 'waiting', 0, ''
    FROM touchpoints_scheduledtouchpoint WHERE due_on = %(day)s ORDER BY member_id, id LIMIT %(due)s"""
BARE = """
    UPDATE peer SET remind_at = %s FROM (
        SELECT id FROM peer WHERE state = 'waiting' AND remind_at <= %s
        ORDER BY remind_at, id LIMIT %s FOR UPDATE SKIP LOCKED) AS due
    WHERE peer.id = due.id RETURNING peer.id"""


if __name__ == "__main__":
    main()
