"""Files that mean harm, made when a test asks for them. FILES: name -> (maker, a piece of the refusal; "" if it may go in).

`python -m tests.journeys.hostile make NAME PATH` writes one; `... read PATH` reads it and prints what came of it, with seconds
and megabytes. Two processes, because a peak is measured once in a process, and some files take much to make.
"""

from __future__ import annotations

import io
import json
import random
import resource
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from journeys.sheets import SheetRefused, read_sheet

READ, COSTLY = "not an XLSX that can be read", "more time or memory"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
CONTENT = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}.worksheet+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{KIND}.sharedStrings+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/></Types>'
)
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>stage</t></is></c><c r="B1" t="inlineStr"><is><t>title</t></is></c></row>'


SST = f'<sst xmlns="{MAIN}">'.encode()


def relations(**targets: str) -> str:
    rows = "".join(
        f'<Relationship Id="{id}" Type="{RELATION}/{target.split("|")[0]}" Target="{target.split("|")[1]}"/>'
        for id, target in targets.items()
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{rows}</Relationships>'


def workbook(
    sheet: bytes, more: dict[str, bytes] | None = None, method: int = zipfile.ZIP_DEFLATED, padded: bool = True
) -> bytes:
    """An XLSX whose first sheet is these bytes; padded with noise, so that it is not its ratio that gives it away."""
    parts = {
        "[Content_Types].xml": CONTENT.encode(),
        "_rels/.rels": relations(r1="officeDocument|xl/workbook.xml").encode(),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{RELATION}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>'
        ).encode(),
        "xl/_rels/workbook.xml.rels": relations(
            r1="worksheet|worksheets/sheet1.xml", r2="sharedStrings|sharedStrings.xml", r3="styles|styles.xml"
        ).encode(),
        "xl/worksheets/sheet1.xml": sheet,
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"/>'.encode(),
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"/>'.encode(),
        **(more or {}),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method, compresslevel=9) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
        if padded:
            noise = random.Random(7).randbytes(min(sum(map(len, parts.values())) // 150, 8_000_000))
            archive.writestr("xl/media/noise.bin", noise, zipfile.ZIP_STORED)
    return out.getvalue()


def sheet(rows: bytes) -> bytes:
    return f'<worksheet xmlns="{MAIN}"><sheetData>'.encode() + rows + b"</sheetData></worksheet>"


def lying(data: bytes, name: bytes, claimed: int) -> bytes:
    """The archive with another unpacked size written into both headers of a part."""
    changed = bytearray(data)
    for signature, size_at, name_at in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        at = changed.find(signature)
        while at >= 0:
            if changed[at + name_at : at + name_at + len(name)] == name:
                struct.pack_into("<I", changed, at + size_at, claimed)
            at = changed.find(signature, at + 4)
    return bytes(changed)


def locked() -> bytes:
    data = bytearray(workbook(sheet(HEAD.encode())))
    for signature, at_flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + at_flags] |= 1
            at = data.find(signature, at + 4)
    return bytes(data)


def many_parts() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(60_000):
            archive.writestr(f"{number}", b"")
    return out.getvalue()


def overlapping() -> bytes:
    """One packed part named by a thousand directory entries (after D. Fifield, A better zip bomb, 2019)."""
    data = workbook(sheet(HEAD.encode()), {"xl/x.xml": b"0" * 8_000_000})
    start = data.find(b"PK\x01\x02")
    end = data.find(b"PK\x05\x06")
    directory = data[start:end]
    entries = [b"PK\x01\x02" + part for part in directory.split(b"PK\x01\x02")[1:]]
    entries += [entries[-1]] * 900
    body = b"".join(entries)
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, len(entries), len(entries), len(body), start, 0)
    return data[:start] + body + tail


def rows_200k() -> bytes:
    return (
        HEAD.encode() + b'<row><c t="inlineStr"><is><t>One</t></is></c><c t="inlineStr"><is><t>Two</t></is></c></row>' * 200_000
    )


def one_text_everywhere() -> bytes:
    """A string of thousands of letters that a million cells name: little to hold for a reader, terabytes to hand on."""
    strings = SST + b"<si><t>" + b"x" * 9_000 + b"</t></si></sst>"
    return workbook(
        sheet(HEAD.encode() + (b"<row>" + b'<c t="s"><v>0</v></c>' * 150 + b"</row>") * 9_000), {"xl/sharedStrings.xml": strings}
    )


ENTITIES = b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 1000 + b'">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9)
) + b"]>"  # fmt: skip
EXTERNAL = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'

FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "200,000 rows in a CSV": (lambda: b"stage,title\n" + b"One,Two\n" * 200_000, "more than 10,000 rows"),
    "200,000 rows in an XLSX": (lambda: workbook(sheet(rows_200k())), "more than 10,000 rows"),
    "a part of many megabytes": (lambda: workbook(sheet(b" " * 400_000_000)), "unfolds to far more"),
    "a small file that unfolds five hundredfold": (
        lambda: workbook(sheet(b" " * 30_000_000), padded=False),
        "unfolds to far more",
    ),
    "a workbook part that lies about its size": (
        lambda: lying(workbook(sheet(HEAD.encode()), {"xl/workbook.xml": b" " * 300_000_000}), b"xl/workbook.xml", 500),
        COSTLY,
    ),
    "a sheet that lies about its size": (
        lambda: lying(workbook(sheet(HEAD.encode() + b" " * 300_000_000)), b"xl/worksheets/sheet1.xml", 900),
        READ,
    ),
    "strings that lie about their size": (
        lambda: lying(workbook(sheet(HEAD.encode()), {"xl/sharedStrings.xml": b" " * 300_000_000}), b"xl/sharedStrings.xml", 90),
        READ,
    ),
    "sixty thousand parts": (many_parts, "unfolds to far more"),
    "overlapping parts": (overlapping, "unfolds to far more"),
    "too many strings": (
        lambda: workbook(sheet(HEAD.encode()), {"xl/sharedStrings.xml": SST + b"<si><t>a</t></si>" * 1_200_000 + b"</sst>"}),
        "more text than a journey",
    ),
    "strings up to the limit": (
        lambda: workbook(sheet(HEAD.encode()), {"xl/sharedStrings.xml": SST + b"<si/>" * 3_200_000 + b"</sst>"}),
        COSTLY,
    ),
    "cells without text by the million": (
        lambda: workbook(sheet(HEAD.encode() + b"<row>" + b"<c/>" * 8_000_000 + b"</row>")),
        COSTLY,
    ),
    "one tag with attributes by the million": (
        lambda: workbook(sheet(b"<row " + b" ".join(b'a%d="1"' % i for i in range(3_000_000)) + b"/>")),
        COSTLY,
    ),
    "one comment of megabytes": (lambda: workbook(sheet(b"<!--" + b"x" * 40_000_000 + b"-->")), COSTLY),
    "a style sheet of megabytes": (
        lambda: workbook(sheet(HEAD.encode()), {"xl/styles.xml": b"<s>" + b"<xf/>" * 7_000_000 + b"</s>"}),
        COSTLY,
    ),
    "an entity bomb in the sheet": (lambda: workbook(ENTITIES + sheet(b"<row><c><v>&j;</v></c></row>")), "not an XLSX"),
    "an entity bomb in the strings": (
        lambda: workbook(sheet(HEAD.encode()), {"xl/sharedStrings.xml": ENTITIES + SST + b"<si><t>&j;</t></si></sst>"}),
        "not an XLSX",
    ),
    "an external entity": (lambda: workbook(EXTERNAL + sheet(b"<row><c><v>&a;</v></c></row>")), "not an XLSX"),
    "a workbook locked by a password": (locked, "without a password"),
    "another compression": (lambda: workbook(sheet(HEAD.encode()), method=zipfile.ZIP_LZMA), ""),
    "a header of ten million commas": (lambda: b"stage,title" + b"," * 10_000_000, "longer than any row"),
    "a quote that is not closed": (lambda: b'stage,title\nOne,"Two\n' + b'","\n' * 2_500_000, "is a quote missing"),
    "one long text in a million cells": (one_text_everywhere, COSTLY),
    "a million arrows": (
        lambda: b"stage,title,external_id,after\n" + b"".join(b"S,T,%d,%s\n" % (i, b"0;1;" * 200) for i in range(9000)),
        "arrows",
    ),
}


def measure(path: str) -> dict[str, object]:
    """What came of the file, CPU seconds, and how far memory grew beyond an idle reader's, here and in the child, in MB."""
    data = Path(path).read_bytes()
    subprocess.run([sys.executable, "-c", "import openpyxl"], check=True)
    here, there = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    begun = seconds()
    try:
        rows: int | None = len(read_sheet(data).rows)
        said = ""
    except SheetRefused as refusal:
        rows, said = None, str(refusal)
    return {
        "rows": rows,
        "said": said,
        "seconds": seconds() - begun,
        "here": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - here) // 1024,
        "there": (resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss - there) // 1024,
    }


def seconds() -> float:
    uses = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(use.ru_utime + use.ru_stime for use in uses)


if __name__ == "__main__":
    if sys.argv[1] == "make":
        Path(sys.argv[3]).write_bytes(FILES[sys.argv[2]][0]())
    else:
        json.dump(measure(sys.argv[2]), sys.stdout)
