"""Several cards and feelings of one map, taken together: each thing done to them is one act and one undo."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from accounts.ids import id_text
from journeys.copying import ITS_OWN, create_ties, part_of
from journeys.models import Emotion, Journey, Lane, Stage, Touchpoint
from journeys.models.element import ActRefused
from journeys.placing import LAST
from journeys.reading import read_document
from journeys.recording import Act

if TYPE_CHECKING:
    from accounts.models import Member

GONE = "What was selected is no longer on the map."


@dataclass(frozen=True, slots=True)
class Place:
    """Where an element shall stand. A feeling has no lane; `level` is None where it stays what it is."""

    id: str
    stage: str
    lane: str | None
    slot: int
    level: int | None = None


class Selection:
    def __init__(self, journey: Journey, touchpoints: Collection[str], emotions: Collection[str]):
        self.journey = journey
        self.touchpoints = touchpoints
        self.emotions = emotions

    def move(self, places: Iterable[Place], *, by: Member, at: datetime) -> None:
        """Let each stand at its place. The owner of a card follows the lane as long as the lane said who the owner was."""
        with self.journey.act("", by=by, at=at) as act:
            cards, feelings = self._taken(act)
            stages, lanes = _by_id(act.rows(Stage)), _by_id(act.rows(Lane))
            for place in places:
                if place.stage not in stages:
                    raise ActRefused("That stage is no longer on the map.")
                if card := cards.get(place.id):
                    lane, was = lanes.get(place.lane or ""), lanes[str(card.lane_id)]
                    if lane is None:
                        raise ActRefused("That lane is no longer on the map.")
                    fields: dict[str, Any] = {"stage_id": place.stage, "lane_id": lane.pk, "slot": place.slot}
                    if lane.pk != was.pk and lane.role_id and card.owner_id in (None, was.role_id):
                        fields["owner_id"] = lane.role_id
                    act.change(card, **fields)
                elif feeling := feelings.get(place.id):
                    fields = {"stage_id": place.stage, "slot": place.slot}
                    if place.level is not None:
                        fields["level"] = place.level
                    act.change(feeling, **fields)
            act.label = f"moved {called(cards, feelings)}"

    def edit(self, fields: dict[str, Any], *, by: Member, at: datetime) -> None:
        """Set fields of all cards of the selection; feelings have none of these."""
        with self.journey.act("", by=by, at=at) as act:
            cards, _ = self._taken(act)
            if not cards:
                raise ActRefused("Feelings have no owner, channel or importance.")
            for card in cards.values():
                act.change(card, **fields)
            act.label = f"edited {called(cards)}"

    def remove(self, *, by: Member, at: datetime) -> None:
        """Delete all with their connectors and handoffs."""
        with self.journey.act("", by=by, at=at) as act:
            cards, feelings = self._taken(act)
            act.delete_with_dependents(*cards.values(), *feelings.values())
            act.label = f"deleted {called(cards, feelings)}"

    def duplicate(self, *, by: Member, at: datetime, first_id: str = "") -> list[str]:
        """Copies of all, right of them at the first distance where each finds its place free, with the arrows between them.

        Returns the ids of the copies. With `first_id`, the id of the first, a retried act is one act.
        """
        with self.journey.act("", by=by, at=at) as act:
            made = act.already_made(Touchpoint, first_id) or act.already_made(Emotion, first_id) if first_id else None
            if made:
                return [str(made.pk)]
            cards, feelings = self._taken(act)
            part = part_of(read_document(self.journey), {*cards, *feelings})
            taken = {(row.stage_id, row.lane_id, row.slot) for row in act.rows(Touchpoint)}
            wanted = [(card.stage_id, card.lane_id, card.slot) for card in cards.values()]
            shift = next(n for n in range(1, LAST) if all((s, lane, slot + n) not in taken for s, lane, slot in wanted))
            ids = {id: id_text() for id in (*cards, *feelings)}
            if first_id:
                ids[next(iter(ids))] = first_id
            for id, card in part["touchpoints"].items():
                act.create(Touchpoint(id=UUID(ids[id]), **card | ITS_OWN | {"slot": card["slot"] + shift}))
            for id, feeling in part["emotions"].items():
                act.create(Emotion(id=UUID(ids[id]), **feeling | {"external_id": "", "slot": feeling["slot"] + shift}))
            create_ties(act, part, ids)
            act.label = f"duplicated {called(cards, feelings)}"
        return list(ids.values())

    def _taken(self, act: Act) -> tuple[dict[str, Touchpoint], dict[str, Emotion]]:
        """What of the selection is on the map, by id. Raises ActRefused if nothing is."""
        cards = act.those(Touchpoint, self.touchpoints) if self.touchpoints else {}
        feelings = act.those(Emotion, self.emotions) if self.emotions else {}
        if not cards and not feelings:
            raise ActRefused(GONE)
        return cards, feelings


def called(*groups: dict[str, Any]) -> str:
    """What people call these elements together: the title of one, the number of more."""
    rows = [row for group in groups for row in group.values()]
    return rows[0].title if len(rows) == 1 else f"{len(rows)} cards"


def _by_id(rows: Iterable[Any]) -> dict[str, Any]:
    return {str(row.pk): row for row in rows}
