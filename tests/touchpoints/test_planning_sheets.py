"""The three sample sheets, imported, published and travelled: when everything on them is due."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

from customers.models import Activity
from journeys.demo import FOLDER
from journeys.models import Stage
from tests.touchpoints.sheets import NOW, START, enrolled, published
from touchpoints.models import ScheduledTouchpoint
from touchpoints.planning.reconcile import reconcile
from touchpoints.planning.routes import route_of

pytestmark = pytest.mark.django_db

RENEWAL = date(2027, 11, 30)


def due(enrolment):
    """External id of the card -> the days on which it is due."""
    cards = {card.spot: card.fields["external_id"] for card in route_of(enrolment.version_id).every_card()}
    found: dict[str, list[date]] = {}
    for row in ScheduledTouchpoint.objects.of(enrolment).in_order():
        found.setdefault(cards[row.spot], []).append(row.due_on)
    return found


def rows_of(name):
    with (Path(FOLDER) / f"{name}.csv").open(encoding="utf-8-sig") as file:
        return [row for row in csv.DictReader(file) if row["kind"] not in ("emotion", "event")]


def on_working_day(day, step=1):
    while day.weekday() > 4:
        day += timedelta(step)
    return day


def days(text):
    return [date.fromisoformat(day) for day in text.split()]


@pytest.mark.parametrize("name", ["gitlab-onboarding", "saas-lifecycle", "five-stages"])
def test_every_date_is_its_anchor_and_offset_on_a_working_day_and_not_before_what_comes_first(owner, name):
    """The customer comes into a stage every fifty days: all anchors are known. What the sheet says is reckoned here again."""
    journey, version = published(name, owner)
    enrolment = enrolled(version, owner, renewal_on=RENEWAL)
    rows = rows_of(name)
    names = list(dict.fromkeys(row["stage"] for row in rows))
    stages = {stage.name: stage for stage in Stage.objects.filter(journey=journey)}
    begins = {stage: START + timedelta(50 * n) for n, stage in enumerate(names)}
    for stage in names[1:]:
        enrolment.move_to_stage(stages[stage].pk, begins[stage], by=owner, at=NOW)
    found, expected = due(enrolment), {}
    for row in [*rows, *rows]:  # twice, as an arrow may come from further down
        offset = int(row["offset_days"] or 0)
        before = [expected[id][0] for id in (row["after"] or "").split(";") if id in expected]
        anchors = {"enrolment": START, "stage": begins[row["stage"]], "renewal": RENEWAL, "after": max(before, default=None)}
        base = anchors.get(row["anchor"] or "enrolment")
        if base is None:
            continue
        day = on_working_day(base + timedelta(offset), -1 if offset < 0 else 1)
        first = max([day, *before])
        expected[row["external_id"]] = [first]
        if repeat := int(row["repeat_days"] or 0):
            place = names.index(row["stage"])
            end = begins[names[place + 1]] if place + 1 < len(names) else RENEWAL
            again = (first + timedelta(n * repeat) for n in range(1, 100))
            expected[row["external_id"]] += [on_working_day(one) for one in again if one < end]
    assert len(expected) > 10
    assert {id: found[id] for id in expected} == expected
    # Of the rest one is due after the card beside it, and the others are bound to events.
    assert {row["anchor"] for row in rows if row["external_id"] not in expected} <= {"event", "after"}
    assert not [row for row in rows if row["anchor"] == "event" and row["external_id"] in found]


def test_stages_to_come_begin_when_the_ones_before_are_over(owner):
    """Nobody says how long these stages last: each does until its last card, and the last begins 90 days before the renewal."""
    _, version = published("five-stages", owner)
    assert due(enrolled(version, owner, renewal_on=RENEWAL)) == {
        "p1": days("2026-11-30"),
        "p2": days("2026-12-07"),
        "p3": days("2026-12-21"),
        "p5": days("2026-12-22"),
        "p7": days("2026-12-23"),
        "p6": days("2026-12-23"),
        "p8": days("2026-12-28"),
        "p9": days("2026-12-29"),
        "p11": days("2026-12-29"),
        "p12": days(
            "2027-01-05 2027-01-12 2027-01-19 2027-01-26 2027-02-02 2027-02-09 2027-02-16 2027-02-23 2027-03-02 2027-03-09"
        ),
        "p13": days("2027-03-01"),
        "p14": days("2027-03-15"),
        "p16": days("2027-04-14 2027-07-13"),
        "p20": days("2027-09-01"),
        "p21": days("2027-10-15"),
        "p22": days("2027-11-30"),
    }


def test_a_renewal_moved_and_moved_back_leaves_the_plan_as_it_was(owner):
    _, version = published("five-stages", owner)
    enrolment = enrolled(version, owner, renewal_on=RENEWAL)
    before = list(ScheduledTouchpoint.objects.of(enrolment).in_order().values("id", "spot", "occurrence", "due_on"))
    plan = due(enrolment)
    enrolment.customer.edit({"renewal_on": RENEWAL + timedelta(100)}, by=owner, at=NOW)
    moved = due(enrolment)
    assert moved["p22"] == [date(2028, 3, 9)]
    assert len(moved["p16"]) == 3
    enrolment.customer.edit({"renewal_on": None}, by=owner, at=NOW)
    assert "p20" not in due(enrolment)
    enrolment.customer.edit({"renewal_on": RENEWAL}, by=owner, at=NOW)
    assert due(enrolment) == plan
    kept = ScheduledTouchpoint.objects.of(enrolment).filter(pk__in=[row["id"] for row in before])
    assert kept.count() >= len(before) - 3  # the renewal's three were away meanwhile
    assert Activity.objects.of(enrolment.customer).count() == 5


def test_planning_again_with_nothing_changed_changes_nothing(owner):
    _, version = published("saas-lifecycle", owner)
    enrolment = enrolled(version, owner, renewal_on=RENEWAL)
    before = list(ScheduledTouchpoint.objects.of(enrolment).in_order().values())
    assert reconcile([enrolment.pk], at=NOW).enrolments == 0
    type(enrolment).objects.filter(pk=enrolment.pk).update(planned_from=b"made anew")
    outcome = reconcile([enrolment.pk], at=NOW)
    assert (outcome.added, outcome.moved, outcome.removed, outcome.enrolments) == (0, 0, 0, 1)
    assert list(ScheduledTouchpoint.objects.of(enrolment).in_order().values()) == before


def test_who_leaves_keeps_what_was_done_and_nothing_is_planned_any_more(owner):
    _, version = published("gitlab-onboarding", owner)
    enrolment = enrolled(version, owner)
    first = ScheduledTouchpoint.objects.of(enrolment).in_order().first()
    ScheduledTouchpoint.objects.filter(pk=first.pk).update(state="done", settled_on=START, settled_at=NOW, settled_by=owner)
    enrolment.leave(START, "Went elsewhere", by=owner, at=NOW)
    assert list(ScheduledTouchpoint.objects.of(enrolment).values_list("pk", "state")) == [(first.pk, "done")]
