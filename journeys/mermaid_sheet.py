"""Read a Mermaid `journey` diagram as a journey sheet: a section is a stage, a task a card in the lane of its first actor."""

from __future__ import annotations

import re

from journeys.mermaid import said, said_actor
from journeys.sheets import MAX_BYTES, MAX_LINE, MAX_ROWS, Sheet, SheetRefused, SheetRow

#: what may stand before the diagram: a header between dashes, directives and comments
_FRONT = re.compile(rb"\A---\s*\n.*?\n---\s*\n", re.DOTALL)
_COMMENT = re.compile(r"%%|#")
_IGNORED = ("acctitle", "accdescr")
COLUMNS = ["stage", "lane", "title", "emotion"]


def is_mermaid(start: bytes) -> bool:
    """Whether a file that begins so is a diagram of the kind `journey`. `start` has no white space before it."""
    lines = (line.strip() for line in _FRONT.sub(b"", start).splitlines())
    return next((line for line in lines if line and not line.startswith(b"%%")), b"").lower() == b"journey"


def read_mermaid(data: bytes) -> Sheet:
    """Rows with what a diagram can say: stage, title, lane, and 1 to 5 as -2 to +2. Raises SheetRefused."""
    if len(data) > MAX_BYTES:
        raise SheetRefused(f"The file is larger than {MAX_BYTES // 1024 // 1024} MB. Split it.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SheetRefused("This diagram is not UTF-8. Save it as UTF-8 and try again.") from None
    if "\0" in text or max(map(len, text.split("\n"))) > MAX_LINE:
        raise SheetRefused("This is not a diagram that can be read.")
    front = _FRONT.match(text.lstrip().encode())
    skipped = text[: len(text) - len(text.lstrip())].count("\n") + (front[0].count(b"\n") if front else 0)
    sheet = Sheet(COLUMNS, COLUMNS, [], [])
    stage = ""
    for number, line in enumerate(text.split("\n"), start=1):
        words = line.strip()
        first = words.split(maxsplit=1)[0].casefold() if words else ""
        rest = words[len(first) :].strip()
        if number <= skipped or not words or _COMMENT.match(words) or words.lower() == "journey" or first.rstrip(":") in _IGNORED:
            continue
        if first == "title":
            sheet.named = said(rest)
        elif first == "section":
            stage = said(rest)
        elif len(sheet.rows) >= MAX_ROWS:
            raise SheetRefused(f"The diagram has more than {MAX_ROWS:,} tasks. Split it, or check that it is a journey.")
        else:
            sheet.rows.append(_task(number, words, stage or sheet.named or "Journey"))
    return sheet


def _task(number: int, words: str, stage: str) -> SheetRow:
    title, *parts = words.rstrip(";").split(":")
    score, actors = (parts[0].strip() if parts else ""), (parts[1] if len(parts) > 1 else "")
    cells = {"stage": stage, "lane": said_actor(actors.split(",")[0]), "title": said(title), "emotion": ""}
    row = SheetRow(number, cells)
    if re.fullmatch("[1-5]", score):
        cells["emotion"] = str(int(score) - 3)
    elif score:
        row.problems.append(("emotion", f"{score[:40]} is no score from 1 to 5."))
    return row
