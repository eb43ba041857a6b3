"""Room between cards: empty slots put in and taken out of a stage, for all its lanes and its feelings alike."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from journeys.models import Emotion, Journey, Stage, Touchpoint
from journeys.models.element import ActRefused
from journeys.placing import LAST
from journeys.recording import Act

if TYPE_CHECKING:
    from accounts.models import Member


def insert_slot(journey: Journey, stage: Stage, slot: int, *, by: Member, at: datetime) -> None:
    """An empty slot at `slot`: what stands there or further right in the stage moves one to the right."""
    with journey.act(f"inserted an empty slot in {stage.name}", by=by, at=at) as act:
        rows = [row for row in _standing(act, stage) if row.slot >= slot]
        if not rows:
            raise ActRefused("Nothing stands to the right of it: the slot is empty already.")
        if max(row.slot for row in rows) >= LAST:
            raise ActRefused("The stage has no room for another slot.")
        for row in rows:
            act.change(row, slot=row.slot + 1)


def take_out_empty_slots(journey: Journey, stage: Stage | None, *, by: Member, at: datetime) -> None:
    """Close the gaps of a stage, or of all: slots in which no card and no feeling stands go. The order stays."""
    where = stage.name if stage else "every stage"
    with journey.act(f"took the empty slots out of {where}", by=by, at=at) as act:
        for one in [stage] if stage else act.rows(Stage):
            rows = _standing(act, one)
            places = {slot: n for n, slot in enumerate(sorted({row.slot for row in rows}))}
            for row in rows:
                act.change(row, slot=places[row.slot])


def _standing(act: Act, stage: Stage) -> list[Touchpoint | Emotion]:
    rows: list[Touchpoint | Emotion] = [*act.rows(Touchpoint), *act.rows(Emotion)]
    return [row for row in rows if row.stage_id == stage.pk]
