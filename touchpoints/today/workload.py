"""How much there is to do, whose it is and when, counted without reading a row of it: two thousand things that are overdue cost
little more than two."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import Member
from touchpoints.planning.route import Card
from touchpoints.planning.routes import routes_of
from touchpoints.today.item import IMPORTANCE, USUAL_MINUTES

#: days that are looked at from today on
AHEAD = 14


@dataclass(slots=True)
class Share:
    """So many of one card, due on a day, for one member. `day`: of what is overdue the day before today."""

    member: UUID
    journey: UUID
    version: UUID
    spot: UUID
    day: date
    count: int
    snoozed: int
    card: Card | None = None

    @property
    def minutes(self) -> int:
        """Of all of them."""
        effort = self.card.fields["effort_min"] if self.card else None
        return self.count * (USUAL_MINUTES if effort is None else effort)

    @property
    def importance(self) -> str:
        said = self.card.fields["importance"] if self.card else IMPORTANCE[0]
        return said if said in IMPORTANCE else IMPORTANCE[0]


@dataclass(slots=True)
class Workload:
    """`messages`: ids of the workspace's playbooks that have a message. `has_handoffs`: whether there may be one to prepare or to
    answer."""

    today: date
    shares: list[Share]
    messages: set[UUID]
    has_handoffs: bool = True

    @property
    def members(self) -> list[UUID]:
        return list(dict.fromkeys(one.member for one in self.shares))

    def count(self, first: date | None, last: date) -> int:
        return sum(one.count for one in self._between(first, last))

    @property
    def snoozed(self) -> int:
        return sum(one.snoozed for one in self.shares)

    @property
    def late_musts(self) -> int:
        return sum(one.count for one in self.shares if one.day < self.today and one.importance == IMPORTANCE[0])

    def minutes_by_importance(self) -> dict[str, int]:
        """Of what is overdue or due today."""
        found = dict.fromkeys(IMPORTANCE, 0)
        for one in self._between(None, self.today):
            found[one.importance] += one.minutes
        return found

    def minutes_by_day(self) -> dict[date, int]:
        """Of today and the days to come; what is overdue counts today."""
        found = {self.today + timedelta(n): 0 for n in range(AHEAD + 1)}
        for one in self.shares:
            found[max(one.day, self.today)] += one.minutes
        return found

    def narrowed(self, wanted: Callable[[Share], bool]) -> Workload:
        return Workload(self.today, [one for one in self.shares if wanted(one)], self.messages, self.has_handoffs)

    def _between(self, first: date | None, last: date) -> Iterable[Share]:
        return (one for one in self.shares if (first is None or one.day >= first) and one.day <= last)


def read_workload(member: Member, *, today: date, at: datetime) -> Workload:
    """Of a member, and of those whom they stand in for today. One question; the routes are kept."""
    return Workload(today, *_read(OWN_AND_COVERED, member.pk, member.workspace_id, [], today, at))


def read_workloads(members: Collection[UUID], *, today: date, at: datetime) -> dict[UUID, Workload]:
    """Of each of several, without those whom they stand in for; as many questions whatever their number."""
    shares, messages, _ = _read(GIVEN, None, None, list(members), today, at)
    found = {pk: Workload(today, [], messages) for pk in members}
    for one in shares:
        found[one.member].shares.append(one)
    return found


def _read(
    whose: str, member: UUID | None, workspace: UUID | None, members: list[UUID], today: date, at: datetime
) -> tuple[list[Share], set[UUID], bool]:
    given: dict[str, Any] = {
        "member": member, "members": members, "workspace": workspace, "today": today, "until": today + timedelta(AHEAD), "at": at,
        "overdue": today - timedelta(1),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(SHARES.replace("{whose}", whose), given)
        *rows, (*_, messages, has_handoffs) = cursor.fetchall()
    shares = [Share(*row[:-2]) for row in rows]
    routes = routes_of({one.version for one in shares})
    for one in shares:
        one.card = routes[one.version].by_spot.get(one.spot)
    return shares, set(messages or ()), has_handoffs


# The members are an array, so that the index by member and day serves.
GIVEN = "%(members)s::uuid[]"
OWN_AND_COVERED = """ARRAY(
    SELECT %(member)s::uuid UNION ALL
    SELECT absence.member_id FROM accounts_absence AS absence
        JOIN accounts_member AS away ON away.id = absence.member_id AND away.removed_at IS NULL
    WHERE absence.stand_in_id = %(member)s AND absence.first_on <= %(today)s AND absence.last_on >= %(today)s)"""
# OFFSET 0: each row's enrolment is looked up by its key. How much somebody has to do is not known beforehand, and for a guess
# that is too high all enrolments there are would be read. The last row says which playbooks have a message, and whether an open
# handoff is the member's or nobody's.
SHARES = """
    SELECT row.member_id, enrolment.journey_id, enrolment.version_id, row.spot, GREATEST(row.due_on, %(overdue)s) AS day,
        count(*) FILTER (WHERE row.snoozed_until IS NULL OR row.snoozed_until <= %(at)s),
        count(*) FILTER (WHERE row.snoozed_until > %(at)s), NULL::uuid[], NULL::boolean
    FROM touchpoints_scheduledtouchpoint AS row CROSS JOIN LATERAL (
        SELECT journey_id, version_id FROM customers_enrolment WHERE id = row.enrolment_id OFFSET 0) AS enrolment
    WHERE row.state = 'planned' AND row.by_person AND row.due_on <= %(until)s AND row.member_id = ANY({whose})
    GROUP BY 1, 2, 3, 4, 5
    UNION ALL
    SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL,
        ARRAY(SELECT id FROM playbooks_playbook WHERE workspace_id = %(workspace)s AND body -> 'messages' <> '[]'),
        EXISTS (
            SELECT FROM touchpoints_passage AS passage
                LEFT JOIN accounts_member AS giver ON giver.id = giver_id AND giver.removed_at IS NULL
                LEFT JOIN accounts_member AS receiver ON receiver.id = receiver_id AND receiver.removed_at IS NULL
            WHERE passage.workspace_id = %(workspace)s AND passage.state <> 'accepted'
                AND (%(member)s::uuid IN (giver_id, receiver_id) OR giver.id IS NULL OR receiver.id IS NULL))"""
