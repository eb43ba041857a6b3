"""Which element of the map a row says that it is: by its id, or by its external id."""

from __future__ import annotations

from typing import Any

from journeys.document import Document
from journeys.sheet_cells import Parsed

Rows = dict[str, dict[str, Any]]


class Claims:
    """The map by id and by external id, for each kind that has rows of its own."""

    def __init__(self, document: Document):
        self.rows: dict[str, Rows] = {
            key: document[key] for key in ("touchpoints", "emotions", "stages", "lanes", "handoffs", "dismissals")
        }
        self.external: dict[str, dict[str, str]] = {key: _by_external_id(self.rows[key]) for key in self.rows}

    def found(self, row: Parsed) -> str | None:
        """The id of the row's element on the map, if the row names it."""
        group = group_of(row)
        if not group:
            return None
        if row.id in self.rows[group]:
            return row.id
        return self.external[group].get(row.external_id) if row.external_id else None

    def card(self, name: str) -> str | None:
        """The id of a card on the map that other rows name so."""
        cards = self.rows["touchpoints"]
        return name if name in cards else self.external["touchpoints"].get(name)


def group_of(row: Parsed) -> str:
    """The list of a document that the row's element stands in; "" for an arrow and for the journey."""
    if row.is_card:
        return "touchpoints"
    if row.is_lane:
        return "lanes"
    return {"emotion": "emotions", "stage": "stages", "handoff": "handoffs", "dismissal": "dismissals"}.get(row.kind, "")


def _by_external_id(rows: Rows) -> dict[str, str]:
    return {fields["external_id"]: id for id, fields in rows.items() if fields.get("external_id")}
