"""A journey as JSON: everything that can leave its workspace (`journeys/portable.py`)."""

from __future__ import annotations

import orjson

from journeys.exports.subject import Subject
from journeys.portable import portable


def write_json(subject: Subject) -> bytes:
    data = portable(subject.document, subject.roles, subject.playbooks)
    return orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
