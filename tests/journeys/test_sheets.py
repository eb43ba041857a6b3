"""Files that are no sheets, and sheets that mean harm: a clear refusal, little memory, no crash."""

from __future__ import annotations

import io
import random
import re
import time
import tracemalloc
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys.sheets import SheetRefused, read_sheet, write_problem_sheet

HEAD = "stage,title\n"


def xlsx(*lines):
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def zipped(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"  \n ", "empty"),
        (b"%PDF-1.7\nrubbish", "no column"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not a sheet"),
        (b"\xd0\xcf\x11\xe0old", "old or encrypted"),
        ("stage,title\nOne,Gr\u00fc\u00dfe\n".encode("latin-1"), "Line 2 is not UTF-8"),
        ("stage,title\n".encode("utf-16"), "UTF-16"),
        (b"stage,name\nOne,Two\n", "no column .title."),
        (b"stage,title,stage\nOne,Two,Three\n", "there twice"),
        ((HEAD + "One,Two\n" * 200_000).encode(), "more than 10,000 rows"),
        (b"a" * (11 * 1024 * 1024), "larger than 10 MB"),
        ((HEAD + "One," + "x" * 20_000).encode(), "holds 20,000 letters"),
        ((",".join(f"c{i}" for i in range(500)) + "\n").encode(), "more than 200 columns"),
        (b'stage,title\n"One,Two\n', "is not CSV"),
        (b"PK\x03\x04rubbish", "not an XLSX"),
        (zipped(**{"hello.txt": "hello"}), "not an XLSX"),
        (zipped(**{"xl/worksheets/sheet1.xml": b"0" * 90_000_000}), "unfolds to far more"),
        (b"stage,title\n" + b"," * 9_000_000, "longer than any row"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(data, message):
    with pytest.raises(SheetRefused, match=message):
        read_sheet(data)


def test_a_zip_bomb_is_refused_without_being_unfolded():
    bomb = zipped(**{"xl/sharedStrings.xml": b"0" * 70_000_000})
    tracemalloc.start()
    with pytest.raises(SheetRefused):
        read_sheet(bomb)
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_entity_bombs_in_a_workbook_are_refused():
    source = zipfile.ZipFile(io.BytesIO(xlsx(["stage", "title"], ["One", "Two"])))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            data = source.read(name)
            if name.endswith("workbook.xml"):
                data = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + data
            archive.writestr(name, data)
    with pytest.raises(SheetRefused):
        read_sheet(out.getvalue())


def with_sheet(rows):
    """A workbook whose first sheet holds these bytes, with noise beside it so that its ratio does not give it away."""
    source = zipfile.ZipFile(io.BytesIO(xlsx(["stage", "title"], ["One", "Two"])))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            data = source.read(name)
            if name.endswith("sheet1.xml"):
                # Without its dimension the reader must go through all of it.
                data = re.sub(rb"<dimension[^>]*>", b"", data).replace(b"</sheetData>", rows + b"</sheetData>")
            archive.writestr(name, data)
        archive.writestr("xl/media/noise.bin", random.Random(7).randbytes(len(rows) // 150), zipfile.ZIP_STORED)
    return out.getvalue()


@pytest.mark.parametrize(
    "rows",
    [
        b"<row/>" * 6_000_000,
        b"<a>" * 6_000_000,
        b'<row r="99999999999999"><c t="inlineStr"><is><t>One</t></is></c></row>',
    ],
    ids=["rows by the million", "elements within elements", "a row number beyond all sheets"],
)
def test_a_workbook_that_would_keep_a_parser_busy_for_hours_is_refused_in_seconds(rows):
    begun = time.monotonic()
    with pytest.raises(SheetRefused):
        read_sheet(with_sheet(rows))
    assert time.monotonic() - begun < 60


def test_ten_thousand_rows_of_a_workbook_are_read():
    sheet = read_sheet(xlsx(["stage", "title", "offset_days"], *(["One", f"Card {n}", n % 90] for n in range(10_000))))
    assert len(sheet.rows) == 10_000
    with pytest.raises(SheetRefused, match="more than 10,000 rows"):
        read_sheet(xlsx(["stage", "title"], *(["One", f"Card {n}"] for n in range(10_001))))


def test_semicolons_byte_order_marks_quoted_line_breaks_and_unknown_columns_are_read():
    sheet = read_sheet('\ufeffStage;Title;Colour\nOne;"Two\nlines";red\n\n;;\nThree;Four;\n'.encode())
    assert sheet.columns == ["stage", "title"]
    assert sheet.ignored == ["colour"]
    assert [(row.number, row.cells["title"]) for row in sheet.rows] == [(2, "Two\nlines"), (6, "Four")]


def test_a_workbook_is_read_and_its_formulas_are_named():
    sheet = read_sheet(xlsx(["stage", "title", "offset days"], ["One", "Two", 7.0], ["One", "=1+1", 3]))
    assert sheet.rows[0].cells == {"stage": "One", "title": "Two", "offset_days": "7"}
    assert sheet.rows[1].problems == [("title", "Cell B3 holds a formula; put its value there.")]


def test_the_problem_sheet_starts_no_formula_and_can_be_read_again():
    sheet = read_sheet(b"stage,title\nOne,=cmd|x\n")
    again = read_sheet(write_problem_sheet(sheet, {2: ["No."]}))
    assert again.rows[0].cells == {"stage": "One", "title": "'=cmd|x", "problem": "No."}


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=300).map(lambda text: (HEAD + text).encode()))
def test_no_bytes_at_all_crash_the_reader(data):
    try:
        sheet = read_sheet(data)
    except SheetRefused:
        return
    assert {"stage", "title"} <= set(sheet.columns)
