"""Read a journey sheet, CSV or XLSX, that may come from anywhere and be anything.

What the bytes are decides, not what the file is called. Everything is bounded:
bytes, rows, columns, cells, and what a zip may unfold to.
"""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from journeys.sheet_columns import COLUMNS
from journeys.sheet_marks import mark, mark_inside, unmark, unmark_inside

ROOT = Path(__file__).resolve().parent.parent

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 10_000
MAX_COLUMNS = 200
MAX_CELL = 10_000
#: a package has up to 50 items of three parts
MAX_PACKAGE = 100_000
MAX_LINE = 1_000_000
#: what the parts of an XLSX may unfold to, in bytes; strings are held in memory whole, sheets are streamed
MAX_UNPACKED, MAX_STRINGS, MAX_RATIO = 80 * 1024 * 1024, 16 * 1024 * 1024, 200

_FORMULA = re.compile(r"^[=@\t\r]|^[+-][A-Za-z_][\w.]*[|!(]")
_KNOWN = frozenset(COLUMNS)
_STARTS = frozenset("=@\t\r+-")
#: what spreadsheets take for the start of a formula, fullwidth signs included (OWASP, CSV Injection)
_MAY_START = frozenset("=@+-\t\r＝＠＋－")
_SIGNED = re.compile(r"[+-]\s?\d+(?:[.,]\d+)?\s?(?:d|days?)?$", re.IGNORECASE)
#: arrows of a whole sheet; rows may name the same few ids again and again
MAX_ARROWS = 50_000


UNREADABLE = "This is not an XLSX that can be read. Save it anew without a password, or as CSV UTF-8."
TOO_COSTLY = "Reading this workbook takes more time or memory than a journey sheet needs. Save it as CSV UTF-8."


class SheetRefused(Exception):
    """The file as a whole cannot be read. The message says why, in a sentence."""


@dataclass(slots=True)
class SheetRow:
    """One row: its number in the file as people count, its cells as stripped text, and what is wrong with it already."""

    number: int
    cells: dict[str, str]
    problems: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Sheet:
    """`header` as found; `columns` the known ones among them; unknown ones are `ignored`. `named`: a title beside the rows."""

    header: list[str]
    columns: list[str]
    ignored: list[str]
    rows: list[SheetRow]
    named: str = ""

    @property
    def title(self) -> str:
        """What it says that the journey is called; "" if it does not say."""
        rows = (row.cells for row in self.rows if row.cells.get("kind", "").casefold() == "journey")
        return self.named or next(rows, {}).get("title", "")


def read_sheet(data: bytes) -> Sheet:
    """The rows of a CSV or of the first sheet of an XLSX. Raises SheetRefused."""
    lines, typed = sheet_lines(data)
    return _from_lines(lines, typed=typed)


def sheet_lines(data: bytes, most_bytes: int = MAX_BYTES) -> tuple[Any, bool]:
    """(number, cells, [(column, problem)]) of each line of any sheet, and whether its cells say if they are text.

    A workbook gives at most MAX_ROWS + 2 lines. Raises SheetRefused, for a CSV also while it is read.
    """
    if not data.strip():
        raise SheetRefused("The file is empty.")
    if len(data) > most_bytes:
        raise SheetRefused(f"The file is larger than {most_bytes // 1024 // 1024} MB. Split it.")
    if data.startswith(b"PK\x03\x04"):
        return _xlsx_lines(data), True
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise SheetRefused("This is an old or encrypted Excel file. Save it as .xlsx without a password, or as CSV UTF-8.")
    return _csv_lines(data), False


def _csv_lines(data: bytes) -> Any:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SheetRefused("This file is UTF-16. Save the sheet as “CSV UTF-8” and try again.")
    if b"\x00" in data:
        raise SheetRefused("This is not a sheet. Touchline reads CSV (UTF-8) and XLSX.")
    if max(map(len, data.split(b"\n"))) > MAX_LINE:
        raise SheetRefused("A line of this file is longer than any row of a sheet.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SheetRefused(f"Line {line} is not UTF-8. Save the sheet as “CSV UTF-8” and try again.") from None
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    begun = 1

    def numbered() -> Iterator[str]:
        for number, line in enumerate(io.StringIO(text, newline=""), start=1):
            if number - begun > MAX_CELL:
                raise SheetRefused(f"The row that begins on line {begun} does not end; is a quote missing?")
            yield line

    reader = csv.reader(numbered(), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            yield begun, cells, []
            begun = reader.line_num + 1
    except csv.Error as error:
        raise SheetRefused(f"Line {reader.line_num} is not CSV: {error}.") from None


def _xlsx_lines(data: bytes) -> list[Any]:
    """Read the workbook in a process of its own: what some files ask of an XML parser is known only while it runs."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_bombs(archive, len(data))
        command = [sys.executable, "-m", "journeys.workbooks"]
        child = subprocess.run(command, input=data, capture_output=True, timeout=60, check=False, cwd=ROOT)
    except (zipfile.BadZipFile, ValueError, EOFError, OSError):
        raise SheetRefused(UNREADABLE) from None
    except subprocess.TimeoutExpired:
        raise SheetRefused(TOO_COSTLY) from None
    if child.returncode == 2:
        raise SheetRefused(UNREADABLE)
    if child.returncode:
        raise SheetRefused(TOO_COSTLY)
    lines: list[Any] = json.loads(child.stdout)
    return lines


def _refuse_bombs(archive: zipfile.ZipFile, size: int) -> None:
    parts = archive.infolist()
    total = sum(part.file_size for part in parts)
    if total > MAX_UNPACKED or (total > 1024 * 1024 and total > size * MAX_RATIO) or len(parts) > 1000:
        raise SheetRefused("This file unfolds to far more than a sheet. It was not read.")
    for part in parts:
        if part.filename.endswith("sharedStrings.xml") and part.file_size > MAX_STRINGS:
            raise SheetRefused("This file holds more text than a journey has. It was not read.")
    if "[Content_Types].xml" not in archive.namelist():
        raise SheetRefused("This is a zip archive, not a sheet. Touchline reads CSV (UTF-8) and XLSX.")


def _from_lines(lines: Any, *, typed: bool) -> Sheet:
    """Put names to the columns and keep the rows that hold something. `typed`: its cells say whether they are text."""
    header: list[str] = []
    names: list[str] = []
    rows: list[SheetRow] = []
    arrows = 0
    for number, cells, problems in lines:
        values = [str(cell).strip() for cell in cells]
        if not any(values) and not problems:
            continue
        if not header:
            header = values
            names = _names(header)
            written = cell_reader(names, typed)
            is_text = typed and "id" in names
            continue
        if len(rows) >= MAX_ROWS:
            raise SheetRefused(f"The sheet has more than {MAX_ROWS:,} rows. Split it, or check that it is a journey.")
        row = SheetRow(number, {name: written(value) for name, value in zip(names, values, strict=False) if name})
        arrows += sum(row.cells[name].count(";") + 1 for name in ("after", "with") if row.cells.get(name))
        if arrows > MAX_ARROWS:
            raise SheetRefused(f"The sheet names more than {MAX_ARROWS:,} arrows. No journey has as many.")
        row.problems = [(names[i] if i < len(names) else "", message) for i, message in problems]
        if any(values[len(names) :]):
            row.problems.append(("row", "It has more cells than the header; is there a comma outside quotes?"))
        for name, value in zip(names, values, strict=False):
            if len(value) > (MAX_PACKAGE if name == "package" else MAX_CELL):
                raise SheetRefused(f"Row {number}: {name} holds {len(value):,} letters. No element of a journey does.")
            if value[:1] in _STARTS and not is_text and name in _KNOWN and _FORMULA.match(value):
                row.problems.append((name, f"{value[:40]} looks like a formula; put its value there."))
        rows.append(row)
    if not header:
        raise SheetRefused("The file is empty.")
    return Sheet(header, [n for n in names if n in COLUMNS], [n for n in names if n and n not in COLUMNS], rows)


def _names(header: list[str]) -> list[str]:
    if len(header) > MAX_COLUMNS:
        raise SheetRefused(f"The sheet has more than {MAX_COLUMNS} columns. A journey sheet has {len(COLUMNS)}.")
    names = [re.sub(r"[\s-]+", "_", name.strip().casefold()) for name in header]
    for wanted in ("stage", "title"):
        if wanted not in names:
            found = ", ".join(name[:30] for name in header[:8] if name) or "nothing"
            raise SheetRefused(f"There is no column “{wanted}”. The first row names the columns; it says: {found}.")
    for name in names:
        if name in COLUMNS and names.count(name) > 1:
            raise SheetRefused(f"The column “{name}” is there twice.")
    return names


def write_problem_sheet(sheet: Sheet, problems: dict[int, list[str]]) -> bytes:
    """The bad rows as a CSV with a `problem` column: mend them and read the file in again. No cell starts a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    names = [*sheet.columns, *(name for name in sheet.ignored if name != "problem"), "problem"]
    marked = mark if "id" in sheet.columns else harmless
    writer.writerow(map(marked, names))
    for row in sheet.rows:
        if row.number in problems:
            cells = {**row.cells, "problem": " ".join(problems[row.number])}
            writer.writerow([_number_or(marked, cells.get(name, "")) for name in names])
    return out.getvalue().encode("utf-8-sig")


def _number_or(harmless: Callable[[str], str], text: str) -> str:
    """A number with its sign stays one."""
    return text if _SIGNED.match(text) else harmless(text)


def harmless(text: str) -> str:
    return f"'{mark_inside(text)}" if text[:1] in _MAY_START else mark_inside(text)


def cell_reader(names: list[str], typed: bool) -> Callable[[str], str]:
    """How to read a cell. A sheet with ids is one that we wrote: each mark in its CSV is ours, and its XLSX has none."""
    if "id" in names:
        return str if typed else lambda text: unmark(text).strip()
    if typed:
        return _as_written
    return (lambda text: _as_written(unmark_inside(text))) if "problem" in names else _as_written


def _as_written(text: str) -> str:
    """A cell without the mark of `harmless`, where that cannot make it a formula."""
    return text[1:] if text[:2] in ("'+", "'-") and not _FORMULA.match(text[1:]) else text
