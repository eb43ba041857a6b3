"""Rules: whoever is in a segment, or comes to it, goes on a journey by itself."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError
from django.urls import reverse

from customers.models import Customer, Enrolment
from journeys.models import Segment
from journeys.publishing import publish
from tests.conftest import join
from tests.journeys.test_import_page import start_worker
from tests.test_odd_input import ODD
from tests.touchpoints.sheets import NOW, START, customer, published
from touchpoints.enrolling import begin, follow
from touchpoints.models import EnrolmentRule, PlanningJob, ScheduledTouchpoint
from touchpoints.models.planning_job import BATCH
from touchpoints.tasks import enrol, follow_rules

pytestmark = pytest.mark.django_db(transaction=True)

TODAY = date(2026, 11, 25)
STARTS = EnrolmentRule.Starts


@pytest.fixture
def version(owner):
    return published("gitlab-onboarding", owner)[1]


@pytest.fixture
def segment(version):
    return version.journey.segment


def rule_for(version, by, starts=STARTS.ADDED, **more):
    return EnrolmentRule.objects.make(version.journey.segment, version.journey, starts, by=by, at=NOW, **more)


def waiting(at: datetime = NOW):
    return list(EnrolmentRule.objects.with_somebody_to_enrol(at=at))


def enrolled_by(rule, member):
    return EnrolmentRule.objects.visible_to(member).with_names().get(pk=rule.pk).enrolled


def people(segment, count):
    rows = [
        Customer(workspace_id=segment.workspace_id, segment=segment, name=f"Customer {n}", made_at=NOW, changed_at=NOW)
        for n in range(count)
    ]
    Customer.objects.bulk_create(rows)


def test_who_is_in_the_segment_is_enrolled_at_once_and_who_comes_later_without_anybody_doing_it(owner, version, segment):
    first = customer(owner, segment)
    rule = rule_for(version, owner)
    job = begin(rule, by=owner, at=NOW)
    enrol(str(job.pk))
    assert Enrolment.objects.get(customer=first).started_on == TODAY
    assert waiting() == []

    later, tomorrow = customer(owner, segment, "Later"), NOW + timedelta(days=1)
    customer(owner, Segment.objects.make(owner.workspace, "Elsewhere", at=NOW), "Not meant")
    assert waiting() == [rule]
    assert follow(rule.pk, at=tomorrow) is None
    assert follow(rule.pk, at=tomorrow) is None
    found = Enrolment.objects.get(customer=later)
    assert found.started_on == TODAY + timedelta(days=1)
    assert ScheduledTouchpoint.objects.filter(enrolment=found).exists()
    assert Enrolment.objects.count() == enrolled_by(rule, owner) == 2
    assert waiting() == []


def test_a_worker_finds_who_came_by_the_form(owner, client_for, version, segment):
    rule = rule_for(version, owner)
    client_for(owner).post(
        reverse("customers:new_customer", args=[owner.workspace.slug]), {"name": "By the form", "segment": segment.pk}
    )
    worker = start_worker()
    try:
        follow_rules.delay()
        deadline = time.monotonic() + 60
        while not enrolled_by(rule, owner) and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        worker.kill()
        worker.wait()
    assert Enrolment.objects.get().customer.name == "By the form"


def test_they_go_on_the_version_that_is_newest_when_they_come(owner, version, segment):
    rule = rule_for(version, owner)
    version.journey.add_stage("Another", by=owner, at=NOW)
    newest = publish(version.journey, "", by=owner, at=NOW)
    found = customer(owner, segment)
    follow(rule.pk, at=NOW)
    assert Enrolment.objects.get(customer=found).version == newest


def test_who_left_the_journey_is_not_put_on_it_again(owner, version, segment):
    found = customer(owner, segment)
    Enrolment.objects.enrol(found, version, START, by=owner, at=NOW).leave(START, "not now", by=owner, at=NOW)
    rule = rule_for(version, owner)
    assert waiting() == []
    assert begin(rule, by=owner, at=NOW) is None
    assert PlanningJob.objects.count() == 0


def test_who_goes_to_another_segment_is_enrolled_by_its_rule_and_stays_on_the_first_journey(owner, version, segment):
    _, other = published("saas-lifecycle", owner)
    rules = [rule_for(version, owner), rule_for(other, owner)]
    found = customer(owner, segment)
    follow(rules[0].pk, at=NOW)
    found.edit({"segment_id": other.journey.segment_id}, by=owner, at=NOW)
    assert waiting() == [rules[1]]
    follow(rules[1].pk, at=NOW)
    assert {one.journey_id for one in Enrolment.objects.of(found).active()} == {version.journey_id, other.journey_id}


def test_each_begins_so_many_days_before_it_renews_and_never_in_the_past(owner, version, segment):
    days = {"far": date(2027, 6, 1), "near": TODAY + timedelta(days=5), "past": TODAY - timedelta(days=2), "unknown": None}
    found = {name: customer(owner, segment, name, renewal_on=day) for name, day in days.items()}
    rule = rule_for(version, owner, STARTS.RENEWAL, days_before=90)
    enrol(str(begin(rule, by=owner, at=NOW).pk))
    starts = {one.customer.name: one.started_on for one in Enrolment.objects.select_related("customer")}
    assert starts == {"far": date(2027, 3, 3), "near": TODAY}
    assert waiting() == []
    found["unknown"].edit({"renewal_on": date(2028, 1, 1)}, by=owner, at=NOW)
    assert waiting() == [rule]
    follow(rule.pk, at=NOW)
    assert Enrolment.objects.get(customer=found["unknown"]).started_on == date(2028, 1, 1) - timedelta(days=90)


def test_all_begin_on_the_fixed_day(owner, version, segment):
    customer(owner, segment)
    rule = rule_for(version, owner, STARTS.FIXED, on=START)
    enrol(str(begin(rule, by=owner, at=NOW).pk))
    customer(owner, segment, "Later")
    follow(rule.pk, at=NOW + timedelta(days=30))
    assert set(Enrolment.objects.values_list("started_on", flat=True)) == {START}


def test_many_who_come_at_once_get_a_job_and_while_it_is_under_way_no_second(owner, version, segment):
    rule = rule_for(version, owner)
    people(segment, BATCH + 1)
    job = follow(rule.pk, at=NOW)
    assert (job.total, Enrolment.objects.count()) == (BATCH + 1, 0)
    assert waiting() == []
    assert follow(rule.pk, at=NOW) is None
    assert begin(rule, by=owner, at=NOW) == job
    enrol(str(job.pk))
    assert enrolled_by(rule, owner) == Enrolment.objects.count() == BATCH + 1


def test_who_leaves_the_segment_before_its_turn_is_not_enrolled(owner, version, segment):
    found = customer(owner, segment)
    job = begin(rule_for(version, owner), by=owner, at=NOW)
    found.edit({"segment_id": Segment.objects.make(owner.workspace, "Else", at=NOW).pk}, by=owner, at=NOW)
    enrol(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.seen, job.enrolled) == ("done", 1, 0)


def test_a_rule_that_is_off_enrols_nobody_and_its_job_goes_with_it_and_back(owner, version, segment):
    customer(owner, segment)
    rule = rule_for(version, owner)
    job = begin(rule, by=owner, at=NOW)
    assert job.cancel(at=NOW)
    assert not EnrolmentRule.objects.get().is_on, "else it would begin again within a minute"
    assert follow(rule.pk, at=NOW) is begin(rule, by=owner, at=NOW) is None
    assert waiting() == []
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert job.resume(at=NOW)
    assert EnrolmentRule.objects.get().is_on
    rule.switch_off(at=NOW)
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert not job.cancel(at=NOW)
    rule.remove(at=NOW)
    assert not PlanningJob.objects.get().resume(at=NOW)
    assert Enrolment.objects.count() == 0
    rule_for(version, owner)  # another may be made in its place


def test_there_is_one_rule_for_a_segment_and_a_journey(owner, version):
    rule_for(version, owner)
    with pytest.raises(IntegrityError, match="enrolment_rule_once"):
        rule_for(version, owner)


def test_a_rule_is_looked_at_made_switched_and_removed_on_its_screen(owner, client_for, version, segment):
    gone = customer(owner, segment, "Gone")
    Enrolment.objects.enrol(gone, version, START, by=owner, at=NOW).leave(START, "", by=owner, at=NOW)
    customer(owner, segment, "Waits")
    customer(owner, segment, "Renews", renewal_on=date(2099, 1, 1))
    client, where = client_for(owner), [owner.workspace.slug]
    screen = reverse("touchpoints:enrolment_rules", args=where)
    form = {"segment": segment.pk, "journey": version.journey_id, "starts": "renewal", "days_before": "30", "starts_on": "junk"}
    looked = client.post(screen, form | {"look": "1"}).content.decode()
    assert "<strong>1 customer</strong> at once, each beginning 30 days before it renews" in looked
    assert "1 more waits for a renewal date" in looked
    assert "1 is or was on the journey already" in looked
    assert EnrolmentRule.objects.count() == 0

    bar = client.post(screen, form)["Location"]
    assert "by the rule for gitlab-onboarding, beginning 30 days before it renews" in client.get(bar).content.decode()
    again = client.post(screen, form)
    assert again.status_code == 422
    assert "There is a rule for these two already." in again.content.decode()

    rule = EnrolmentRule.objects.get()
    assert "30 days before it renews" in client.get(screen).content.decode()
    client.post(reverse("touchpoints:switch_off_rule", args=[*where, rule.pk]))
    assert "Switch on" in client.get(screen).content.decode()
    back = client.post(reverse("touchpoints:switch_on_rule", args=[*where, rule.pk]))["Location"]
    assert "/enrol/jobs/" in back
    removed = client.post(reverse("touchpoints:remove_rule", args=[*where, rule.pk]), follow=True).content.decode()
    assert "is no more" in removed
    assert client.post(reverse("touchpoints:switch_on_rule", args=[*where, rule.pk])).status_code == 404


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"starts": "fixed", "starts_on": ""}, "Which day?"),
        ({"starts": "fixed", "starts_on": "9999-01-01"}, "Within 10 years of today"),
        ({"starts": "renewal", "days_before": ""}, "How many days before?"),
        ({"starts": "renewal", "days_before": "-1"}, "greater than or equal to 0"),
        ({"starts": "renewal", "days_before": "9" * 30}, "less than or equal to 730"),
    ],
)
def test_when_they_begin_has_to_be_said(owner, client_for, version, segment, given, said):
    form = {"segment": segment.pk, "journey": version.journey_id, **given}
    answer = client_for(owner).post(reverse("touchpoints:enrolment_rules", args=[owner.workspace.slug]), form)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_odd_input_is_refused_at_its_field_and_nothing_falls_over(owner, client_for, version, segment):
    customer(owner, segment)
    client, when = client_for(owner), {"starts": "fixed", "starts_on": START.isoformat()}
    forms = (
        ("enrolment_rules", {"segment": segment.pk, "journey": version.journey_id, **when}),
        ("enrolment_rules", {"segment": segment.pk, "journey": version.journey_id, "starts": "renewal", "days_before": "30"}),
        ("enrol_list", {"journey": version.journey_id, "started_on": START.isoformat()}),
    )
    for name, form in forms:
        for field in form:
            for what, value in ODD.items():
                answer = client.post(reverse(f"touchpoints:{name}", args=[owner.workspace.slug]), form | {field: value})
                assert answer.status_code == 422, (name, field, what)
                assert "field__error" in answer.content.decode(), (name, field, what)


def test_rules_are_for_editors_of_the_workspace(owner, stranger, workspace, client_for, version):
    rule = rule_for(version, owner)
    screen = reverse("touchpoints:enrolment_rules", args=[workspace.slug])
    off = reverse("touchpoints:switch_off_rule", args=[workspace.slug, rule.pk])
    theirs = reverse("touchpoints:switch_off_rule", args=[stranger.workspace.slug, rule.pk])
    assert client_for(join(workspace, "Carl", "contributor")).post(off).status_code in (403, 404)
    assert client_for(stranger).get(screen).status_code == client_for(stranger).post(theirs).status_code == 404
    assert EnrolmentRule.objects.get().is_on
