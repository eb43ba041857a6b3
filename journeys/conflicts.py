"""Nobody's words are overwritten unseen: an edit says what its fields said when it began, and is refused where that has changed.

The text itself is the version an edit carries. Whoever brings none (an importer, a command like "mark as a milestone") sets the
field whatever it said; pages always bring it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from journeys.models import Change, Journey
from journeys.models.element import ActRefused, Element

if TYPE_CHECKING:
    from datetime import datetime


class Conflict(ActRefused):
    """A field says neither what the edit began with (`was`) nor what it wants (`yours`), but `theirs`, written in `last`."""

    def __init__(self, subject: Element | Journey, field: str, *, was: Any, yours: Any, theirs: Any, last: Change | None):
        self.subject = subject
        self.was, self.yours, self.theirs = was, yours, theirs
        self.last = last
        what = next(one.verbose_name for one in type(subject)._meta.concrete_fields if one.attname == field)
        super().__init__(f"{self.by} changed the {what} of {called(subject)} meanwhile.", field)

    @property
    def by(self) -> str:
        return str(self.last.by) if self.last else "Somebody"

    @property
    def at(self) -> datetime | None:
        return self.last.at if self.last else None


def refuse_overwriting(
    journey: Journey, subject: Element | Journey, fields: Mapping[str, Any], was: Mapping[str, Any] | None
) -> None:
    """Raise Conflict for the first field that has changed since it said what `was` says. The caller holds the journey's lock."""
    for name, origin in (was or {}).items():
        if name not in fields:
            continue
        current = getattr(subject, name)
        if same(current, origin) or same(current, fields[name]):
            continue
        last = Change.objects.of(journey).writing(subject.kind_name, subject.pk, name, current)
        raise Conflict(subject, name, was=origin, yours=fields[name], theirs=current, last=last)


def same(one: Any, other: Any) -> bool:
    """Whether two values say the same, be they as a page sends them or as the database holds them."""
    return _said(one) == _said(other)


def _said(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return [_said(part) for part in value]
    if isinstance(value, dict):
        return {name: _said(part) for name, part in value.items()}
    if isinstance(value, (int, UUID)):
        return str(value)
    # Forms strip what was typed, and browsers end lines in two ways.
    return str(value).replace("\r\n", "\n").replace("\r", "\n").strip()


def called(subject: Element | Journey) -> str:
    return subject.title if isinstance(subject, Journey) else subject.called
