"""Settle many scheduled touchpoints at once, with all that follows from one: it is told, what rests on it is planned anew,
milestones tick, handoffs are reached, and nobody is reminded of it any more. For a few statements, however many they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection, transaction

from accounts.many_rows import insert_many
from customers.models import Activity
from playbooks.models import Playbook, PlaybookVersion
from touchpoints.facts import settled
from touchpoints.models import ScheduledTouchpoint
from touchpoints.planning.reconcile import reconcile

if TYPE_CHECKING:
    from accounts.models import Member

#: enrolments that are planned at a time: of thousands the plans would fill the memory
BATCH = 500


@dataclass(slots=True, frozen=True)
class Settlement:
    """What is said of one that is open: "done" or "skipped", on which day, what came of it or why not, how the customer felt."""

    row: ScheduledTouchpoint
    state: str
    on: date
    outcome: str = ""
    felt: int | None = None


def settle_all(said: Sequence[Settlement], *, by: Member | None, at: datetime, today: date) -> None:
    """Settle these, each once. Their rows come `with_cards`, are open, and their enrolments are locked by the transaction."""
    if not said:
        return
    with transaction.atomic():
        _write(said, _versions(said, at), by, at)
        told = [
            Activity.objects.telling(one.row.customer_id, one.row.told(one.state), by=by, at=at, enrolment=one.row.enrolment)
            for one in said
        ]
        insert_many(Activity, told)
        enrolments = sorted({one.row.enrolment_id for one in said})
        for start in range(0, len(enrolments), BATCH):
            reconcile(enrolments[start : start + BATCH], at=at)
        rows = [one.row.pk for one in said]
        settled.send(ScheduledTouchpoint, enrolments=enrolments, rows=rows, today=today, at=at)


def _versions(said: Sequence[Settlement], at: datetime) -> dict[str, PlaybookVersion]:
    """By playbook what was gone by, for those that are done without having been begun."""
    ids, workspaces = set(), set()
    for one in said:
        if one.state == ScheduledTouchpoint.State.DONE and not one.row.playbook_version_id and (id := _playbook(one.row)):
            ids.add(id)
            workspaces.add(one.row.workspace_id)
    if not ids:
        return {}
    found = Playbook.objects.filter(pk__in=ids, workspace__in=workspaces).freeze(at=at)
    return {str(pk): version for pk, version in found.items()}


def _playbook(row: ScheduledTouchpoint) -> str:
    return str(row.card.fields["playbook_id"] or "") if row.card else ""


def _write(said: Sequence[Settlement], versions: dict[str, PlaybookVersion], by: Member | None, at: datetime) -> None:
    gone_by: list[UUID | None] = []
    for one in said:
        version = versions.get(_playbook(one.row)) if one.state == ScheduledTouchpoint.State.DONE else None
        gone_by.append(version.pk if version else None)
    given: dict[str, Any] = {
        "ids": [one.row.pk for one in said], "states": [one.state for one in said], "days": [one.on for one in said],
        "outcomes": [one.outcome for one in said], "felt": [one.felt for one in said], "versions": gone_by,
        "by": by.pk if by else None, "at": at,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, given)


SETTLE = """
    UPDATE touchpoints_scheduledtouchpoint AS scheduled
    SET state = said.state, settled_on = said.day, settled_at = %(at)s, settled_by_id = %(by)s::uuid, outcome = said.outcome,
        felt = said.felt, playbook_version_id = COALESCE(scheduled.playbook_version_id, said.version)
    FROM unnest(%(ids)s::uuid[], %(states)s::text[], %(days)s::date[], %(outcomes)s::text[], %(felt)s::int2[],
        %(versions)s::uuid[]) AS said(id, state, day, outcome, felt, version)
    WHERE scheduled.id = said.id AND scheduled.state = 'planned'"""
