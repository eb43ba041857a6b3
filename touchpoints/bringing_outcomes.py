"""Bring along what was done elsewhere: many outcomes of scheduled touchpoints from another system, which may send them again.

An item that says what the row says already changes nothing; one that says otherwise of what is settled is bad, as a second tick
on a page is: open it again first. docs/decisions/043-outcomes.md says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from customers.models import Customer
from touchpoints.models import ScheduledTouchpoint
from touchpoints.outcome_items import Item, Reader
from touchpoints.settling import Settlement, settle_all

if TYPE_CHECKING:
    from accounts.models import Member

State = ScheduledTouchpoint.State


class Refused(Exception):
    """All were wanted or none, and some are bad. `items`: what is wrong with each."""

    def __init__(self, items: list[Item]):
        super().__init__(len(items))
        self.items = items


class Row(NamedTuple):
    """A scheduled touchpoint that an item may mean, as far as one has to look at it."""

    pk: UUID
    state: str
    cycle: int
    occurrence: int
    settled_on: Any
    outcome: str
    felt: int | None


def bring_outcomes(
    said: Sequence[Any], *, by: Member, at: datetime, all_or_nothing: bool = False, only_look: bool = False
) -> list[Item]:
    """Settle what these items say, each for itself. `only_look`: say what would become of them, and change nothing. Raises
    Refused."""
    today = by.workspace.today(at)
    reader = Reader(today)
    items = [reader.read(one) for one in said]
    with transaction.atomic():
        chosen = _choose(items, by, lock=not only_look)
        if all_or_nothing and any(item.errors for item in items):
            raise Refused(items)
        if chosen and not only_look:
            rows = _held(chosen, by)
            settle_all([_settlement(item, rows[pk]) for pk, item in chosen.items()], by=by, at=at, today=today)
    return items


def _choose(items: list[Item], by: Member, *, lock: bool) -> dict[UUID, Item]:
    """Say of each item what becomes of it. The rows to be settled, with their items."""
    there = _rows(items, by, lock)
    chosen: dict[UUID, Item] = {}
    meant: set[UUID] = set()
    # Those that name one row come first, so that no other item takes it from them.
    for number in sorted(range(len(items)), key=lambda number: (not items[number].is_exact, number)):
        item = items[number]
        if item.errors:
            continue
        row = _meant(item, there.get(number, []), meant)
        if row is None:
            item.errors.append(_not_there(item))
            continue
        item.pk = row.pk
        if row.pk in meant:
            item.errors.append(("", "It stands in this request twice."))
        elif row.state == State.PLANNED:
            item.result = "settled"
            chosen[row.pk] = item
        else:
            item.errors += _differing(item, row)
            item.result = "" if item.errors else "unchanged"
        if not item.errors:
            meant.add(row.pk)
    for item in items:
        item.result = "bad" if item.errors else item.result
    return chosen


def _meant(item: Item, rows: list[Row], meant: set[UUID]) -> Row | None:
    """Which one it is about: the one that says this already, so that what is sent again finds what it did; else the first that
    is open; else the last."""
    fitting = [
        row for row in rows
        if item.cycle in (None, row.cycle) and item.occurrence in (None, row.occurrence)
    ]  # fmt: skip
    free = [row for row in fitting if row.pk not in meant]
    told = next((row for row in free if row.state != State.PLANNED and not _differing(item, row)), None)
    is_open = next((row for row in free if row.state == State.PLANNED), None)
    return told or is_open or (fitting[-1] if fitting else None)


def _differing(item: Item, row: Row) -> list[tuple[str, str]]:
    """How it differs from what has been said of a settled one. What the item does not say does not differ."""
    if row.state == State.MISSED:
        return [("/state", "It was missed: its cycle is over, or the journey.")]
    again = "Open it again first."
    if row.state != item.state:
        return [("/state", f"It is {row.state} already. {again}")]
    found = []
    if row.settled_on != item.on:
        found.append(("/on", f"It was {row.state} on {row.settled_on} already. {again}"))
    if item.outcome is not None and item.outcome != row.outcome:
        name = "because" if item.state == State.SKIPPED else "outcome"
        found.append((f"/{name}", f"It says something else already. {again}"))
    if item.says_felt and item.felt != row.felt:
        found.append(("/felt", f"It says {'nothing' if row.felt is None else row.felt} already. {again}"))
    return found


def _not_there(item: Item) -> tuple[str, str]:
    if item.id:
        return "/id", "There is no such scheduled touchpoint."
    if item.customer is None:
        return "/external_id", "There is no such customer."
    return "/touchpoint", "Nothing is or was scheduled by it for that customer."


def _rows(items: list[Item], by: Member, lock: bool) -> dict[int, list[Row]]:
    """By number of the item, the rows that it may mean, the earliest first. Their enrolments are locked, in the order in which
    planning does."""
    good = [(number, item) for number, item in enumerate(items) if not item.errors]
    names = {item.external_id for _, item in good if item.external_id}
    customers = dict(Customer.objects.visible_to(by).filter(external_id__in=names).values_list("external_id", "pk"))
    for _, item in good:
        item.customer = customers.get(item.external_id)
    by_id = [(number, item.id) for number, item in good if item.id]
    by_key = [(number, item.customer, item.touchpoint) for number, item in good if item.customer]
    given: dict[str, Any] = {
        "workspace": by.workspace_id, "numbers": [number for number, _ in by_id], "ids": [pk for _, pk in by_id],
        "others": [number for number, *_ in by_key], "customers": [customer for _, customer, _ in by_key],
        "spots": [spot for *_, spot in by_key],
    }  # fmt: skip
    found: dict[int, list[Row]] = {}
    with connection.cursor() as cursor:
        if lock:
            cursor.execute(LOCK, given)
        cursor.execute(FIND, given)
        for number, _, _, *row in cursor.fetchall():
            found.setdefault(number, []).append(Row(*row))
    return found


def _held(chosen: dict[UUID, Item], by: Member) -> dict[UUID, ScheduledTouchpoint]:
    rows = ScheduledTouchpoint.objects.visible_to(by).filter(pk__in=list(chosen))
    return {row.pk: row for row in rows.select_for_update(of=("self",), no_key=True).order_by("pk").with_cards()}


def _settlement(item: Item, row: ScheduledTouchpoint) -> Settlement:
    return Settlement(row, item.state, item.on, item.outcome or "", item.felt)


COLUMNS = """scheduled.enrolment_id, scheduled.due_on, scheduled.id, scheduled.state, scheduled.cycle, scheduled.occurrence,
    scheduled.settled_on, scheduled.outcome, scheduled.felt"""
MEANT = f"""
    SELECT wanted.number, {COLUMNS}
    FROM unnest(%(numbers)s::int4[], %(ids)s::uuid[]) AS wanted(number, id)
    JOIN touchpoints_scheduledtouchpoint AS scheduled ON scheduled.id = wanted.id
    WHERE scheduled.workspace_id = %(workspace)s
    UNION ALL
    SELECT wanted.number, {COLUMNS}
    FROM unnest(%(others)s::int4[], %(customers)s::uuid[], %(spots)s::uuid[]) AS wanted(number, customer, spot)
    JOIN customers_enrolment AS enrolment ON enrolment.customer_id = wanted.customer
    JOIN touchpoints_scheduledtouchpoint AS scheduled
        ON scheduled.enrolment_id = enrolment.id AND scheduled.spot = wanted.spot"""  # noqa: S608  # nosec: our own words
FIND = f"{MEANT} ORDER BY cycle, occurrence, due_on, id"
LOCK = f"""
    SELECT id FROM customers_enrolment WHERE id IN (SELECT enrolment_id FROM ({MEANT}) AS meant)
    ORDER BY id FOR NO KEY UPDATE"""  # noqa: S608  # nosec: our own words
