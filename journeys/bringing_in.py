"""A map that another system brings in by the id that it has there."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction

from journeys.beginning import begin_empty
from journeys.faults import Faults
from journeys.models import ExternalId, Journey, Segment
from journeys.models.element import ActRefused
from journeys.models.external_id import LONGEST, LONGEST_SOURCE
from journeys.names import segment_named
from journeys.portable import as_uuid
from journeys.replacing import Replaced, replace, tag_of
from journeys.sketching import segment_in, sketch, title_in
from journeys.unpacking import look_for_unknown, refuse_another_frame

if TYPE_CHECKING:
    from accounts.models import Member


class WithoutSegment(Exception):
    """Nobody says which segment a new map is of."""


class TakenMeanwhile(Exception):
    """Somebody has brought in the same map, or what is on it, at the same moment."""


def journey_called(member: Member, source: str, external_id: str) -> Journey | None:
    """The map that a source calls so, or that has this id and no other one there; None if the member sees none."""
    if not can_be(source, external_id):
        return None
    pk = ExternalId.objects.journey_of(member, source, external_id)
    if pk is None and (own := as_uuid(external_id)):
        found = Journey.objects.seen_by(member, UUID(own))
        return found if found and str(found.pk) not in ExternalId.objects.journeys(member.workspace_id, source) else None
    return Journey.objects.seen_by(member, pk) if pk else None


def can_be(source: str, external_id: str = "x") -> bool:
    """Whether there may be something of that name."""
    try:
        refuse_bad_name(source, external_id)
    except ActRefused:
        return False
    return True


def refuse_bad_name(source: str, external_id: str) -> None:
    """Raises ActRefused for what no source can be called, or no map there."""
    if not re.fullmatch(r"[\w-]+", source, re.ASCII) or len(source) > LONGEST_SOURCE:
        raise ActRefused(f"A source is named with 1 to {LONGEST_SOURCE} letters, digits, - and _.", "source")
    if not external_id.isprintable() or len(external_id) > LONGEST:
        raise ActRefused(f"An external id has at most {LONGEST} printable characters.", "external_id")


def bring(
    source: str, external_id: str, data: Any, segment: Segment | None, *, by: Member, at: datetime, only_look: bool = False
) -> Replaced:  # fmt: skip
    """Make the map that the document describes, of the segment that it names or else of this one. `only_look`: say what would be
    made, and make nothing.

    Raises NotPortable, ActRefused, TakenMeanwhile, WithoutSegment.
    """
    refuse_bad_name(source, external_id)
    refuse_another_frame(data)
    faults = Faults()
    title, named = title_in(data, faults), segment_in(data, faults)
    if faults or not title:
        look_for_unknown(data, faults)
        sketch(data, faults)  # it refuses, with all that is wrong
    try:
        with transaction.atomic():
            if named:
                segment = segment_named(by.workspace, named, at=at)
            if segment is None:
                raise WithoutSegment
            journey = begin_empty(segment, title, by=by, at=at)
            ExternalId.objects.name_journey(journey, source, external_id)
            tag = tag_of(by, journey.pk, source) or ""
            done = replace(journey, data, tag=tag, by=by, at=at, source=source)
            if only_look:
                transaction.set_rollback(True)
        return done
    except IntegrityError as trouble:
        raise TakenMeanwhile from trouble
