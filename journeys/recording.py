"""One act on a journey: lock it, collect what changes, write the rows and append the Change.

    with journey.act("moved Kickoff call to Onboarding", by=member, at=now) as act:
        act.change(touchpoint, stage_id=..., slot=...)

Everything an act touches is merged into one patch per element and written together at the end; an act that changes nothing
leaves no trace. Nobody else saves elements.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from django.db import transaction

from accounts.many_rows import insert_many
from journeys.as_locked import AsLocked
from journeys.conflicts import refuse_overwriting
from journeys.document import plain
from journeys.live.telling import tell_news
from journeys.models import Change, Connector, Dismissal, Emotion, Handoff, Journey, Lane, Stage, Touchpoint
from journeys.models.element import ActRefused, Element
from journeys.rows import copy_rows, evident, update, update_of_one

if TYPE_CHECKING:
    from accounts.models import Member

E = TypeVar("E", bound=Element)

#: parents before children: rows are written in this order and deleted in the other
WRITE_ORDER: tuple[type[Element], ...] = (Stage, Lane, Touchpoint, Emotion, Connector, Handoff, Dismissal)
#: what ends as the id of something does, and is text
TEXT = {"external_id", "subject_id"}
MODELS: dict[str, type[Element]] = {model.kind_name: model for model in WRITE_ORDER}


class Act:
    """What one act changes, element by element, until it is written."""

    def __init__(self, journey: Journey, label: str, *, by: Member, at: datetime):
        self.journey = journey
        self.label = label
        self.by = by
        self.at = at
        self.kind = Change.Kind.ACT
        self.reverts: Change | None = None
        self.written: Change | None = None
        #: what the acts are called that have joined in: see joining.py
        self.parts: list[str] = []
        self._before: dict[tuple[str, str], dict[str, Any] | None] = {}
        #: by kind and id, what the act has made or changed; None for what it has deleted
        self._elements: defaultdict[str, dict[str, Element | None]] = defaultdict(dict)
        self._journey_before: dict[str, Any] = {}
        self._brought: dict[type[Element], dict[str, dict[str, Any]]] = {}
        self._as_locked = AsLocked(journey.pk)

    # looking

    def rows(self, model: type[E]) -> list[E]:
        """Every element of a kind as it stands inside this act, in order of id."""
        self._unpack(model)
        found: dict[UUID, Any] = dict(self._as_locked.all(model))
        for pk, element in self._elements[model.kind_name].items():
            found.pop(UUID(pk), None)
            if element is not None:
                found[element.pk] = element
        return [found[pk] for pk in sorted(found)]

    def referring(self, model: type[E], name: str, ids: Collection[Any]) -> list[E]:
        """The elements of a kind whose attribute `name` is one of these, as they stand inside this act, in order of id."""
        self._unpack(model)
        index = self._as_locked.by(model, name)
        touched = self._elements[model.kind_name]
        found: list[Any] = [row for id in ids for row in index.get(id, ()) if str(row.pk) not in touched]
        found += [row for row in touched.values() if row is not None and getattr(row, name) in ids]
        return sorted(found, key=lambda row: row.pk)

    def fresh(self, element: E) -> E:
        """The element as it stands under the lock. Raises ActRefused if somebody has deleted it."""
        model = type(element)
        self._unpack(model)
        touched, pk = self._elements[element.kind_name], str(element.pk)
        if pk in touched:
            found = touched[pk]
        elif self.journey.held and (element.kind_name, pk) in self.journey.held:
            found = self.journey.held[element.kind_name, pk]
        elif self._as_locked.reads_all(model):
            found = self._as_locked.all(model).get(element.pk)
        else:
            found = model.on(self.journey, element.pk)
        if found is None:
            raise ActRefused(f"{element.called} has been deleted in the meantime.")
        found.journey = self.journey
        return found  # type: ignore[return-value]

    def already_made(self, model: type[E], id: Any) -> E | None:
        """The element a retried create made the first time. Raises ActRefused if the id belongs elsewhere."""
        found = model._default_manager.filter(pk=id).first()
        if found is not None and found.journey_id != self.journey.pk:
            raise ActRefused("That id is in use already.", "id")
        return found

    # changing

    def create(self, element: Element) -> None:
        element.journey = self.journey
        element.refuse_bad_values()
        key = (element.kind_name, str(element.pk))
        self._before.setdefault(key, None)
        self._elements[element.kind_name][str(element.pk)] = element

    def bring_in(self, model: type[Element], rows: list[tuple[str, dict[str, Any]]]) -> None:
        """Create many elements of a kind from (id, all logged fields). Refuses what `create` refuses."""
        plain_rows, others = evident(model, rows)
        self._brought.setdefault(model, {}).update(plain_rows)
        for id, fields in others:
            self.create(model(id=UUID(id), **fields))

    def change_many(self, model: type[E], changes: list[tuple[str, dict[str, Any]]]) -> None:
        """Change many elements of a kind, by id, with one read."""
        rows = self.those(model, {id for id, _ in changes})
        for id, fields in changes:
            self.change(rows[id], **fields)

    def delete_many(self, model: type[E], ids: Collection[str]) -> None:
        self.delete_with_dependents(*self.those(model, ids).values())

    def those(self, model: type[E], ids: Collection[str]) -> dict[str, E]:
        """The elements of a kind that bear these ids, by id, with one read. What is no longer there is not in it."""
        rows = {id: row for row in self.rows(model) if (id := str(row.pk)) in ids}
        if self.journey.held is not None:
            self.journey.held.update({(model.kind_name, id): row for id, row in rows.items()})
        return rows

    def _unpack(self, model: type[Element]) -> None:
        """Make elements of brought rows, now that somebody wants to see or change them."""
        for id, fields in self._brought.pop(model, {}).items():
            self._before.setdefault((model.kind_name, id), None)
            self._elements[model.kind_name][id] = model(id=UUID(id), journey=self.journey, **fields)

    def change(self, element: Element, **fields: Any) -> None:
        current = self.fresh(element)
        key = (current.kind_name, str(current.pk))
        unknown = set(fields) - set(current.logged)
        if unknown:
            raise ValueError(f"{current.kind_name} has no logged field {sorted(unknown)}")
        self._before.setdefault(key, current.snapshot())
        for name, value in fields.items():
            setattr(current, name, _as_id(value) if name.endswith("_id") and name not in TEXT else value)
        current.refuse_bad_values()
        self._elements[current.kind_name][str(current.pk)] = current
        if current is not element:
            for name, value in fields.items():
                setattr(element, name, value)

    def edit(self, element: Element, fields: Mapping[str, Any], was: Mapping[str, Any] | None) -> None:
        """Change fields as a person does who saw them say `was`. Raises Conflict where somebody has changed one since."""
        refuse_overwriting(self.journey, self.fresh(element), fields, was)
        self.change(element, **fields)

    def edit_journey(self, fields: Mapping[str, Any], was: Mapping[str, Any] | None) -> None:
        refuse_overwriting(self.journey, self.journey, fields, was)
        self.change_journey(**fields)

    def change_journey(self, **fields: Any) -> None:
        for name, value in fields.items():
            self._journey_before.setdefault(name, plain(getattr(self.journey, name)))
            setattr(
                self.journey, name, _as_date(value) if name == "review_on" else _as_id(value) if name.endswith("_id") else value
            )

    def delete(self, element: Element) -> None:
        self._strike_out(self.fresh(element))

    def _strike_out(self, current: Element) -> None:
        self._before.setdefault((current.kind_name, str(current.pk)), current.snapshot())
        self._elements[current.kind_name][str(current.pk)] = None

    def delete_with_dependents(self, *elements: Element) -> None:
        """Delete elements and whatever stands on them; a handoff that pointed to a deleted card points to none."""
        from journeys.dependents import dependents_of

        current = [self.fresh(element) for element in elements]
        all_of_them = [*dependents_of(self, current), *current]
        for element in all_of_them:
            self._strike_out(element)
        if gone := {element.pk for element in all_of_them if isinstance(element, Touchpoint)}:
            for handoff in self.referring(Handoff, "to_touchpoint_id", gone):
                self.change(handoff, to_touchpoint_id=None)

    def refuse_circles(self) -> None:
        """Raise ActRefused, naming the circle, if the sequence arrows close one."""
        from journeys.circles import find_circle

        arrows = [(row.source_id, row.target_id) for row in self.rows(Connector) if row.kind == "sequence"]
        circle = find_circle(arrows)
        if circle:
            titles = {row.pk: row.title for row in self.rows(Touchpoint)}
            path = " → ".join(titles[pk] for pk in [*circle, circle[0]])
            raise ActRefused(f"That arrow would close a circle: {path}.", "target")

    # writing

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


def _as_id(value: Any) -> UUID | None:
    return UUID(value) if isinstance(value, str) else value


def _as_date(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value
