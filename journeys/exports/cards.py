"""Cards as primitives: shape says the kind as colour does, and a card says what, when, by which channel, with which playbook."""

from __future__ import annotations

from typing import Any

from journeys.exports import palette
from journeys.exports.measuring import cut, width, wrap
from journeys.exports.primitives import Mark, Shape, Words
from journeys.layout import CardBox
from journeys.models import Touchpoint
from journeys.rendering import when

CHANNELS = dict(Touchpoint.Channel.choices)
KINDS = dict(Touchpoint.Kind.choices)
OUTLINES: dict[str, Any] = {"touchpoint": "round", "milestone": "pill", "event": "hexagon"}
BADGES = {"automated": "auto", "self_serve": "self-serve"}
META, SIGN = 10.5, 11.5
#: where a card's words begin, by kind: left and right, and above and below
INSET = {"touchpoint": (10, 7), "milestone": (20, 8), "event": (24, 8)}
STAR_ROOM = 15


def draw_card(id: str, card: dict[str, Any], box: CardBox, dx: float) -> Shape:
    """The card, moved to the left by `dx`."""
    kind = card["kind"]
    fill, edge, ink = palette.CARD[kind]
    x, y = box.x - dx, box.y
    side, top = INSET[kind]
    room = box.width - 2 * side
    stars = card["moment_of_truth"]
    first = room - (STAR_ROOM if stars and kind == "touchpoint" else 0)
    size, lines = _title(card["title"], first)
    words, marks = [], []
    if kind == "touchpoint":
        words.append(Words(x + side, y + top + size * 0.9, lines, size, 600, ink))
        meta, signs = _meta(card, x + side, x + box.width - side, y + box.height - 10, ink)
        words += meta
        marks += signs
    else:
        middle = x + box.width / 2
        high = len(lines) * size * 1.25 + META * 1.3
        start = y + (box.height - high) / 2 + size * 0.95
        words.append(Words(middle, start, lines, size, 600, ink, "middle"))
        said = cut(when(card), room, META)
        words.append(Words(middle, start + (len(lines) - 1) * size * 1.25 + META * 1.45, (said,), META, 400, ink, "middle"))
    if stars:
        at = (x + box.width - 21, y + 6) if kind == "touchpoint" else (x + box.width / 2 - 7, y - 6)
        marks.append(Mark("star", *at, 14, palette.STAR, "★", filled=True))
    return Shape(
        OUTLINES[kind],
        x,
        y,
        box.width,
        box.height,
        fill,
        edge,
        1.2,
        radius=10,
        hatch=palette.TOUCH_2 if card["delivery"] == "automated" and kind == "touchpoint" else "",
        words=tuple(words),
        marks=tuple(marks),
        flow=(("★ " if stars else "") + " ".join(lines), _meta_in_words(card)),
        name=f"{KINDS[kind]}: {card['title']}" + (", moment of truth" if stars else ""),
        id=id,
    )


def _title(title: str, room: float) -> tuple[float, tuple[str, ...]]:
    """(size, lines): large in two lines if it fits, else a little smaller in three."""
    lines = wrap(title, room, 12.5, 600, most=2)
    if lines and lines[-1].endswith("…") and not title.endswith("…"):
        return 11.5, wrap(title, room, 11.5, 600, most=3)
    return 12.5, lines or ("",)


def _meta(card: dict[str, Any], left: float, right: float, baseline: float, ink: str) -> tuple[list[Words], list[Mark]]:
    """The last line of a card: signs for the channel and the playbook, and when."""
    marks = []
    x = left
    for icon, word in _signs(card):
        marks.append(Mark(icon, x, baseline - SIGN + 2, SIGN, ink, word))
        x += SIGN + 4
    has = bool(card["playbook_id"])
    colour = ink if has else palette.MISS
    end = right - SIGN
    marks.append(Mark("playbook", end, baseline - SIGN + 2, SIGN, colour, _playbook(card)))
    words = []
    if not has:
        words.append(Words(end - 3, baseline, ("none",), META, 400, colour, "end"))
        end -= width("none", META) + 6
    badge = BADGES.get(card["delivery"])
    said = when(card)
    if badge and width(f"{said} · {badge}", META) <= end - 4 - x:
        said = f"{said} · {badge}"
    words.append(Words(x, baseline, (cut(said, end - 4 - x, META),), META, 400, ink))
    return words, marks


def _signs(card: dict[str, Any]) -> list[tuple[str, str]]:
    inside = [("inside", "a journey inside")] if card["child_id"] else []
    return [*inside, *([(card["channel"], CHANNELS[card["channel"]])] if card["channel"] else [])]


def _playbook(card: dict[str, Any]) -> str:
    return "playbook" if card["playbook_id"] else "no playbook"


def _meta_in_words(card: dict[str, Any]) -> str:
    if card["kind"] != "touchpoint":
        return when(card)
    missing = "" if card["playbook_id"] else _playbook(card)
    parts = [*(word for _, word in _signs(card)), when(card), BADGES.get(card["delivery"], ""), missing]
    return " · ".join(part for part in parts if part)
