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
from customers.import_plan import Planned, Planner
from customers.import_sheet import ProblemSheet, read_customers
from customers.writing import write_plans

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
            good = [plan for plan in plans if plan.result in ("new", "updated")]
            write_plans(good, f"imported from {found.filename}", by=found.made_by, at=at, today=today)
        for plan in plans:
            outcome.note(plan)
            if plan.result == "bad":
                problems.add(plan.row, plan.detail)
        done += len(rows)
        progress(done)
    outcome.problems = problems.content() if outcome.counts["bad"] else b""
    return outcome
