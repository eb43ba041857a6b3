"""The rows of a sheet of customers: which column means what, and each row as text by column."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from accounts.models import Role
from journeys.sheets import MAX_CELL, MAX_COLUMNS, MAX_ROWS, SheetRefused, SheetRow, cell_reader, harmless, sheet_lines

MOST_BYTES = 50 * 1024 * 1024
MOST_ROWS = 200_000
COLUMNS = (
    "external_id", "name", "segment", "owner", "renewal_on", "value", "health", "notes",
    "contact_name", "contact_email", "contact_job",
)  # fmt: skip
#: what the exports of CRMs call them
ALIASES = {
    "id": "external_id", "account_id": "external_id", "customer_id": "external_id", "crm_id": "external_id",
    "account": "name", "account_name": "name", "customer": "name", "customer_name": "name", "company": "name",
    "company_name": "name", "tier": "segment", "account_owner": "owner", "owner_email": "owner", "csm": "owner",
    "renewal": "renewal_on", "renewal_date": "renewal_on", "contract_end_date": "renewal_on", "arr": "value", "acv": "value",
    "annual_value": "value", "health_score": "health", "note": "notes", "description": "notes", "contact": "contact_name",
    "primary_contact": "contact_name", "email": "contact_email", "contact_title": "contact_job", "job_title": "contact_job",
}  # fmt: skip
#: number, cells, [(column, problem)]
Line = tuple[int, list[str], list[tuple[int, str]]]
#: PostgreSQL keeps neither
_UNKEEPABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(slots=True)
class CustomerSheet:
    """`columns`: what each column means, "" if nothing; a role's is "role:<id>". `rows` can be gone through once."""

    columns: list[str]
    ignored: list[str]
    header: list[str]
    rows: Iterator[SheetRow]


def read_customers(data: bytes, roles: Iterable[Role]) -> CustomerSheet:
    """Raises SheetRefused, and so may going through the rows."""
    lines, typed = sheet_lines(data, MOST_BYTES)
    lines = iter(lines)
    header = next((found for _, cells, _ in lines if any(found := [str(cell).strip() for cell in cells])), None)
    if header is None:
        raise SheetRefused("The file is empty.")
    columns = _meanings(header, roles)
    ignored = [name for name, column in zip(header, columns, strict=True) if name and not column and name.casefold() != "problem"]
    return CustomerSheet(columns, ignored, header, _rows(lines, header, columns, typed))


def _meanings(header: list[str], roles: Iterable[Role]) -> list[str]:
    if len(header) > MAX_COLUMNS:
        raise SheetRefused(f"The sheet has more than {MAX_COLUMNS} columns.")
    by_role = {role.name.casefold(): f"role:{role.pk}" for role in roles}
    columns = []
    for name in header:
        key = re.sub(r"[\s_-]+", "_", name.casefold())
        columns.append(by_role.get(name.casefold()) or (key if key in COLUMNS else ALIASES.get(key, "")))
    for column, name in zip(columns, header, strict=True):
        if column and columns.count(column) > 1:
            raise SheetRefused(f"Two columns mean the same as “{name[:60]}”. Keep one of them.")
    if "name" not in columns:
        found = ", ".join(name[:30] for name in header[:8] if name)
        raise SheetRefused(f"There is no column “name”. The first row names the columns; it says: {found}.")
    return columns


def _rows(lines: Iterator[Line], header: list[str], columns: list[str], typed: bool) -> Iterator[SheetRow]:
    written = cell_reader(["problem"] if "problem" in (name.casefold() for name in header) else [], typed)
    most = MAX_ROWS if typed else MOST_ROWS
    for count, (number, cells, problems) in enumerate(lines):
        if count >= most:
            more = " A CSV may have more." if typed else " Split it."
            raise SheetRefused(f"The sheet has more than {most:,} rows.{more}")
        values = [str(cell).strip() for cell in cells]
        if not any(values) and not problems:
            continue
        row = SheetRow(number, {})
        row.problems = [(header[i] if i < len(header) else "row", message) for i, message in problems]
        for column, value in zip(columns, values, strict=False):
            if column and _UNKEEPABLE.search(value):
                row.problems.append((column, "It holds a character that is none."))
            elif len(value) > MAX_CELL:
                row.problems.append((column or "row", f"A cell holds {len(value):,} letters."))
            elif column:
                row.cells[column] = written(value)
        if any(values[len(header) :]):
            row.problems.append(("row", "It has more cells than the header; is there a comma outside quotes?"))
        yield row


class ProblemSheet:
    """The bad rows as a CSV with a `problem` column: mend them and read the file in again. No cell starts a formula."""

    def __init__(self, sheet: CustomerSheet) -> None:
        self.columns = [column for column in sheet.columns if column]
        self.out = io.StringIO()
        self.writer = csv.writer(self.out)
        names = [name for name, column in zip(sheet.header, sheet.columns, strict=True) if column]
        self.writer.writerow([*map(harmless, names), "problem"])

    def add(self, row: SheetRow, problem: str) -> None:
        self.writer.writerow([*(harmless(row.cells.get(column, "")) for column in self.columns), problem])

    def content(self) -> bytes:
        return self.out.getvalue().encode("utf-8-sig")
