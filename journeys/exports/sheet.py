"""A journey as a CSV in the journey-sheet format. No cell of it starts a formula, wherever a spreadsheet may split it."""

from __future__ import annotations

import csv
import io

from journeys.exports.sheet_rows import sheet_rows
from journeys.exports.subject import Subject
from journeys.sheet_columns import COLUMNS
from journeys.sheet_marks import mark


def write_csv(subject: Subject) -> bytes:
    """UTF-8 with a byte order mark, without which Excel reads other letters."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in sheet_rows(subject):
        cells = (row.get(column, "") for column in COLUMNS)
        writer.writerow([mark(cell) if isinstance(cell, str) else cell for cell in cells])
    return out.getvalue().encode("utf-8-sig")
