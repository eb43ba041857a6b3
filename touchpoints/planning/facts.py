"""What plans are made from, read for a batch of enrolments at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from touchpoints.planning.plan import Traveller


@dataclass(slots=True)
class Facts:
    """What a plan is made from, of one enrolment."""

    pk: UUID
    workspace: UUID
    customer: UUID
    version: UUID
    cycle: int
    print: bytes
    traveller: Traveller
    #: role -> [(from which day, member or None)], the first day first
    who: dict[str, list[tuple[int, UUID | None]]]
    left: int | None = None
    #: the day on which this cycle began, or the journey itself
    begun: int = 0
    settled: list[tuple[UUID, int, int, int]] = field(default_factory=list)
    #: (spot, occurrence) -> who took it over from the one whose role it is
    given: dict[tuple[UUID, int], UUID] = field(default_factory=dict)

    def supposing(self, fields: Mapping[str, Any]) -> Facts:
        """The same with fields of the enrolment, or the customer's `renewal_on`, as they might be: see `Enrolment.change`."""
        traveller, changed = self.traveller, {}
        told: dict[str, Any] = {}
        if "stage_id" in fields:
            told["stage"] = str(fields["stage_id"]) if fields["stage_id"] else None
        if "entered" in fields:
            told["entered"] = {id: date.fromisoformat(day).toordinal() for id, day in fields["entered"].items()}
        if "renewal_on" in fields:
            told["renewal"] = fields["renewal_on"].toordinal() if fields["renewal_on"] else None
        if "cycle" in fields:
            # Nothing of a new cycle has been done yet.
            begun = fields["cycle_started_on"].toordinal()
            told |= {"settled": {}, "arranged": {}, "started": begun, "first_stage": str(fields["cycle_stage_id"]), "events": ()}
            changed = {"cycle": fields["cycle"], "settled": [], "given": {}}
        elif "started_on" in fields and self.cycle == 1:
            told["started"] = fields["started_on"].toordinal()
        if "version_id" in fields:
            changed["version"] = fields["version_id"]
        if "left_on" in fields:
            changed["left"] = fields["left_on"].toordinal() if fields["left_on"] else None
        if "started" in told:
            changed["begun"] = told["started"]
        return replace(self, traveller=replace(traveller, **told), **changed)

    def end_of(self, cycle: int) -> int | None:
        """The day on which a cycle ended; None of one that goes on."""
        return self.begun if cycle < self.cycle else self.left

    def member(self, role: str | None, day: int) -> UUID | None:
        found = None
        for since, member in self.who.get(role or "", ()):
            if since > day:
                break
            found = member
        return found


def read_facts(enrolments: Iterable[UUID], *, lock: bool = False) -> Iterator[Facts]:
    ids = list(enrolments)
    with connection.cursor() as cursor:
        cursor.execute(READ + (" FOR NO KEY UPDATE OF enrolment" if lock else ""), [ids])
        rows = cursor.fetchall()
        cursor.execute(SETTLED, [ids])
        settled: dict[UUID, list[tuple[UUID, int, int, int]]] = {}
        for pk, *one in cursor.fetchall():
            settled.setdefault(pk, []).append(tuple(one))
        cursor.execute(EVENTS, [ids])
        events: dict[UUID, list[tuple[str, int, int]]] = {}
        for pk, card, number, day in cursor.fetchall():
            events.setdefault(pk, []).append((str(card), number, day.toordinal()))
        cursor.execute(ARRANGED, [ids])
        arranged: dict[UUID, dict[tuple[UUID, int], tuple[int, int]]] = {}
        given: dict[UUID, dict[tuple[UUID, int], UUID]] = {}
        for pk, spot, occurrence, day, instead_of, member in cursor.fetchall():
            if day:
                arranged.setdefault(pk, {})[spot, occurrence] = day.toordinal(), instead_of.toordinal()
            if member:
                given.setdefault(pk, {})[spot, occurrence] = member
        cursor.execute(WHO, [list({row[2] for row in rows})])
        who: dict[UUID, dict[str, list[tuple[int, UUID | None]]]] = {}
        for customer, role, since, member in cursor.fetchall():
            who.setdefault(customer, {}).setdefault(str(role), []).append((since.toordinal(), member))
    for pk, workspace, customer, version, stage, entered, cycle, print, started, renewal, first, left in rows:
        done = settled.get(pk, [])
        traveller = Traveller(
            started=started.toordinal(),
            renewal=renewal.toordinal() if renewal else None,
            entered={id: date.fromisoformat(day).toordinal() for id, day in orjson.loads(entered).items()},
            stage=str(stage) if stage else None,
            first_stage=str(first) if first else None,
            settled={(spot, occurrence): (due, day) for spot, occurrence, due, day in done},
            events=tuple(events.get(pk, ())),
            arranged=arranged.get(pk, {}),
        )
        facts = Facts(pk, workspace, customer, version, cycle, bytes(print), traveller, who.get(customer, {}))
        facts.left, facts.begun, facts.settled = left.toordinal() if left else None, traveller.started, done
        facts.given = given.get(pk, {})
        yield facts


READ = """
    SELECT enrolment.id, enrolment.workspace_id, enrolment.customer_id, version_id, stage_id, entered, cycle, planned_from,
        CASE WHEN cycle = 1 THEN started_on ELSE cycle_started_on END, customer.renewal_on, cycle_stage_id, left_on
    FROM customers_enrolment AS enrolment JOIN customers_customer AS customer ON customer.id = enrolment.customer_id
    WHERE enrolment.id = ANY(%s) ORDER BY enrolment.id"""
#: of this cycle: what was done in an earlier one is to be done again. What was missed is not settled: see reconcile.py
SETTLED = """
    SELECT enrolment_id, spot, occurrence, due_on - DATE '0001-01-01' + 1, settled_on - DATE '0001-01-01' + 1
    FROM touchpoints_scheduledtouchpoint AS scheduled JOIN customers_enrolment AS enrolment USING (cycle)
    WHERE enrolment.id = ANY(%s) AND enrolment_id = enrolment.id AND state IN ('done', 'skipped')"""
#: of this cycle; somebody who has left the workspace gives back what they took over
ARRANGED = """
    SELECT enrolment_id, spot, occurrence, due_on, instead_of, CASE WHEN member.removed_at IS NULL THEN member.id END
    FROM touchpoints_arrangement AS arrangement JOIN customers_enrolment AS enrolment USING (cycle)
    LEFT JOIN accounts_member AS member ON member.id = arrangement.member_id
    WHERE enrolment.id = ANY(%s) AND enrolment_id = enrolment.id"""
#: of this cycle, too: an earlier one has answered its own
EVENTS = """
    SELECT enrolment_id, touchpoint_id, number, happened_on
    FROM customers_loggedevent AS event JOIN customers_enrolment AS enrolment ON enrolment.id = enrolment_id
    WHERE enrolment_id = ANY(%s) AND taken_back_at IS NULL AND (cycle = 1 OR happened_on >= cycle_started_on)
    ORDER BY number"""
WHO = """
    SELECT customer_id, role_id, from_on, member_id FROM customers_assignment WHERE customer_id = ANY(%s)
    ORDER BY customer_id, role_id, from_on"""
