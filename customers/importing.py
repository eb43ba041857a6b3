"""Bring a sheet of customers in, batch by batch: what is looked up and written, is so for a thousand rows at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from accounts.models import Role
from customers.facts import travel_changed
from customers.import_plan import Planned, Planner
from customers.import_sheet import ProblemSheet, read_customers
from customers.models import Activity, Assignment, Contact, Customer, Enrolment
from customers.models.activity import plain

if TYPE_CHECKING:
    from customers.models.customer_import import CustomerImport

BATCH = 1000
#: of the preview: bad rows, and others. All bad rows are in the problem sheet.
MOST_BAD, MOST_OTHERS = 5000, 1000


@dataclass(slots=True)
class Outcome:
    """What the import does, or has done."""

    counts: Counter[str] = field(default_factory=Counter)
    #: [number, name, result, detail] of the first rows
    rows: list[list[Any]] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    problems: bytes = b""

    def note(self, planned: Planned) -> None:
        self.counts[planned.result] += 1
        bad = planned.result == "bad"
        shown = self.counts["bad"] if bad else self.counts.total() - self.counts["bad"]
        if shown <= (MOST_BAD if bad else MOST_OTHERS):
            name = planned.name or (planned.customer.name if planned.customer else "")
            self.rows.append([planned.row.number, name[:200], planned.result, planned.detail[:1000]])


def import_customers(
    found: CustomerImport, *, at: datetime, write: bool, progress: Callable[[int], None] = lambda rows: None
) -> Outcome:
    """What the file does to the customers; with `write`, do it. Raises SheetRefused.

    To write, be in a transaction: a worker that is killed then leaves nothing, and the next one begins anew. `progress` hears
    of rows.
    """
    today = at.astimezone(ZoneInfo(found.workspace.time_zone)).date()
    sheet = read_customers(bytes(found.content), Role.objects.filter(workspace=found.workspace))
    planner = Planner(found.workspace, found.segment, today)
    outcome = Outcome(ignored=sheet.ignored)
    problems = ProblemSheet(sheet)
    done = 0
    while rows := list(islice(sheet.rows, BATCH)):
        plans = planner.plan(rows, lock=write)
        if write:
            _write([plan for plan in plans if plan.result in ("new", "updated")], found, at=at, today=today)
        for plan in plans:
            outcome.note(plan)
            if plan.result == "bad":
                problems.add(plan.row, plan.detail)
        done += len(rows)
        progress(done)
    outcome.problems = problems.content() if outcome.counts["bad"] else b""
    return outcome


def _write(plans: list[Planned], found: CustomerImport, *, at: datetime, today: Any) -> None:
    new = [plan.customer for plan in plans if plan.customer and plan.result == "new"]
    changed = [plan for plan in plans if plan.customer and plan.before]
    for customer in new:
        customer.made_at = customer.changed_at = at
    for plan in changed:
        for name, value in plan.after.items():
            setattr(plan.customer, name, value)
        plan.customer.changed_at = at  # type: ignore[union-attr]
    Customer.objects.bulk_create(new)
    if changed:
        names = sorted({name for plan in changed for name in plan.after})
        Customer.objects.bulk_update([plan.customer for plan in changed if plan.customer], [*names, "changed_at"])
    Assignment.objects.bulk_create(
        [
            Assignment(customer=plan.customer, role_id=role, member_id=member, from_on=today, by=found.made_by, at=at)
            for plan in plans for role, member in plan.roles.items()
        ],
        update_conflicts=True, unique_fields=["customer", "role", "from_on"], update_fields=["member", "by", "at"],
    )  # fmt: skip
    contacts = [plan.contact for plan in plans if plan.contact]
    for contact in contacts:
        contact.made_at = contact.made_at or at
    Contact.objects.bulk_create(
        contacts, update_conflicts=True, unique_fields=["id"], update_fields=["name", "email", "job"]
    )  # fmt: skip
    Activity.objects.bulk_create([_told(plan, found, at) for plan in plans])
    moved = [plan.customer for plan in plans if plan.result == "updated" and ("renewal_on" in plan.before or plan.roles)]
    enrolments = list(Enrolment.objects.filter(customer__in=moved).active().values_list("pk", flat=True)) if moved else []
    if enrolments:
        travel_changed.send(Customer, enrolments=enrolments, at=at)


def _told(plan: Planned, found: CustomerImport, at: datetime) -> Activity:
    did = f"imported from {found.filename}"
    return Activity(
        customer=plan.customer, text=(f"{did}: {plan.detail}" if plan.detail else did)[:500], by=found.made_by, at=at,
        before={name: plain(value) for name, value in plan.before.items()},
        after={name: plain(value) for name, value in plan.after.items()},
    )  # fmt: skip
