"""A member's day: what is overdue, due, and comes next, what it weighs, and what of it can wait."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject

from accounts.calendars import working_days_of
from accounts.models import Member
from customers.models import Customer
from touchpoints.models import Offer, Passage, ScheduledTouchpoint
from touchpoints.models.scheduled_touchpoints import ScheduledTouchpointQuerySet
from touchpoints.today.item import Item, Sections
from touchpoints.today.load import DayLoad, day_load
from touchpoints.today.reading import read_items
from touchpoints.today.workload import Share, Workload, read_workload

#: days that come next
NEXT = 7
#: rows of a section that are shown at first, and where more is wanted; what colleagues ask for, and handoffs
SHOWN, MORE, ASKED = {"overdue": 15, "today": 15, "later": 10}, 300, 20
HANDOFF_MINUTES = 15


@dataclass(slots=True)
class Wanted:
    """What one wants to see of the day. `more`: the names of sections of which more is wanted."""

    words: str = ""
    channel: str = ""
    importance: str = ""
    journey: UUID | None = None
    with_snoozed: bool = False
    more: frozenset[str] = frozenset()

    @property
    def narrows(self) -> bool:
        return bool(self.words or self.channel or self.importance or self.journey)

    def fits(self, share: Share) -> bool:
        said = share.card.fields if share.card else {}
        return (
            (not self.channel or said.get("channel") == self.channel)
            and (not self.importance or share.importance == self.importance)
            and (not self.journey or share.journey == self.journey)
        )


@dataclass(slots=True)
class Day:
    today: date
    sections: Sections
    #: by section how many there are, whether or not they are shown; None where it is not known
    counts: dict[str, int | None]
    load: DayLoad
    workload: Workload
    #: ids of the journeys that there is work of
    journeys: set[UUID] = field(default_factory=set)

    @property
    def week(self) -> list[tuple[date, int]]:
        """Minutes of today and the six days after it."""
        return [(day, minutes) for day, minutes in self.workload.minutes_by_day().items() if day < self.today + timedelta(7)]

    @property
    def due(self) -> list[Item]:
        return self.sections.overdue + self.sections.today

    @property
    def is_empty(self) -> bool:
        return not (self.due or self.sections.later)


def read_day(member: Member, wanted: Wanted, *, today: date, at: datetime) -> Day:
    """At most five questions, and one more where something answers an event."""
    workload = read_workload(member, today=today, at=at)
    seen = workload.narrowed(wanted.fits) if wanted.narrows else workload
    rows = read_items(_rows(member, wanted, seen, today, at), today=today, messages=workload.messages)
    handoffs = _handoffs(member, today) if workload.has_handoffs and not wanted.narrows else []
    _mark(rows, member)
    sections = Sections.of(rows + handoffs, today)
    counts = _counts(seen, wanted, handoffs, today)
    days = working_days_of(member.workspace_id)
    load = day_load(sections.overdue + sections.today, member.capacity, today=today, days=days, planned=workload.minutes_by_day())
    # What is not shown weighs as well.
    load.by_importance = workload.minutes_by_importance()
    load.by_importance["must"] += HANDOFF_MINUTES * len(handoffs)
    return Day(today, sections, counts, load, workload, {one.journey for one in workload.shares})


def _rows(member: Member, wanted: Wanted, seen: Workload, today: date, at: datetime) -> ScheduledTouchpointQuerySet:
    """The first of each section, and what colleagues ask one to take over."""
    spots = {one.spot for one in seen.shares} if wanted.narrows else None
    yesterday, tomorrow = today - timedelta(1), today + timedelta(1)
    bounds = {"overdue": (None, yesterday), "today": (today, today), "later": (tomorrow, today + timedelta(NEXT))}
    parts = [
        _part(one, bounds[name], wanted, spots, MORE if name in wanted.more else SHOWN[name], at)
        for one in seen.members or [member.pk]
        for name in bounds
    ]
    if not wanted.narrows:
        parts.append(ScheduledTouchpoint.objects.filter(pk__in=Offer.objects.open().to(member).values("scheduled"))[:ASKED])
    ids = [part.values("pk") for part in parts]
    # The one that is open, if it is; else how it came to be one's own. One subquery: each costs as much to prepare as to ask.
    offers = Offer.objects.filter(scheduled=OuterRef("pk"), answer__in=["", Offer.Answer.ACCEPTED]).order_by("answer", "-at")
    offer = Subquery(offers.values(said=JSONObject(answer="answer", to="to", by="by__user__name"))[:1])
    found: Any = ScheduledTouchpoint.objects.filter(pk__in=ids[0].union(*ids[1:], all=True)).annotate(offer=offer)
    return (found.select_related("member__user") if seen.members != [member.pk] else found).in_order()


def _part(
    member: UUID, bounds: tuple[date | None, date], wanted: Wanted, spots: Iterable[UUID] | None, most: int, at: datetime
) -> ScheduledTouchpointQuerySet:
    first, last = bounds
    found = ScheduledTouchpoint.objects.work_of_any([member], until=last)
    found = found.filter(due_on__gte=first) if first else found
    found = found if wanted.with_snoozed else found.awake(at=at)
    found = found.filter(enrolment__journey=wanted.journey) if wanted.journey else found
    found = found.at_spots(spots) if spots is not None else found
    if wanted.words:
        found = found.filter(customer__in=Customer.objects.matching(wanted.words))
    return found[:most]


def _mark(items: list[Item], member: Member) -> None:
    """Whose each is, where it is not simply one's own."""
    for item in items:
        row, offer = item.row, item.row.offer or {}
        if offer and not offer["answer"] and offer["to"] == str(member.pk):
            item.kind, item.whose = "offer", f"{offer['by']} asks you to take it over"
        elif row.member_id != member.pk:
            item.whose = f"for {row.member}, who is away"
        elif offer and offer["answer"]:
            item.whose = f"from {offer['by']}"


def _handoffs(member: Member, today: date) -> list[Item]:
    """Those in which it is one's turn: to prepare, or to answer."""
    found = []
    for row in Passage.objects.in_turn(member).with_names().most_urgent_first()[:ASKED]:
        is_mine = row.is_with_giver
        item = Item(
            "handoff", row.pk, f"{'Prepare' if is_mine else 'Accept'} handoff: {row.title}", row.customer_id, row.customer.name,
            today if is_mine else row.answer_by or today, minutes=HANDOFF_MINUTES, health=row.customer.health, row=row,
        )  # fmt: skip
        item.why = f"to {row.to_whom}" if is_mine else f"from {row.from_whom}"
        item.package = f"{len(row.items) - len(row.missing)}/{len(row.items)}" if row.items else ""
        found.append(item)
    return found


def _counts(seen: Workload, wanted: Wanted, handoffs: list[Item], today: date) -> dict[str, int | None]:
    if wanted.words:
        return dict.fromkeys(("overdue", "today", "later"))
    sections = Sections.of(handoffs, today)
    return {
        "overdue": seen.count(None, today - timedelta(1)) + len(sections.overdue),
        "today": seen.count(today, today) + len(sections.today),
        "later": seen.count(today + timedelta(1), today + timedelta(NEXT)) + len(sections.later),
    }
