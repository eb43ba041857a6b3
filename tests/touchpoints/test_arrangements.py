"""What people arrange otherwise than the map says: another day, another colleague, not now."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from customers.models import Activity, Customer, Enrolment
from tests.conftest import join
from tests.touchpoints.sheets import NOW, enrolled, published
from touchpoints.models import Arrangement, Offer, ScheduledTouchpoint
from touchpoints.models.offer import Answered
from touchpoints.models.scheduled_touchpoints import NotOpen

pytestmark = pytest.mark.django_db

RENEWAL = date(2027, 11, 30)


@pytest.fixture
def enrolment(owner):
    _, version = published("five-stages", owner)
    return enrolled(version, owner, renewal_on=RENEWAL)


def rows_of(enrolment):
    return list(ScheduledTouchpoint.objects.of(enrolment).planned().in_order())


def days_of(enrolment):
    return {(row.spot, row.occurrence): row.due_on for row in rows_of(enrolment)}


def test_what_is_put_on_another_day_is_due_then_and_what_waits_for_it_follows(owner, enrolment):
    before = days_of(enrolment)
    row = rows_of(enrolment)[0]
    later = row.due_on + timedelta(70)
    row.reschedule(later, by=owner, at=NOW)
    after = days_of(enrolment)
    assert after[row.spot, row.occurrence] == later
    arrows = {key for key in after if after[key] != before[key]} - {(row.spot, row.occurrence)}
    assert arrows
    assert all(after[key] >= later for key in arrows)
    row = ScheduledTouchpoint.objects.get(pk=row.pk)
    assert "put" in Activity.objects.of(row.customer).latest_first()[0].text
    row.reschedule(before[row.spot, row.occurrence], by=owner, at=NOW)
    assert days_of(enrolment) == before
    assert not Arrangement.objects.exists()


def test_a_day_put_off_twice_goes_back_to_what_the_plan_said(owner, enrolment):
    row = rows_of(enrolment)[0]
    planned = row.due_on
    for days in (3, 9):
        row = ScheduledTouchpoint.objects.get(pk=row.pk)
        row.reschedule(planned + timedelta(days), by=owner, at=NOW)
    kept = Arrangement.objects.get()
    assert (kept.due_on, kept.instead_of) == (planned + timedelta(9), planned)


def test_a_renewal_that_moves_takes_the_reason_for_another_day_away_and_gives_it_back(owner, enrolment):
    card = next(row for row in rows_of(enrolment) if row.card.anchor == "renewal")
    put = card.due_on + timedelta(4)
    card.reschedule(put, by=owner, at=NOW)
    was = days_of(enrolment)
    assert was[card.spot, card.occurrence] == put
    enrolment = Enrolment.objects.select_related("customer").get(pk=enrolment.pk)
    later = NOW + timedelta(hours=1)
    enrolment.change({"renewal_on": RENEWAL + timedelta(60)}, "moved", by=owner, at=later)
    assert Customer.objects.get(pk=enrolment.customer_id).changed_at == later
    moved = days_of(enrolment)[card.spot, card.occurrence]
    assert moved > put + timedelta(40)
    enrolment.change({"renewal_on": RENEWAL}, "moved back", by=owner, at=NOW)
    assert days_of(enrolment) == was


def test_the_first_of_a_row_that_is_put_off_moves_that_one_only_also_when_it_was_done(owner, enrolment):
    card = next(row for row in rows_of(enrolment) if row.card.repeat and row.occurrence == 0)
    rest = {key: day for key, day in days_of(enrolment).items() if key[0] == card.spot and key[1] > 1}
    assert rest
    card.reschedule(card.due_on + timedelta(2), by=owner, at=NOW)
    assert {key: days_of(enrolment)[key] for key in rest} == rest
    ScheduledTouchpoint.objects.get(pk=card.pk).finish(card.due_on + timedelta(2), by=owner, at=NOW)
    assert {key: days_of(enrolment)[key] for key in rest} == rest


def test_an_offer_leaves_it_whose_it_is_until_it_is_accepted(owner, enrolment):
    colleague = join(owner.workspace, "Kim", "contributor")
    row = rows_of(enrolment)[0]
    offer = Offer.objects.offer(row, colleague, "I am at the dentist", by=owner, at=NOW)
    row.refresh_from_db()
    assert row.member_id != colleague.pk
    offer.accept(by=colleague, at=NOW)
    row.refresh_from_db()
    assert row.member_id == colleague.pk
    assert "took over" in Activity.objects.of(row.customer).latest_first()[0].text
    Enrolment.objects.filter(pk=enrolment.pk).update(planned_from=b"")
    enrolment.start_on(enrolment.started_on + timedelta(3), by=owner, at=NOW)  # planned anew, it is still theirs
    row.refresh_from_db()
    assert row.member_id == colleague.pk
    with pytest.raises(Answered):
        offer.decline("", by=colleague, at=NOW)


def test_who_leaves_gives_back_what_they_took_over(owner, enrolment):
    colleague = join(owner.workspace, "Kim", "contributor")
    row = rows_of(enrolment)[0]
    whose = row.member_id
    Offer.objects.offer(row, colleague, "", by=owner, at=NOW).accept(by=colleague, at=NOW)
    colleague.remove(by=owner, at=NOW)
    enrolment.start_on(enrolment.started_on + timedelta(3), by=owner, at=NOW)
    row.refresh_from_db()
    assert row.member_id == whose


def test_a_new_offer_takes_the_old_one_back_and_one_that_is_declined_says_why(owner, enrolment):
    first, second = (join(owner.workspace, name, "contributor") for name in ("Kim", "Lou"))
    row = rows_of(enrolment)[0]
    old = Offer.objects.offer(row, first, "", by=owner, at=NOW)
    new = Offer.objects.offer(row, second, "", by=owner, at=NOW)
    with pytest.raises(Answered):
        old.accept(by=first, at=NOW)
    new.decline("On holiday", by=second, at=NOW)
    new.refresh_from_db()
    assert (new.answer, new.because, Offer.objects.open().count()) == ("declined", "On holiday", 0)


def test_what_planning_takes_away_takes_its_offers_with_it(owner, enrolment):
    colleague = join(owner.workspace, "Kim", "contributor")
    offer = Offer.objects.offer(rows_of(enrolment)[-1], colleague, "", by=owner, at=NOW)
    enrolment.leave(enrolment.started_on, "", by=owner, at=NOW)
    assert not Offer.objects.filter(pk=offer.pk).exists()
    with pytest.raises(NotOpen):
        offer.accept(by=colleague, at=NOW)


def test_what_is_snoozed_is_still_due_and_wakes_when_it_is_put_on_another_day(owner, enrolment):
    row = rows_of(enrolment)[0]
    row.snooze(NOW + timedelta(hours=3), at=NOW)
    awake = ScheduledTouchpoint.objects.of(enrolment).planned().awake(at=NOW)
    assert row not in awake
    assert row in ScheduledTouchpoint.objects.of(enrolment).planned().awake(at=NOW + timedelta(hours=3))
    row.reschedule(row.due_on + timedelta(1), by=owner, at=NOW)
    assert row in ScheduledTouchpoint.objects.of(enrolment).planned().awake(at=NOW)


def test_a_step_that_is_ticked_begins_the_delivery_and_steps_stay_in_their_order(owner):
    _, version = published("gitlab-onboarding", owner)
    rows = ScheduledTouchpoint.objects.of(enrolled(version, owner)).in_order()
    row = next(row for row in rows if row.playbook and len(row.playbook.whole["steps"]) > 1)
    first, second = (step["id"] for step in row.playbook.whole["steps"][:2])
    assert row.tick_step(second, True, by=owner, at=NOW) == [second]
    assert row.tick_step(first, True, by=owner, at=NOW) == [first, second]
    assert row.tick_step("no such step", True, by=owner, at=NOW) == [first, second]
    assert row.tick_step(second, False, by=owner, at=NOW) == [first]
    row.refresh_from_db()
    assert (row.started_at, row.playbook_version.number) == (NOW, 1)
    row.finish(row.due_on, by=owner, at=NOW)
    with pytest.raises(NotOpen):
        row.tick_step(second, True, by=owner, at=NOW)
