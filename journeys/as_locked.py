"""The elements of a map as they were when it was locked: read once, for until the lock is let go nobody else writes them."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any
from uuid import UUID

from journeys.models.element import Element

#: elements of a kind that are read one by one; if an act asks for more of them, all are read at once
ONE_BY_ONE = 8


class AsLocked:
    def __init__(self, journey_id: UUID):
        self.journey_id = journey_id
        self._rows: dict[type[Element], dict[UUID, Element]] = {}
        self._indexes: dict[tuple[type[Element], str], dict[Any, list[Element]]] = {}
        self._asked: Counter[type[Element]] = Counter()

    def all(self, model: type[Element]) -> dict[UUID, Element]:
        """The elements of a kind, by id."""
        if model not in self._rows:
            rows = model._default_manager.filter(journey_id=self.journey_id).order_by("id")
            self._rows[model] = {row.pk: row for row in rows}
        return self._rows[model]

    def by(self, model: type[Element], name: str) -> dict[Any, list[Element]]:
        """The elements of a kind, by the value of an attribute."""
        index = self._indexes.get((model, name))
        if index is None:
            index = self._indexes[model, name] = defaultdict(list)
            for row in self.all(model).values():
                index[getattr(row, name)].append(row)
        return index

    def reads_all(self, model: type[Element]) -> bool:
        """Whether one more element of a kind is to be looked for among all of them."""
        self._asked[model] += 1
        return model in self._rows or self._asked[model] > ONE_BY_ONE
