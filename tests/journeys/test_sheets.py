"""Files that are no sheets, and sheets that mean harm: a clear refusal, little memory, no crash."""

from __future__ import annotations

import csv
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

from journeys.import_plan import plan_import
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


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1+1", "-2+3+cmd|' /C calc'!A0", "@SUM(A1)", "=HYPERLINK(A1)", "- see", "+49 30 1234567", "\uff1d1+1", "-"],
)
def test_no_cell_and_no_column_name_of_the_problem_sheet_starts_a_formula(text):
    table = io.StringIO()
    csv.writer(table).writerows([["stage", "title", "customer_view", text], ["One", text, text, text]])
    sheet = read_sheet(table.getvalue().encode())
    lines = list(csv.reader(io.StringIO(write_problem_sheet(sheet, {2: [f"{text} is odd."]}).decode("utf-8-sig"))))
    assert [cell for line in lines for cell in line if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\uff1d"))] == []
    assert lines[1][1] == f"'{text}"


def test_a_row_that_was_mended_in_the_problem_sheet_goes_in_as_it_was_written():
    sheet = read_sheet(
        b"stage,title,offset_days,emotion,customer_view\nOne,- see the annex,-90,+1,+ a plus\nOne,Two,-7 days,-2,-\n"
    )
    back = write_problem_sheet(sheet, {2: ["No."], 3: ["No."]})
    assert b"One,'- see the annex,-90,+1,'+ a plus" in back
    cells = [{k: v for k, v in row.cells.items() if k != "problem"} for row in read_sheet(back).rows]
    assert cells == [row.cells for row in sheet.rows]


def test_more_ids_than_a_cell_may_name_are_told_and_circles_are_cut_short():
    many = ";".join(f"u{n}" for n in range(200))
    rows = [f"x{n},S,T,x{(n + 1) % 30}" for n in range(30)]
    sheet = read_sheet(("external_id,stage,title,after\na,S,T," + many + "\n" + "\n".join(rows)).encode())
    problems = plan_import(sheet, None, {}, {}, iter(map(str, range(1000))).__next__).problems
    assert "after: at most 100 ids, this has 200." in problems[2]
    assert "after: 95 more ids are unknown." in problems[2]
    assert max(len(" ".join(found)) for found in problems.values()) < 1000
    assert problems[3][0].startswith("after: it closes a circle: ")
    assert len(problems) == 31


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=300).map(lambda text: (HEAD + text).encode()))
def test_no_bytes_at_all_crash_the_reader(data):
    try:
        sheet = read_sheet(data)
    except SheetRefused:
        return
    assert {"stage", "title"} <= set(sheet.columns)
