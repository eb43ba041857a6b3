"""Make the table of scheduled touchpoints agree with what `plan` says. Idempotent, and the work of a whole batch is a handful of
statements; what has been settled is history and stays as it is.

An enrolment bears a print of all that its plan was made from. Where that is still the same nothing is planned and nothing read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

import orjson
import uuid_utils
from django.db import connection, transaction

from accounts.calendars import working_days_of
from accounts.working_days import WorkingDays
from touchpoints.facts import planned
from touchpoints.planning.facts import Facts, read_facts
from touchpoints.planning.plan import plan
from touchpoints.planning.route import Card, Route
from touchpoints.planning.routes import route_of

#: raise it when planning itself changes: every plan is then made anew
RULES = 3


@dataclass(slots=True)
class Outcome:
    """How many scheduled touchpoints were added, moved (or given to somebody else) and taken away (or missed), in how many
    enrolments."""

    added: int = 0
    moved: int = 0
    removed: int = 0
    enrolments: int = 0
    #: ids of the rows that were moved or missed, and of those added that are due about today
    rows: list[UUID] = field(default_factory=list)
    #: by enrolment, where anything is otherwise now: which rows were made, changed and deleted
    otherwise: dict[UUID, dict[str, list[UUID]]] = field(default_factory=dict)

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(
            self.added + other.added, self.moved + other.moved, self.removed + other.removed, self.enrolments + other.enrolments
        )


#: (role, member, by a person, a must, ticks itself, sends itself, the day): what a row of the table says of a planned one
Said = tuple[UUID | None, UUID | None, bool, bool, bool, bool, date]


@dataclass(slots=True)
class Row:
    """A scheduled touchpoint that is open, or was when its cycle ended."""

    pk: UUID
    cycle: int
    spot: UUID
    occurrence: int
    is_missed: bool
    said: Said

    @property
    def due_on(self) -> date:
        return self.said[-1]


def reconcile(enrolments: Iterable[UUID], *, at: datetime) -> Outcome:
    """Plan these enrolments, as far as anything has changed for them. The enrolments are locked until the transaction ends."""
    with transaction.atomic():
        ways = Ways()
        read = read_facts(enrolments, lock=True)
        changed = [(facts, print) for facts in read if (print := print_of(facts, ways)) != facts.print]
        if not changed:
            return Outcome()
        outcome = _write([facts for facts, _ in changed], ways, at)
        with connection.cursor() as cursor:
            pks = [facts.pk for facts, _ in changed]
            told = orjson.dumps(outcome.otherwise, option=orjson.OPT_NON_STR_KEYS).decode()
            cursor.execute(PRINTED, [pks, [print for _, print in changed], told])
        outcome.enrolments = len(changed)
        planned.send(Outcome, enrolments=[facts.pk for facts, _ in changed], rows=outcome.rows, at=at)
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
        (card.spot, occurrence): (*_of_card(card, occurrence, facts, day), date.fromordinal(day))
        for card, occurrence, day in plan(route, facts.traveller, days)
    }


def _of_card(card: Card, occurrence: int, facts: Facts, day: int) -> tuple[UUID | None, UUID | None, bool, bool, bool, bool]:
    member = facts.given.get((card.spot, occurrence)) or facts.member(card.role, day)
    return (UUID(card.role) if card.role else None, member, card.by_person, card.must, card.ticks_itself, card.sends_itself)


def print_of(facts: Facts, ways: Ways) -> bytes:
    traveller = facts.traveller
    route, days = ways.of(facts)
    told = (
        RULES, str(facts.version), route.print, days.print, facts.cycle, facts.left, traveller.started, traveller.renewal,
        sorted(traveller.entered.items()), traveller.stage, traveller.first_stage, sorted(facts.settled), traveller.events,
        sorted(facts.who.items()), sorted(traveller.arranged.items()), sorted(facts.given.items()),
    )  # fmt: skip
    return hashlib.blake2b(repr(told).encode(), digest_size=16).digest()


@dataclass(slots=True)
class Difference:
    """What has to happen in the table for one enrolment, so that it says what is planned."""

    facts: Facts
    added: dict[tuple[UUID, int], Said] = field(default_factory=dict)
    #: (as it is in the table, as it is to be)
    moved: list[tuple[Row, Said]] = field(default_factory=list)
    missed: list[Row] = field(default_factory=list)
    removed: list[Row] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.added or self.moved or self.missed or self.removed)


def differences(batch: list[Facts], ways: Ways) -> Iterator[Difference]:
    """Of each enrolment, how the table differs from what is to be in it.

    What is still open when a cycle or the whole journey ends was missed, if it was due before; else it is no longer needed. That
    follows from the dates alone: where the end is taken back, what was missed is planned again.
    """
    there = _open_rows([facts.pk for facts in batch])  # at once: while rows are copied nothing can be read
    return (_difference(facts, there.pop(facts.pk, {}), ways) for facts in batch)


def _difference(facts: Facts, rows: dict[tuple[int, UUID, int], Row], ways: Ways) -> Difference:
    found = Difference(facts)
    for key, said in wanted(facts, *ways.of(facts)).items():
        old = rows.pop((facts.cycle, *key), None)
        if old is None:
            found.added[key] = said
        elif old.said != said or old.is_missed:
            found.moved.append((old, said))
    for old in rows.values():
        if (end := facts.end_of(old.cycle)) is None:
            found.removed.append(old)
        elif not old.is_missed:
            (found.missed if old.due_on.toordinal() < end else found.removed).append(old)
    return found


def _write(batch: list[Facts], ways: Ways, at: datetime) -> Outcome:
    outcome, today = Outcome(), at.date()
    # It may be another day where somebody lives.
    about_today = {today + timedelta(n) for n in (-1, 0, 1)}
    gone: list[UUID] = []
    missed: list[tuple[UUID, tuple[date, datetime]]] = []
    moved: list[tuple[UUID, Said]] = []
    differing = differences(batch, ways)
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.set_types(TYPES)
        last = uuid_utils.uuid7().int
        for found in differing:
            facts, made = found.facts, []
            for key, said in found.added.items():
                last += 1
                made.append(pk := UUID(int=last))
                if said[-1] in about_today:
                    outcome.rows.append(pk)
                copy.write_row((pk, facts.workspace, facts.customer, facts.pk, facts.cycle, *key, *said, *NEW))
            outcome.added += len(found.added)
            moved += [(old.pk, said) for old, said in found.moved]
            missed += [(old.pk, (date.fromordinal(facts.end_of(old.cycle) or 1), at)) for old in found.missed]
            gone += [old.pk for old in found.removed]
            if found:
                changed = [old.pk for old, _ in found.moved] + [old.pk for old in found.missed]
                outcome.otherwise[facts.pk] = {"made": made, "changed": changed, "deleted": [old.pk for old in found.removed]}
    with connection.cursor() as cursor:
        if gone:
            cursor.execute("DELETE FROM touchpoints_scheduledtouchpoint WHERE id = ANY(%s)", [gone])
        for statement, rows in ((MOVE, moved), (MISS, missed)):
            if rows:
                columns = zip(*((pk, *said) for pk, said in rows), strict=True)
                cursor.execute(statement, [list(column) for column in columns])
    outcome.rows += [pk for pk, _ in moved] + [pk for pk, _ in missed]
    outcome.moved, outcome.removed = len(moved), len(gone) + len(missed)
    return outcome


def _open_rows(enrolments: list[UUID]) -> dict[UUID, dict[tuple[int, UUID, int], Row]]:
    found: dict[UUID, dict[tuple[int, UUID, int], Row]] = {}
    with connection.cursor() as cursor:
        cursor.execute(OPEN, [enrolments])
        for enrolment, cycle, spot, occurrence, pk, state, *said in cursor.fetchall():
            row = Row(pk, cycle, spot, occurrence, state == "missed", tuple(said))
            found.setdefault(enrolment, {})[cycle, spot, occurrence] = row
    return found


OPEN = """
    SELECT enrolment_id, cycle, spot, occurrence, id, state, role_id, member_id, by_person, must, ticks_itself, sends_itself,
        due_on
    FROM touchpoints_scheduledtouchpoint WHERE enrolment_id = ANY(%s) AND state IN ('planned', 'missed')"""
COPY = """
    COPY touchpoints_scheduledtouchpoint (id, workspace_id, customer_id, enrolment_id, cycle, spot, occurrence, role_id,
        member_id, by_person, must, ticks_itself, sends_itself, due_on, state, outcome) FROM STDIN (FORMAT BINARY)"""
TYPES = ["uuid"] * 4 + ["int2", "uuid", "int2", "uuid", "uuid", "bool", "bool", "bool", "bool", "date", "varchar", "text"]
NEW = ("planned", "")
MOVE = """
    UPDATE touchpoints_scheduledtouchpoint AS scheduled
    SET role_id = new.role, member_id = new.member, by_person = new.by_person, must = new.must, ticks_itself = new.ticks,
        sends_itself = new.sends,
        due_on = new.due_on, state = 'planned', settled_on = NULL, settled_at = NULL
    FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::bool[], %s::bool[], %s::bool[], %s::bool[],
        %s::date[]) AS new(id, role, member, by_person, must, ticks, sends, due_on)
    WHERE scheduled.id = new.id"""
MISS = """
    UPDATE touchpoints_scheduledtouchpoint AS scheduled SET state = 'missed', settled_on = new.day, settled_at = new.at
    FROM unnest(%s::uuid[], %s::date[], %s::timestamptz[]) AS new(id, day, at) WHERE scheduled.id = new.id"""
#: An enrolment is told of once, with the rows that are otherwise now, and not at all where they stay as they were: see
#: docs/decisions/045. They come as one JSON text: as an array of texts they took five times as long.
PRINTED = """
    WITH printed AS (
        UPDATE customers_enrolment AS enrolment SET planned_from = new.print
        FROM unnest(%s::uuid[], %s::bytea[]) AS new(id, print) WHERE enrolment.id = new.id
        RETURNING enrolment.*
    )
    INSERT INTO accounts_fact (workspace_id, type, subject, body)
    SELECT workspace_id, 'enrolment.planned', id,
        jsonb_build_object('customer', customer_id, 'journey', journey_id, 'version', version_id, 'scheduled_touchpoints', rows)
    FROM printed JOIN jsonb_each(%s::jsonb) AS told(enrolment, rows) ON printed.id = told.enrolment::uuid"""
