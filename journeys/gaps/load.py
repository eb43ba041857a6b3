"""How busy each owner gets with one customer."""

from __future__ import annotations

from typing import Any, NamedTuple

from journeys.gaps.days import ENROLMENT, EVENT, REPEATS_FOR, Days

WEEK = 7


class Peak(NamedTuple):
    """The busiest seven days of an owner with one customer: minutes, touchpoints, and the cards, that of most effort first."""

    minutes: int
    touchpoints: int
    cards: list[str]


def peaks(cards: dict[str, dict[str, Any]], delivered: set[str], days: Days) -> dict[str, Peak]:
    """By role id. What hangs on events is left out: they do not come all at once. Repeats count until their stage ends, for a
    year at most; a card without effort does not count: nobody has thought about it yet."""
    work: dict[tuple[str, str], list[tuple[int, int, str]]] = {}
    owners: dict[str, Peak] = {}
    for id in sorted(delivered):
        owner, due = cards[id]["owner_id"], days.due[id]
        if owner is None:
            continue
        owners.setdefault(owner, Peak(0, 0, []))
        if due is None or due.axis == EVENT or not cards[id]["effort_min"]:
            continue
        end = days.spans[cards[id]["stage_id"]].end if due.axis == ENROLMENT else None
        minutes = cards[id]["effort_min"]
        of_role = work.setdefault((owner, due.axis), [])
        of_role += [(day, minutes, id) for day in _first_year(days.repeated(id, due.day, end))]
    for (owner, _), done in work.items():
        owners[owner] = max(owners[owner], _peak(sorted(done)), key=lambda peak: (peak.minutes, peak.touchpoints))
    return owners


def _first_year(days: range) -> range:
    return days[: REPEATS_FOR // days.step + 1]


def _peak(done: list[tuple[int, int, str]]) -> Peak:
    best, best_at, minutes, start = (-1, 0), (0, 0), 0, 0
    for end, (day, effort, _) in enumerate(done):
        minutes += effort
        while done[start][0] <= day - WEEK:
            minutes -= done[start][1]
            start += 1
        here = (minutes, end + 1 - start)
        if here > best:
            best, best_at = here, (start, end + 1)
    week = sorted(done[slice(*best_at)], key=lambda one: (-one[1], one[0], one[2]))
    return Peak(best[0], best[1], list(dict.fromkeys(id for _, _, id in week)))
