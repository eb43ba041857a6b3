"""A file that comes in: a journey sheet, a whole journey as JSON, or a Mermaid diagram. What the bytes are decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from journeys.document import Document
from journeys.faults import NotPortable
from journeys.mermaid_sheet import is_mermaid, read_mermaid
from journeys.portable import named_in
from journeys.sheets import MAX_BYTES, Sheet, SheetRefused, read_sheet
from journeys.sketching import sketch

#: what people call what a document holds
WORDS = {
    "stages": "stage",
    "lanes": "lane",
    "touchpoints": "card",
    "emotions": "feeling",
    "connectors": "arrow",
    "handoffs": "handoff",
}
#: brackets and commas of a file: what it would unfold to in memory, before it is unfolded. The largest journey has fewer.
MAX_PARTS, MAX_COMMAS = 300_000, 2_000_000


@dataclass(frozen=True, slots=True)
class JourneyFile:
    """A portable journey (`journeys/portable.py`), and its document with names in place of roles and playbooks."""

    data: dict[str, Any]
    document: Document

    @property
    def title(self) -> str:
        return str(self.document["journey"]["title"]).strip()

    @property
    def numbers(self) -> list[str]:
        """What it is made of: "5 stages", "1 lane"."""
        counts = [(len(self.document[key]), word) for key, word in WORDS.items()]
        return [f"{count:,} {word}{'' if count == 1 else 's'}" for count, word in counts if count]

    @property
    def names(self) -> tuple[list[str], list[str]]:
        """The roles and the playbooks that it speaks of."""
        return named_in(self.data)


def read_incoming(data: bytes) -> Sheet | JourneyFile:
    """Raises SheetRefused, in a sentence that names the place."""
    start = data[:2000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] in (b"{", b"["):
        return _read_json(data)
    return read_mermaid(data) if is_mermaid(start) else read_sheet(data)


def _read_json(data: bytes) -> JourneyFile:
    if len(data) > MAX_BYTES:
        raise SheetRefused(f"The file is larger than {MAX_BYTES // 1024 // 1024} MB, the most that can come in.")
    if data.count(b"{") + data.count(b"[") > MAX_PARTS or data.count(b",") > MAX_COMMAS:
        raise SheetRefused("This file has more parts than any journey. It was not read.")
    try:
        found = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise SheetRefused(f"Line {error.lineno}, column {error.colno}: this is not JSON ({error.msg}).") from None
    try:
        return JourneyFile(found, sketch(found))
    except NotPortable as refusal:
        raise SheetRefused(str(refusal)) from None
