"""Undo and redo, per person: a new change with the patches of an earlier one turned round.

What somebody else has written since is left alone, and told by whom and in which act. Where nothing of an act can be taken back
it is given up, so that the next undo reaches the act before it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from journeys.changing import MODELS
from journeys.dependents import dependents_of
from journeys.document import Patch, plain, turned_round
from journeys.last_writers import WritesSince, told
from journeys.models import Change, Handoff, Journey, RestedAct, Touchpoint
from journeys.models.element import ActRefused, Element
from journeys.nesting import leave_misplaced_out
from journeys.recording import Act, recording
from journeys.references import lost_references, without_lost

if TYPE_CHECKING:
    from accounts.models import Member

#: fields that only make sense together: a card that somebody has moved since is not moved halfway back
TOGETHER = (("stage_id", "lane_id", "slot"), ("source_id", "target_id"))
WITHOUT_ROLE = "the role it was handed to exists no more"
WITHOUT_SEGMENT = "the segment that the map was of exists no more"
REFERENCES = {
    "stage_id": "stage",
    "lane_id": "lane",
    "source_id": "touchpoint",
    "target_id": "touchpoint",
    "touchpoint_id": "touchpoint",
    "to_touchpoint_id": "touchpoint",
}


@dataclass
class Undone:
    """What came of an undo or redo: the change it made (None if there was nothing), and what was left alone, in words."""

    change: Change | None
    label: str = ""
    left_alone: list[str] = field(default_factory=list)


def undo(journey: Journey, *, by: Member, at: datetime) -> Undone:
    """Take back the last standing act of `by`."""
    return _turn(journey, Change.Kind.UNDO, by=by, at=at)


def redo(journey: Journey, *, by: Member, at: datetime) -> Undone:
    """Do again what `by` took back last."""
    return _turn(journey, Change.Kind.REDO, by=by, at=at)


def _turn(journey: Journey, kind: Change.Kind, *, by: Member, at: datetime) -> Undone:
    with recording(journey, "", by=by, at=at) as act:
        mine = Change.objects.of(act.journey)
        asked = act.journey.asked
        if asked and RestedAct.objects.answering(act.journey, asked):
            return Undone(None)  # and it is answered as it was
        target = mine.next_to_undo(by) if kind == Change.Kind.UNDO else mine.next_to_redo(by)
        if target is None:
            return Undone(None)
        act.kind, act.reverts = kind, target
        act.label = f"{'undid' if kind == Change.Kind.UNDO else 'redid'}: {target.label}"
        patches = turned_round(target.patches) if kind == Change.Kind.UNDO else target.patches
        left = _apply(act, patches, target) + leave_misplaced_out(act)
        undone = kind == Change.Kind.UNDO
        if act.patches():
            target.standing = Change.Standing.UNDONE if undone else Change.Standing.DONE
        else:
            target.standing = Change.Standing.ABANDONED
        target.save(update_fields=["standing"])
    return Undone(act.written, target.label, left)


def _apply(act: Act, patches: list[Patch], since: Change) -> list[str]:
    """Apply what can be applied; say what was left alone, because of whose act."""
    left: list[str] = []

    def leave(change: Change | int | None, name: str = "") -> None:
        left.append(f"{name}: {told(change, act.by)}" if name else told(change, act.by))

    writes = WritesSince(act.journey, since.revision, [(p["kind"], p["id"]) for p in patches], by=act.by)
    present, lost = _present(act, patches), lost_references(patches)
    gone = {(p["kind"], p["id"]) for p in patches if p["after"] is None}
    made = {(p["kind"], p["id"]) for p in patches if p["before"] is None}
    order = {kind: index for index, kind in enumerate(("journey", *MODELS))}
    # What stands on something is made after it and deleted before it.
    for patch in sorted(patches, key=lambda p: (1, -order[p["kind"]]) if p["after"] is None else (0, order[p["kind"]])):
        key = (patch["kind"], patch["id"])
        element = present.get(key)
        log = Change.objects.of(act.journey)
        if patch["kind"] == "journey":
            now = {name: plain(getattr(act.journey, name)) for name in patch["after"]}
            fields, others = _unchanged_since(now, patch, writes)
            possible = {name: value for name, value in fields.items() if not (name.endswith("_id") and value in lost)}
            act.change_journey(**possible)
            if len(possible) < len(fields):
                left.append(WITHOUT_SEGMENT)
            if len(fields) < len(patch["after"]):
                leave(others or writes.last(key))
        elif patch["before"] is None:
            if element is not None:
                leave(log.making_one(*key))
            elif (missing := _missing(patch, present, made)) is not None:
                made.discard(key)
                leave(log.deleting(*missing), _name(patch))
            elif (whole := without_lost(MODELS[patch["kind"]], patch["after"], lost)) is None:
                left.append(f"{_name(patch)}: {WITHOUT_ROLE}")
            else:
                act.create(MODELS[patch["kind"]](id=UUID(patch["id"]), **whole))
        elif element is None:
            if patch["after"] is not None:
                leave(log.deleting(*key))
        elif patch["after"] is None:
            snapshot = element.snapshot()
            others = next(iter(writes.by_others(key, element.logged).values()), None)
            if others or any(snapshot[name] != value for name, value in patch["before"].items()):
                leave(others or writes.last(key))
            elif stranger := _stranger(act, element, gone):
                leave(stranger)
            else:
                act.delete_with_dependents(element)
        else:
            fields, others = _unchanged_since(element.snapshot(), patch, writes)
            if fields and (missing := _missing({**patch, "after": fields}, present, made)) is not None:
                leave(log.deleting(*missing), _name(patch))
                continue
            kept = without_lost(type(element), fields, lost)
            if kept:
                act.change(element, **kept)
            elif kept is None:
                left.append(f"{_name(patch)}: {WITHOUT_ROLE}")
            if len(fields) < len(patch["after"]):
                leave(others or writes.last(key))
    return list(dict.fromkeys(left))


def _unchanged_since(now: dict[str, Any], patch: Patch, writes: WritesSince) -> tuple[dict[str, Any], int | None]:
    """The fields that are as the act left them and that nobody else has written since, without halves of what belongs together;
    and the change of somebody else that stands in the way of the others."""
    others = writes.by_others((patch["kind"], patch["id"]), patch["after"])
    touched = {name for name in patch["after"] if now[name] != patch["before"][name]} | set(others)
    for group in TOGETHER:
        if touched & set(group):
            touched |= set(group)
    fields = {name: value for name, value in patch["after"].items() if name not in touched}
    return fields, next(iter(others.values()), None)


def _stranger(act: Act, element: Element, gone: set[tuple[str, str]]) -> Change | None:
    """What made somebody stand on the element, or point to it, who does not go with it."""
    log = Change.objects.of(act.journey)
    for row in dependents_of(act, [element]):
        if row.holds and (row.kind_name, str(row.pk)) not in gone:
            return log.making_one(row.kind_name, row.pk)
    if isinstance(element, Touchpoint):
        for handoff in act.rows(Handoff):
            if handoff.to_touchpoint_id == element.pk and ("handoff", str(handoff.pk)) not in gone:
                return log.writing("handoff", handoff.pk, "to_touchpoint_id", element.pk)
    return None


def _present(act: Act, patches: list[Patch]) -> dict[tuple[str, str], Element]:
    """The elements the patches name and refer to, as they stand now."""
    wanted: dict[str, set[str]] = {}
    for patch in patches:
        if patch["kind"] != "journey":
            wanted.setdefault(patch["kind"], set()).add(patch["id"])
            for name, value in (patch["after"] or {}).items():
                if name in REFERENCES and value:
                    wanted.setdefault(REFERENCES[name], set()).add(value)
    found: dict[tuple[str, str], Element] = {}
    for kind, ids in wanted.items():
        for row in MODELS[kind]._default_manager.filter(journey_id=act.journey.pk, pk__in=ids):
            row.journey = act.journey
            found[kind, str(row.pk)] = row
    return found


def _missing(patch: Patch, present: dict[tuple[str, str], Element], made: set[tuple[str, str]]) -> tuple[str, str] | None:
    """What the element refers to and cannot stand without, and what is no longer there."""
    for name, value in patch["after"].items():
        kind = REFERENCES.get(name)
        if kind and value and (kind, value) not in present and (kind, value) not in made:
            return kind, value
    return None


def _name(patch: Patch) -> str:
    fields = {**(patch["before"] or {}), **(patch["after"] or {})}
    return fields.get("title") or fields.get("name") or f"a {patch['kind']}"


__all__ = ["ActRefused", "Undone", "redo", "undo"]
