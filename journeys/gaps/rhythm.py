"""Rules about time: silences, stages without a length, arrows that lead back in time, cards that follow nothing, busy owners."""

from __future__ import annotations

from collections.abc import Iterable

from journeys.gaps.days import ENROLMENT
from journeys.gaps.rule import Miss, Severity
from journeys.gaps.survey import Survey

SILENCE_WEIGHT = 4
#: minutes, or touchpoints, of one owner for one customer in seven days
BUSY_MINUTES = 480
BUSY_TOUCHPOINTS = 6


def stages_with_rhythm(survey: Survey) -> Iterable[str]:
    """Stages whose silences can be judged, and those of which nobody can say yet."""
    return [*survey.silences.judged, *survey.silences.unseen]


def silence(survey: Survey, stage: str) -> Miss | None:
    found = survey.silences.by_stage.get(stage)
    if found is None:
        return None
    before, after = _card_on(survey, found.since), _card_on(survey, found.until)
    start = f"{survey.cards[before]['title']} (day {found.since})" if before else "the beginning"
    end = f"{survey.cards[after]['title']} (day {found.until})" if after else f"the end (day {found.until})"
    near = before or after
    return Miss(
        survey.stages[stage]["name"],
        f"{found.until - found.since} days of silence, from {start} to {end}",
        go=f"touchpoints/{near}/" if near else "",
        severity=Severity.FIRST if found.is_early else Severity.NEXT,
        extra=SILENCE_WEIGHT * (found.covers - 1),
    )


def _card_on(survey: Survey, day: int) -> str | None:
    for id, card in survey.cards.items():
        if card["kind"] == "touchpoint" and day in (survey.days.occurrences(id) or ()):
            return id
    return None


def stages_but_the_last(survey: Survey) -> Iterable[str]:
    return survey.order[:-1]


def length(survey: Survey, stage: str) -> Miss | None:
    """While a length is missing nobody sees the silences after it: their weight lies on the first stage without one, so that
    naming a length never costs anything."""
    if survey.stages[stage]["length_days"] is not None:
        return None
    unseen = survey.silences.unseen
    first = next(id for id in survey.order if survey.stages[id]["length_days"] is None)
    extra = len(unseen) * SILENCE_WEIGHT if first == stage else 0
    return Miss(survey.stages[stage]["name"], "nothing says how many days it takes", field="length_days", extra=extra)


def sequences(survey: Survey) -> Iterable[str]:
    return [id for id, row in survey.document["connectors"].items() if row["kind"] == "sequence"]


def contradiction(survey: Survey, arrow: str) -> Miss | None:
    """The first is due later than the second. Where the days cannot be compared, their stages are."""
    row = survey.document["connectors"][arrow]
    source, target = row["source_id"], row["target_id"]
    first, second = survey.days.due[source], survey.days.due[target]
    one, other = survey.cards[source], survey.cards[target]
    if first and second and first.axis == second.axis:
        if first.day <= second.day:
            return None
        why = f"is due first ({survey.day(target)} and {survey.day(source)})"
    else:
        dated = {due.axis for due in (first, second) if due} <= {ENROLMENT, *survey.stages}
        back = survey.rank[one["stage_id"]] > survey.rank[other["stage_id"]]
        if not back or not dated or "event" in (one["kind"], other["kind"]):
            return None
        why = f"is due in an earlier stage, {survey.stages[other['stage_id']]['name']}"
    return Miss(
        f"{one['title']} → {other['title']}", f"the arrow leads back: {other['title']} {why}", near=f"touchpoints/{target}/"
    )


def following(survey: Survey) -> Iterable[str]:
    return [id for id, card in survey.cards.items() if card["anchor"] == "after" and card["kind"] != "event"]


def follows_nothing(survey: Survey, card: str) -> Miss | None:
    if survey.days.before.get(card):
        return None
    return Miss(survey.place(card), "it is due after the touchpoint before, but no arrow says which one", field="anchor")


def owners(survey: Survey) -> Iterable[str]:
    return list(survey.peaks)


def overload(survey: Survey, role: str) -> Miss | None:
    """More than eight hours, or more than six touchpoints, with one customer within seven days."""
    peak = survey.peaks[role]
    if peak.minutes <= BUSY_MINUTES and peak.touchpoints <= BUSY_TOUCHPOINTS:
        return None
    hours = f"{peak.minutes / 60:.1f}".removesuffix(".0")
    title = survey.cards[peak.cards[0]]["title"]
    others = len(peak.cards) - 1
    more = f" and {others} more" if others else ""
    count = f"{peak.touchpoints} touchpoint{'s' if peak.touchpoints != 1 else ''}"
    lack = f"{count} and {hours} hours for one customer within seven days ({title}{more})"
    go = f"touchpoints/{peak.cards[0]}/"
    return Miss(survey.roles.get(role, "One role"), lack, field="owner", go=go, near=go)
