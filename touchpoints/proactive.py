"""Proactive and reactive: what the map had planned and a member did, against what customers asked of them. By weeks that begin on
Monday.

A request is reactive work for who logged it, in the week it was logged, and for who did it instead, in the week it was done. Of a
customer it counts once, in the week it was logged.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import connection

WEEK = timedelta(days=7)
#: weeks on the page, the current one included
SHOWN = 6


@dataclass
class Tally:
    proactive: int = 0
    reactive: int = 0

    @property
    def all(self) -> int:
        return self.proactive + self.reactive

    @property
    def share(self) -> int | None:
        """Of a hundred things done, how many were planned. None where nothing was done."""
        return round(100 * self.proactive / self.all) if self.all else None

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.proactive + other.proactive, self.reactive + other.reactive)


Tallies = dict[UUID, dict[date, Tally]]


def week_of(day: date) -> date:
    """Its Monday."""
    return day - timedelta(days=day.weekday())


def weeks_until(today: date, count: int = SHOWN) -> list[date]:
    """Their Mondays, the current one last."""
    return [week_of(today) - WEEK * back for back in range(count - 1, -1, -1)]


def of_members(members: Collection[UUID], weeks: Sequence[date]) -> Tallies:
    """By member and week; one query."""
    return _read(OF_MEMBERS, members, weeks)


def of_customers(customers: Collection[UUID], weeks: Sequence[date]) -> Tallies:
    return _read(OF_CUSTOMERS, customers, weeks)


def last_week_of(member: UUID, *, today: date) -> Tally:
    """What a member did in the week before this one: Today shows its share."""
    week = week_of(today) - WEEK
    return of_members([member], [week]).get(member, {}).get(week, Tally())


def _read(query: str, ids: Collection[UUID], weeks: Sequence[date]) -> Tallies:
    found: Tallies = {}
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(query, {"ids": list(ids), "first": weeks[0], "after": weeks[-1] + WEEK})
            for id, week, proactive, reactive in cursor.fetchall():
                found.setdefault(id, {})[week] = Tally(proactive, reactive)
    return found


OF_MEMBERS = """
    SELECT member, week, sum(proactive)::int, sum(reactive)::int FROM (
        SELECT settled_by_id AS member, date_trunc('week', settled_on)::date AS week, count(*) AS proactive, 0 AS reactive
        FROM touchpoints_scheduledtouchpoint
        WHERE settled_by_id = ANY(%(ids)s) AND state = 'done' AND settled_on >= %(first)s AND settled_on < %(after)s
        GROUP BY 1, 2
        UNION ALL
        SELECT logged_by_id, date_trunc('week', logged_on)::date, 0, count(*) FROM customers_request
        WHERE logged_by_id = ANY(%(ids)s) AND logged_on >= %(first)s AND logged_on < %(after)s
        GROUP BY 1, 2
        UNION ALL
        SELECT holder_id, date_trunc('week', done_on)::date, 0, count(*) FROM customers_request
        WHERE holder_id = ANY(%(ids)s) AND state = 'done' AND done_on >= %(first)s AND done_on < %(after)s
            AND holder_id <> logged_by_id
        GROUP BY 1, 2
    ) AS counted GROUP BY 1, 2"""
OF_CUSTOMERS = """
    SELECT customer, week, sum(proactive)::int, sum(reactive)::int FROM (
        SELECT customer_id AS customer, date_trunc('week', settled_on)::date AS week, count(*) AS proactive, 0 AS reactive
        FROM touchpoints_scheduledtouchpoint
        WHERE customer_id = ANY(%(ids)s) AND state = 'done' AND settled_by_id IS NOT NULL
            AND settled_on >= %(first)s AND settled_on < %(after)s
        GROUP BY 1, 2
        UNION ALL
        SELECT customer_id, date_trunc('week', logged_on)::date, 0, count(*) FROM customers_request
        WHERE customer_id = ANY(%(ids)s) AND logged_on >= %(first)s AND logged_on < %(after)s
        GROUP BY 1, 2
    ) AS counted GROUP BY 1, 2"""
