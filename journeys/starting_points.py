"""What a new journey can begin with: nothing, a template that comes with Touchline, one of the workspace, or another journey.

Each has a key: "" for the empty map, the name of its file, or the id of its row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.cache import cache
from django.utils.safestring import SafeString, mark_safe

from journeys.beginning import begin_copy, begin_empty, begin_from
from journeys.models import Journey, JourneyTemplate, Segment
from journeys.numbers import Numbers
from journeys.ready_made import ReadyMade, ready_made
from journeys.sketching import sketch
from journeys.thumbnails import KEPT, VERSION, thumbnail, thumbnails

if TYPE_CHECKING:
    from accounts.models import Member

Template = ReadyMade | JourneyTemplate
Start = Template | Journey | None


@dataclass(frozen=True, slots=True)
class StartingPoint:
    """How one is shown before one chooses. `title` is what the new journey would be called."""

    key: str
    name: str
    title: str
    picture: SafeString
    numbers: Numbers
    summary: str = ""
    #: whom it suits, or whose it is
    note: str = ""


class NoSuchStart(Exception):
    """There is nothing of that key, or it is not the person's to see."""


def template_of(key: str, *, by: Member) -> Template:
    """The template of that key. Raises NoSuchStart."""
    found: Template | None = ready_made().get(key)
    if found is None and (id := _as_id(key)):
        found = JourneyTemplate.objects.visible_to(by).filter(pk=id).first()
    if found is None:
        raise NoSuchStart(key)
    return found


def start_of(key: str, *, by: Member) -> Start:
    """What the key stands for. Raises NoSuchStart."""
    if not key:
        return None
    try:
        return template_of(key, by=by)
    except NoSuchStart:
        id = _as_id(key)
        journey = Journey.objects.visible_to(by).select_related("segment").with_numbers().filter(pk=id).first() if id else None
        if journey is None:
            raise
        return journey


def begin(start: Start, segment: Segment, title: str, *, id: UUID | None = None, by: Member, at: datetime) -> Journey:
    """A new journey of the segment from it. With `id`, a retried act is one act."""
    if start is None:
        return begin_empty(segment, title, id=id, by=by, at=at)
    if isinstance(start, Journey):
        return begin_copy(start, segment, title, id=id, by=by, at=at)
    label = f"began {title} from the template {start.name}"
    return begin_from(segment, title, start.content, label=label, id=id, by=by, at=at)


def suggested_title(start: Start, segment: Segment) -> str:
    """What a journey is called if nobody says otherwise."""
    if start is None:
        return f"{segment.name} journey"
    if isinstance(start, Journey):
        return f"Copy of {start.title}"[:200] if start.segment_id == segment.pk else start.title
    return start.name


def ready_points() -> list[StartingPoint]:
    return [
        StartingPoint(one.key, one.name, one.name, _safe(one.picture), one.numbers, one.summary, one.suits)
        for one in ready_made().values()
    ]


def template_points(templates: Iterable[JourneyTemplate]) -> list[StartingPoint]:
    listed = list(templates)
    drawn = template_pictures(listed)
    return [
        StartingPoint(one.key, one.name, one.name, drawn[one.key], one.numbers, one.summary, f"Saved by {one.made_by}")
        for one in listed
    ]


def journey_points(journeys: Iterable[Journey], segment: Segment) -> list[StartingPoint]:
    """Of journeys read `with_numbers`."""
    listed = list(journeys)
    drawn = thumbnails(listed)
    found = []
    for one in listed:
        numbers = Numbers(one.stages, one.touchpoints, one.roles)  # type: ignore[attr-defined]
        title, picture = suggested_title(one, segment), _safe(drawn[str(one.pk)])
        found.append(StartingPoint(str(one.pk), one.title, title, picture, numbers, one.summary, one.segment.name))
    return found


def template_pictures(templates: Iterable[JourneyTemplate]) -> dict[str, SafeString]:
    """The picture of each, by key. Drawn once and kept in the cache, which may be lost at any time."""
    keys = {f"template:{VERSION}:{one.pk}:{one.made_at.timestamp()}": one for one in templates}
    kept = cache.get_many(keys)
    missing = {one.pk: key for key, one in keys.items() if key not in kept}
    contents = JourneyTemplate.objects.contents(missing) if missing else {}
    drawn = {missing[pk]: thumbnail(sketch(content)) for pk, content in contents.items()}
    if drawn:
        cache.set_many(drawn, KEPT)
    return {one.key: _safe(kept.get(key) or drawn[key]) for key, one in keys.items()}


def _safe(picture: str) -> SafeString:
    # Nothing in a picture comes from what people type.
    return mark_safe(picture)  # noqa: S308  # nosec


def _as_id(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None
