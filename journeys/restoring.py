"""Bring a map back to what it was at an earlier revision: one act like any other, so it can be undone itself.

What the map of then refers to outside of itself may be gone for good: a role, a playbook, the journey inside of a card. Then
that reference is left out, and named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from accounts.models import Role
from journeys.changing import WRITE_ORDER
from journeys.differing import document_at, patches_between
from journeys.document import KEYS, Patch
from journeys.models import Change, Journey, NamedRevision, Segment
from journeys.models.element import ActRefused
from journeys.nesting import leave_misplaced_out
from journeys.reading import read_document
from journeys.recording import Act, recording
from playbooks.models import Playbook

if TYPE_CHECKING:
    from accounts.models import Member

#: (kind, field) -> whom it refers to outside of the map, and what people call that
OUTSIDE: dict[tuple[str, str], tuple[Any, str]] = {
    ("journey", "segment_id"): (Segment, "segment"),
    ("lane", "role_id"): (Role, "role"),
    ("touchpoint", "owner_id"): (Role, "owner"),
    ("touchpoint", "playbook_id"): (Playbook, "playbook"),
    ("handoff", "to_role_id"): (Role, "role"),
}
#: what is nothing without it
NEEDED = {("journey", "segment_id"), ("handoff", "to_role_id")}


@dataclass
class Restored:
    """The change that it made, None if the map was the same already; what could not be brought back, in words."""

    change: Change | None
    left_out: list[str] = field(default_factory=list)


def restore(journey: Journey, revision: int, *, by: Member, at: datetime) -> Restored:
    """Let the map be again what it was at `revision`. Raises ActRefused if there is no such revision."""
    with recording(journey, "", by=by, at=at) as act:
        if not 1 <= revision <= act.journey.revision:
            raise ActRefused("There is no such revision.")
        name = NamedRevision.objects.names(act.journey, revision).get(revision)
        act.label = f"restored the map as it was at {f'“{name}”' if name else f'revision {revision}'}"
        now = read_document(act.journey)
        then = document_at(act.journey, revision, now)
        rows = {id: row for document in (now, then) for key in KEYS.values() for id, row in document[key].items()}
        patches, left_out = _possible(patches_between(now, then), rows)
        apply_to(act, patches)
        left_out += leave_misplaced_out(act)
    return Restored(act.written, left_out)


def _possible(patches: list[Patch], rows: dict[str, Any]) -> tuple[list[Patch], list[str]]:
    """The patches without references to what is gone, and what that leaves out. `rows`: id -> fields of all elements."""
    gone = _gone(patches)
    if not gone:
        return patches, []
    kept: list[Patch] = []
    left_out: list[str] = []
    absent: set[str] = set()
    for patch in patches:
        lost = [name for name, _, id in _references([patch]) if id in gone]
        if not lost:
            kept.append(patch)
            continue
        kind, after = patch["kind"], dict(patch["after"])
        left_out += [f"{_called(patch, rows)}: its {OUTSIDE[kind, name][1]} is gone for good" for name in lost]
        needed = [name for name in lost if (kind, name) in NEEDED]
        if needed and patch["before"] is None:
            absent.add(patch["id"])
            continue
        for name in lost:
            if name in needed:
                del after[name]
            else:
                after[name] = None
        kept.append({**patch, "after": after})
    # Nobody can set aside a gap at what is not there.
    return [p for p in kept if not (p["kind"] == "dismissal" and p["after"] and p["after"].get("subject_id") in absent)], left_out


def _called(patch: Patch, rows: dict[str, Any]) -> str:
    if patch["kind"] == "journey":
        return "The map"
    row = rows[patch["id"]]
    return str(row.get("title") or row.get("name") or f"the handoff at {rows[row['touchpoint_id']]['title']}")


def _references(patches: Iterable[Patch]) -> Iterator[tuple[str, Any, str]]:
    """(field, model, id) of all that patches refer to outside of the map."""
    for patch in patches:
        for (kind, name), (model, _) in OUTSIDE.items():
            if patch["kind"] == kind and patch["after"] and patch["after"].get(name):
                yield name, model, patch["after"][name]


def _gone(patches: list[Patch]) -> set[str]:
    """The ids of what patches refer to and is not there any more."""
    wanted: dict[Any, set[str]] = {}
    for _, model, id in _references(patches):
        wanted.setdefault(model, set()).add(id)
    gone: set[str] = set()
    for model, ids in wanted.items():
        gone |= ids - {str(pk) for pk in model._default_manager.filter(pk__in=ids).values_list("pk", flat=True)}
    return gone


def apply_to(act: Act, patches: list[Patch]) -> None:
    """Exactly the patches: what stands on what goes is among them."""
    for patch in patches:
        if patch["kind"] == "journey":
            act.change_journey(**_known(Journey, patch["after"]))
    for model in WRITE_ORDER:
        mine = [patch for patch in patches if patch["kind"] == model.kind_name]
        if changed := [(p["id"], _known(model, p["after"])) for p in mine if p["before"] is not None and p["after"] is not None]:
            act.change_many(model, changed)
        if gone := {patch["id"] for patch in mine if patch["after"] is None}:
            for element in act.those(model, gone).values():
                act.delete(element)
        # Last: rows that nobody has looked at since can be copied as they are.
        if made := [(patch["id"], _known(model, patch["after"])) for patch in mine if patch["before"] is None]:
            act.bring_in(model, made)


def _known(model: Any, fields: dict[str, Any]) -> dict[str, Any]:
    """Without fields that the log speaks of and elements have no longer."""
    if fields.keys() <= _logged(model):
        return fields
    return {name: value for name, value in fields.items() if name in model.logged}


@cache
def _logged(model: Any) -> frozenset[str]:
    return frozenset(model.logged)
