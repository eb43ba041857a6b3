"""What is said in words beside a map: the brief of a stage, and what happens in it, card by card."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from journeys.exports import palette
from journeys.exports.cards import CHANNELS
from journeys.exports.drawing import View
from journeys.exports.measuring import cut, paragraphs
from journeys.exports.primitives import Part, Words
from journeys.rendering import when

#: the fields in the order in which they are read, with what they say
BRIEF = {
    "goal": "What the customer wants",
    "feeling": "How we want them to feel",
    "experience": "The designed experience",
    "skills": "Skills",
    "tools": "Tools",
    "metrics": "Metrics",
    "success": "What success looks like",
    "starts_when": "What starts it",
    "completes_when": "What completes it",
}
Sections = list[tuple[str, str]]
#: sizes of type, in points, tried from the first on
LARGEST, SMALLEST, STEP = 10.0, 6.5, 0.5
LEADING = 1.3


def brief_of(stage: dict[str, Any]) -> Sections:
    """(what it is, what it says) for every field that says something."""
    return [(label, stage[name].strip()) for name, label in BRIEF.items() if stage[name].strip()]


def cards_of(view: View, stage_id: str) -> Sections:
    """One section: every card of the stage in the order of the map, with whose it is, when, and how the customer sees it."""
    boxes = sorted((box for box in view.layout.cards.values() if box.stage_id == stage_id), key=lambda box: (box.column, box.row))
    lines = []
    for box in boxes:
        card = view.document["touchpoints"][box.id]
        whose = view.roles.get(card["owner_id"] or "", "") or view.document["lanes"][box.lane_id]["name"]
        about = ", ".join(part for part in (whose, CHANNELS.get(card["channel"], "").lower(), when(card)) if part)
        view_of_it = f": “{card['customer_view'].strip()}”" if card["customer_view"].strip() else ""
        lines.append(f"•  {card['title']} ({about}){view_of_it}")
    return [("What happens", "\n".join(lines))] if lines else []


def column(choices: list[Sections], room: float, height: float) -> Part:
    """The first choice that fits, as large as it fits; else the last, smallest, and as much of it as fits with an ellipsis."""
    for sections in choices:
        size = LARGEST
        while size >= SMALLEST:
            words, high = _set(sections, room, size)
            if high <= height:
                return Part(words, room, high)
            size -= STEP
    return Part(_shortened(words, height, room), room, height)


def _set(sections: Sections, room: float, size: float) -> tuple[tuple[Words, ...], float]:
    """The sections under one another, and how high they are together."""
    words: list[Words] = []
    y = 0.0
    for label, text in sections:
        shown = (cut(label, room, size * 0.9, 600),)
        words.append(Words(0, y + size, shown, size * 0.9, 600, palette.ACCENT, room=room, flow=shown))
        y += size * 1.35
        lines = paragraphs(text, room, size)
        words.append(Words(0, y + size, lines, size, leading=LEADING, room=room, flow=tuple(text.splitlines())))
        y += len(lines) * size * LEADING + size * 0.8
    return tuple(words), y


def _shortened(words: tuple[Words, ...], height: float, room: float) -> tuple[Words, ...]:
    kept: list[Words] = []
    for one in words:
        most = int((height - one.y) // (one.size * LEADING)) + 1
        if one.y > height:
            break
        if len(one.lines) > most:
            lines = (*one.lines[: most - 1], cut(one.lines[most - 1] + " …", room, one.size, one.weight))
            return (*kept, replace(one, lines=lines, flow=(" ".join(lines),)))
        kept.append(one)
    return tuple(kept)
