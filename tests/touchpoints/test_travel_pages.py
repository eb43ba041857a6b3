"""Changing how a customer travels: looked at before, done, undone; by whom it may be."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.urls import reverse

from customers.models import Activity, Enrolment
from customers.models.enrolments import stage_order
from customers.undoing import CannotUndo, undo
from journeys.models import Stage, Touchpoint
from journeys.publishing import publish
from tests.touchpoints.sheets import NOW, START, enrolled, published
from touchpoints.models import ScheduledTouchpoint

pytestmark = pytest.mark.django_db

RENEWAL = date(2027, 11, 30)


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def enrolment(owner):
    _, version = published("saas-lifecycle", owner)
    return enrolled(version, owner, renewal_on=RENEWAL)


def plan_of(enrolment):
    """(cycle, spot, occurrence) -> (day, state)."""
    rows = ScheduledTouchpoint.objects.of(enrolment)
    return {(row.cycle, row.spot, row.occurrence): (row.due_on, row.state) for row in rows}


def url(name, enrolment):
    return reverse(f"touchpoints:{name}", args=[enrolment.workspace.slug, enrolment.pk])


def hidden(answer):
    """The fields of the form that does it."""
    form = answer.content.decode().split('method="post"')[-1].split("</form>")[0]
    return {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?', form)
        if name != "csrfmiddlewaretoken"
    }


def stages(enrolment):
    return stage_order(enrolment.version.document)


CHANGES = {
    "move_to_stage": lambda one: {"stage": stages(one)[2], "on": "2026-12-10"},
    "move_start": lambda one: {"on": "2026-11-02"},
    "move_renewal": lambda one: {"on": "2027-08-31"},
    "renew": lambda one: {"on": "2027-11-30", "stage": stages(one)[2], "renewal_on": "2028-11-30"},
    "leave": lambda one: {"on": "2026-12-24", "because": "Bought by another company"},
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_shown_is_what_happens_and_undoing_it_leaves_the_plan_as_it_was(client_for, editor, enrolment, name):
    client, before = client_for(editor), plan_of(enrolment)
    shown = client.get(url(name, enrolment), CHANGES[name](enrolment))
    lines = shown.context["difference"].lines
    assert shown.status_code == 200
    assert lines
    assert plan_of(enrolment) == before  # looking changes nothing
    answer = client.post(url(name, enrolment), hidden(shown))
    assert answer.status_code == 302, answer.context["form"].errors
    after = plan_of(enrolment)
    assert after != before
    happened = dict.fromkeys(("new", "moved", "no longer", "missed"), 0)
    for key in before.keys() | after.keys():
        was, now = before.get(key), after.get(key)
        if was != now:
            what = "new" if was is None else "no longer" if now is None else "missed" if now[1] == "missed" else "moved"
            happened[what] += 1
    assert happened == {what: sum(line.what == what for line in lines) for what in happened}
    activity = Activity.objects.of_travel(enrolment).latest_first().first()
    assert client.post(reverse("customers:undo_activity", args=[editor.workspace.slug, activity.pk])).status_code == 302
    assert plan_of(enrolment) == before


def test_a_renewal_begins_the_next_cycle_and_what_was_open_of_the_last_one_was_missed(owner, enrolment):
    done = ScheduledTouchpoint.objects.of(enrolment).in_order().first()
    done.finish(done.due_on, by=owner, at=NOW)
    enrolment.refresh_from_db()
    enrolment.renew(RENEWAL, stages(enrolment)[2], RENEWAL + timedelta(366), by=owner, at=NOW)
    rows = ScheduledTouchpoint.objects.of(enrolment)
    assert rows.get(pk=done.pk).state == "done"
    old = rows.filter(cycle=1).exclude(pk=done.pk)
    assert old
    assert {row.state for row in old} == {"missed"}
    assert max(row.due_on for row in old) < RENEWAL
    new = rows.filter(cycle=2)
    assert new
    assert min(row.due_on for row in new) >= RENEWAL
    earlier = {id for id, row in enrolment.version.document["touchpoints"].items() if row["stage_id"] in stages(enrolment)[:2]}
    assert not {str(row.spot) for row in new} & earlier


def test_what_somebody_has_changed_since_is_not_undone(owner, enrolment):
    enrolment.start_on(date(2026, 11, 2), by=owner, at=NOW)
    first = Activity.objects.of_travel(enrolment).latest_first().first()
    enrolment.start_on(date(2026, 10, 5), by=owner, at=NOW + timedelta(minutes=1))
    with pytest.raises(CannotUndo, match="has been changed since"):
        undo(first, by=owner, at=NOW + timedelta(minutes=2))
    enrolment.refresh_from_db()
    assert enrolment.started_on == date(2026, 10, 5)


def test_nothing_is_undone_twice(owner, enrolment):
    enrolment.start_on(date(2026, 11, 2), by=owner, at=NOW)
    first = Activity.objects.of_travel(enrolment).latest_first().first()
    undo(first, by=owner, at=NOW + timedelta(minutes=1))
    enrolment.refresh_from_db()
    enrolment.start_on(date(2026, 11, 2), by=owner, at=NOW + timedelta(minutes=2))
    with pytest.raises(CannotUndo, match="already"):
        undo(first, by=owner, at=NOW + timedelta(minutes=3))


def test_who_left_and_came_back_cannot_be_brought_back_twice(owner, enrolment):
    enrolment.leave(date(2026, 12, 1), "", by=owner, at=NOW)
    left = Activity.objects.of_travel(enrolment).latest_first().first()
    Enrolment.objects.enrol(enrolment.customer, enrolment.version, START, by=owner, at=NOW)
    with pytest.raises(CannotUndo, match="again"):
        undo(left, by=owner, at=NOW)


def test_an_act_that_no_longer_does_what_was_shown_shows_it_again(client_for, owner, editor, enrolment):
    client = client_for(editor)
    shown = client.get(url("move_renewal", enrolment), {"on": "2027-08-31"})
    enrolment.change({"renewal_on": date(2027, 10, 29)}, "set the renewal date", by=owner, at=NOW)
    answer = client.post(url("move_renewal", enrolment), hidden(shown))
    assert answer.status_code == 409
    assert "moved on since you looked" in answer.content.decode()
    enrolment.customer.refresh_from_db()
    assert enrolment.customer.renewal_on == date(2027, 10, 29)
    assert client.post(url("move_renewal", enrolment), hidden(answer)).status_code == 302


def test_a_contributor_moves_the_stage_and_nothing_else(client_for, contributor, viewer, enrolment):
    allowed = {name: client_for(contributor).get(url(name, enrolment)).status_code for name in CHANGES}
    assert allowed == {name: 200 if name == "move_to_stage" else 403 for name in CHANGES}
    page = client_for(viewer).get(url("travel", enrolment)).content.decode()
    assert "Renewed…" not in page
    assert "Move on" not in page


@pytest.mark.parametrize("given", [{"on": "soon"}, {"on": "9999-12-31"}, {"on": "2026-02-30"}, {"on": "\0"}])
@pytest.mark.parametrize("name", CHANGES)
def test_odd_days_are_refused_beside_their_field(client_for, editor, enrolment, name, given):
    answer = client_for(editor).get(url(name, enrolment), {"stage": "no-such", **given})
    assert answer.status_code == 422
    assert answer.context["form"].errors


def test_a_new_version_keeps_what_was_done_and_a_stage_that_is_gone_becomes_the_one_before(owner, enrolment, client_for, editor):
    journey, order = enrolment.journey, stages(enrolment)
    enrolment.move_to_stage(order[2], START, by=owner, at=NOW)
    done = ScheduledTouchpoint.objects.of(enrolment).in_order().first()
    done.finish(done.due_on, by=owner, at=NOW)
    Stage.objects.get(pk=order[2]).remove(by=owner, at=NOW)
    kept = Touchpoint.objects.filter(journey=journey).first()
    Touchpoint.catch(journey, "A word of thanks", kept.stage, kept.lane, kept.slot, by=owner, at=NOW)
    second = publish(journey, "", by=owner, at=NOW)
    client = client_for(editor)
    shown = client.get(url("move_over", enrolment))
    assert {line.what for line in shown.context["difference"].lines} >= {"new", "no longer"}
    assert client.post(url("move_over", enrolment), hidden(shown)).status_code == 302
    enrolment.refresh_from_db()
    assert enrolment.version == second
    assert str(enrolment.stage_id) == order[1]
    rows = ScheduledTouchpoint.objects.of(enrolment)
    assert rows.get(pk=done.pk).state == "done"
    gone = set(enrolment.version.document["touchpoints"])
    assert {str(row.spot) for row in rows.planned()} <= gone
    assert any(row.title == "A word of thanks" for row in rows.planned().with_names())
