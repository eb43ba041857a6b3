"""One layout: from a journey document to boxes and paths. Pure, so that canvas, exports and thumbnails show one picture."""

from journeys.layout.curve import CloudBox, Curve, CurvePoint, draw_curve
from journeys.layout.grid import CardBox, Grid, LaneBox, Metrics, StageBox, lay_grid
from journeys.layout.labels import LabelBox
from journeys.layout.picture import Layout, lay_out
from journeys.layout.routing import HandoffWire, Wire, route_connectors

__all__ = [
    "CardBox",
    "CloudBox",
    "Curve",
    "CurvePoint",
    "Grid",
    "HandoffWire",
    "LabelBox",
    "LaneBox",
    "Layout",
    "Metrics",
    "StageBox",
    "Wire",
    "draw_curve",
    "lay_grid",
    "lay_out",
    "route_connectors",
]
