"""How the tables are emptied after a test that commits. Django's own way truncates every table, the empty ones too, and then
makes content types and permissions anew: a third of a second, and most tests have written to ten tables of eighty."""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.test import TransactionTestCase

KEPT = {model._meta.db_table for model in (ContentType, Permission, MigrationRecorder.Migration)}


def empty_tables(_: TransactionTestCase) -> None:
    """As a replica of the database would do it: triggers and foreign keys are not asked, so the order is of no matter."""
    tables = [connection.ops.quote_name(name) for name in connection.introspection.table_names() if name not in KEPT]
    filled = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in tables)  # noqa: S608
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(filled)
        written = [table for (table,) in cursor.fetchall()]
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in written:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608
