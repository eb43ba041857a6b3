"""The three sample sheets, imported, published and travelled: when everything on them is due."""

from __future__ import annotations

from datetime import date

import pytest

from tests.touchpoints.sheets import NOW, enrolled, published
from touchpoints.models import ScheduledTouchpoint
from touchpoints.planning.reconcile import reconcile
from touchpoints.planning.routes import route_of

pytestmark = pytest.mark.django_db


def due(enrolment):
    """external id of the card -> the days on which it is due."""
    cards = {card.spot: card.fields["external_id"] for card in route_of(enrolment.version_id).every_card()}
    found: dict[str, list[date]] = {}
    for row in ScheduledTouchpoint.objects.of(enrolment).in_order():
        found.setdefault(cards[row.spot], []).append(row.due_on)
    return found


def test_gitlab(owner):
    _, version = published("gitlab-onboarding", owner)
    print(due(enrolled(version, owner)))


def test_five(owner):
    _, version = published("five-stages", owner)
    e = enrolled(version, owner, renewal_on=date(2027, 11, 30))
    print(due(e))
    print(reconcile([e.pk], at=NOW))


def test_saas(owner):
    _, version = published("saas-lifecycle", owner)
    print(due(enrolled(version, owner, renewal_on=date(2027, 11, 30))))
