"""Rows of the table as things to be done: what their cards say and why they are due. As many questions whatever their number."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery

from customers.models import LoggedEvent
from playbooks.models import Playbook
from touchpoints.models import Arrangement, ScheduledTouchpoint
from touchpoints.models.scheduled_touchpoints import ScheduledTouchpointQuerySet
from touchpoints.planning.route import Card
from touchpoints.today.item import USUAL_MINUTES, Item
from touchpoints.today.reasons import why_now


def read_items(rows: ScheduledTouchpointQuerySet, *, today: date, messages: set[UUID] | None = None) -> list[Item]:
    """In the order of the rows; two questions, one more where something answers an event, and one where `messages` (ids of the
    playbooks that have some) are not given."""
    arranged = Arrangement.objects.filter(
        enrolment=OuterRef("enrolment"), cycle=OuterRef("cycle"), spot=OuterRef("spot"), occurrence=OuterRef("occurrence"),
        due_on=OuterRef("due_on"),
    )  # fmt: skip
    found = (
        rows.select_related("customer")
        .defer("customer__notes", "outcome")
        .annotate(put_off_from=Subquery(arranged.values("instead_of")[:1]))
    )
    listed: list[Any] = found.with_cards()
    events = _events(listed)
    if messages is None:
        wanted = {id for row in listed if row.card and (id := row.card.fields["playbook_id"])}
        messages = Playbook.objects.with_messages(wanted)
    return [_item(row, row.card, today, events, messages) for row in listed]


def _item(
    row: Any,
    card: Card | None,
    today: date,
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
            occurrence=row.occurrence, instead_of=row.put_off_from,
        )  # fmt: skip
    return item


def _events(rows: Iterable[ScheduledTouchpoint]) -> dict[UUID, dict[tuple[str, int], date]]:
    answering = {row.enrolment_id for row in rows if row.card and row.card.on_event}
    found: dict[UUID, dict[tuple[str, int], date]] = {}
    if answering:
        for one in LoggedEvent.objects.of_enrolments(answering).standing():
            found.setdefault(one.enrolment_id, {})[str(one.touchpoint_id), one.number] = one.happened_on
    return found
