"""Which way every arrow walks.

A wire leaves a card at its right edge, walks to the gutter beside it, and enters the next card from the left: straight across a
row where no card stands in between, else along the line between two rows. A card right above or below is reached upright.
Gutters, lines and free rows hold no cards, so no wire can run through one. Handoffs walk alike, on the lower part of the cards.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from journeys.layout.channels import Bundle, Route, Run, Track, set_apart
from journeys.layout.grid import CardBox, Grid, Metrics
from journeys.layout.labels import LabelBox, place_labels
from journeys.layout.paths import Point, badge_place, rounded
from journeys.layout.receiving import Receivers

#: handoffs attach this far below the middle of a card's side, or right of the middle of its top and bottom
HANDOFF_DOWN, HANDOFF_RIGHT = 22, 48
#: an arrow head is 7 px long and needs the last leg to itself
HEAD = 7


@dataclass(frozen=True, slots=True)
class Wire:
    """A connector: "sequence" or "unordered". `label` is where its words stand, if it has any."""

    id: str
    kind: str
    path: str
    points: tuple[Point, ...]
    label: LabelBox | None = None

    @property
    def start(self) -> Point:
        return self.points[0]

    @property
    def end(self) -> Point:
        return self.points[-1]


@dataclass(frozen=True, slots=True)
class HandoffWire:
    """From the giver's card to the receiver's; without such a card to the role's lane; without a lane a short stub."""

    id: str
    path: str
    points: tuple[Point, ...]
    badge_at: Point
    to_touchpoint_id: str | None
    to_lane_id: str | None = None


def route_connectors(grid: Grid, document: dict[str, Any]) -> tuple[dict[str, Wire], dict[str, HandoffWire]]:
    """Every connector and handoff of the document whose cards are on the map, by id."""
    routes: dict[str, Route] = {}
    for id, connector in sorted(document["connectors"].items()):
        source, target = grid.cards.get(connector["source_id"]), grid.cards.get(connector["target_id"])
        if source and target:
            routes[id] = _route(grid, source, target, connector["kind"])
    passes: dict[str, tuple[Route, str | None, str | None]] = {}
    receivers = Receivers(grid, document) if document["handoffs"] else None
    for id, handoff in sorted(document["handoffs"].items()):
        giver = grid.cards.get(handoff["touchpoint_id"])
        if receivers is None or giver is None:
            continue
        receiver, lane_id = receivers.card(handoff, giver), receivers.lane(handoff)
        if receiver:
            passes[id] = _route(grid, giver, receiver, "handoff"), receiver.id, receiver.lane_id
        else:
            passes[id] = _stub(grid, giver, lane_id), None, lane_id
    _lay_beside([*routes.values(), *(route for route, _, _ in passes.values())], grid)

    handoffs: dict[str, HandoffWire] = {}
    for id, (route, card_id, lane_id) in passes.items():
        points = route.points()
        badge = badge_place(points, grid, (other.badge_at for other in handoffs.values()))
        handoffs[id] = HandoffWire(id, rounded(points), points, badge, card_id, lane_id)
    corners = {id: route.points() for id, route in routes.items()}
    worded = [(id, text, points) for id, points in corners.items() if (text := document["connectors"][id].get("label"))]
    labels = place_labels(grid, worded, [handoff.badge_at for handoff in handoffs.values()])
    wires = {
        id: Wire(id, document["connectors"][id]["kind"], rounded(points), points, labels.get(id))
        for id, points in corners.items()
    }
    return wires, handoffs


def _route(grid: Grid, source: CardBox, target: CardBox, kind: str) -> Route:
    leaving, entering = (kind, "out", source.id), (kind, "in", target.id)
    if source.column == target.column and source is not target:
        upper, lower = (source, target) if source.row < target.row else (target, source)
        if grid.column_free(source.column, upper.row + 1, lower.row):
            # Both happen in no set order: A with B and B with A are one line.
            return _upright(source, target, (kind, "out", upper.id) if kind == "unordered" else leaving)
    right, left = source.x + source.width, target.x
    first, last = _row(source, leaving), _row(target, entering)
    out, into = source.column + 1, target.column
    if out <= into:
        same_row = source.row == target.row
        if same_row and grid.row_free(source.row, out, into):
            return Route(right, (first,), left)
        if grid.row_free(target.row, out, into) and not same_row:
            return Route(right, (first, _gutter(grid, out, leaving), last), left)
        if grid.row_free(source.row, out, into) and not same_row:
            return Route(right, (first, _gutter(grid, into, entering), last), left)
    # The long way: to the line on the target's near side, along it, and to the target.
    line = target.row if source.row < target.row else target.row + 1
    along = Run(("line", line), leaving, grid.row_lines[line])
    return Route(right, (first, _gutter(grid, out, leaving), along, _gutter(grid, into, entering), last), left)


def _upright(source: CardBox, target: CardBox, bundle: Bundle) -> Route:
    handoff = bundle[0] == "handoff"
    x = source.x + source.width / 2 + (HANDOFF_RIGHT if handoff else 0)
    down = source.row < target.row
    start, end = (source.y + source.height, target.y) if down else (source.y, target.y + target.height)
    return Route(start, (Run(("low column" if handoff else "column", source.column), bundle, x),), end, upright=True)


def _stub(grid: Grid, giver: CardBox, lane_id: str | None) -> Route:
    """Nobody receives it yet: a line to the lane of the role, or a short one to nowhere."""
    bundle = ("handoff", "out", giver.id)
    right, first = giver.x + giver.width, _row(giver, bundle)
    if lane_id is None or lane_id == giver.lane_id:
        return Route(right, (first,), right + grid.metrics.margin_x)
    lane = grid.lanes[lane_id]
    return Route(right, (first, _gutter(grid, giver.column + 1, bundle)), lane.y + lane.height / 2)


def _row(card: CardBox, bundle: Bundle) -> Run:
    middle = card.y + card.height / 2
    if bundle[0] == "handoff":
        return Run(("low", card.row), bundle, middle + HANDOFF_DOWN)
    return Run(("row", card.row), bundle, middle)


def _gutter(grid: Grid, column: int, bundle: Bundle) -> Run:
    return Run(("gutter", column), bundle, grid.column_line(column))


def _lay_beside(routes: list[Route], grid: Grid) -> None:
    """Offsets for all runs: first those at the cards and along the lines, then, every second run, the gutters that join them."""
    _share_trunks(routes)
    metrics = grid.metrics

    def room(track: Track) -> tuple[float, float, float]:
        return _room(track, metrics, len(grid.row_lines) - 1)

    # A gutter's offsets are not known yet: a run that ends there may end anywhere in it.
    set_apart(routes, 0, metrics.margin_x, room)
    set_apart(routes, 1, 1.5, room)


def _share_trunks(routes: list[Route]) -> None:
    """Where the run in the middle could go with its source's wires or with its target's, let it go with the more.

    The runs before and after it have no such choice: they begin or end beside one of the two cards.
    """
    company: defaultdict[tuple[Track, Bundle], int] = defaultdict(int)
    for route in routes:
        runs = route.runs
        if len(runs) == 5:
            company[runs[1].track, runs[1].bundle] += 1
            company[runs[3].track, runs[3].bundle] += 1
        if len(runs) in (3, 5):
            company[runs[len(runs) // 2].track, runs[0].bundle] += 1
            company[runs[len(runs) // 2].track, runs[-1].bundle] += 1
    for route in routes:
        runs = route.runs
        if len(runs) in (3, 5):
            track, leaving, entering = runs[len(runs) // 2].track, runs[0].bundle, runs[-1].bundle
            runs[len(runs) // 2].bundle = entering if company[track, entering] > company[track, leaving] else leaving


def _room(track: Track, metrics: Metrics, last_line: int) -> tuple[float, float, float]:
    """Lowest and highest offset on a track, and the spacing to wish for."""
    name, index = track
    if name == "gutter":
        low, high, spacing = 2.5 - metrics.margin_x, float(metrics.margin_x - HEAD), 3.25
        if index == 0:  # The lane labels, left of the first column, would cover the wires.
            low, high = 0.5, 2.5
    elif name == "line":
        most = metrics.margin_y - 2.0
        low, high, spacing = (1.0 if index == 0 else -most), (-1.0 if index == last_line else most), 4.0
    elif name == "row":
        low, high, spacing = -metrics.card_height / 5, metrics.card_height / 5, 8.0
    elif name == "low":
        low, high, spacing = -5.0, 7.0, 6.0
    else:
        low, high, spacing = -20.0, 20.0, 10.0
    return (low, max(low, high), spacing)
