"""The routes of versions, read from the database and kept: versions never change."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from uuid import UUID

from journeys.document import Document
from journeys.models import Version
from journeys.publishing import whole
from touchpoints.planning.route import Route, compile_route


@lru_cache(maxsize=64)
def _compiled(version: UUID, children: tuple[UUID, ...]) -> Route:
    found = Version.objects.get(pk=version)

    def look(journey: str) -> tuple[str, Document] | None:
        child = child_version(UUID(journey), found.at)
        return (str(child.pk), whole(child)) if child else None

    return compile_route(str(version), whole(found), look)


def route_of(version: UUID) -> Route:
    """The route of a version, with the drill-downs as they were when it was published; one that was published only later, as it
    was then first."""
    # Which drill-downs there are is asked each time: one may have been published since the route was kept.
    return _compiled(version, tuple(_children(version)))


def _children(version: UUID) -> list[UUID]:
    at, journeys = _drilled_into(version)
    if not journeys:
        return []
    numbers: dict[UUID, list[tuple[datetime, UUID]]] = {}
    of = Version.objects.filter(journey__in=journeys).order_by("number")
    for journey, then, pk in of.values_list("journey", "at", "pk"):
        numbers.setdefault(journey, []).append((then, pk))
    children = (numbers[journey] for journey in journeys if journey in numbers)
    return [next((pk for then, pk in reversed(those) if then <= at), those[0][1]) for those in children]


@lru_cache(maxsize=512)
def _drilled_into(version: UUID) -> tuple[datetime, tuple[UUID, ...]]:
    """When it was published, and the journeys that its cards lead into: asked for on many pages, and always the same."""
    found = Version.objects.get(pk=version)
    return found.at, tuple(_child_journeys(whole(found)))


def _child_journeys(document: Document) -> list[UUID]:
    return sorted({UUID(row["child_id"]) for row in document["touchpoints"].values() if row["child_id"]})


def child_version(journey: UUID, at: datetime) -> Version | None:
    of = Version.objects.filter(journey=journey)
    return of.filter(at__lte=at).order_by("-number").first() or of.order_by("number").first()
