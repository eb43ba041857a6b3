"""What the log tells of those who travel, and of what is scheduled for them: enough to keep a copy in step."""

from __future__ import annotations

from datetime import timedelta

import pytest

from customers.models import Enrolment
from journeys.publishing import publish
from tests.conftest import join
from tests.facts.telling import said_by, telling, types_of
from tests.touchpoints.handoffs import AE, drawn, role, travelling
from tests.touchpoints.sheets import NOW, START, customer
from touchpoints.models import Offer, ScheduledTouchpoint
from touchpoints.planning.reconcile import reconcile

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolment(owner):
    return travelling(owner)


@pytest.fixture
def rows(enrolment):
    return list(ScheduledTouchpoint.objects.of(enrolment).in_order())


def told_of(row, **more):
    """What a fact of that touchpoint says."""
    enrolment = row.enrolment
    ids = {"customer": enrolment.customer_id, "enrolment": enrolment.pk, "journey": enrolment.journey_id, "touchpoint": row.spot}
    return {name: str(id) for name, id in ids.items()} | {"state": "planned"} | more


def changed(row, *fields):
    return "scheduled_touchpoint.changed", str(row.pk), told_of(row, changed=list(fields))


def planned(enrolment, made=(), changed=(), deleted=()):
    rows = {"made": made, "changed": changed, "deleted": deleted}
    return "enrolment.planned", str(enrolment.pk), {
        "customer": str(enrolment.customer_id), "journey": str(enrolment.journey_id), "version": str(enrolment.version_id),
        "scheduled_touchpoints": {how: [str(row.pk) for row in some] for how, some in rows.items()},
    }  # fmt: skip


def test_an_enrolment_is_told_and_its_plan_once_however_much_is_planned(owner):
    journey, _ = drawn(owner)
    version = publish(journey, "", by=owner, at=NOW)
    contoso = customer(owner, journey.segment)
    who, on = {"by": owner, "at": NOW}, START + timedelta(days=1)
    with telling() as told:
        enrolment = Enrolment.objects.enrol(contoso, version, START, **who)
    assert told["types"] == ["enrolment.started", "enrolment.planned"]
    body = {"customer": str(contoso.pk), "journey": str(journey.pk), "version": str(version.pk)}
    assert told["facts"][0].body == {**body, "stage": str(enrolment.stage_id), "cycle": 1}
    rows = list(ScheduledTouchpoint.objects.of(enrolment))
    made = told["facts"][1].body.pop("scheduled_touchpoints")
    assert told["facts"][1].body == body
    assert {how: sorted(some) for how, some in made.items()} == {
        "made": sorted(str(row.pk) for row in rows), "changed": [], "deleted": [],
    }  # fmt: skip
    assert types_of(lambda: reconcile([enrolment.pk], at=NOW)) == []
    assert types_of(lambda: enrolment.start_on(on, **who)) == ["enrolment.changed", "enrolment.planned"]
    assert types_of(lambda: enrolment.start_on(on, **who)) == []
    assert sorted(types_of(lambda: enrolment.leave(on, "Bought elsewhere", **who))) == ["enrolment.ended", "enrolment.planned"]
    resumed = types_of(lambda: enrolment.change({"left_on": None, "left_because": ""}, "came back", **who))
    assert resumed == ["enrolment.resumed", "enrolment.planned"]
    assert types_of(contoso.delete) == ["enrolment.deleted", "customer.deleted"]


def test_what_becomes_of_a_scheduled_touchpoint_is_told(owner, enrolment, rows):
    first, second = rows
    who = {"by": owner, "at": NOW}
    with telling() as told:
        first.finish(START, outcome="They are glad.", **who)
    assert told["types"] == ["scheduled_touchpoint.done", "handoff.reached"]
    assert told["facts"][0].subject == first.pk
    assert told["facts"][0].body == told_of(first, state="done")
    assert types_of(lambda: first.reopen(today=START, **who)) == ["scheduled_touchpoint.reopened"]
    assert types_of(lambda: first.skip(START, "No need", **who)) == ["scheduled_touchpoint.skipped"]
    left = said_by(lambda: enrolment.leave(START + timedelta(days=30), "", **who))
    assert sorted(type for type, *_ in left) == ["enrolment.ended", "enrolment.planned", "scheduled_touchpoint.missed"]
    assert planned(enrolment, changed=[second]) in left


def test_who_puts_one_off_or_begins_it_changes_that_one(rows):
    row = rows[1]
    for until in (NOW + timedelta(days=1), None):
        assert said_by(lambda until=until: row.snooze(until, at=NOW)) == [changed(row, "snoozed_until")]
        assert said_by(lambda until=until: row.snooze(until, at=NOW)) == []
    assert said_by(lambda: row.begin(by=row.workspace.members.get(), at=NOW)) == [changed(row, "started_at")]
    assert said_by(lambda: row.begin(by=row.workspace.members.get(), at=NOW)) == []


def test_who_puts_one_on_another_day_changes_it_and_the_plan_says_what_went_with_it(owner, enrolment, rows):
    row, was = rows[1], rows[1].due_on
    for day in (was + timedelta(days=4), was):
        told = said_by(lambda day=day: row.reschedule(day, by=owner, at=NOW))
        assert told == [changed(row, "due_on"), planned(enrolment, changed=[row])]
        assert said_by(lambda day=day: row.reschedule(day, by=owner, at=NOW)) == []


def test_who_takes_one_over_changes_it(owner, enrolment, rows):
    kim = join(owner.workspace, "Kim", "contributor")
    offer = Offer.objects.offer(rows[1], kim, "", by=owner, at=NOW)
    told = said_by(lambda: offer.accept(by=kim, at=NOW))
    assert told == [changed(rows[1], "member"), planned(enrolment, changed=[rows[1]])]


def test_whoever_fills_a_role_changes_all_that_is_theirs(owner, enrolment, rows):
    told = said_by(lambda: enrolment.customer.assign(role(owner, AE), owner, from_on=START, by=owner, at=NOW))
    assert told[1:] == [planned(enrolment, changed=[rows[0]])]


def test_what_is_no_longer_planned_is_named_when_it_goes_and_when_it_comes_again(owner, enrolment, rows):
    told = said_by(lambda: enrolment.leave(START, "Bought elsewhere", by=owner, at=NOW))
    assert planned(enrolment, deleted=rows) in told
    back = said_by(lambda: enrolment.change({"left_on": None, "left_because": ""}, "came back", by=owner, at=NOW))
    assert planned(enrolment, made=ScheduledTouchpoint.objects.of(enrolment).in_order()) in back
