"""The templates that come with Touchline: journeys in the portable form, one file each in journey_templates/.

A file holds what portable.py describes, and "template": {"name", "summary", "for" (whom it suits), "order"}. The name of the
file is the template's key, in addresses too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import orjson

from journeys.faults import NotPortable
from journeys.numbers import Numbers, numbers_of
from journeys.sketching import sketch
from journeys.thumbnails import thumbnail

FOLDER = Path(__file__).parent / "journey_templates"


@dataclass(frozen=True)
class ReadyMade:
    key: str
    name: str
    summary: str
    suits: str
    order: int
    content: dict[str, Any]

    @cached_property
    def numbers(self) -> Numbers:
        return numbers_of(self.content)

    @cached_property
    def picture(self) -> str:
        return thumbnail(sketch(self.content))


@cache
def ready_made(folder: Path = FOLDER) -> Mapping[str, ReadyMade]:
    """All of a folder by key, in their order. Read once a process. Raises NotPortable, naming the file."""
    found = [_read(path) for path in sorted(folder.glob("*.json"))]
    return {template.key: template for template in sorted(found, key=lambda one: (one.order, one.key))}


def _read(path: Path) -> ReadyMade:
    try:
        content = orjson.loads(path.read_bytes())
        about = content.pop("template")
        template = ReadyMade(path.stem, about["name"], about["summary"], about["for"], int(about["order"]), content)
        sketch(content)
    except (NotPortable, ValueError, KeyError, TypeError, AttributeError) as trouble:
        raise NotPortable(((), f"{path.name}: {trouble}")) from trouble
    return template
