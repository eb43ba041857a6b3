from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.contrib.postgres.indexes import BrinIndex
from django.db import connection, models
from django.db.models import F, Func, Value
from django.db.models.functions import Now

#: rows in one statement
BATCH = 10_000
#: a row bears the instant at which its transaction wrote it, and is told when that is through: it is kept so much longer than
#: whoever is on their way to it may take
MARGIN = timedelta(days=1)

# What is running is asked of the snapshot that the statement itself reads by; whether it runs in another database of the same
# cluster, of the list of backends. No transaction ever changes its database, so that list may be as old as it likes. One that
# is not found there counts as ours.
HORIZON = """(
    SELECT least(min(running::text::bigint), pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
        pg_current_xact_id_if_assigned()::text::bigint)
    FROM pg_snapshot_xip(pg_current_snapshot()) AS running
    WHERE NOT EXISTS (
        SELECT FROM pg_stat_activity AS other JOIN pg_database AS here ON here.datname = current_database()
        WHERE other.datid <> here.oid AND other.backend_xid = running::xid))"""
FORGET = "DELETE FROM accounts_fact WHERE id = ANY(ARRAY(SELECT id FROM accounts_fact WHERE at < %s LIMIT %s))"

# Brought along by a dump: their transactions are yet to come here, and then they would be told as if they were new.
FORGET_OTHERS = """
    DELETE FROM accounts_fact WHERE transaction >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
        AND transaction IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint"""


class Place(NamedTuple):
    """Where in the log one is: behind the fact of these, or in front of all of that transaction where `id` is 0."""

    transaction: int
    id: int


class Horizon(Func):
    """The first transaction that is not through yet, or that nobody has begun: whatever is before it has been committed or
    never will be."""

    template = HORIZON
    output_field = models.BigIntegerField()


class FactQuerySet(models.QuerySet["Fact"]):
    def of_workspace(self, workspace: UUID) -> FactQuerySet:
        return self.filter(workspace=workspace)

    def of_types(self, types: Collection[str]) -> FactQuerySet:
        return self.filter(type__in=sorted(types))

    def settled(self, before: int | None = None) -> FactQuerySet:
        """Those that no transaction which is still running can come before; `before`: a horizon that was asked for already.
        Only these may be told: who is past them has missed nothing."""
        return self.filter(transaction__lt=Horizon() if before is None else before)

    def after(self, place: Place) -> FactQuerySet:
        here = Func(F("transaction"), F("id"), function="", output_field=models.BooleanField())
        there = Func(Value(place.transaction), Value(place.id), function="", output_field=models.BooleanField())
        beyond = Func(here, there, template="%(expressions)s", arg_joiner=" > ", output_field=models.BooleanField())
        return self.filter(beyond)  # as one comparison of rows, which the index answers

    def in_order(self) -> FactQuerySet:
        """As they are told. A transaction that began earlier comes first, be it through later or not."""
        return self.order_by("transaction", "id")

    def now(self) -> Place:
        """Behind all that is settled: whatever is told later comes after it, and all before it can be read by now."""
        return self.standing()[0]

    def standing(self) -> tuple[Place, int]:
        """(`now`, the first transaction that nobody has begun). A place behind that one is another database's: of one that this
        was restored from, say, whose transactions bore higher numbers."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {HORIZON}, pg_snapshot_xmax(pg_current_snapshot())::text::bigint")  # nosec: our own words
            horizon, end = cursor.fetchone()
        return Place(horizon, 0), end

    def forget(self, *, at: datetime, kept: timedelta) -> int:
        """Those that nobody may ask for any more, and those of another database. Each batch is a transaction of its own."""
        with connection.cursor() as cursor:
            cursor.execute(FORGET_OTHERS)
            gone, last = cursor.rowcount, BATCH
            while last == BATCH:
                cursor.execute(FORGET, [at - kept - MARGIN, BATCH])
                last = cursor.rowcount
                gone += last
        return gone


class Fact(models.Model):
    """Something that has happened in a workspace, for those who keep something else in step with it. Only ever added.

    Triggers of the database write them (in migrations named `facts…`), for much is written by COPY and in SQL of our own, where
    no signal of Django's is heard; planning tells by itself (touchpoints/planning/reconcile.py). What is rolled back was never
    told. `type` is one of accounts/facts_told.py, and `body` is told as `data`: its fields by type: accounts/api/fact_schemas.py.
    """

    id = models.BigAutoField(primary_key=True)
    #: which wrote it. In the order of ids alone, one that is committed late would come before what has been told already
    transaction = models.BigIntegerField(
        db_default=Func(template="(pg_current_xact_id()::text::bigint)", output_field=models.BigIntegerField())
    )
    #: without a constraint: each would lock the row of the workspace, and a log may say what is gone. See the migration
    workspace = models.ForeignKey(
        "accounts.Workspace", on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    type = models.CharField(max_length=40)
    #: the id of what it is about
    subject = models.UUIDField()
    #: a few ids and figures, by which a listener sees whether it cares
    body = models.JSONField(db_default=Value({}, output_field=models.JSONField()))
    at = models.DateTimeField(db_default=Now())

    objects = FactQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "transaction", "id"], name="fact_in_order"),
            # Rows come in the order of their instants: of many pages one entry is enough, and costs nothing with each row.
            BrinIndex(fields=["at"], autosummarize=True, name="fact_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.subject}"

    @property
    def place(self) -> Place:
        return Place(self.transaction, self.pk)
