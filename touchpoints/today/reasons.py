"""Why something is due now, in a few words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from touchpoints.planning.route import Card


def why_now(
    card: Card,
    *,
    due_on: date,
    today: date,
    renewal_on: date | None = None,
    events: Mapping[tuple[str, int], date] | None = None,
    occurrence: int = 0,
    instead_of: date | None = None,
) -> str:
    """ "90 days before renewal". `events`: (card's id, number) -> the day on which the event happened. `instead_of`: the day that
    the map said before somebody put it on another."""
    reason = _reason(card, due_on, today, renewal_on, events or {}, occurrence)
    return f"{reason}, put off from {instead_of:%-d %B}" if instead_of and instead_of < due_on else reason


def _reason(
    card: Card, due_on: date, today: date, renewal_on: date | None, events: Mapping[tuple[str, int], date], occurrence: int
) -> str:
    if card.on_event:
        return _after_event(card, events, occurrence)
    if card.repeat and (occurrence or card.anchor != "renewal"):
        return f"every {_days(card.repeat)} in {card.stage_name}"
    if card.anchor == "renewal":
        return _by_renewal(card, due_on, today, renewal_on)
    if card.anchor == "enrolment":
        return _beside(card.offset, "the start", "at the start")
    if card.anchor == "stage":
        return _beside(card.offset, f"{card.stage_name} begins", f"{card.stage_name} begins")
    if card.before:
        titles = " and ".join(one.fields["title"] for one in card.before[:2])
        return _beside(card.offset, titles, f"follows {titles}")
    return f"in {card.stage_name}"


def _by_renewal(card: Card, due_on: date, today: date, renewal_on: date | None) -> str:
    if renewal_on is None:
        return "before renewal"
    left = (renewal_on - max(due_on, today)).days
    when = f"{_days(left)} before renewal" if left > 0 else "renews today" if left == 0 else f"{_days(-left)} after renewal"
    # A weekend in between is no news.
    return f"{when}, planned for {-card.offset}" if card.offset < 0 and left > 0 and -card.offset - left > 3 else when


def _after_event(card: Card, events: Mapping[tuple[str, int], date], occurrence: int) -> str:
    trigger, seen = card, {card}
    while before := next((one for one in trigger.before if one.on_event and one not in seen), None):
        trigger = before
        seen.add(trigger)
    happened = events.get((trigger.id, occurrence))
    title: Any = trigger.fields["title"]
    return f"{title}, on {happened:%A %-d %B}" if happened else f"answers {title}"


def _beside(offset: int, what: str, at_once: str) -> str:
    if offset == 0:
        return at_once
    return f"{_days(abs(offset))} {'after' if offset > 0 else 'before'} {what}"


def _days(count: int) -> str:
    return f"{count:,} day" if count == 1 else f"{count:,} days"
