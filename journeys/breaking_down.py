"""Look closer: a card opened as a journey of its own, a selection turned into one, and one taken back into its parent."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from accounts.ids import id_text
from journeys.copying import ITS_OWN, column_of, create_ties, lanes_for, part_of
from journeys.document import Document
from journeys.layout import Metrics, lay_grid
from journeys.models import Connector, Emotion, Journey, Lane, Stage, Touchpoint
from journeys.models.element import ActRefused
from journeys.nesting import refuse_too_deep
from journeys.reading import read_document
from journeys.recording import Act
from journeys.selection import Selection

if TYPE_CHECKING:
    from accounts.models import Member


@dataclass
class Inside:
    """What a child journey holds: its cards, the minutes of one round by owner (role id, None for nobody), and in all."""

    cards: int = 0
    minutes: int = 0
    by_owner: Counter[str | None] = field(default_factory=Counter)


def sum_up(document: Document) -> Inside:
    inside = Inside()
    for card in document["touchpoints"].values():
        if card["kind"] == Touchpoint.Kind.EVENT:
            continue
        inside.cards += 1
        inside.minutes += card["effort_min"] or 0
        inside.by_owner[card["owner_id"]] += card["effort_min"] or 0
    return inside


def break_down(card: Touchpoint, *, by: Member, at: datetime) -> Journey:
    """The journey inside of a card: begun with one stage of its name and the lanes of its map, if there was none."""
    with card.journey.act(f"opened {card.title} as a journey of its own", by=by, at=at) as act:
        current = act.fresh(card)
        if current.child_id:
            return Journey.objects.get(pk=current.child_id)
        refuse_too_deep(card.journey)
        child = Journey.objects.begin(card.journey.segment, card.title, by=by, at=at)
        with child.act(f"began inside of {card.title}", by=by, at=at) as inner:
            inner.create(Stage(name=card.title[:120], position=1.0))
            lanes = [lane for lane in act.rows(Lane) if lane.kind == Lane.Kind.ROLE]
            for number, lane in enumerate(sorted(lanes, key=lambda row: (row.position, row.pk)), start=1):
                inner.create(Lane(name=lane.name, role_id=lane.role_id, position=float(number)))
        act.change(current, child_id=child.pk)
    return child


def turn_into_child(selection: Selection, title: str, *, by: Member, at: datetime) -> Journey:
    """The cards of a selection become a journey inside of one new card, which stands where the first of them stood.

    Arrows from and to other cards now end at that card. Undo brings the cards back; the new journey stays, as one of its own.
    """
    journey, title = selection.journey, title.strip()
    if not title:
        raise ActRefused("Say what the cards together are called.", "title")
    with journey.act(f"turned {len(selection.touchpoints)} cards into {title}", by=by, at=at) as act:
        cards = act.those(Touchpoint, selection.touchpoints)
        if not cards:
            raise ActRefused("Select the touchpoints first that belong inside.")
        if any(card.child_id for card in cards.values()):
            raise ActRefused("One of these has a journey inside already. Take that back first.")
        refuse_too_deep(journey)
        source = read_document(journey)
        child = _child_of(journey, source, selection, title, by=by, at=at)
        parent = _parent_of(act, cards, title, child)
        _redirect(act, set(cards), parent)
        feelings = act.those(Emotion, selection.emotions) if selection.emotions else {}
        act.delete_with_dependents(*cards.values(), *feelings.values())
        act.refuse_circles()
    return child


def take_back(card: Touchpoint, *, by: Member, at: datetime) -> int:
    """The cards inside of a card come back onto its map, and the card goes. The journey that was inside stays by itself, without
    the journeys inside of its own cards: those come along.

    Returns how many came back.
    """
    journey = card.journey
    with journey.act(f"took {card.title} apart", by=by, at=at) as act:
        current = act.fresh(card)
        child = Journey.objects.filter(pk=current.child_id).first()
        if child is None:
            raise ActRefused("There is no journey inside of this card.")
        with child.act(f"gave its cards back to {journey.title}", by=by, at=at) as inner:
            inside = read_document(child)
            for deeper in inner.rows(Touchpoint):
                if deeper.child_id:
                    inner.change(deeper, child_id=None)
        made = _bring_back(act, journey, current, inside)
        act.delete_with_dependents(current)
    return made


def _child_of(journey: Journey, source: Document, selection: Selection, title: str, *, by: Member, at: datetime) -> Journey:
    """A journey with copies of the selection, on the stages and lanes it stood on."""
    part = part_of(source, {*selection.touchpoints, *selection.emotions})
    rows = [*part["touchpoints"].values(), *part["emotions"].values()]
    child = Journey.objects.begin(journey.segment, title, by=by, at=at)
    with child.act(f"made of cards of {journey.title}", by=by, at=at) as act:
        fixed = {lane.kind: str(lane.pk) for lane in act.rows(Lane)}
        ids = {id: id_text() for id in (*part["touchpoints"], *part["emotions"])}
        ids |= {id: id_text() for id in {row["stage_id"] for row in rows}}
        for id, stage in source["stages"].items():
            if id in ids:
                act.create(Stage(id=UUID(ids[id]), **stage | {"external_id": ""}))
        for id in {card["lane_id"] for card in part["touchpoints"].values()}:
            lane = source["lanes"][id]
            ids[id] = fixed.get(lane["kind"]) or id_text()
            if lane["kind"] == Lane.Kind.ROLE:
                act.create(Lane(id=UUID(ids[id]), **lane | {"external_id": ""}))
        first = {stage: min(row["slot"] for row in rows if row["stage_id"] == stage) for stage in {r["stage_id"] for r in rows}}
        for model, key in ((Touchpoint, "touchpoints"), (Emotion, "emotions")):
            for id, row in part[key].items():
                where = {"stage_id": ids[row["stage_id"]], "slot": row["slot"] - first[row["stage_id"]], "external_id": ""}
                if model is Touchpoint:
                    where |= {"lane_id": ids[row["lane_id"]], **ITS_OWN}
                act.create(model(id=UUID(ids[id]), **row | where))
        create_ties(act, part, ids)
    return child


def _parent_of(act: Act, cards: dict[str, Touchpoint], title: str, child: Journey) -> Touchpoint:
    order = {stage.pk: (stage.position, stage.pk) for stage in act.rows(Stage)}
    first = min(cards.values(), key=lambda card: (order[card.stage_id], card.slot, card.pk))
    parent = Touchpoint(
        stage_id=first.stage_id,
        lane_id=first.lane_id,
        slot=first.slot,
        title=title,
        owner_id=first.owner_id,
        anchor=first.anchor,
        offset_days=first.offset_days,
        child_id=child.pk,
    )
    act.create(parent)
    return parent


def _redirect(act: Act, gone: set[str], parent: Touchpoint) -> None:
    """Arrows that crossed the border of the group end at the new card, one a neighbour and direction."""
    neighbours: set[tuple[UUID, bool]] = set()
    for arrow in act.rows(Connector):
        leaves, comes = str(arrow.source_id) in gone, str(arrow.target_id) in gone
        if leaves == comes:
            continue
        neighbour = (arrow.target_id if leaves else arrow.source_id, leaves)
        if neighbour not in neighbours:
            neighbours.add(neighbour)
            ends = {"source_id": parent.pk} if leaves else {"target_id": parent.pk}
            act.change(arrow, **ends)


def _bring_back(act: Act, journey: Journey, card: Touchpoint, inside: Document) -> int:
    """Copies of what is inside, in the card's stage from its slot on. What stood right of it makes room; the card's arrows go to
    the first and come from the last of them."""
    rows = {**inside["touchpoints"], **inside["emotions"]}
    if not inside["touchpoints"]:
        return 0
    grid = lay_grid(inside, Metrics(), 0)
    columns = {id: column_of(grid, row["stage_id"], row["slot"]) for id, row in rows.items()}
    # Empty slots stay inside: only the order of the columns comes along.
    dense = {column: n for n, column in enumerate(sorted(set(columns.values())))}
    standing: list[Touchpoint | Emotion] = [*act.rows(Touchpoint), *act.rows(Emotion)]
    for row in standing:
        if row.stage_id == card.stage_id and row.slot > card.slot:
            act.change(row, slot=row.slot + len(dense) - 1)
    lanes = lanes_for(act, inside, inside, read_document(journey), None)
    ids = {id: id_text() for id in rows}
    stage = {"stage_id": str(card.stage_id), "external_id": ""}
    for id, fields in inside["touchpoints"].items():
        where = stage | {"slot": card.slot + dense[columns[id]], "lane_id": lanes[fields["lane_id"]]}
        act.create(Touchpoint(id=UUID(ids[id]), **fields | where))
    for id, fields in inside["emotions"].items():
        act.create(Emotion(id=UUID(ids[id]), **fields | stage | {"slot": card.slot + dense[columns[id]]}))
    create_ties(act, inside, ids)
    order = sorted(inside["touchpoints"], key=lambda id: (columns[id], id))
    for arrow in act.rows(Connector):
        if arrow.target_id == card.pk:
            act.change(arrow, target_id=ids[order[0]])
        elif arrow.source_id == card.pk:
            act.change(arrow, source_id=ids[order[-1]])
    return len(inside["touchpoints"])
