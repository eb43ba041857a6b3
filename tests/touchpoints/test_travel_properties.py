"""Whatever is done to a journey under way, and in whatever order: the table says what is planned, nothing twice, nothing lost,
history stays, and undoing it all leaves it as it was. On a real database; each example is rolled back."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.calendars import working_days_of
from accounts.models import OwnDay
from customers.models import Activity, Enrolment
from customers.models.enrolments import stage_order
from customers.undoing import can_be_undone, undo
from journeys.models import Touchpoint
from journeys.publishing import publish
from tests.touchpoints.sheets import NOW, START, customer, enrolled, published
from touchpoints.models import Offer, ScheduledTouchpoint
from touchpoints.planning.facts import read_facts
from touchpoints.planning.plan import plan
from touchpoints.planning.reconcile import reconcile
from touchpoints.planning.routes import route_of
from touchpoints.ticking import tick_all

pytestmark = pytest.mark.django_db

RENEWAL = date(2027, 11, 30)
days = st.integers(-200, 500).map(lambda n: START + timedelta(n))
acts = st.lists(
    st.one_of(
        st.tuples(st.just("stage"), st.integers(0, 9), days),
        st.tuples(st.just("start"), days),
        st.tuples(st.just("renewal"), st.none() | days | st.just(date(2028, 2, 29))),
        st.tuples(st.just("renew"), st.integers(0, 9), days),
        st.tuples(st.just("version"), st.integers(0, 9)),
        st.tuples(st.just("finish"), st.integers(0, 9), st.integers(-5, 30)),
        st.tuples(st.just("skip"), st.integers(0, 9), st.integers(-5, 30)),
        st.tuples(st.just("put"), st.integers(0, 9), st.integers(-20, 40)),
        st.tuples(st.just("give"), st.integers(0, 9)),
        st.tuples(st.just("event"), days),
        st.tuples(st.just("day off"), st.integers(0, 40)),
        st.tuples(st.just("leave"), days),
    ),
    min_size=1,
    max_size=8,
)
often = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@contextmanager
def taken_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def versions(owner):
    """Of a journey three versions, each with something else in another place."""
    journey, first = published("five-stages", owner)
    cards = list(Touchpoint.objects.filter(journey=journey, kind="touchpoint").order_by("stage__position", "slot"))
    cards[2].edit({"offset_days": 40}, by=owner, at=NOW)
    cards[5].remove(by=owner, at=NOW)
    second = publish(journey, "", by=owner, at=NOW)
    Touchpoint.catch(journey, "A word of thanks", cards[8].stage, cards[8].lane, cards[8].slot, by=owner, at=NOW)
    cards[8].stage.remove(by=owner, at=NOW)
    return [first, second, publish(journey, "", by=owner, at=NOW)]


def do(act, enrolment, versions, owner, at):
    """One act, as far as it is possible now."""
    order, who = stage_order(enrolment.version.document), {"by": owner, "at": at}
    rows = list(ScheduledTouchpoint.objects.of(enrolment).planned().in_order())
    match act:
        case "stage", n, day:
            enrolment.move_to_stage(order[n % len(order)], day, **who)
        case "start", day:
            enrolment.start_on(day, **who)
        case "renewal", day:
            enrolment.change({"renewal_on": day}, "moved the renewal", **who)
        case "renew", n, day:
            enrolment.renew(day, order[n % len(order)], day + timedelta(366), **who)
        case "version", n:
            enrolment.move_over(versions[n % len(versions)], START, **who)
        case "finish", n, late if rows:
            row = rows[n % len(rows)]
            row.finish(row.due_on + timedelta(late), **who)
        case "skip", n, late if rows:
            row = rows[n % len(rows)]
            row.skip(row.due_on + timedelta(late), "Not now", **who)
        case "put", n, late if rows:
            row = rows[n % len(rows)]
            row.reschedule(row.due_on + timedelta(late), **who)
        case "give", n if rows:
            Offer.objects.offer(rows[n % len(rows)], owner, "", **who).accept(**who)
        case "event", day:
            triggers = route_of(enrolment.version_id).triggers
            if triggers:
                enrolment.log_event(triggers[0].id, day, "", "an event", **who)
        case "day off", n:
            OwnDay.objects.get_or_create(
                workspace=owner.workspace, on=START + timedelta(n), defaults={"name": "Away", "is_worked": False}
            )
            reconcile([enrolment.pk], at=at)
        case "leave", day if not enrolment.left_on:
            enrolment.leave(day, "", **who)


def settled(enrolment):
    rows = ScheduledTouchpoint.objects.of(enrolment).filter(state__in=["done", "skipped"])
    return {row.pk: (row.state, row.due_on, row.settled_on, row.spot, row.occurrence, row.cycle) for row in rows}


def table(enrolment):
    rows = ScheduledTouchpoint.objects.of(enrolment)
    return sorted((row.cycle, str(row.spot), row.occurrence, row.due_on, row.state, str(row.member_id)) for row in rows)


def assert_table_is_the_plan(enrolment):
    (facts,) = read_facts([enrolment.pk])
    wanted = []
    if facts.left is None:
        found = plan(route_of(facts.version), facts.traveller, working_days_of(facts.workspace))
        wanted = sorted((card.spot, occurrence, date.fromordinal(day)) for card, occurrence, day in found)
    rows = ScheduledTouchpoint.objects.of(enrolment).planned()
    assert sorted((row.spot, row.occurrence, row.due_on) for row in rows) == wanted
    assert all(row.cycle == facts.cycle for row in rows)


@often
@given(acts=acts)
def test_whatever_happens_on_the_way_the_table_is_the_plan_and_history_stays(acts, owner, versions):
    with taken_back():
        enrolment = enrolled(versions[0], owner, renewal_on=RENEWAL)
        for n, act in enumerate(acts):
            before = settled(enrolment)
            enrolment = Enrolment.objects.with_names().select_related("customer").get(pk=enrolment.pk)
            do(act, enrolment, versions, owner, NOW + timedelta(minutes=n))
            after = settled(enrolment)
            assert {pk: after.get(pk) for pk in before} == before, act
            assert_table_is_the_plan(enrolment)
        was = table(enrolment)
        Enrolment.objects.filter(pk=enrolment.pk).update(planned_from=b"")  # plan all of it anew
        reconcile([enrolment.pk], at=NOW)
        assert table(enrolment) == was


@often
@given(acts=acts)
def test_undoing_all_of_it_leaves_the_plan_as_it_was(acts, owner, versions):
    changing = [act for act in acts if act[0] in ("stage", "start", "renewal", "renew", "version", "leave")]
    with taken_back():
        enrolment = enrolled(versions[0], owner, renewal_on=RENEWAL)
        was = table(enrolment)
        for n, act in enumerate(changing):
            enrolment = Enrolment.objects.with_names().select_related("customer").get(pk=enrolment.pk)
            do(act, enrolment, versions, owner, NOW + timedelta(minutes=n))
        done = Activity.objects.of_travel(enrolment).order_by("-at", "-id")
        for n, one in enumerate([one for one in done if can_be_undone(one)]):
            undo(one, by=owner, at=NOW + timedelta(hours=1, minutes=n))
        assert table(enrolment) == was


#: where the clocks change by an hour, at midnight, and by half an hour
ZONES = ["Europe/Berlin", "America/Santiago", "Australia/Lord_Howe"]
CHANGES = {
    "Europe/Berlin": ["2027-03-28", "2027-10-31"],
    "America/Santiago": ["2027-04-03", "2027-09-04"],
    "Australia/Lord_Howe": ["2027-04-04", "2027-10-03"],
}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_where_the_clocks_change_a_day_comes_once_and_when_it_begins_there(data, owner):
    zone = data.draw(st.sampled_from(ZONES))
    day = date.fromisoformat(data.draw(st.sampled_from(CHANGES[zone]))) + timedelta(data.draw(st.integers(-1, 1)))
    with taken_back():
        owner.workspace.refresh_from_db()  # it remembers the example before, which was taken back
        owner.workspace.describe(name="Northwind", time_zone=zone, by=owner, at=NOW)
        owner.workspace.set_calendar(range(7), "", "", by=owner, at=NOW)
        journey, _ = published("gitlab-onboarding", owner)
        first = Touchpoint.objects.filter(journey=journey).order_by("stage__position", "slot").first()
        made = Touchpoint.catch(journey, "Sees value", first.stage, first.lane, first.slot, by=owner, at=NOW)
        made.edit({"kind": "milestone", "delivery": "automated", "anchor": "enrolment", "offset_days": 0}, by=owner, at=NOW)
        version = publish(journey, "", by=owner, at=NOW)
        who = customer(owner, journey.segment)
        enrolment = Enrolment.objects.enrol(who, version, day, by=owner, at=NOW)
        row = ScheduledTouchpoint.objects.of(enrolment).get(spot=made.pk)
        assert row.due_on == day
        begins = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp()
        ticked = []
        for quarter in range(-8, 9):
            at = datetime.fromtimestamp(begins + quarter * 900, ZoneInfo("UTC"))
            if tick_all(at=at):
                ticked.append((quarter, at.astimezone(ZoneInfo(zone)).date()))
        # Where midnight itself is left out, the day begins with the hour that there is.
        (quarter, local) = ticked[0]
        assert len(ticked) == 1
        assert local == day
        assert at_before(begins, quarter, zone) < day


def at_before(begins, quarter, zone):
    return datetime.fromtimestamp(begins + (quarter - 1) * 900, ZoneInfo(zone)).date()
