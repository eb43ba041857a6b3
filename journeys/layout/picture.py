from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from journeys.layout.curve import Curve, draw_curve
from journeys.layout.grid import CardBox, Grid, LaneBox, Metrics, StageBox, lay_grid
from journeys.layout.routing import HandoffWire, Wire, route_connectors


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything of one journey stands, in CSS pixels from the map's top left corner."""

    grid: Grid
    wires: dict[str, Wire]
    handoffs: dict[str, HandoffWire]
    curve: Curve

    @property
    def width(self) -> int:
        return self.grid.width

    @property
    def height(self) -> int:
        return self.grid.height

    @property
    def stages(self) -> dict[str, StageBox]:
        return self.grid.stages

    @property
    def lanes(self) -> dict[str, LaneBox]:
        return self.grid.lanes

    @property
    def cards(self) -> dict[str, CardBox]:
        return self.grid.cards


def lay_out(document: dict[str, Any], metrics: Metrics | None = None, room: int = 1) -> Layout:
    """Boxes and paths of a journey document. Elements that refer to something not in the document are left out."""
    grid = lay_grid(document, metrics or Metrics(), room)
    wires, handoffs = route_connectors(grid, document)
    return Layout(grid, wires, handoffs, draw_curve(grid, document))
