"""Copy cards, feelings and stages, within a map and from one map to another of the workspace."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from accounts.ids import id_text
from journeys.document import Document
from journeys.layout import Metrics, lay_grid
from journeys.layout.grid import Grid
from journeys.models import Connector, Emotion, Handoff, Journey, Lane, Stage, Touchpoint
from journeys.models.element import ActRefused
from journeys.ordering import stand
from journeys.placing import LAST
from journeys.reading import read_document
from journeys.recording import Act

if TYPE_CHECKING:
    from accounts.models import Member

#: what a copy does not share: an external id names one element, and a child journey has one parent
ITS_OWN = {"external_id": "", "child_id": None}


def part_of(document: Document, ids: set[str]) -> Document:
    """The cards and feelings of a document with these ids, and the arrows and handoffs among them."""
    cards = {id: card for id, card in document["touchpoints"].items() if id in ids}
    ties = {id: row for id, row in document["connectors"].items() if row["source_id"] in cards and row["target_id"] in cards}
    handoffs = {id: row for id, row in document["handoffs"].items() if row["touchpoint_id"] in cards}
    emotions = {id: row for id, row in document["emotions"].items() if id in ids}
    return {**document, "touchpoints": cards, "emotions": emotions, "connectors": ties, "handoffs": handoffs}


def paste(
    journey: Journey, part: Document, source: Document, stage: Stage, lane: Lane | None, slot: int, *, first_id: str = "",
    by: Member, at: datetime,
) -> list[str]:  # fmt: skip
    """Put copies of `part` (of the map `source`) on the map, the leftmost at the place, the others as far from it as they were.

    Within one map the rows shift along with the uppermost. From another map, cards of several lanes go to the lanes of the same
    role, kind or name; what has none gets one. Returns the ids of the copies. With `first_id` a retried paste is one paste.
    """
    if not part["touchpoints"] and not part["emotions"]:
        raise ActRefused("What was copied is no longer there.")
    with journey.act("", by=by, at=at) as act:
        made = act.already_made(Touchpoint, first_id) or act.already_made(Emotion, first_id) if first_id else None
        if made:
            return [str(made.pk)]
        here = read_document(journey)
        was, grid = lay_grid(source, Metrics(), 1), lay_grid(here, Metrics(), 1)  # as the page shows them
        rows = {**part["touchpoints"], **part["emotions"]}
        columns = {id: column_of(was, row["stage_id"], row["slot"]) for id, row in rows.items()}
        shift = column_of(grid, str(stage.pk), slot) - min(columns.values())
        places = {id: _place(grid, column + shift) for id, column in columns.items()}
        lanes = lanes_for(act, part, source, here, lane)
        ids = {id: id_text() for id in rows}
        if first_id:
            ids[next(iter(rows))] = first_id
        for id, card in part["touchpoints"].items():
            at_stage, at_slot = places[id]
            where = {"stage_id": at_stage, "slot": at_slot, "lane_id": lanes[card["lane_id"]]}
            act.create(Touchpoint(id=UUID(ids[id]), **card | ITS_OWN | where))
        for id, feeling in part["emotions"].items():
            at_stage, at_slot = places[id]
            act.create(Emotion(id=UUID(ids[id]), **feeling | {"external_id": "", "stage_id": at_stage, "slot": at_slot}))
        create_ties(act, part, ids)
        only = next(iter(rows.values()))["title"]
        act.label = f"pasted {only if len(rows) == 1 else f'{len(rows)} cards'}"
    return list(ids.values())


def copy_stage(
    journey: Journey, source: Document, stage_id: str, *, before: Stage | None, id: Any = None, by: Member, at: datetime
) -> Stage:
    """A copy of a stage, of this map or another: its brief, its cards, their arrows and handoffs, its feelings."""
    if stage_id not in source["stages"]:
        raise ActRefused("The stage that was copied is no longer there.")
    fields = source["stages"][stage_id]
    with journey.act(f"copied stage {fields['name']}", by=by, at=at) as act:
        if id and (made := act.already_made(Stage, id)):
            return made
        others = act.rows(Stage)
        stage = Stage(id=id or UUID(id_text()), **fields | {"external_id": "", "position": 0.0})
        act.create(stage)
        stand(act, stage, others, before)
        on_it = [*source["touchpoints"].items(), *source["emotions"].items()]
        part = part_of(source, {id for id, row in on_it if row["stage_id"] == stage_id})
        lanes = lanes_for(act, part, source, read_document(journey), None)
        ids = {id: id_text() for id in (*part["touchpoints"], *part["emotions"])}
        for id, card in part["touchpoints"].items():
            where = {"stage_id": str(stage.pk), "lane_id": lanes[card["lane_id"]]}
            act.create(Touchpoint(id=UUID(ids[id]), **card | ITS_OWN | where))
        for id, feeling in part["emotions"].items():
            act.create(Emotion(id=UUID(ids[id]), **feeling | {"external_id": "", "stage_id": str(stage.pk)}))
        create_ties(act, part, ids)
    return stage


def create_ties(act: Act, part: Document, ids: dict[str, str]) -> None:
    """The arrows and handoffs of copied cards. `ids`: id of a card -> id of its copy."""
    for row in part["connectors"].values():
        act.create(Connector(**row | {"source_id": ids[row["source_id"]], "target_id": ids[row["target_id"]]}))
    for row in part["handoffs"].values():
        receiver = ids.get(row["to_touchpoint_id"])
        act.create(Handoff(**row | {"touchpoint_id": ids[row["touchpoint_id"]], "to_touchpoint_id": receiver}))


def column_of(grid: Grid, stage: str, slot: int) -> int:
    return grid.stages[stage].first_column + slot


def _place(grid: Grid, column: int) -> tuple[str, int]:
    """(stage, slot) of a column; what lies beyond the last one belongs to the last stage."""
    stage = max((box for box in grid.stages.values() if box.first_column <= column), key=lambda box: box.first_column)
    return stage.id, min(column - stage.first_column, LAST)


def lanes_for(act: Act, part: Document, source: Document, here: Document, lane: Lane | None) -> dict[str, str]:
    """The lane of each copy, by the lane it comes from. `lane` is where the uppermost shall stand, if that was said."""
    used = {card["lane_id"] for card in part["touchpoints"].values()}
    if lane is not None and len(used) == 1:
        return {id: str(lane.pk) for id in used}
    order = list(lay_grid(here, Metrics(), 0).lanes)
    if lane is not None and source["id"] == here["id"] and used:
        rows = {id: order.index(id) for id in used}
        shift = order.index(str(lane.pk)) - min(rows.values())
        # As low as there are lanes; the group keeps its shape.
        shift = min(shift, len(order) - 1 - max(rows.values()))
        return {id: order[row + shift] for id, row in rows.items()}
    found: dict[str, str] = {}
    for id in used:
        there = source["lanes"][id]
        match = next((one for one, row in here["lanes"].items() if _is_like(row, there)), None)
        if match is None:
            made = Lane(**there | {"external_id": "", "position": 0.0})
            act.create(made)
            stand(act, made, [row for row in act.rows(Lane) if row.kind == Lane.Kind.ROLE and row.pk != made.pk])
            match = str(made.pk)
            here["lanes"][match] = there
        found[id] = match
    return found


def _is_like(lane: dict[str, Any], other: dict[str, Any]) -> bool:
    if lane["kind"] != other["kind"]:
        return False
    same_role = lane["role_id"] == other["role_id"] and lane["role_id"] is not None
    return same_role or other["kind"] != "role" or lane["name"].casefold() == other["name"].casefold()
