"""Make the table of scheduled touchpoints agree with what `plan` says. Idempotent, and the work of a whole batch is a handful of
statements; what has been settled is history and stays as it is.

An enrolment bears a print of all that its plan was made from. Where that is still the same nothing is planned and nothing read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import orjson
import uuid_utils
from django.db import connection, transaction

from accounts.calendars import working_days_of
from accounts.working_days import WorkingDays
from touchpoints.planning.plan import Traveller, plan
from touchpoints.planning.route import Card, Route
from touchpoints.planning.routes import route_of

#: raise it when planning itself changes: every plan is then made anew
RULES = 1


@dataclass(slots=True)
class Outcome:
    """How many scheduled touchpoints were added, moved (or given to somebody else) and taken away, of how many enrolments."""

    added: int = 0
    moved: int = 0
    removed: int = 0
    enrolments: int = 0

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(
            self.added + other.added, self.moved + other.moved, self.removed + other.removed, self.enrolments + other.enrolments
        )


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
    left: int | None
    settled: list[tuple[UUID, int, int, int]] = field(default_factory=list)

    def member(self, role: str | None, day: int) -> UUID | None:
        found = None
        for since, member in self.who.get(role or "", ()):
            if since > day:
                break
            found = member
        return found


#: (role, member, by a person, a must, the day): what a row of the table says of a planned one
Said = tuple[UUID | None, UUID | None, bool, bool, date]


def reconcile(enrolments: Iterable[UUID], *, at: datetime) -> Outcome:
    """Plan these enrolments, as far as anything has changed for them. The enrolments are locked until the transaction ends."""
    with transaction.atomic():
        ways = Ways()
        changed = [(facts, print) for facts in read_facts(enrolments, lock=True) if (print := _print(facts, ways)) != facts.print]
        if not changed:
            return Outcome()
        outcome = _write([facts for facts, _ in changed], ways)
        with connection.cursor() as cursor:
            cursor.execute(PRINTED, [[facts.pk for facts, _ in changed], [print for _, print in changed]])
        outcome.enrolments = len(changed)
    return outcome


class Ways:
    """The routes and working days of a batch, each read once."""

    def __init__(self) -> None:
        self._routes: dict[UUID, Route] = {}
        self._days: dict[UUID, WorkingDays] = {}

    def of(self, facts: Facts) -> tuple[Route, WorkingDays]:
        if (route := self._routes.get(facts.version)) is None:
            route = self._routes[facts.version] = route_of(facts.version)
        if (days := self._days.get(facts.workspace)) is None:
            days = self._days[facts.workspace] = working_days_of(facts.workspace)
        return route, days


def wanted(facts: Facts, route: Route, days: WorkingDays) -> dict[tuple[UUID, int], Said]:
    """What is to be in the table of an enrolment, by (spot, occurrence)."""
    if facts.left is not None:
        return {}
    return {
        (card.spot, occurrence): (*_of_card(card, facts, day), date.fromordinal(day))
        for card, occurrence, day in plan(route, facts.traveller, days)
    }


def _of_card(card: Card, facts: Facts, day: int) -> tuple[UUID | None, UUID | None, bool, bool]:
    return (UUID(card.role) if card.role else None, facts.member(card.role, day), card.by_person, card.must)


def _print(facts: Facts, ways: Ways) -> bytes:
    traveller = facts.traveller
    route, days = ways.of(facts)
    told = (
        RULES, str(facts.version), route.print, days.print, facts.cycle, facts.left, traveller.started, traveller.renewal,
        sorted(traveller.entered.items()), traveller.stage, traveller.first_stage, sorted(facts.settled), traveller.events,
        sorted(facts.who.items()),
    )  # fmt: skip
    return hashlib.blake2b(repr(told).encode(), digest_size=16).digest()


def read_facts(enrolments: Iterable[UUID], *, lock: bool = False) -> Iterator[Facts]:
    ids = list(enrolments)
    with connection.cursor() as cursor:
        cursor.execute(READ + (" FOR UPDATE OF enrolment" if lock else ""), [ids])
        rows = cursor.fetchall()
        cursor.execute(SETTLED, [ids])
        settled: dict[UUID, list[tuple[UUID, int, int, int]]] = {}
        for pk, *one in cursor.fetchall():
            settled.setdefault(pk, []).append(tuple(one))
        cursor.execute(EVENTS, [ids])
        events: dict[UUID, list[tuple[str, int, int]]] = {}
        for pk, card, number, day in cursor.fetchall():
            events.setdefault(pk, []).append((str(card), number, day.toordinal()))
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
        )
        facts = Facts(pk, workspace, customer, version, cycle, bytes(print), traveller, who.get(customer, {}), None)
        facts.left, facts.settled = left.toordinal() if left else None, done
        yield facts


def _write(batch: list[Facts], ways: Ways) -> Outcome:
    there = _planned_rows([facts.pk for facts in batch])
    outcome, gone = Outcome(), []
    moved: list[tuple[UUID, Said]] = []
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.set_types(TYPES)
        last = uuid_utils.uuid7().int
        for facts in batch:
            rows = there.pop(facts.pk, {})
            for key, said in wanted(facts, *ways.of(facts)).items():
                old = rows.pop((facts.cycle, *key), None)
                if old is None:
                    last += 1
                    copy.write_row((UUID(int=last), facts.workspace, facts.customer, facts.pk, facts.cycle, *key, *said, *NEW))
                    outcome.added += 1
                elif old[1] != said:
                    moved.append((old[0], said))
            gone += [pk for pk, _ in rows.values()]
    with connection.cursor() as cursor:
        if gone:
            cursor.execute("DELETE FROM touchpoints_scheduledtouchpoint WHERE id = ANY(%s)", [gone])
        if moved:
            columns = zip(*((pk, *said) for pk, said in moved), strict=True)
            cursor.execute(MOVE, [list(column) for column in columns])
    outcome.moved, outcome.removed = len(moved), len(gone)
    return outcome


def _planned_rows(enrolments: list[UUID]) -> dict[UUID, dict[tuple[int, UUID, int], tuple[UUID, Said]]]:
    found: dict[UUID, dict[tuple[int, UUID, int], tuple[UUID, Said]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(PLANNED, [enrolments])
        for enrolment, cycle, spot, occurrence, pk, *said in cursor:
            found.setdefault(enrolment, {})[cycle, spot, occurrence] = (pk, tuple(said))
    return found


READ = """
    SELECT enrolment.id, enrolment.workspace_id, enrolment.customer_id, version_id, stage_id, entered, cycle, planned_from,
        CASE WHEN cycle = 1 THEN started_on ELSE cycle_started_on END, customer.renewal_on, cycle_stage_id, left_on
    FROM customers_enrolment AS enrolment JOIN customers_customer AS customer ON customer.id = enrolment.customer_id
    WHERE enrolment.id = ANY(%s) ORDER BY enrolment.id"""
#: of this cycle: what was done in an earlier one is to be done again
SETTLED = """
    SELECT enrolment_id, spot, occurrence, due_on - DATE '0001-01-01' + 1, settled_on - DATE '0001-01-01' + 1
    FROM touchpoints_scheduledtouchpoint AS scheduled JOIN customers_enrolment AS enrolment USING (cycle)
    WHERE enrolment.id = ANY(%s) AND enrolment_id = enrolment.id AND state <> 'planned'"""
EVENTS = """
    SELECT enrolment_id, touchpoint_id, number, happened_on FROM customers_loggedevent WHERE enrolment_id = ANY(%s)
    ORDER BY number"""
WHO = """
    SELECT customer_id, role_id, from_on, member_id FROM customers_assignment WHERE customer_id = ANY(%s)
    ORDER BY customer_id, role_id, from_on"""
PLANNED = """
    SELECT enrolment_id, cycle, spot, occurrence, id, role_id, member_id, by_person, must, due_on
    FROM touchpoints_scheduledtouchpoint WHERE enrolment_id = ANY(%s) AND state = 'planned'"""
COPY = """
    COPY touchpoints_scheduledtouchpoint (id, workspace_id, customer_id, enrolment_id, cycle, spot, occurrence, role_id,
        member_id, by_person, must, due_on, state, outcome) FROM STDIN (FORMAT BINARY)"""
TYPES = ["uuid", "uuid", "uuid", "uuid", "int2", "uuid", "int2", "uuid", "uuid", "bool", "bool", "date", "varchar", "text"]
NEW = ("planned", "")
MOVE = """
    UPDATE touchpoints_scheduledtouchpoint AS scheduled
    SET role_id = new.role, member_id = new.member, by_person = new.by_person, must = new.must, due_on = new.due_on
    FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::bool[], %s::bool[], %s::date[])
        AS new(id, role, member, by_person, must, due_on)
    WHERE scheduled.id = new.id"""
PRINTED = """
    UPDATE customers_enrolment AS enrolment SET planned_from = new.print
    FROM unnest(%s::uuid[], %s::bytea[]) AS new(id, print) WHERE enrolment.id = new.id"""
