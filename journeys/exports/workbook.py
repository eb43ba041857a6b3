"""A journey as an XLSX in the journey-sheet format. Every text is a cell of the type text, so none of it can be a formula."""

from __future__ import annotations

import io
import re
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from journeys.exports.sheet_rows import sheet_rows
from journeys.exports.subject import Subject
from journeys.sheet_columns import BRIEF, CARD_TEXTS, COLUMNS, EMOTION_TEXTS

#: letters that a cell of a workbook can hold (Excel specifications and limits)
MOST = 32_767
WIDE = {"title", "package", *CARD_TEXTS, *EMOTION_TEXTS, *BRIEF}
MIDDLING = {"stage", "lane", "owner_role", "playbook", "handoff_to"}
#: what XML cannot hold or would read differently, and what would be taken for an escape (ECMA-376, part 1, 22.9.2.19, ST_Xstring)
_ESCAPED = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def write_xlsx(subject: Subject) -> bytes:
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet("Journey")
    sheet.freeze_panes = "A2"
    for number, column in enumerate(COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = 40 if column in WIDE else 22 if column in MIDDLING else 13
    head, body = Font(bold=True), Alignment(vertical="top", wrap_text=True)
    sheet.append([_text(sheet, column, head) for column in COLUMNS])
    for row in sheet_rows(subject):
        sheet.append([_cell(sheet, row.get(column, ""), body) for column in COLUMNS])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: Any, value: str | int, body: Alignment) -> Any:
    if isinstance(value, str):
        return _text(sheet, value, None, body) if value else None
    return value


def _text(sheet: Any, text: str, font: Font | None, alignment: Alignment | None = None) -> Any:
    """A text, formatted as one too, so that it stays a text when somebody edits it."""
    cell = WriteOnlyCell(sheet)
    cell.value = _fitted(_ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", text))
    cell.data_type, cell.number_format = "s", "@"
    if font:
        cell.font = font
    if alignment:
        cell.alignment = alignment
    return cell


def _fitted(text: str) -> str:
    """Only a package can be longer than a cell: then it ends with a whole line. A CSV holds all of it."""
    return text if len(text) <= MOST else text[:MOST].rpartition("\n")[0]
