"""Where a journey falls silent: stretches of days on which nothing meets the customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from journeys.gaps.days import Days

#: the days in which a customer decides whether this was a good idea; so many without a touchpoint are too many then, and later
EARLY = 90
QUIET_EARLY = 14
QUIET = 60


class Silence(NamedTuple):
    """From one touchpoint to the next, in days from enrolment. `covers` counts the stages it is the longest silence of."""

    since: int
    until: int
    covers: int

    @property
    def is_early(self) -> bool:
        return min(self.until, EARLY) - self.since > QUIET_EARLY


@dataclass(frozen=True, slots=True)
class Silences:
    """`by_stage`: what is too quiet, by the first stage it covers. `unseen`: stages of which nobody can say, as a length is
    missing. `judged`: all others."""

    by_stage: dict[str, Silence]
    unseen: list[str]
    judged: list[str]


def find_silences(days: Days) -> Silences:
    """Too quiet is more than 14 days within the first 90, or more than 60 at any time, without a touchpoint. Enrolment and the
    end of the stages whose lengths are known are the outer limits.

    One silence may cover several stages and one stage have several: each stage counts once, for the longest that covers it.
    """
    stretches, trailing = _stretches(days)
    last = days.order[-1:]
    open_ended = [id for id in last if days.lengths[id] is None]
    beyond = [id for id in days.order if days.spans[id].end is None and id not in open_ended]
    quiet = [one for one in stretches if Silence(*one, 0).is_early or one[1] - one[0] > QUIET]
    claimed: set[str] = set()
    found: dict[str, Silence] = {}
    for since, until in sorted(quiet, key=lambda one: (one[0] - one[1], one)):
        covered = [id for id in _stages_in(days, since, until) if id not in claimed]
        if covered:
            claimed.update(covered)
            found[covered[0]] = Silence(since, until, len(covered))
    judged = [id for id in days.order if days.spans[id].end is not None]
    # How long the last stretch really is, is not known either while a length is missing after it.
    cut_off = [id for id in _stages_in(days, *trailing) if id not in claimed] if beyond else []
    return Silences(found, [*cut_off, *beyond], [id for id in judged if id not in cut_off])


def _stretches(days: Days) -> tuple[list[tuple[int, int]], tuple[int, int]]:
    """(from, to) of every stretch between two touchpoints, those on following days left out; and of that after the last."""
    horizon = days.horizon
    touched = bytearray(horizon + 1)
    for id, card in days.cards.items():
        on = days.occurrences(id) if card["kind"] == "touchpoint" else None
        if on is None or on.stop <= 0 or on.start > horizon:
            continue
        first = on.start if on.start >= 0 else on.start % on.step
        within = range(first, min(on.stop, horizon + 1), on.step)
        touched[first : within.stop : on.step] = b"\1" * len(within)
    found: list[tuple[int, int]] = []
    since = 0
    while since < horizon:
        day = touched.find(1, since + 1)
        until = horizon if day < 0 else day
        if until - since > 1:
            found.append((since, until))
        since = until
    return found, (max(touched.rfind(1), 0), horizon)


def _stages_in(days: Days, since: int, until: int) -> list[str]:
    """Stages of which a part lies between these days."""
    spans = ((id, days.spans[id]) for id in days.order)
    return [id for id, (start, end) in spans if start is not None and end is not None and start < until and end > since]
