"""Proactive and reactive: what counts for whom, and in which week."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Request
from tests.touchpoints.sheets import NOW, enrolled, published
from touchpoints.models import ScheduledTouchpoint
from touchpoints.proactive import WEEK, Tally, last_week_of, of_customers, of_members, week_of, weeks_until

pytestmark = pytest.mark.django_db

#: a Wednesday; the weeks around it
TODAY = date(2026, 11, 25)
LAST, THIS = date(2026, 11, 16), date(2026, 11, 23)


@pytest.fixture
def enrolment(owner):
    _, version = published("five-stages", owner)
    return enrolled(version, owner)


def delivered(enrolment, member, *days):
    rows = ScheduledTouchpoint.objects.of(enrolment).planned().in_order()[: len(days)]
    for row, day in zip(rows, days, strict=True):
        ScheduledTouchpoint.objects.filter(pk=row.pk).update(state="done", settled_on=day, settled_at=NOW, settled_by=member)


def asked(enrolment, member, on):
    return Request.objects.log(enrolment.customer, "The bill", by=member, on=on, at=NOW)


def test_weeks_begin_on_monday_and_the_current_one_comes_last():
    assert week_of(THIS) == week_of(THIS + timedelta(6)) == THIS
    assert weeks_until(TODAY, 2) == [LAST, THIS]


def test_what_was_planned_and_done_is_proactive_in_the_week_it_was_done(owner, editor, enrolment):
    delivered(enrolment, editor, LAST - timedelta(1), LAST, LAST + timedelta(6), THIS)
    assert of_members([owner.pk, editor.pk], [LAST, THIS]) == {editor.pk: {LAST: Tally(2, 0), THIS: Tally(1, 0)}}
    assert of_customers([enrolment.customer_id], [LAST]) == {enrolment.customer_id: {LAST: Tally(2, 0)}}


def test_what_a_milestone_or_touchline_itself_did_is_nobodys(enrolment):
    delivered(enrolment, None, LAST)
    assert of_customers([enrolment.customer_id], [LAST]) == {}


def test_a_request_counts_for_who_logged_it_and_for_who_did_it_instead_and_once_for_the_customer(
    owner, editor, contributor, enrolment
):
    handed = asked(enrolment, contributor, LAST)
    asked(enrolment, contributor, LAST).finish("", LAST, url="/", by=contributor, at=NOW)  # done by oneself: once
    handed.hand_on(editor, url="/", by=contributor, at=NOW)
    weeks, members = [LAST, THIS], [contributor.pk, editor.pk]
    assert of_members(members, weeks) == {contributor.pk: {LAST: Tally(0, 2)}}
    handed.finish("", THIS, url="/", by=owner, at=NOW)  # for Edda
    assert of_members(members, weeks) == {contributor.pk: {LAST: Tally(0, 2)}, editor.pk: {THIS: Tally(0, 1)}}
    assert of_customers([enrolment.customer_id], weeks) == {enrolment.customer_id: {LAST: Tally(0, 2)}}


def test_the_share_of_last_week(editor, enrolment):
    assert last_week_of(editor.pk, today=TODAY).share is None
    delivered(enrolment, editor, *[LAST] * 9, THIS)
    for _ in range(2):
        asked(enrolment, editor, LAST + timedelta(4))
    asked(enrolment, editor, THIS)
    assert last_week_of(editor.pk, today=TODAY) == Tally(9, 2)
    assert last_week_of(editor.pk, today=TODAY).share == 82


def test_the_page_shows_both_by_member_and_by_customer_for_few_queries(
    client_for, editor, viewer, enrolment, django_assert_max_num_queries
):
    today = editor.workspace.today(timezone.now())
    delivered(enrolment, editor, *[today] * 3)
    asked(enrolment, editor, today - WEEK)
    asked(enrolment, editor, today)
    client = client_for(viewer)
    url = reverse("touchpoints:request_measures", args=[editor.workspace.slug])
    client.get(url)
    with django_assert_max_num_queries(9):
        page = client.get(url).content.decode()
    assert "3 proactive, 1 reactive" in page
    assert "<b>60 %</b> <small>3 : 2</small>" in page
    with django_assert_max_num_queries(8):
        page = client.get(url, {"by": "customer"}).content.decode()
    assert "Contoso" in page
    assert "<b>75 %</b>" in page
