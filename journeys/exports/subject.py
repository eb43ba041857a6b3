"""What is exported, and on which day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from journeys.document import Document

#: what XML 1.0 (section 2.2) does not let a document hold, and what is no character at all
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

#: what Windows does not let a file be called, and marks that turn round how a name reads
_REFUSED = re.compile(r'[<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]')


@dataclass(frozen=True, slots=True)
class Subject:
    """A journey's document with the names that it refers to by id, and the day of the export where the person is."""

    document: Document
    segment: str
    roles: dict[str, str]
    playbooks: dict[str, str]
    on: date

    @property
    def title(self) -> str:
        return legal(self.document["journey"].get("title", "")).strip() or "Untitled journey"

    @property
    def day(self) -> str:
        return f"{self.on.day} {self.on:%B %Y}"


def file_name(subject: Subject, ending: str, *, by_stage: bool = False) -> str:
    """Title and segment, without what file systems refuse."""
    name = f"{subject.title} - {subject.segment}" + (" - by stage" if by_stage else "")
    allowed = _REFUSED.sub(" ", legal(name))
    return f"{' '.join(allowed.split())[:120].strip('. ') or 'Journey'}.{ending}"


def legal(value: Any) -> Any:
    """Texts without the characters that XML forbids; dictionaries and lists of such alike."""
    if isinstance(value, str):
        return _ILLEGAL.sub("", value)
    if isinstance(value, dict):
        return {key: legal(one) for key, one in value.items()}
    return [legal(one) for one in value] if isinstance(value, list) else value
