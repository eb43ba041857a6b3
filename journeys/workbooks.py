"""Read the first sheet of an XLSX from standard input and print its rows as JSON: `python -m journeys.workbooks`.

A process of its own with little time and memory, because a small file can make any XML parser work for hours. Prints
[[row number, [cell, ...], [[column, problem], ...]], ...]; exits with 2 if it is no workbook, otherwise not 0 if it ran out.
"""

from __future__ import annotations

import io
import json
import os
import re
import resource
import sys
import warnings
from datetime import date, datetime
from typing import Any

from journeys.sheets import MAX_COLUMNS, MAX_ROWS

SECONDS, MEMORY = 10, 224 * 1024 * 1024
#: letters of all cells together: one long text may be named by millions of cells, and whoever reads our answer holds it whole
MAX_LETTERS = 20_000_000
#: how a workbook writes a character that XML does not hold (ECMA-376, part 1, 22.9.2.19, ST_Xstring)
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def main() -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    warnings.simplefilter("ignore")
    try:
        lines = read(sys.stdin.buffer.read())
    except MemoryError:
        return 3
    except Exception:
        # Whatever a hostile file makes the reader stumble over, the answer is the same sentence.
        return 2
    json.dump(lines, sys.stdout)
    return 0


def read(data: bytes) -> list[Any]:
    """Rows with something in them, one more than a sheet may have at the most."""
    # The parser of the standard library refuses a DOCTYPE that lxml, if some other package brought it along, would read past.
    os.environ["OPENPYXL_LXML"] = "False"
    from openpyxl import load_workbook

    sheet = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False).worksheets[0]
    lines: list[Any] = []
    letters = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        values: list[str] = []
        problems: list[tuple[int, str]] = []
        for cell in cells[: MAX_COLUMNS + 1]:
            if getattr(cell, "data_type", "") == "f":
                problems.append((len(values), f"Cell {cell.coordinate} holds a formula; put its value there."))
                values.append("")
            else:
                values.append(plain(cell.value))
        letters += sum(map(len, values))
        if letters > MAX_LETTERS:
            raise MemoryError
        if any(values) or problems:
            lines.append([number, values, problems])
        if len(lines) > MAX_ROWS + 1:
            break
    return lines


def plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return ESCAPED.sub(lambda found: chr(int(found[1], 16)), value) if "_x" in value else value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else str(value)


if __name__ == "__main__":
    sys.exit(main())
