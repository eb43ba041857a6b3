"""One act on a journey: lock it, collect what changes, write the rows and append the Change.

    with journey.act("moved Kickoff call to Onboarding", by=member, at=now) as act:
        act.change(touchpoint, stage_id=..., slot=...)

Everything an act touches is merged into one patch per element and written together at the end; an act that changes nothing
leaves no trace. Nobody else saves elements.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from accounts.many_rows import insert_many
from journeys.changing import WRITE_ORDER, Changing
from journeys.document import plain
from journeys.live.telling import tell_news
from journeys.models import Change, Journey
from journeys.models.element import Element
from journeys.rows import copy_rows, update, update_of_one

if TYPE_CHECKING:
    from accounts.models import Member


class Act(Changing):
    """One act: what it changes, and how that is written."""

    def patches(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        if self._journey_before:
            values = {name: plain(getattr(self.journey, name)) for name in self._journey_before}
            differing = [name for name in values if values[name] != self._journey_before[name]]
            if differing:
                found.append(
                    {
                        "kind": "journey",
                        "id": str(self.journey.pk),
                        "before": {name: self._journey_before[name] for name in differing},
                        "after": {name: values[name] for name in differing},
                    }
                )
        for model, rows in self._brought.items():
            found += [{"kind": model.kind_name, "id": id, "before": None, "after": fields} for id, fields in rows.items()]
        for (kind, pk), before in self._before.items():
            element = self._elements[kind][pk]
            after = None if element is None else element.snapshot()
            if before is not None and after is not None:
                was, now = before, after
                differing = [name for name in now if now[name] != was[name]]
                before, after = {n: was[n] for n in differing}, {n: now[n] for n in differing}
            if before or after:
                found.append({"kind": kind, "id": pk, "before": before, "after": after})
        return found

    def write(self) -> Change | None:
        patches = self.patches()
        if not patches:
            return None
        if (also := self._update_of_one(patches)) is None:
            self._write_rows(patches)
        own = [name for patch in patches if patch["kind"] == "journey" for name in patch["after"]]
        if own:
            self.journey.save(update_fields=own)
        self.journey.revision += 1
        self.journey.changed_at = self.at
        self.journey.changed_by = self.by
        # Where one request makes several changes the first one bears its id: asked again, none of them is made.
        asked, self.journey.asked = self.journey.asked, None
        self.written = Change(
            journey=self.journey,
            revision=self.journey.revision,
            kind=self.kind,
            label=self.label[:500],
            patches=patches,
            by=self.by,
            at=self.at,
            reverts=self.reverts,
            standing=Change.Standing.DONE if self.kind == Change.Kind.ACT else Change.Standing.NONE,
            act_id=asked.id if asked else None,
            act_print=asked.print if asked else None,
        )
        self.written.append(also)
        tell_news(
            {
                "journey": str(self.journey.pk),
                "revision": self.written.revision,
                "patches": patches,
                "by": str(self.by.pk),
                "name": str(self.by),
                "did": self.written.label,
            }
        )
        return self.written

    def _update_of_one(self, patches: list[dict[str, Any]]) -> tuple[str, dict[str, Any]] | None:
        """Where no more than one element has changed, as in most acts, the statement that writes it, to go with the log."""
        patch = patches[0]
        if len(patches) > 1 or patch["kind"] == "journey" or not patch["before"] or not patch["after"]:
            return None
        element = self._elements[patch["kind"]][patch["id"]]
        return update_of_one(type(element), element, patch["after"]) if element else None

    def _write_rows(self, patches: list[dict[str, Any]]) -> None:
        made: dict[str, list[Element]] = {}
        changed: dict[str, list[tuple[Element, list[str]]]] = {}
        gone: dict[str, list[str]] = {}
        for patch in patches:
            kind, pk = patch["kind"], patch["id"]
            if kind == "journey" or pk not in self._elements[kind]:
                continue
            element = self._elements[kind][pk]
            if element is None:
                gone.setdefault(kind, []).append(pk)
            elif patch["before"] is None:
                made.setdefault(kind, []).append(element)
            else:
                changed.setdefault(kind, []).append((element, list(patch["after"])))
        for model in reversed(WRITE_ORDER):
            if model.kind_name in gone:
                # A raw delete: what hangs on these rows is in the patches already, or it would not be undoable.
                rows = model._default_manager.filter(pk__in=gone[model.kind_name])
                rows._raw_delete(rows.db)
        self._free_external_ids(patches)
        for model in WRITE_ORDER:
            if model.kind_name in made:
                insert_many(model, made[model.kind_name])
            if self._brought.get(model):
                copy_rows(model, self.journey.pk, self._brought[model])
            edits = changed.get(model.kind_name, [])
            if edits:
                update(model, [element for element, _ in edits], sorted({name for _, names in edits for name in names}))

    def _free_external_ids(self, patches: list[dict[str, Any]]) -> None:
        """Where one element gets the external id of another, that one gives it up first: no two have it at any moment."""
        given_up: dict[str, list[str]] = {}
        wanted: set[str] = set()
        for patch in patches:
            before, after = patch["before"], patch["after"]
            if after and after.get("external_id"):
                wanted.add(after["external_id"])
            if before and after and before.get("external_id"):
                given_up.setdefault(before["external_id"], []).append(patch["id"])
        held = [pk for external_id in wanted & set(given_up) for pk in given_up[external_id]]
        for model in WRITE_ORDER if held else ():
            if "external_id" in model.logged:
                rows: Any = model._default_manager.filter(pk__in=held)
                rows.update(external_id="")


@contextmanager
def recording(journey: Journey, label: str, *, by: Member, at: datetime) -> Iterator[Act]:
    """Lock the journey, let the caller change it, write and append the Change. The caller's journey gets the new revision."""
    if journey.joint is not None:
        journey.joint.parts.append(label)
        yield journey.joint
        return
    if journey.held is not None:
        act = Act(journey, label, by=by, at=at)
        yield act
        act.write()
        journey.held.clear()
        return
    with transaction.atomic():
        locked = Journey.objects.select_for_update(of=("self",)).get(pk=journey.pk)
        locked.held = {}
        act = Act(locked, label, by=by, at=at)
        yield act
        act.write()
    locked.held = None
    for name in (*Journey.logged, "revision", "changed_at", "changed_by_id"):
        setattr(journey, name, getattr(locked, name))
