"""A map on which one thing leads to another, and customers who travel it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from customers.models import Customer, Enrolment
from journeys.models import Connector, Stage, Touchpoint
from journeys.publishing import publish
from playbooks.models import Playbook
from tests.touchpoints.handoffs import AE, CSM, drawn, role
from tests.touchpoints.sheets import NOW, START
from touchpoints.models import ScheduledTouchpoint

#: a Friday, ten days after the journeys have begun
TODAY = START + timedelta(11)
MOMENT = datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC)


def map_of(member):
    """Its version, and its cards by title: a handoff with a playbook; what is bound to that; two milestones that tick themselves,
    one after the other; a call that comes every month."""
    journey, handoff = drawn(member)
    who = {"by": member, "at": NOW}
    first = handoff.touchpoint
    playbook = Playbook.objects.draft(member.workspace, "Handing over", at=NOW)
    playbook.add("steps", {"id": "0190b4d0-0000-7000-8000-000000000001", "title": "Call them"}, at=NOW)
    first.edit({"playbook_id": playbook.pk}, **who)
    stage, lane = Stage.objects.get(journey=journey), first.lane
    cards = {one.title: one for one in Touchpoint.objects.filter(journey=journey)}

    def card(title, slot, before=None, **fields):
        made = cards[title] = Touchpoint.catch(journey, title, stage, lane, slot, **who)
        made.edit({"owner_id": role(member, CSM).pk, **fields}, **who)
        if before:
            Connector.join(before, made, "sequence", **who)
        return made

    card("Ask how it went", 2, first, anchor="after", offset_days=5)
    milestone = card("Handed over", 3, first, anchor="after", offset_days=0, kind="milestone", delivery="automated")
    card("Settled in", 4, milestone, anchor="after", offset_days=0, kind="milestone", delivery="automated")
    card("Monthly call", 5, anchor="enrolment", offset_days=1, repeat_days=30)
    return publish(journey, "", **who), {title: one.pk for title, one in cards.items()}


def travel(member, version, count, fills=None):
    """So many customers, crm-0 and so on, all enrolled, and for whom these members fill the roles."""
    segment = version.journey.segment
    made = Customer.objects.bulk_create(
        Customer(
            workspace_id=member.workspace_id, segment=segment, name=f"Company {n}", external_id=f"crm-{n}", made_at=NOW,
            changed_at=NOW,
        )
        for n in range(count)
    )  # fmt: skip
    for name, who in (fills or {}).items():
        for one in made:
            one.assign(role(member, name), who, from_on=START - timedelta(30), by=member, at=NOW)
    Enrolment.objects.enrol_many([one.pk for one in made], version, START, by=member, at=NOW)
    return made


def row_of(customer, spot, occurrence=0):
    return ScheduledTouchpoint.objects.get(customer=customer, spot=spot, occurrence=occurrence)


__all__ = ["AE", "CSM", "MOMENT", "TODAY", "map_of", "row_of", "travel"]
