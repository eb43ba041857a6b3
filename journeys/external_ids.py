"""A map as another system calls it: what is on it bears the ids that it has there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from journeys.document import KEYS
from journeys.models import ExternalId, Journey
from journeys.models.external_id import LONGEST
from journeys.portable import KINDS, REFERENCES

#: list in a document -> kind
KIND_OF = {key: kind for kind, key in KEYS.items()}
#: what in a row refers to which kind
REFERRED = {name: KIND_OF[key] for name, key in REFERENCES.values()}

Names = dict[str, dict[str, str]]


@dataclass
class Outside:
    """How a source calls things. `elements`: kind -> own id -> id there; `journeys`: own id -> id there. Without a source
    everything is called by its own id."""

    source: str = ""
    elements: Names = field(default_factory=dict)
    journeys: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, source: str, workspace: UUID, journey: UUID) -> Outside:
        if not source:
            return cls()
        named = ExternalId.objects
        return cls(source, named.elements(journey, source), named.journeys(workspace, source))

    def tell(self, document: dict[str, Any]) -> dict[str, Any]:
        """The document in the words of the source."""
        return self._translated(document, self.elements, self.journeys)

    def take(self, data: Any) -> Any:
        """Data in the words of the source, in ours; whatever makes no sense stays as it is."""
        return self._translated(data, _turned(self.elements), {outside: own for own, outside in self.journeys.items()})

    def called(self, kind: str, id: str) -> str:
        return self.elements.get(kind, {}).get(id, id)

    def keep(self, journey: Journey, given: Mapping[str, Mapping[str, str]]) -> None:
        """`given`: kind -> id that was said -> own id, of elements that are called otherwise here. The caller holds the map, and
        has asked `can_be_called` of what was said."""
        if self.source:
            # What was deleted long ago, and whose own id somebody else has now, is called as it was then.
            named = [(kind, own, self.called(kind, said)) for kind, ids in given.items() for said, own in ids.items()]
            ExternalId.objects.name_elements(journey, self.source, named)
            for kind, own, outside in named:
                self.elements.setdefault(kind, {})[own] = outside

    def _translated(self, data: Any, names: Mapping[str, Mapping[str, str]], journeys: Mapping[str, str]) -> Any:
        if not isinstance(data, dict) or not self.source or not (names or journeys):
            return data
        result = dict(data)
        if isinstance(data.get("id"), str):
            result["id"] = journeys.get(data["id"], data["id"])
        for model in KINDS:
            rows = data.get(model.document_key)
            if isinstance(rows, list):
                result[model.document_key] = [_row(row, model.kind_name, names, journeys) for row in rows]
        return result


def can_be_called(said: str) -> bool:
    """Whether a source may have that id for something."""
    return len(said) <= LONGEST and said.isprintable()


def _row(row: Any, kind: str, names: Mapping[str, Mapping[str, str]], journeys: Mapping[str, str]) -> Any:
    if not isinstance(row, dict):
        return row
    told = dict(row)
    for name in row:
        of = kind if name == "id" else REFERRED.get(name) or (row.get("kind") if name == "subject" else None)
        known = journeys if name == "child" else names.get(of, {}) if isinstance(of, str) else {}
        if isinstance(value := row[name], str) and value in known:
            told[name] = known[value]
    return told


def _turned(names: Names) -> Names:
    return {kind: {outside: own for own, outside in ids.items()} for kind, ids in names.items()}


def by_kind(given: Mapping[str, Mapping[str, str]]) -> Names:
    """The same by kind, for what is told by list."""
    found: Names = defaultdict(dict)
    for key, ids in given.items():
        found[KIND_OF[key]] |= ids
    return found
