"""A map with a handoff, and a customer who has reached it."""

from __future__ import annotations

from datetime import timedelta

from customers.models import Enrolment
from journeys.models import Handoff, Journey, Lane, Segment, Stage, Touchpoint
from journeys.publishing import publish
from tests.touchpoints.sheets import NOW, START, customer
from touchpoints.models import Passage

#: the day of the handoff in the morning: the customer's first
DAY = NOW + timedelta(days=5)
PACKAGE = [
    {"item": "Goals", "where": "CRM", "reader": "CSM"},
    {"item": "Known risks", "where": "", "reader": "CSM"},
]
AE, CSM = "Account executive", "Customer success manager"


def role(member, name):
    return member.workspace.roles.get(name=name)


def drawn(member, **more):
    """(the journey, its handoff): "Sales handoff" on the day of enrolment, then "Kick-off"; from the one to the other."""
    segment = Segment.objects.make(member.workspace, "Mid-market", at=NOW)
    journey = Journey.objects.begin(segment, "First days", by=member, at=NOW)
    who = {"by": member, "at": NOW}
    stage, lane = Stage.add(journey, "Onboarding", **who), Lane.objects.filter(journey=journey).order_by("position")[0]
    cards = []
    for slot, (title, name) in enumerate({"Sales handoff": AE, "Kick-off": CSM}.items()):
        card = Touchpoint.catch(journey, title, stage, lane, slot, **who)
        card.edit({"owner_id": role(member, name).pk, "anchor": "enrolment", "offset_days": slot * 3, **more}, **who)
        cards.append(card)
    handoff = Handoff.draw(cards[0], role(member, CSM), cards[1], **who)
    handoff.edit({"package": PACKAGE, "accept_within_days": 2, "note": "Call them first."}, **who)
    return journey, handoff


def travelling(member, giver=None, receiver=None, start=START, at=NOW, **more):
    """An enrolment of a customer on such a map, for which these fill the roles."""
    journey, _ = drawn(member, **more)
    version = publish(journey, "", by=member, at=NOW)
    found = customer(member, journey.segment)
    for name, who in ((AE, giver), (CSM, receiver)):
        if who:
            found.assign(role(member, name), who, from_on=START - timedelta(30), by=member, at=NOW)
    return Enrolment.objects.enrol(found, version, start, by=member, at=at)


def reached(member, giver=None, receiver=None, **more):
    """The handoff of such a customer, on its day."""
    enrolment = travelling(member, giver, receiver, at=DAY, **more)
    return Passage.objects.get(enrolment=enrolment)
