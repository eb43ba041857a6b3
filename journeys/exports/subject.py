"""What is exported, and on which day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from journeys.document import Document

#: what XML 1.0 (section 2.2) does not let a document hold, and what is no character at all
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


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
        return legal(self.document["journey"].get("title", "")) or "Untitled journey"

    @property
    def day(self) -> str:
        return f"{self.on.day} {self.on:%B %Y}"


def legal(value: Any) -> Any:
    """Texts without the characters that XML forbids; dictionaries and lists of such alike."""
    if isinstance(value, str):
        return _ILLEGAL.sub("", value)
    if isinstance(value, dict):
        return {key: legal(one) for key, one in value.items()}
    return [legal(one) for one in value] if isinstance(value, list) else value
