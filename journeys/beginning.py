"""A new journey that is not empty: drawn from a portable one, or a copy of another."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from accounts.ids import id_text
from journeys.copying import ITS_OWN
from journeys.document import Document
from journeys.faults import Faults
from journeys.models import Journey, Lane, Segment
from journeys.models.element import ActRefused, IdTaken
from journeys.names import take_in
from journeys.portable import KINDS, REFERENCES
from journeys.reading import read_document
from journeys.sketching import good_names, refuse_unsound
from journeys.unpacking import to_document

if TYPE_CHECKING:
    from accounts.models import Member


def begin_empty(segment: Segment, title: str, *, by: Member, at: datetime, id: UUID | None = None) -> Journey:
    """A new, empty map. With `id`, a retried act is one act. Raises ActRefused if the segment or the id cannot be taken."""
    with transaction.atomic():
        return _already_begun(segment, id) or Journey.objects.begin(segment, title, id=id, by=by, at=at)


def begin_from(
    segment: Segment, title: str, data: dict[str, Any], *, by: Member, at: datetime, label: str = "", id: UUID | None = None
) -> Journey:
    """A new journey of the segment, drawn from portable data: one transaction, and one Change after the empty map's.

    Roles and playbooks are found by name; missing roles are made, missing playbooks as empty drafts. `label` is what the log
    calls it. With `id`, a retried act is one act. Raises NotPortable, and then nothing has been made.
    """
    with transaction.atomic():
        if made := _already_begun(segment, id):
            return made
        faults = Faults()
        names = take_in(segment.workspace_id, *good_names(data, faults), at=at)
        document = to_document(data, *names, id_text, faults=faults)
        refuse_unsound(document)
        return _begin_with(document, segment, title, label or f"drew {title}", id=id, by=by, at=at)


def begin_copy(
    source: Journey, segment: Segment, title: str, *, by: Member, at: datetime, id: UUID | None = None
) -> Journey:  # fmt: skip
    """A copy of a whole map for a segment, with copies of the journeys inside of its cards. The map copied stays as it is.

    With `id`, a retried act is one act. Raises ActRefused if the segment is another workspace's.
    """
    if source.segment.workspace_id != segment.workspace_id:
        raise ActRefused("A journey is copied within its workspace.", "segment")
    with transaction.atomic():
        return _already_begun(segment, id) or _copied(source, segment, title, {}, id=id, by=by, at=at)


def _already_begun(segment: Segment, id: UUID | None) -> Journey | None:
    """What the first try of a retried act made. The segment's row is the lock, so the two do not run at once."""
    if Segment.objects.select_for_update().filter(pk=segment.pk).first() is None:
        raise ActRefused("There is no such segment.", "segment")  # it was deleted just now
    made = Journey.objects.filter(pk=id).select_related("segment").first() if id else None
    if made and made.segment.workspace_id != segment.workspace_id:
        raise IdTaken
    return made


def _copied(
    source: Journey, segment: Segment, title: str, copies: dict[str, str], *, id: UUID | None, by: Member, at: datetime
) -> Journey:
    """`copies`: id of a child journey -> id of its copy, "" while it is being made. A child is copied once, none into itself."""
    copies.setdefault(str(source.pk), "")
    document = with_new_ids(read_document(source), id_text)
    for card in document["touchpoints"].values():
        child_id = card["child_id"]
        if not child_id:
            continue
        if child_id not in copies:
            child = Journey.objects.get(pk=child_id)
            copies[child_id] = str(_copied(child, segment, child.title, copies, id=None, by=by, at=at).pk)
        card["child_id"] = copies[child_id] or None
    return _begin_with(document, segment, title, f"began {title} as a copy of {source.title}", id=id, by=by, at=at)


def with_new_ids(document: Document, new_id: Callable[[], str]) -> Document:
    """The same map for another journey: new ids throughout, and none of the external ones, which name one element each."""
    ids = {id: new_id() for model in KINDS for id in document[model.document_key]}
    result = {**document, "journey": dict(document["journey"])}
    for model in KINDS:
        rows = result[model.document_key] = {}
        for id, fields in document[model.document_key].items():
            row = rows[ids[id]] = deepcopy(fields)
            for name in REFERENCES.keys() & row.keys():
                row[name] = ids[row[name]] if row[name] else row[name]
            if "external_id" in row:
                row["external_id"] = ITS_OWN["external_id"]
    return result


def _begin_with(
    document: Document, segment: Segment, title: str, label: str, *, id: UUID | None, by: Member, at: datetime
) -> Journey:
    """Begin an empty map and bring the elements in. They must bear ids that nobody has."""
    journey = Journey.objects.begin(segment, title, id=id, by=by, at=at)
    with journey.act(label, by=by, at=at) as act:
        act.change_journey(summary=document["journey"].get("summary", ""))
        fixed = {lane.kind: lane for lane in act.rows(Lane) if lane.kind != Lane.Kind.ROLE}
        there = {id: str(fixed[lane["kind"]].pk) for id, lane in document["lanes"].items() if lane["kind"] in fixed}
        for lane in document["lanes"].values():
            if lane["kind"] in fixed:
                act.change(fixed[lane["kind"]], **{name: lane[name] for name in ("name", "role_id", "external_id")})
        for model in KINDS:
            rows = list(document[model.document_key].items())
            if model is Lane:
                rows = [(id, row) for id, row in rows if id not in there]
            elif there and model.document_key == "touchpoints":
                rows = [(id, {**row, "lane_id": there.get(row["lane_id"], row["lane_id"])}) for id, row in rows]
            act.bring_in(model, rows)
    return journey
