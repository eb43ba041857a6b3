"""Enrolments whose cards have been done, skipped and missed, and how they are looked at."""

from __future__ import annotations

import html
from collections import Counter
from datetime import timedelta

from django.urls import reverse

from journeys.breaking_down import break_down
from journeys.models import Journey, Lane, Stage, Touchpoint
from journeys.publishing import publish
from tests.touchpoints.sheets import NOW, START, enrolled, published
from touchpoints.models import ScheduledTouchpoint
from touchpoints.timeline.reading import timeline_of


def spots(journey):
    return dict(Touchpoint.objects.filter(journey=journey).values_list("title", "pk"))


def rows(enrolment, spot=None):
    found = ScheduledTouchpoint.objects.of(enrolment).in_order()
    return found.filter(spot=spot) if spot else found


def settle(row, state="done", on=START, **fields):
    ScheduledTouchpoint.objects.filter(pk=row.pk).update(state=state, settled_on=on, settled_at=NOW, **fields)


def standings(enrolment, today):
    return timeline_of(enrolment, today).standings


def rows_at(spot):
    return ScheduledTouchpoint.objects.filter(spot=spot).exists()


def recurring(enrolment):
    """The spot that comes most often, and its rows."""
    counted = Counter(row.spot for row in rows(enrolment))
    spot, count = counted.most_common(1)[0]
    assert count > 3
    return spot, list(rows(enrolment, spot))


def with_drill_down(owner):
    journey, _ = published("gitlab-onboarding", owner)
    card = Touchpoint.objects.filter(journey=journey, anchor="enrolment").first()
    child = break_down(card, by=owner, at=NOW)
    stage, lane = Stage.objects.filter(journey=child).first(), Lane.objects.filter(journey=child, kind="role").first()
    for slot, title in enumerate(["Check the contract", "Check the seats"]):
        Touchpoint.catch(child, title, stage, lane, slot, by=owner, at=NOW)
    publish(child, "", by=owner, at=NOW)
    journey = Journey.objects.select_related("segment").get(pk=journey.pk)
    enrolment = enrolled(publish(journey, "", by=owner, at=NOW + timedelta(minutes=1)), owner)
    parent = timeline_of(enrolment, START).route.by_spot[card.pk]
    assert parent.inner is not None
    return enrolment, card.pk, [one.spot for one in parent.inner.cards]


def look(client, enrolment, card=None, **headers):
    slug = enrolment.customer.workspace.slug
    name, more = ("timeline_card", [card]) if card else ("timeline", [])
    answer = client.get(reverse(f"touchpoints:{name}", args=[slug, enrolment.pk, *more]), headers=headers)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())
