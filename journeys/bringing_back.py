"""Bring back what somebody has deleted, with what hung on it: not as an undo of theirs, but as an act of one's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from journeys.changing import MODELS, WRITE_ORDER
from journeys.circles import find_path
from journeys.conflicts import refuse_overwriting
from journeys.dependents import DEPENDENTS
from journeys.models import Change, Connector, Journey, Lane, Stage
from journeys.models.element import ActRefused, Element
from journeys.nesting import leave_misplaced_out
from journeys.recording import Act
from journeys.references import lost_references, without_lost

if TYPE_CHECKING:
    from accounts.models import Member

Fields = dict[str, Any]
Key = tuple[str, str]
#: what an element cannot be without; where it is gone too, it comes back first
NEEDS = {"connector": ("source_id", "target_id"), "handoff": ("touchpoint_id",)}


@dataclass(frozen=True)
class Lost:
    """An element that was deleted, as it was, and the act in which that happened."""

    element: Element
    change: Change

    @property
    def address(self) -> str:
        return f"{self.element.document_key}/{self.element.pk}/"


class Deleted(ActRefused):
    """An act on something that somebody has deleted meanwhile. `address` says where it can be brought back."""

    def __init__(self, lost: Lost):
        super().__init__(f"{lost.change.by} deleted {lost.element.called} meanwhile.")
        self.address = lost.address


@dataclass
class Brought:
    element: Element
    #: what is not as it was, in sentences
    notes: list[str] = field(default_factory=list)


def find_lost(journey: Journey, model: type[Element], pk: Any) -> Lost | None:
    """The element as it was when it was last deleted, if it ever was. Whether it is back by now is not asked."""
    change = Change.objects.of(journey).deleting(model.kind_name, pk)
    if change is None:
        return None
    before = next(p["before"] for p in change.patches if (p["kind"], p["id"], p["after"]) == (model.kind_name, str(pk), None))
    return Lost(model(id=UUID(str(pk)), journey=journey, **before), change)


def bring_back(
    journey: Journey,
    model: type[Element],
    pk: Any,
    fields: Fields | None = None,
    *,
    by: Member,
    at: datetime,
    was: Fields | None = None,
) -> Brought:
    """Let it stand again where it stood, with the arrows, handoffs and cards that went in the same act and still can stand.

    `fields` are what somebody was typing into it, `was` what those said before: raises Conflict where they had changed before it
    was deleted. Where its stage or lane is gone it stands at the first one there is. Raises ActRefused if it never was, or cannot
    stand.
    """
    present = model.on(journey, pk)
    if present is not None:
        # Somebody was quicker: what was typed is an edit like any other.
        if fields:
            _edit(present, fields, by=by, at=at, was=was)
        return Brought(present)
    lost = find_lost(journey, model, pk)
    if lost is None:
        raise ActRefused(f"That {model.kind_name} was never on the map.")
    with journey.act(f"brought back {lost.element.called}", by=by, at=at) as act:
        back = _Back(act, lost)
        back.stand()
        element = act.fresh(lost.element)
        if fields:
            refuse_overwriting(act.journey, element, fields, was)
            act.change(element, **fields)
        if "title" in (fields or {}) or "name" in (fields or {}):
            act.label = f"brought back {element.called}"
    return Brought(element, back.notes)


def _edit(element: Any, fields: Fields, *, by: Member, at: datetime, was: Fields | None) -> None:
    if isinstance(element, Lane):
        element.rename(fields["name"], by=by, at=at, was=was)
    else:
        element.edit(fields, by=by, at=at, was=was)


class _Back:
    """What comes back together, and where it finds its place."""

    def __init__(self, act: Act, lost: Lost):
        self.act = act
        self.notes: list[str] = []
        self.patches = lost.change.patches
        self.root: Key = (lost.element.kind_name, str(lost.element.pk))
        self.gone: dict[Key, Fields] = {(p["kind"], p["id"]): p["before"] for p in self.patches if p["after"] is None}
        self.there: dict[str, set[str]] = {}
        self.arrows = [(str(row.source_id), str(row.target_id), row.kind) for row in act.rows(Connector)]

    def stand(self) -> None:
        wanted = self._with_what_hangs_on(self._with_needs(self.root))
        lost = lost_references({"kind": kind, "after": self.gone[kind, id]} for kind, id in wanted)
        left = 0
        for model in WRITE_ORDER:
            for kind, id in (key for key in self.gone if key in wanted and key[0] == model.kind_name):
                found = without_lost(model, self.gone[kind, id], lost)
                fields = self._placed(model, found) if found else None
                if fields is not None:
                    self.act.create(model(id=UUID(id), **fields))
                    self._ids(kind).add(id)
                elif (kind, id) == self.root:
                    raise ActRefused("What it joined or belonged to is no longer on the map.")
                else:
                    left += 1
        self._point_again()
        self.notes += [f"{left_out}." for left_out in leave_misplaced_out(self.act)]
        if left:
            self.notes.append(f"{left} of what hung on it could not come along.")

    def _with_needs(self, key: Key) -> set[Key]:
        """An arrow brings the cards it joined along, where they went in the same act."""
        needed = {("touchpoint", self.gone[key][name]) for name in NEEDS.get(key[0], ())}
        return {key} | {one for one in needed if one in self.gone and one[1] not in self._ids("touchpoint")}

    def _with_what_hangs_on(self, wanted: set[Key]) -> set[Key]:
        ring = wanted
        while ring:
            ring = {
                (model.kind_name, id)
                for kind, parent in ring
                for model, name in DEPENDENTS.get(kind, ())
                for (other, id), fields in self.gone.items()
                if other == model.kind_name and fields["subject_id" if name == "subject" else name] == parent
            } - wanted
            wanted = wanted | ring
        return wanted

    def _placed(self, model: type[Element], fields: Fields) -> Fields | None:
        """The fields as they can stand on the map of today; None where they cannot."""
        kind, fields = model.kind_name, dict(fields)
        if kind in ("touchpoint", "emotion") and fields["stage_id"] not in self._ids("stage"):
            stage = min(self.act.rows(Stage), key=lambda row: (row.position, row.pk), default=None)
            if stage is None:
                raise ActRefused("There is no stage it could stand in. Add one first.")
            fields |= {"stage_id": str(stage.pk), "slot": 0}
            self._note(f"Its stage is gone: it stands in {stage.name} now.")
        if kind == "touchpoint" and fields["lane_id"] not in self._ids("lane"):
            lanes = sorted(self.act.rows(Lane), key=lambda row: (row.kind != "role", row.position, row.pk))
            lane = next((row for row in lanes if row.role_id and str(row.role_id) == fields["owner_id"]), lanes[0])
            fields["lane_id"] = str(lane.pk)
            self._note(f"Its lane is gone: it stands in {lane.name} now.")
        if kind == "lane" and fields["role_id"] and fields["role_id"] in {str(row.role_id) for row in self.act.rows(Lane)}:
            raise ActRefused("Its role has another lane by now.")
        cards = self._ids("touchpoint")
        if any(fields[name] not in cards for name in NEEDS.get(kind, ())):
            return None
        if kind == "handoff" and fields["to_touchpoint_id"] not in cards:
            fields["to_touchpoint_id"] = None
        if kind == "connector" and not self._may_join(fields):
            return None
        if fields.get("external_id") and any(row.external_id == fields["external_id"] for row in self.act.rows(model)):  # type: ignore[attr-defined]
            fields["external_id"] = ""
        return fields

    def _may_join(self, arrow: Fields) -> bool:
        source, target, kind = arrow["source_id"], arrow["target_id"], arrow["kind"]
        if any({one, other} == {source, target} for one, other, _ in self.arrows):
            return False
        ahead = [(one, other) for one, other, way in self.arrows if way == Connector.Kind.SEQUENCE]
        if kind == Connector.Kind.SEQUENCE and find_path(ahead, target, source):
            return False
        self.arrows.append((source, target, kind))
        return True

    def _point_again(self) -> None:
        """Handoffs that pointed to a card and lost it in that act point to it again."""
        for patch in self.patches:
            card = (patch["before"] or {}).get("to_touchpoint_id") if patch["kind"] == "handoff" and patch["after"] else None
            if card and card in self._ids("touchpoint"):
                handoff = self.act.those(MODELS["handoff"], {patch["id"]}).get(patch["id"])
                if handoff and handoff.to_touchpoint_id is None:  # type: ignore[attr-defined]
                    self.act.change(handoff, to_touchpoint_id=card)

    def _ids(self, kind: str) -> set[str]:
        """The ids of what stands on the map of that kind."""
        if kind not in self.there:
            self.there[kind] = {str(row.pk) for row in self.act.rows(MODELS[kind])}
        return self.there[kind]

    def _note(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)
