"""What one does on a map, at random, from what one's page shows: often the same few cards as everybody else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from accounts.ids import id_text
from tests.live_editing.looking import Looking, text_of

MAP_TITLE = re.compile(r'data-title="(.*?)"')
NOTES = re.compile(r'<textarea name="notes".*?>\n?(.*?)</textarea>', re.DOTALL)


@dataclass
class Deed:
    path: str
    values: dict[str, str] = field(default_factory=dict)
    #: what the map says when it has been done: (key in the document, id, fields; None for what is gone)
    wants: list[tuple[str, str, dict[str, Any] | None]] = field(default_factory=list)
    #: whether it may have changed nothing although nothing says so
    may_rest: bool = False


class Hand(Looking):
    def choose(self) -> Deed:
        """Something that one can do here just now."""
        while True:
            self.look()
            kinds = list(WEIGHTS)
            deed = self.rng.choices(kinds, [WEIGHTS[kind] for kind in kinds])[0](self)
            if deed:
                return deed

    # cards

    def add_card(self) -> Deed | None:
        if len(self.cards) > 120:
            return None
        title, place, id = self.words(), self.place(), id_text()
        after = {"after": self.any(self.cards)} if self.cards and self.rng.random() < 0.3 else {}
        wants = {"title": title, "stage_id": place["stage"], "lane_id": place["lane"], "slot": int(place["slot"])}
        return Deed("touchpoints/add/", {"id": id, "title": title, **place, **after}, [("touchpoints", id, wants)])

    def move_card(self) -> Deed | None:
        if not (id := self.any(self.cards)):
            return None
        place = self.place()
        wants = {"stage_id": place["stage"], "lane_id": place["lane"], "slot": int(place["slot"])}
        return Deed(f"touchpoints/{id}/move/", place, [("touchpoints", id, wants)])

    def rename_card(self) -> Deed | None:
        if not (id := self.any(self.cards)):
            return None
        title = self.words()
        return Deed(
            f"touchpoints/{id}/edit/", {"title": title, "was-title": self.cards[id]}, [("touchpoints", id, {"title": title})]
        )

    def write_notes(self) -> Deed | None:
        """A field that only the panel shows."""
        if not (id := self.any(self.cards)):
            return None
        status, _, panel = self.page.request("GET", f"touchpoints/{id}/", on=self.rng.randrange(2))
        if status != 200:
            return None
        notes = f"{self.words()}\n{self.words()}"
        values = {"notes": notes, "was-notes": text_of(NOTES, panel)}
        return Deed(f"touchpoints/{id}/edit/", values, [("touchpoints", id, {"notes": notes})])

    def mark_card(self) -> Deed | None:
        if not (id := self.any(self.cards)):
            return None
        return Deed(f"touchpoints/{id}/edit/", {"moment_of_truth": "true"}, [("touchpoints", id, {"moment_of_truth": True})])

    def remove_card(self) -> Deed | None:
        if len(self.cards) < 5:
            return None
        id = self.any(self.cards)
        return Deed(f"touchpoints/{id}/remove/", {}, [("touchpoints", id, None)])

    # what joins them

    def connect(self) -> Deed | None:
        one, other = self.any(self.cards), self.any(self.cards)
        if not one or one == other:
            return None
        id, kind = id_text(), self.rng.choice(["sequence", "unordered"])
        return Deed(f"touchpoints/{one}/connect/", {"id": id, "target": other, "kind": kind}, may_rest=True)

    def turn_arrow(self) -> Deed | None:
        id = self.any(self.arrows)
        return Deed(f"connectors/{id}/turn/") if id else None

    def remove_arrow(self) -> Deed | None:
        id = self.any(self.arrows)
        return Deed(f"connectors/{id}/remove/", {}, [("connectors", id, None)]) if id else None

    def hand_off(self) -> Deed | None:
        one, other, id = self.any(self.cards), self.any(self.cards), id_text()
        if not one:
            return None
        to = {"to_touchpoint": other} if other != one and self.rng.random() < 0.5 else {"to_role": self.rng.choice(self.roles)}
        return Deed(f"touchpoints/{one}/hand-off/", {"id": id, **to}, [("handoffs", id, {"touchpoint_id": one})])

    def remove_handoff(self) -> Deed | None:
        id = self.any(self.handoffs)
        return Deed(f"handoffs/{id}/remove/", {}, [("handoffs", id, None)]) if id else None

    # feelings

    def add_feeling(self) -> Deed | None:
        id, title, level, slot = id_text(), self.words(), self.rng.randint(-2, 2), self.rng.randrange(8)
        values = {"id": id, "title": title, "stage": self.any(self.stages), "slot": str(slot), "level": str(level)}
        return (
            Deed("emotions/add/", values, [("emotions", id, {"level": level, "slot": slot})]) if len(self.feelings) < 30 else None
        )

    def move_feeling(self) -> Deed | None:
        if not (id := self.any(self.feelings)):
            return None
        stage, slot, level = self.any(self.stages), self.rng.randrange(8), self.rng.randint(-2, 2)
        wants = {"stage_id": stage, "slot": slot, "level": level}
        return Deed(f"emotions/{id}/move/", {"stage": stage, "slot": str(slot), "level": str(level)}, [("emotions", id, wants)])

    def rename_feeling(self) -> Deed | None:
        if not (id := self.any(self.feelings)):
            return None
        title = self.words()
        values = {"title": title, "was-title": self.feelings[id]}
        return Deed(f"emotions/{id}/edit/", values, [("emotions", id, {"title": title})])

    def remove_feeling(self) -> Deed | None:
        id = self.any(self.feelings)
        return Deed(f"emotions/{id}/remove/", {}, [("emotions", id, None)]) if id else None

    # stages and lanes

    def add_stage(self) -> Deed | None:
        id, name = id_text(), self.words()
        before = {"before": self.any(self.stages)} if self.rng.random() < 0.5 else {}
        return Deed("stages/add/", {"id": id, "name": name, **before}, [("stages", id, {})]) if len(self.stages) < 7 else None

    def rename_stage(self) -> Deed:
        id, name = self.any(self.stages), self.words()
        return Deed(f"stages/{id}/edit/", {"name": name, "was-name": self.stages[id]}, [("stages", id, {"name": name})])

    def move_stage(self) -> Deed:
        one, other = self.any(self.stages), self.any(self.stages)
        where = {"step": self.rng.choice(["-1", "1"])} if one == other else {"before": other}
        return Deed(f"stages/{one}/move/", where, may_rest=True)

    def remove_stage(self) -> Deed | None:
        id = self.any(self.stages)
        return Deed(f"stages/{id}/remove/", {}, [("stages", id, None)]) if len(self.stages) > 4 else None

    def add_lane(self) -> Deed | None:
        id, name = id_text(), self.words()
        role = {"role": self.rng.choice(self.roles)} if self.rng.random() < 0.4 else {}
        return Deed("lanes/add/", {"id": id, "name": name, **role}, may_rest=True) if len(self.lanes) < 8 else None

    def rename_lane(self) -> Deed:
        id, name = self.any(self.lanes), self.words()
        return Deed(f"lanes/{id}/edit/", {"name": name, "was-name": self.lanes[id]}, [("lanes", id, {"name": name})])

    def move_lane(self) -> Deed | None:
        lanes = [id for id in self.lanes if id not in self.fixed]
        return Deed(f"lanes/{self.any(lanes)}/move/", {"step": self.rng.choice(["-1", "1"])}, may_rest=True) if lanes else None

    def remove_lane(self) -> Deed | None:
        id = self.any([id for id in self.lanes if id not in self.fixed])
        return Deed(f"lanes/{id}/remove/", {}, [("lanes", id, None)]) if id and len(self.lanes) > 4 else None

    # the whole, and several at once

    def undo(self) -> Deed:
        return Deed("undo/", may_rest=True)

    def redo(self) -> Deed:
        return Deed("redo/", may_rest=True)

    def restore(self) -> Deed:
        """The whole map as it was a while ago."""
        revision = max(2, self.page.revision - self.rng.randint(1, 30))
        return Deed(f"history/{revision}/restore/", may_rest=True)

    def rename_map(self) -> Deed:
        title = self.words()
        values = {"title": title, "was-title": text_of(MAP_TITLE, self.page.picture["map-size"][1])}
        return Deed("rename/", values, [("journey", "", {"title": title})])

    def _several(self) -> list[str]:
        return self.rng.sample(list(self.cards), min(len(self.cards), self.rng.randint(2, 5)))

    def move_several(self) -> Deed | None:
        places = [{"element": f"touchpoints/{id}/", **self.place()} for id in self._several()]
        for place in places:
            place["slot"] = int(place["slot"])
        return Deed("selection/move/", {"places": json.dumps(places)}, may_rest=True) if places else None

    def _selected(self) -> dict[str, str]:
        return {"elements": json.dumps([f"touchpoints/{id}/" for id in self._several()])}

    def edit_several(self) -> Deed | None:
        values = self._selected() | {"importance": self.rng.choice(["must", "should", "could"])}
        return Deed("selection/edit/", values, may_rest=True) if self.cards else None

    def duplicate(self) -> Deed | None:
        id = id_text()
        return (
            Deed("selection/duplicate/", self._selected() | {"id": id}, [("touchpoints", id, {})])
            if 0 < len(self.cards) < 90
            else None
        )

    def remove_several(self) -> Deed | None:
        return Deed("selection/remove/", self._selected()) if len(self.cards) > 25 else None

    def paste_lines(self) -> Deed | None:
        if len(self.cards) > 90:
            return None
        id = id_text()
        values = {"id": id, "lines": f"{self.words()}\n{self.words()}", **self.place()}
        return Deed("lines/paste/", values, [("touchpoints", id, {})])

    def copy_stage(self) -> Deed | None:
        id = id_text()
        values = {"id": id, "stage": self.any(self.stages)}
        return Deed("stages/copy/", values, [("stages", id, {})]) if len(self.stages) < 6 and len(self.cards) < 60 else None

    def insert_slot(self) -> Deed:
        return Deed("slots/insert/", {"stage": self.any(self.stages), "slot": str(self.rng.randrange(4))}, may_rest=True)

    def take_out_slots(self) -> Deed:
        return Deed("slots/take-out/", {"stage": self.any(self.stages)}, may_rest=True)


WEIGHTS: dict[Callable[[Hand], Deed | None], int] = {
    Hand.add_card: 16, Hand.move_card: 18, Hand.rename_card: 14, Hand.write_notes: 8, Hand.mark_card: 2, Hand.remove_card: 7,
    Hand.connect: 8, Hand.turn_arrow: 1, Hand.remove_arrow: 2, Hand.hand_off: 3, Hand.remove_handoff: 1,
    Hand.add_feeling: 4, Hand.move_feeling: 3, Hand.rename_feeling: 3, Hand.remove_feeling: 1,
    Hand.add_stage: 2, Hand.rename_stage: 3, Hand.move_stage: 2, Hand.remove_stage: 1,
    Hand.add_lane: 2, Hand.rename_lane: 2, Hand.move_lane: 2, Hand.remove_lane: 1,
    Hand.undo: 10, Hand.redo: 7, Hand.restore: 1, Hand.rename_map: 1, Hand.move_several: 4, Hand.edit_several: 3,
    Hand.duplicate: 2, Hand.remove_several: 1, Hand.paste_lines: 1, Hand.copy_stage: 1, Hand.insert_slot: 1,
    Hand.take_out_slots: 1,
}  # fmt: skip
