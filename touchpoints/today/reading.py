"""Rows of the table as things to be done: what their cards say and why they are due. As many questions whatever their number."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from customers.models import LoggedEvent
from playbooks.models import Playbook
from touchpoints.models import Arrangement, ScheduledTouchpoint
from touchpoints.models.scheduled_touchpoints import ScheduledTouchpointQuerySet
from touchpoints.planning.route import Card
from touchpoints.today.item import USUAL_MINUTES, Item
from touchpoints.today.reasons import why_now


def read_items(rows: ScheduledTouchpointQuerySet, *, today: date) -> list[Item]:
    """In the order of the rows; at most six questions."""
    found = rows.select_related("customer", "role", "member__user").with_cards()
    arranged, events = _arranged(found), _events(found)
    messages = Playbook.objects.with_messages({id for row in found if row.card and (id := row.card.fields["playbook_id"])})
    return [_item(row, row.card, today, arranged, events, messages) for row in found]


def _item(
    row: ScheduledTouchpoint,
    card: Card | None,
    today: date,
    arranged: dict[Any, date],
    events: dict[UUID, dict[tuple[str, int], date]],
    messages: set[UUID],
) -> Item:
    item = Item(
        "touchpoint", row.pk, row.title, row.customer_id, row.customer.name, row.due_on, health=row.customer.health, row=row,
        card=card,
    )  # fmt: skip
    if card:
        item.channel, item.importance = card.fields["channel"] or "", card.fields["importance"]
        item.minutes = USUAL_MINUTES if card.fields["effort_min"] is None else card.fields["effort_min"]
        item.repeat = card.repeat
        item.has_message = bool(card.fields["playbook_id"]) and UUID(card.fields["playbook_id"]) in messages
        item.why = why_now(
            card, due_on=row.due_on, today=today, renewal_on=row.customer.renewal_on, events=events.get(row.enrolment_id),
            occurrence=row.occurrence, instead_of=arranged.get((row.enrolment_id, row.cycle, row.spot, row.occurrence)),
        )  # fmt: skip
    return item


def _arranged(rows: Iterable[ScheduledTouchpoint]) -> dict[Any, date]:
    """The days that the map says of what was put on another day."""
    days = {(row.enrolment_id, row.cycle, row.spot, row.occurrence): row.due_on for row in rows}
    return {
        one.key: one.instead_of
        for one in Arrangement.objects.about({row.enrolment_id for row in rows})
        if one.instead_of and one.key in days and one.holds(days[one.key])
    }


def _events(rows: Iterable[ScheduledTouchpoint]) -> dict[UUID, dict[tuple[str, int], date]]:
    answering = {row.enrolment_id for row in rows if row.card and row.card.on_event}
    found: dict[UUID, dict[tuple[str, int], date]] = {}
    if answering:
        for one in LoggedEvent.objects.of_enrolments(answering).standing():
            found.setdefault(one.enrolment_id, {})[str(one.touchpoint_id), one.number] = one.happened_on
    return found
