"""The routes of versions, read from the database and kept: versions never change."""

from __future__ import annotations

from collections.abc import Iterable
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
    return routes_of([version])[version]


def routes_of(versions: Iterable[UUID]) -> dict[UUID, Route]:
    """The route of each, for one question, however many they are."""
    # Which drill-downs there are is asked each time: one may have been published since the route was kept.
    versions = set(versions)
    wanted = {journey for version in versions for journey in _drilled_into(version)[1]}
    published: dict[UUID, list[tuple[datetime, UUID]]] = {}
    if wanted:
        of = Version.objects.filter(journey__in=wanted).order_by("number")
        for journey, at, pk in of.values_list("journey", "at", "pk"):
            published.setdefault(journey, []).append((at, pk))
    return {version: _compiled(version, tuple(_children(version, published))) for version in versions}


def _children(version: UUID, published: dict[UUID, list[tuple[datetime, UUID]]]) -> list[UUID]:
    at, journeys = _drilled_into(version)
    known = (published[journey] for journey in journeys if journey in published)
    return [next((pk for then, pk in reversed(those) if then <= at), those[0][1]) for those in known]


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
