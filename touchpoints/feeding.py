"""A member's touchpoints as a calendar (RFC 5545). What has changed since it was last read bears a higher SEQUENCE; what is gone
is told as cancelled for a month, so that no calendar keeps it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from icalendar import Calendar, Event, vDuration

from accounts.models import Member
from touchpoints.models import CalendarFeed, FedEvent, ScheduledTouchpoint
from touchpoints.models.scheduled_touchpoints import ScheduledState
from touchpoints.today.item import Item
from touchpoints.today.reading import read_items

#: days that a feed reaches back and ahead; events of one feed
BACK, AHEAD, MOST = 30, 180, 2000
#: how long what is gone is told as cancelled
TOLD_GONE = timedelta(days=30)
REFRESHED = timedelta(hours=1)
Said = dict[str, str]


def read_feed(feed: CalendarFeed, *, at: datetime) -> bytes:
    """What a calendar is told now; what it was told is kept."""
    member = feed.member
    today = member.workspace.today(at)
    now = {_uid(item): _said(item, member) for item in _items(member, today)}
    with transaction.atomic():
        CalendarFeed.objects.select_for_update().get(pk=feed.pk)
        told = {one.uid: one for one in FedEvent.objects.filter(feed=feed)}
        made, changed, over = _compare(feed, told, now, today, at)
        FedEvent.objects.bulk_create(made)
        FedEvent.objects.bulk_update(changed, ["said", "sequence", "changed_at", "gone_at"], batch_size=500)
        FedEvent.objects.filter(pk__in=[one.pk for one in over]).delete()
        CalendarFeed.objects.filter(pk=feed.pk).update(read_at=at)
    gone = {one.pk for one in over}
    return _written(feed, [one for one in (*told.values(), *made) if one.pk not in gone])


def _compare(
    feed: CalendarFeed, told: dict[str, FedEvent], now: dict[str, Said], today: date, at: datetime
) -> tuple[list[FedEvent], list[FedEvent], list[FedEvent]]:
    """(events made, events changed, events of which nothing is told any more)."""
    made = [FedEvent(feed=feed, uid=uid, said=said, changed_at=at) for uid, said in now.items() if uid not in told]
    changed, over = [], []
    for uid, one in told.items():
        said = now.get(uid)
        if said is not None and (said != one.said or one.gone_at):
            one.said, one.gone_at = said, None
        elif said is None and one.gone_at is None and date.fromisoformat(one.said["day"]) >= today - timedelta(BACK):
            one.gone_at = at
        elif said is None and (one.gone_at is None or at - one.gone_at > TOLD_GONE):
            over.append(one)  # told for long enough, or too long ago for this feed
            continue
        else:
            continue
        one.sequence, one.changed_at = one.sequence + 1, at
        changed.append(one)
    return made, changed, over


def _items(member: Member, today: date) -> list[Item]:
    rows = ScheduledTouchpoint.objects.in_calendar_of(member, first=today - timedelta(BACK), last=today + timedelta(AHEAD))
    # Why it is due is told as of its day: nothing changes by the mere passing of days.
    return read_items(rows[:MOST], today=date.min, messages=set())


def _uid(item: Item) -> str:
    """Of what the touchpoint is, and not of its row: planning may make that anew."""
    row = item.row
    name = uuid5(UUID(str(row.enrolment_id)), f"{row.cycle}:{row.spot}:{row.occurrence}")
    return f"{name}@{urlsplit(settings.SITE_URL).hostname}"


def _said(item: Item, member: Member) -> Said:
    is_done = item.row.state == ScheduledState.DONE
    title = f"{item.title}: {item.customer_name}"
    parts = [item.why, f"{item.channel}, {item.minutes} minutes" if item.channel else f"{item.minutes} minutes", item.importance]
    address = settings.SITE_URL + reverse("touchpoints:delivery", args=[member.workspace.slug, item.pk])
    text = "\n".join([*(part for part in parts if part), *(["Done."] if is_done else [])])
    day = item.row.settled_on if is_done else item.due_on
    return {"day": day.isoformat(), "title": f"✓ {title}" if is_done else title, "text": text, "url": address}


def _written(feed: CalendarFeed, events: list[FedEvent]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Touchline//Touchpoints//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"Touchline: {feed.member.workspace}")
    calendar.add("refresh-interval", vDuration(REFRESHED), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESHED))
    for one in sorted(events, key=lambda event: (event.said["day"], event.uid)):
        calendar.add_component(_event(one))
    return bytes(calendar.to_ical())


def _event(one: FedEvent) -> Event:
    event, day = Event(), date.fromisoformat(one.said["day"])
    event.add("uid", one.uid)
    event.add("sequence", one.sequence)
    event.add("dtstamp", one.changed_at)
    event.add("last-modified", one.changed_at)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(1))
    event.add("summary", one.said["title"])
    event.add("description", f"{one.said['text']}\n{one.said['url']}")
    event.add("url", one.said["url"])
    event.add("transp", "TRANSPARENT")
    event.add("status", "CANCELLED" if one.gone_at else "CONFIRMED")
    return event
