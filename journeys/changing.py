"""What one act looks at and changes on a map that is locked, element by element, before any of it is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from journeys.as_locked import AsLocked
from journeys.conflicts import refuse_overwriting
from journeys.document import plain
from journeys.models import Change, Connector, Dismissal, Emotion, Handoff, Journey, Lane, Stage, Touchpoint
from journeys.models.element import ActRefused, Element, IdTaken
from journeys.rows import evident

if TYPE_CHECKING:
    from accounts.models import Member

E = TypeVar("E", bound=Element)

#: parents before children: rows are written in this order and deleted in the other
WRITE_ORDER: tuple[type[Element], ...] = (Stage, Lane, Touchpoint, Emotion, Connector, Handoff, Dismissal)
#: what ends as the id of something does, and is text
TEXT = {"external_id", "subject_id"}
MODELS: dict[str, type[Element]] = {model.kind_name: model for model in WRITE_ORDER}


class Changing:
    """What one act changes. Many touches of one element end as one patch."""

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
            raise IdTaken
        return found

    def refuse_taken(self, id: Any) -> None:
        """Raise ActRefused if anything bears the id, of whatever kind: within a map an id names one thing."""
        models: tuple[Any, ...] = (Journey, *WRITE_ORDER)
        first, *others = (model.objects.filter(pk=id).order_by().values("pk") for model in models)
        if list(first.union(*others)):
            raise IdTaken

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


def _as_id(value: Any) -> UUID | None:
    return UUID(value) if isinstance(value, str) else value


def _as_date(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value
