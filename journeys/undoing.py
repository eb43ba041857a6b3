"""Undo and redo, per person: a new change with the patches of an earlier one turned round.

What somebody has changed since is left alone and named. Where nothing of an act can be taken back it is given up, so that the
next undo reaches the act before it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from journeys.dependents import dependents_of
from journeys.document import Patch, plain, turned_round
from journeys.models import Change, Journey
from journeys.models.element import ActRefused, Element
from journeys.recording import MODELS, Act, recording

if TYPE_CHECKING:
    from accounts.models import Member

#: fields that only make sense together: a card that somebody has moved since is not moved halfway back
TOGETHER = (("stage_id", "lane_id", "slot"), ("source_id", "target_id"))
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
        if given_up := mine.given_up_by(asked):
            return Undone(None, given_up.label)
        target = mine.next_to_undo(by) if kind == Change.Kind.UNDO else mine.next_to_redo(by)
        if target is None:
            return Undone(None)
        act.kind, act.reverts = kind, target
        act.label = f"{'undid' if kind == Change.Kind.UNDO else 'redid'}: {target.label}"
        patches = turned_round(target.patches) if kind == Change.Kind.UNDO else target.patches
        left = _apply(act, patches, target)
        undone = kind == Change.Kind.UNDO
        if act.patches():
            target.standing = Change.Standing.UNDONE if undone else Change.Standing.DONE
        else:
            target.standing = Change.Standing.ABANDONED
            target.given_up_by = asked.id if asked else None
        target.save(update_fields=["standing", "given_up_by"])
    return Undone(act.written, target.label, left)


def _apply(act: Act, patches: list[Patch], since: Change) -> list[str]:
    """Apply what can be applied; say what was left alone and because of whom."""
    left: list[str] = []
    present = _present(act, patches)
    gone = {(p["kind"], p["id"]) for p in patches if p["after"] is None}
    made = {(p["kind"], p["id"]) for p in patches if p["before"] is None}
    order = {kind: index for index, kind in enumerate(("journey", *MODELS))}
    # What stands on something is made after it and deleted before it.
    for patch in sorted(patches, key=lambda p: (1, -order[p["kind"]]) if p["after"] is None else (0, order[p["kind"]])):
        if patch["kind"] == "journey":
            current = {name: plain(getattr(act.journey, name)) for name in patch["after"]}
            fields = {name: value for name, value in patch["after"].items() if current[name] == patch["before"][name]}
            act.change_journey(**fields)
            continue
        element = present.get((patch["kind"], patch["id"]))
        if patch["before"] is None:
            trouble = None if element else _missing(act, patch, present, made)
            if element is None and trouble is None:
                model = MODELS[patch["kind"]]
                act.create(model(id=UUID(patch["id"]), **patch["after"]))
            elif trouble:
                made.discard((patch["kind"], patch["id"]))
                left.append(trouble)
        elif element is None:
            if patch["after"] is not None:
                left.append(f"{_name(patch)} was deleted by {_who(act, patch, since)}")
        elif patch["after"] is None:
            snapshot = element.snapshot()
            if any(snapshot[name] != value for name, value in patch["before"].items()):
                left.append(f"{element.called} was changed by {_who(act, patch, since)}")
                continue
            strangers = [d for d in dependents_of(act, [element]) if (d.kind_name, str(d.pk)) not in gone and d.holds]
            if strangers:
                left.append(f"{element.called} is used by {strangers[0].called}")
                continue
            act.delete_with_dependents(element)
        else:
            fields = _unchanged_since(element.snapshot(), patch)
            trouble = _missing(act, {**patch, "after": fields}, present, made) if fields else None
            if trouble:
                left.append(trouble)
                continue
            if fields:
                act.change(element, **fields)
            if len(fields) < len(patch["after"]):
                left.append(f"{element.called} was changed by {_who(act, patch, since)}")
    return left


def _unchanged_since(now: dict[str, Any], patch: Patch) -> dict[str, Any]:
    """The fields that still have the value the act gave them, without halves of what belongs together."""
    touched = {name for name in patch["after"] if now[name] != patch["before"][name]}
    for group in TOGETHER:
        if touched & set(group):
            touched |= set(group)
    return {name: value for name, value in patch["after"].items() if name not in touched}


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


def _missing(act: Act, patch: Patch, present: dict[tuple[str, str], Element], made: set[tuple[str, str]]) -> str | None:
    """Why the element cannot stand: what it refers to is no longer there."""
    for name, value in patch["after"].items():
        kind = REFERENCES.get(name)
        if kind and value and (kind, value) not in present and (kind, value) not in made:
            who = _who(act, {"kind": kind, "id": value}, None)
            return f"{_name(patch)}: the {kind} it belongs to was deleted by {who}"
    return None


def _name(patch: Patch) -> str:
    fields = {**(patch["before"] or {}), **(patch["after"] or {})}
    return fields.get("title") or fields.get("name") or f"a {patch['kind']}"


def _who(act: Act, patch: Patch, since: Change | None) -> str:
    """Who touched the element last, other than through the change itself."""
    later = Change.objects.of(act.journey).filter(patches__contains=[{"kind": patch["kind"], "id": patch["id"]}])
    if since:
        later = later.filter(revision__gt=since.revision)
    last = later.select_related("by__user").order_by("-revision").first()
    return str(last.by) if last else "somebody"


__all__ = ["ActRefused", "Undone", "redo", "undo"]
