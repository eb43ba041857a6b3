"""A journey as JSON: everything that can leave its workspace (`journeys/portable.py`)."""

from __future__ import annotations

import orjson

from journeys.exports.subject import Subject
from journeys.portable import portable
from journeys.sheets import MAX_BYTES


def write_json(subject: Subject) -> bytes:
    """Indented for people; a journey that would then be too large to come back in is written without."""
    data = portable(subject.document, subject.roles, subject.playbooks)
    file = orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    return file if len(file) <= MAX_BYTES else orjson.dumps(data)
