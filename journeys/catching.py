"""Catch many cards at once, one a line."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from journeys.models import Emotion, Journey, Lane, Stage, Touchpoint
from journeys.models.element import ActRefused
from journeys.outline import MOST, Line
from journeys.placing import LAST

if TYPE_CHECKING:
    from accounts.models import Member


def catch_lines(
    journey: Journey,
    lines: list[Line],
    stage: Stage,
    lane: Lane | None,
    slot: int,
    *,
    first_id: Any = None,
    by: Member,
    at: datetime,
) -> int:
    """A card for each line, from `slot` on to the right over what is free; indented lines stack under the one before them.

    Without a lane the lines are feelings. With `first_id`, the id of the first, a retried paste is one paste. Returns how many
    there are. Raises ActRefused for none, or too many.
    """
    if not lines:
        raise ActRefused("There is no line to make a card of.", "lines")
    if len(lines) > MOST:
        raise ActRefused(f"{len(lines)} lines are too many for one paste: {MOST} at a time, please.", "lines")
    if lane is None:
        with journey.act(f"pasted {_number(lines, 'feeling')}", by=by, at=at) as act:
            if first_id and act.already_made(Emotion, first_id):
                return len(lines)
            for n, line in enumerate(lines):
                title, level = Emotion.read_level(line.title)
                feeling = Emotion(stage_id=stage.pk, slot=min(slot + n, LAST), title=title, level=level or 0, why=line.notes)
                if first_id and n == 0:
                    feeling.id = first_id
                act.create(feeling)
        return len(lines)
    with journey.act(f"pasted {_number(lines, 'card')}", by=by, at=at) as act:
        if first_id and act.already_made(Touchpoint, first_id):
            return len(lines)
        taken = {row.slot for row in act.rows(Touchpoint) if row.stage_id == stage.pk and row.lane_id == lane.pk}
        is_outside = lane.kind == Lane.Kind.OUTSIDE
        at_slot = slot
        for n, line in enumerate(lines):
            if n == 0 or not line.is_indented:
                at_slot = next((free for free in range(slot, LAST + 1) if free not in taken), LAST)
                taken.add(at_slot)
            card = Touchpoint(
                stage_id=stage.pk, lane_id=lane.pk, slot=at_slot, title=line.title, notes=line.notes, owner_id=lane.role_id
            )
            if first_id and n == 0:
                card.id = first_id
            if is_outside:
                card.kind, card.anchor = Touchpoint.Kind.EVENT, Touchpoint.Anchor.EVENT
            act.create(card)
    return len(lines)


def _number(lines: list[Line], what: str) -> str:
    return f"{len(lines)} {what}{'s' if len(lines) != 1 else ''}"
