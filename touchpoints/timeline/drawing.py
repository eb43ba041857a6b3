"""The map of a version as a customer lives it: the places, arrows and colours of the canvas, and on every card how it stands.

What all travellers of a version share is drawn once and kept; for one customer only the cards and the heads of the stages are.
From strings, not templates, as on the canvas: see journeys/rendering.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from html import escape
from typing import Any
from uuid import UUID

from journeys.document import Document
from journeys.layout import Layout, lay_out
from journeys.models import Version
from journeys.publishing import whole
from journeys.rendering import draw, page_parts
from touchpoints.planning.route import Card, Route
from touchpoints.timeline.standing import StageStanding, Standing, State
from touchpoints.timeline.words import aloud, feeling, on_card, short_day

#: the sign of a state, out of static/img/icons.svg
SIGNS = {
    State.DONE: "check", State.HAPPENED: "check", State.SKIPPED: "skip", State.MISSED: "close", State.OVERDUE: "warning",
    State.TODAY: "clock", State.NEXT: "right", State.PLANNED: "clock", State.WAITS: "waits", State.UNDATED: "waits",
    State.PASSED: "skip",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ground:
    """What is the same for all who travel a version."""

    layout: Layout
    stages: dict[str, dict[str, Any]]
    lanes: dict[str, dict[str, Any]]
    #: id -> name of roles and playbooks, as they were
    names: dict[str, str]
    #: fragments by where they stand
    parts: dict[str, str]


@lru_cache(maxsize=16)
def ground_of(version: UUID) -> Ground:
    found = Version.objects.get(pk=version)
    document = whole(found)
    layout, picture = lay_out(document, room=0), draw(document, found.names, room=0)
    parts = page_parts(picture)
    clouds = (part.html for id, part in picture.items() if part.container == "map-feel" and id != "feel-curve")
    return Ground(
        layout, document["stages"], document["lanes"], found.names,
        {
            "wires": parts.get("map_wires", ""), "stripes": parts.get("map_stripes", ""), "lanes": _lanes(document, layout),
            "clouds": "".join(clouds),
        },
    )  # fmt: skip


def _lanes(document: Document, layout: Layout) -> str:
    return "".join(
        f'<div class="lane lane--{document["lanes"][id]["kind"]}" style="--y:{box.y};--h:{box.height}"><div class="lane__label">'
        f'<span class="lane__name">{escape(document["lanes"][id]["name"])}</span></div></div>'
        for id, box in layout.lanes.items()
    )


def draw_cards(
    ground: Ground,
    route: Route,
    standings: Mapping[UUID, Standing],
    stages: Mapping[str, StageStanding],
    today: date,
    address: str,
) -> str:
    """As one reads a journey: stage by stage, its cards as links. `address` is what goes before the id of a card."""
    groups = []
    for stage in route.stages:
        standing = stages[stage.id]
        cards = "".join(
            _card(ground, card, standings[card.spot], today, address) for card in stage.cards if card.id in ground.layout.cards
        )
        now = " timeline__stage--now" if standing.is_now else ""
        told = _told(standing, today)
        groups.append(
            f'<section class="timeline__stage{now}"{" data-now" if standing.is_now else ""}>'
            f"<h3>{escape(ground.stages[stage.id]['name'])}{f' <small>{told}</small>' if told else ''}</h3>"
            f'<ul class="timeline__cards">{cards}</ul></section>'
        )
    return "".join(groups)


def _card(ground: Ground, card: Card, standing: Standing, today: date, address: str) -> str:
    box, row, state = ground.layout.cards[card.id], card.fields, standing.state
    title = escape(row["title"])
    where = f"{ground.stages[row['stage_id']]['name']}, {ground.lanes[row['lane_id']]['name']}"
    truth = ", moment of truth" if row["moment_of_truth"] else ""
    label = escape(", ".join(filter(None, [f"{row['title']}{truth}", aloud(card, standing), where])))
    classes = f"card card--{row['kind']} is-{state}"
    if row["delivery"] == "automated":
        classes += " card--automated"
    if card.inner:
        classes += " card--parent"
    star = f'<span class="card__star">{_icon("star")}</span> ' if row["moment_of_truth"] else ""
    said = on_card(card, standing, today)
    how = f'<span class="lived lived--{state}">{_icon(SIGNS[state])}{escape(said)}</span>' if said else ""
    if standing.felt is not None:
        how += f'<span class="lived__felt">{feeling(standing.felt)}</span>'
    if standing.inside:
        late, sign = (" lived__inside--late", "warning") if standing.late_inside else ("", "inside")
        how += f'<span class="lived__inside{late}">{_icon(sign)}{standing.inside[0]}/{standing.inside[1]}</span>'
    return (
        f'<li><a class="{classes}" href="{address}{card.id}/" style="--x:{box.x};--y:{box.y}" aria-label="{label}" data-card'
        f' data-x="{box.x}" data-y="{box.y}"><span class="card__title">{star}{title}</span>'
        f'<span class="card__meta">{how}</span></a></li>'
    )


def draw_stages(ground: Ground, standings: Mapping[str, StageStanding], today: date) -> str:
    return "".join(_stage(ground, standings[id], box, today) for id, box in ground.layout.stages.items())


def _stage(ground: Ground, standing: StageStanding, box: Any, today: date) -> str:
    sign = "check" if standing.is_complete else "right" if standing.is_now else ""
    now = " stage--now" if standing.is_now else " stage--past" if standing.is_past else ""
    return (
        f'<div class="stage{now}" style="--x:{box.x};--w:{box.width}"{" data-now" if standing.is_now else ""} data-x="{box.x}">'
        f'<div class="stage__chevron"><span class="stage__name">{_icon(sign) if sign else ""}'
        f'{escape(ground.stages[standing.id]["name"])}</span></div><p class="stage__goal">{_told(standing, today)}</p></div>'
    )


def _told(standing: StageStanding, today: date) -> str:
    """Since when the customer is in a stage, or from when it was; and how many of its cards are done."""
    if standing.entered:
        since = f"{'here since' if standing.is_now else 'from'} {short_day(standing.entered, today)}"
    else:
        since = "here now" if standing.is_now else "not travelled" if standing.is_past else ""
    count = f"{standing.done} of {standing.total} done" if standing.total else ""
    return " · ".join(filter(None, [since, count]))


def draw_now(ground: Ground, standings: Mapping[str, StageStanding]) -> str:
    """The ground of the stage in which the customer is."""
    now = next((ground.layout.stages[id] for id, one in standings.items() if one.is_now and id in ground.layout.stages), None)
    return f'<div class="lived__now" style="--x:{now.x};--w:{now.width}"></div>' if now else ""


def draw_feelings(ground: Ground, route: Route, standings: Mapping[UUID, Standing]) -> str:
    """The designed curve, and what was felt along it."""
    layout, curve = ground.layout, ground.layout.curve
    step = layout.grid.metrics.curve_height * 11 // 74
    points = sorted(
        (box.x + box.width // 2, curve.zero_y - level * step)
        for card in route.cards
        if (level := standings[card.spot].felt) is not None and (box := layout.cards.get(card.id))
    )
    designed = "".join(
        f'<circle class="feel__dot" cx="{point.x:g}" cy="{point.y:g}" r="5"/>'
        for point in curve.points
        if point.kind == "touchpoint"
    )
    line = "L".join(f"{x} {y}" for x, y in points)
    felt = f'<path class="feel__line" d="M{line}"/>' if len(points) > 1 else ""
    dots = "".join(f'<circle class="feel__felt" cx="{x}" cy="{y}" r="5"/>' for x, y in points)
    return (
        f'<svg class="feel__curve"><path class="feel__zero" d="M148 {curve.zero_y}H{layout.width}"/>'
        f'<path class="feel__designed" d="{curve.path}"/>'
        f"{designed}{felt}{dots}</svg>"
    )


def _icon(name: str) -> str:
    return f'<svg class="icon" aria-hidden="true"><use href="#icon-{name}"></use></svg>'
