"""The picture of a journey as HTML fragments, one per element, keyed by DOM id.

A canvas is all of them in their containers; what a page has missed is the fragments that differ between two revisions. Built from
strings, not templates: a thousand cards take a template engine 40 ms and this a few.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any

from journeys.arrows import arrow, handoff_badge, handoff_line
from journeys.document import Document
from journeys.layout import Layout, lay_out
from journeys.models import Emotion, Touchpoint

#: letters of a timing beside which there is room for the sign of a playbook, not for the word
LONG_TIMING = 7
KINDS = dict(Touchpoint.Kind.choices)
FEELINGS = dict(Emotion.Level.choices)
CLOUD = "M22 46C6 46 2 32 14 27C8 12 30 6 40 14C48 0 74 0 82 10C96 0 120 4 122 18C142 16 150 40 130 46Z"


@dataclass(frozen=True, slots=True)
class Fragment:
    """One element of the page, and the DOM id of what holds it."""

    container: str
    html: str


Picture = dict[str, Fragment]


def draw(document: Document, roles: dict[str, str], *, room: int = 1) -> Picture:
    """Every fragment of the map. `roles` is id -> name; `room` as in lay_out."""
    layout = lay_out(document, room=room)
    picture: Picture = {"map-size": Fragment("map-sizes", _sizes(layout, document))}
    for id, box in layout.stages.items():
        picture[f"stage-{id}"] = Fragment("map-head", _stage(document["stages"][id], box))
        odd = " stripe--odd" if box.index % 2 else ""
        stripe = f'<div class="stripe{odd}" id="stripe-{id}" style="--x:{box.x};--w:{box.width}"></div>'
        picture[f"stripe-{id}"] = Fragment("map-stripes", stripe)
    # As one reads: from lane to lane, along each of them, down each stack.
    cards = sorted(layout.cards.values(), key=lambda card: (layout.lanes[card.lane_id].index, card.column, card.stack))
    owned: dict[str, list[str]] = {}
    for card in cards:
        owned.setdefault(card.lane_id, []).append(f"card-{card.id}")
    for id, lane in layout.lanes.items():
        picture[f"lane-{id}"] = Fragment("map-lanes", _lane(document["lanes"][id], lane, " ".join(owned.get(id, ()))))
        picture[f"lane-label-{id}"] = Fragment(f"lane-{id}", _lane_label(document["lanes"][id], id))
    for card in cards:
        picture[f"card-{card.id}"] = Fragment("map-cards", _card(document, card))
    for id, wire in layout.wires.items():
        picture[f"wire-{id}"] = Fragment("map-wires", arrow(id, wire, document["connectors"][id]))
    for id, handoff in layout.handoffs.items():
        picture[f"handoff-wire-{id}"] = Fragment("map-wires", handoff_line(id, handoff, document["handoffs"][id]))
        badge = handoff_badge(id, handoff, document["handoffs"][id], roles, _icon("handoff"))
        picture[f"handoff-{id}"] = Fragment("map-wires", badge)
    picture["feel-curve"] = Fragment("map-feel", _curve(layout))
    for id, cloud in layout.curve.clouds.items():
        picture[f"card-{id}"] = Fragment("map-feel", _cloud(document, id, cloud))
    return picture


def page_parts(picture: Picture) -> dict[str, str]:
    """The fragments joined by container, lanes with their labels: what the whole canvas is put together from."""
    held = _by_container(picture)
    parts = {
        container: "".join(_whole(id, picture, held) for id in ids) for container, ids in held.items() if container not in picture
    }
    return {name.replace("-", "_"): html for name, html in parts.items()}


def delta(before: Picture, after: Picture) -> str:
    """The <hx-partial>s that turn one picture into the other.

    htmx looks up every target before it swaps the first, so what stands in a new lane comes inside it. Cards are one flat layer:
    wherever a card goes it is the same element, keeps the focus and can be seen to go there.
    """
    held = _by_container(after)
    gone: list[str] = []
    come: list[str] = []
    for id, was in before.items():
        now = after.get(id)
        if (now is None or now.container != was.container) and (was.container not in before or was.container in after):
            gone.append(f'<hx-partial hx-target="#{id}" hx-swap="delete"></hx-partial>')
    for id, now in after.items():
        was_there = before.get(id)
        if was_there is None or was_there.container != now.container:
            if now.container in before or now.container not in after:
                html = _whole(id, after, held)
                come.append(f'<hx-partial hx-target="#{now.container}" hx-swap="beforeend">{html}</hx-partial>')
        elif was_there.html != now.html:
            come.append(f'<hx-partial hx-target="#{id}" hx-swap="outerMorph">{now.html}</hx-partial>')
    return "".join([*gone, *come])


def _by_container(picture: Picture) -> dict[str, list[str]]:
    held: dict[str, list[str]] = {}
    for id, fragment in picture.items():
        held.setdefault(fragment.container, []).append(id)
    return held


def _whole(id: str, picture: Picture, held: dict[str, list[str]]) -> str:
    """A fragment with all that stands in it."""
    html = picture[id].html
    if id in held:
        return html.removesuffix("</div>") + "".join(picture[child].html for child in held[id]) + "</div>"
    return html


def _sizes(layout: Layout, document: Document) -> str:
    title = escape(document["journey"].get("title", ""))
    return (
        f'<span id="map-size" hidden data-w="{layout.width}" data-h="{layout.height}"'
        f' data-columns="{layout.grid.columns}" data-revision="{document["revision"]}" data-title="{title}"></span>'
    )


def _stage(stage: dict[str, Any], box: Any) -> str:
    name = escape(stage["name"])
    days = stage["length_days"]
    length = f'<span class="stage__length">{days} day{"s" if days != 1 else ""}</span>' if days else ""
    goal = f'<p class="stage__goal">“{escape(stage["goal"])}”</p>' if stage["goal"] else ""
    return (
        f'<div class="stage" role="columnheader" id="stage-{box.id}" style="--x:{box.x};--w:{box.width}"'
        f' data-x="{box.x}" data-slots="{box.slots}" data-first="{box.first_column}" data-name="{name}"'
        f' aria-colindex="{box.first_column + 2}" aria-colspan="{box.slots}"><div class="stage__chevron">'
        f'<button class="stage__name" tabindex="-1" data-open="stages/{box.id}/">{name}</button>{length}</div>{goal}</div>'
    )


def _lane(lane: dict[str, Any], box: Any, owned: str) -> str:
    """A row. Its cards lie in a layer above all rows; for those who do not see them they are the row's own."""
    name = escape(lane["name"])
    owns = f' aria-owns="{owned}"' if owned else ""
    role = f' data-role="{lane["role_id"]}"' if lane["role_id"] else ""
    return (
        f'<div class="lane lane--{lane["kind"]}" role="row" id="lane-{box.id}" style="--y:{box.y};--h:{box.height};'
        f'order:{box.index}" data-y="{box.y}" data-h="{box.height}" data-index="{box.index}" data-name="{name}"{role}'
        f' aria-rowindex="{box.index + 2}"{owns} hx-morph-skip-children></div>'
    )


def _lane_label(lane: dict[str, Any], id: str) -> str:
    return (
        f'<div class="lane__label" role="rowheader" id="lane-label-{id}">'
        f'<button class="lane__name" tabindex="-1" data-open="lanes/{id}/">{escape(lane["name"])}</button></div>'
    )


def _card(document: Document, box: Any) -> str:
    id, card = box.id, document["touchpoints"][box.id]
    stage = escape(document["stages"][card["stage_id"]]["name"])
    lane = escape(document["lanes"][card["lane_id"]]["name"])
    title, kind = escape(card["title"]), card["kind"]
    classes = f"card card--{kind}"
    if card["delivery"] == "automated":
        classes += " card--automated"
    truth = ", moment of truth" if card["moment_of_truth"] else ""
    truth += ", a journey inside" if card["child_id"] else ""
    label = f"{title}, {KINDS[kind].lower()}, {stage}, {lane}{truth}"
    star = f'<span class="card__star">{_icon("star")}</span> ' if card["moment_of_truth"] else ""
    channel = _icon(card["channel"]) if card["channel"] else ""
    if card["child_id"]:
        classes += " card--parent"
        channel = _icon("inside") + channel
    badge = {"automated": "auto", "self_serve": "self"}.get(card["delivery"])
    due = when(card)
    playbook = _playbook(card, brief=bool(badge) or len(due) > LONG_TIMING)
    badge = f'<span class="card__badge">{badge}</span>' if badge else ""
    return (
        f'<div class="{classes}" role="gridcell" tabindex="-1" id="card-{id}" style="--x:{box.x};--y:{box.y}"'
        f' aria-label="{label}" aria-colindex="{box.column + 2}" data-element="touchpoints/{id}/" data-kind="{kind}"'
        f' data-f="{traits(card)}" data-stage="{card["stage_id"]}" data-lane="{card["lane_id"]}" data-slot="{card["slot"]}"'
        f' data-column="{box.column}" data-stack="{box.stack}"><span class="card__title">{star}{title}</span>'
        f'<span class="card__meta">{channel}<span class="card__when">{escape(due)}</span>{badge}{playbook}'
        "</span></div>"
    )


def _playbook(card: dict[str, Any], *, brief: bool) -> str:
    """Whether there is a playbook; where the customer acts alone, only that there is one. `brief`: room for the sign only."""
    has = bool(card["playbook_id"])
    if not has and card["delivery"] == Touchpoint.Delivery.SELF_SERVE:
        return ""
    word = "none" if not has else "" if brief else "playbook"
    return f'<span class="card__playbook{"" if has else " card__playbook--none"}">{_icon("playbook")}{word}</span>'


def traits(card: dict[str, Any]) -> str:
    """What a filter asks of a card, in as few letters as it takes: the end of its owner's id or "nobody", its channel, delivery
    and importance, and "bare" without a playbook. No two of them share a word."""
    owner = card["owner_id"][-8:] if card["owner_id"] else "nobody"
    bare = "" if card["playbook_id"] else " bare"
    return f"{owner} {card['channel'] or 'unsaid'} {card['delivery']} {card['importance']}{bare}"


def when(card: dict[str, Any]) -> str:
    """The timing of a card in as few letters as it takes."""
    days, anchor = card["offset_days"], card["anchor"]
    if card["repeat_days"]:
        return f"every {card['repeat_days']} d"
    signed = f"{days:+d}".replace("-", "−")
    if anchor == "renewal":
        return f"R {signed} d" if days else "on renewal"
    if anchor == "event":
        return f"{days} d after" if days else "when it happens"
    return f"{signed} d" if anchor == "after" else f"day {days}".replace("-", "−")


def _curve(layout: Layout) -> str:
    curve = layout.curve
    dots = "".join(
        f'<circle class="feel__dot" cx="{point.x:g}" cy="{point.y:g}" r="5"/>'
        for point in curve.points
        if point.kind == "touchpoint"
    )
    return (
        f'<svg class="feel__curve" id="feel-curve" aria-hidden="true"><path class="feel__zero" d="M148 {curve.zero_y}H'
        f'{layout.width}"/><path class="feel__designed" d="{curve.path}"/>{dots}</svg>'
    )


def _cloud(document: Document, id: str, box: Any) -> str:
    emotion = document["emotions"][id]
    level = emotion["level"]
    stage = document["stages"][emotion["stage_id"]]["name"]
    answered = ", answered" if emotion["answer"] else ""
    label = escape(f"{emotion['title']}, emotion, {FEELINGS[level]}, {stage}{answered}")
    sign = f"{level:+d}".replace("-", "−") if level else "0"
    mark = f'<span class="cloud__answered" title="We know how we answer it">{_icon("check")}</span>' if answered else ""
    return (
        f'<div class="cloud" role="gridcell" tabindex="-1" id="card-{id}"'
        f' style="--x:{box.x:g};--y:{box.y:g};--w:{box.width:g}" aria-label="{label}" aria-colindex="{box.column + 2}"'
        f' title="{sign} {FEELINGS[level]}" data-element="emotions/{id}/" data-kind="emotion" data-lane="feel"'
        f' data-stage="{emotion["stage_id"]}"'
        f' data-slot="{emotion["slot"]}" data-column="{box.column}" data-stack="0"><svg class="cloud__shape" viewBox="0 0 148 52"'
        f' preserveAspectRatio="none" aria-hidden="true"><path d="{CLOUD}"/></svg><span class="cloud__text"><b>{sign}</b> '
        f"{escape(emotion['title'])}</span>{mark}</div>"
    )


@cache
def _icon(name: str) -> str:
    """Drawn from the symbols that {% map_icons %} puts into the page: thousands out of another file take long to paint."""
    return f'<svg class="icon" aria-hidden="true"><use href="#icon-{name}"></use></svg>'
