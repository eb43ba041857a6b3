"""Handoffs are reached: what a customer's passage begins with, and who gives and receives it from then on.

One is reached when the card it starts at is settled, or on the day on which that is due: docs/decisions/028.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from accounts.models import Role
from customers.models import Enrolment
from touchpoints.models import HandoffDay, Passage
from touchpoints.planning.handoffs import Handed, handoffs_of

#: enrolments, and handoffs, in one transaction
BATCH = 500


def open_passages(enrolments: Iterable[UUID], *, at: datetime) -> int:
    """Have these enrolments' handoffs be there, as far as they are reached, and be with those who now fill the roles. How many
    are new. It may run twice, and beside itself."""
    ids = list(enrolments)
    if not ids:
        return 0
    with transaction.atomic():
        made = _open(ids, at)
        with connection.cursor() as cursor:
            cursor.execute(FOLLOW, {"enrolments": ids, "at": at})
    return made


def open_days(*, at: datetime) -> int:
    """The same of everybody in the workspaces where another day has come. How many handoffs are new."""
    made = 0
    for workspace in HandoffDay.objects.to_come(at):
        ids = list(Enrolment.objects.in_workspace(workspace.pk).active().order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), BATCH):
            made += open_passages(ids[start : start + BATCH], at=at)
        HandoffDay.objects.has_come(workspace, workspace.today(at))
    return made


def _open(enrolments: list[UUID], at: datetime) -> int:
    versions = Enrolment.objects.filter(pk__in=enrolments).order_by().values_list("version_id", flat=True).distinct()
    found = [(version, handed) for version in versions for handed in handoffs_of(version)]
    made = 0
    while found:
        rows = _reached(found, enrolments, at)
        if rows:
            there = set(Role.objects.filter(pk__in=_roles(found)).values_list("pk", flat=True))
            # Another may have been quicker; in this order two who do the same do not wait for each other in a circle.
            new = [_passage(found[number][1], there, *row) for *row, number in rows]
            made += len(Passage.objects.bulk_create(new, ignore_conflicts=True))
        if len(rows) < BATCH:
            break
    return made


def _reached(found: list[tuple[UUID, Handed]], enrolments: list[UUID], at: datetime) -> list[tuple[Any, ...]]:
    given: dict[str, Any] = {
        "versions": [version for version, _ in found],
        "spots": [handed.spot for _, handed in found],
        "handoffs": [handed.handoff for _, handed in found],
        "enrolments": enrolments,
        "at": at,
        "most": BATCH,
    }
    with connection.cursor() as cursor:
        cursor.execute(REACHED, given)
        return cursor.fetchall()


def _roles(found: list[tuple[UUID, Handed]]) -> set[UUID]:
    return {role for _, handed in found for role in (handed.from_role, handed.to_role) if role}


def _passage(handed: Handed, there: set[UUID], *row: Any) -> Passage:
    """`there` are the roles that still exist: one that a version names may have been removed."""
    workspace, customer, enrolment, cycle, occurrence, today = row
    return Passage(
        workspace_id=workspace, customer_id=customer, enrolment_id=enrolment, cycle=cycle, occurrence=occurrence,
        handoff_id=handed.handoff, title=handed.title[:300], to_title=handed.to_title[:300], note=handed.fields["note"],
        accept_within_days=handed.fields["accept_within_days"], reached_on=today,
        items=[{**item, "value": "", "there": False} for item in handed.fields["package"]],
        giver_role_id=handed.from_role if handed.from_role in there else None,
        receiver_role_id=handed.to_role if handed.to_role in there else None,
    )  # fmt: skip


REACHED = """
    SELECT scheduled.workspace_id, scheduled.customer_id, enrolment.id, scheduled.cycle, scheduled.occurrence,
        (%(at)s::timestamptz AT TIME ZONE workspace.time_zone)::date, wanted.number - 1
    FROM unnest(%(versions)s::uuid[], %(spots)s::uuid[], %(handoffs)s::uuid[]) WITH ORDINALITY
        AS wanted(version, spot, handoff, number)
    JOIN customers_enrolment AS enrolment ON enrolment.version_id = wanted.version AND enrolment.left_on IS NULL
    JOIN accounts_workspace AS workspace ON workspace.id = enrolment.workspace_id
    JOIN touchpoints_scheduledtouchpoint AS scheduled
        ON scheduled.enrolment_id = enrolment.id AND scheduled.cycle = enrolment.cycle AND scheduled.spot = wanted.spot
    WHERE enrolment.id = ANY(%(enrolments)s)
        AND (scheduled.state <> 'planned' OR scheduled.due_on <= (%(at)s::timestamptz AT TIME ZONE workspace.time_zone)::date)
        AND NOT EXISTS (
            SELECT FROM touchpoints_passage AS passage
            WHERE passage.enrolment_id = enrolment.id AND passage.cycle = scheduled.cycle
                AND passage.handoff_id = wanted.handoff AND passage.occurrence = scheduled.occurrence)
    ORDER BY enrolment.id, wanted.number, scheduled.occurrence LIMIT %(most)s"""
WHO = """
    LEFT JOIN LATERAL (
        SELECT member_id FROM customers_assignment
        WHERE customer_id = passage.customer_id AND role_id = passage.{0}_role_id
            AND from_on <= (%(at)s::timestamptz AT TIME ZONE workspace.time_zone)::date
        ORDER BY from_on DESC LIMIT 1
    ) AS {0} ON TRUE"""
#: Open ones go to the members who fill the roles for the customer today.
FOLLOW = f"""
    WITH found AS (
        SELECT passage.id, giver.member_id AS giver, receiver.member_id AS receiver
        FROM touchpoints_passage AS passage JOIN accounts_workspace AS workspace ON workspace.id = passage.workspace_id
        {WHO.format("giver")} {WHO.format("receiver")}
        WHERE passage.state <> 'accepted' AND passage.enrolment_id = ANY(%(enrolments)s)
            AND (passage.giver_id, passage.receiver_id) IS DISTINCT FROM (giver.member_id, receiver.member_id)
        ORDER BY passage.id FOR NO KEY UPDATE OF passage)
    UPDATE touchpoints_passage AS passage SET giver_id = found.giver, receiver_id = found.receiver
    FROM found WHERE passage.id = found.id"""  # noqa: S608  # nosec: our own two words
