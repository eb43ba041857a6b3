"""The standing of a card in words: short ones for the card, whole ones for those who hear it."""

from __future__ import annotations

from datetime import date

from journeys.models import Emotion
from touchpoints.planning.route import Card
from touchpoints.timeline.standing import Standing, State

FEELINGS = dict(Emotion.Level.choices)


def short_day(day: date, today: date) -> str:
    """Of another year with the year."""
    return f"{day:%-d %b}" if day.year == today.year else f"{day:%-d %b} ’{day:%y}"


def on_card(card: Card, standing: Standing, today: date) -> str:
    """As little as fits on a card; the sign beside it says the rest."""
    day = short_day(standing.on, today) if standing.on else ""
    return _said(card, standing, day, brief=True)


def aloud(card: Card, standing: Standing) -> str:
    day = f"{standing.on:%-d %B %Y}" if standing.on else ""
    words = [_said(card, standing, day, brief=False)]
    if standing.felt is not None:
        words.append(f"the customer felt {FEELINGS[standing.felt].lower()}")
    if standing.inside:
        words.append(f"{standing.inside[0]} of {standing.inside[1]} inside done")
    if standing.late_inside:
        words.append(f"{standing.late_inside} overdue inside")
    return ", ".join(word for word in words if word)


def _said(card: Card, standing: Standing, day: str, *, brief: bool) -> str:
    state, done = standing.state, f"{standing.done} done, " if standing.done else ""
    if state is State.DONE:
        many = f"{standing.done} done, {'' if brief else 'last '}" if standing.done > 1 else "" if brief else "done "
        return f"{many}{day}"
    if state is State.OVERDUE:
        late = f"{standing.late} overdue" if standing.late > 1 else "overdue"
        return f"{late}{',' if standing.late > 1 else ''} {day}" if brief else f"{late} since {day}"
    if state is State.TODAY:
        return f"{done}due today"
    if state is State.NEXT or (state is State.PLANNED and standing.done):
        return f"{done}next {day}"
    return {
        State.PLANNED: f"due {day}",
        State.SKIPPED: f"skipped {day}",
        State.MISSED: f"missed {day}",
        State.HAPPENED: f"happened {day}",
        State.WAITS: "has not happened" if card.fields["kind"] == "event" else "waits for its event",
        State.UNDATED: "no renewal date yet",
        State.PASSED: "not travelled",
        State.NOTHING: "",
    }[state]


def feeling(level: int) -> str:
    return f"{level:+d}".replace("-", "−") if level else "0"
