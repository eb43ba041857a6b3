"""A book of business goes to a colleague: from a day on, all at once or by a worker, told of each customer."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.handing_over import concerned, hand_next
from customers.models import Activity, Assignment, Customer, Handover
from customers.models.handover import BATCH, LEASE
from customers.tasks import hand_over, sweep_handovers
from journeys.models import Segment
from tests.journeys.test_import_page import start_worker
from tests.touchpoints.sheets import START, customer, enrolled, published
from touchpoints.models import ScheduledTouchpoint

pytestmark = pytest.mark.django_db(transaction=True)
FIRST = date(2026, 1, 1)
DAY = START + timedelta(14)


@pytest.fixture
def segment(workspace):
    return Segment.objects.make(workspace, "Enterprise", at=timezone.now())


@pytest.fixture
def csm(workspace):
    return workspace.roles.get(name="Customer success manager")


@pytest.fixture
def support(workspace):
    return workspace.roles.get(name="Support")


def fill(found, role, member, by, from_on=FIRST):
    found.assign(role, member, from_on=from_on, by=by, at=timezone.now())


def who(found, role):
    rows = Assignment.objects.of(found).in_order().filter(role=role)
    return [(row.from_on, str(row.member) if row.member else None) for row in rows]


def handed(customers, giver, taker, by, **what):
    job = Handover.objects.ask(customers, giver, taker, DAY, by=by, at=timezone.now(), **what)
    hand_over(str(job.pk))
    job.refresh_from_db()
    return job


def address(member, name="hand_over", *more):
    return reverse(f"customers:{name}", args=[member.workspace.slug, *more])


def test_all_that_one_fills_is_anothers_from_the_day_on_and_what_is_planned_follows(owner, editor, contributor, csm):
    _, version = published("gitlab-onboarding", owner)
    enrolment = enrolled(version, owner, owner=editor)
    fill(enrolment.customer, csm, editor, owner)
    job = handed([enrolment.customer_id], editor, contributor, owner)
    assert (job.state, job.seen, job.roles_given, job.owned_given) == ("done", 1, 1, 1)
    assert who(enrolment.customer, csm) == [(FIRST, "Edda"), (DAY, "Carl")]
    rows = ScheduledTouchpoint.objects.of(enrolment).filter(role=csm)
    assert {row.member_id for row in rows if row.due_on < DAY} == {editor.pk}
    assert {row.member_id for row in rows if row.due_on >= DAY} == {contributor.pk}
    enrolment.customer.refresh_from_db()
    assert enrolment.customer.owner == contributor
    told = Activity.objects.of(enrolment.customer).latest_first()[0].text
    assert told == "handed over from Edda to Carl: Customer success manager from 14 December 2026; being the owner"


def test_what_is_to_come_goes_along_and_what_is_others_stays(owner, editor, contributor, segment, csm, support):
    later = DAY + timedelta(30)
    past, coming, others = (customer(owner, segment, name) for name in ("Past", "Coming", "Others"))
    fill(past, csm, editor, owner)
    fill(past, csm, owner, owner, DAY - timedelta(1))  # taken over already
    fill(coming, csm, owner, owner)
    fill(coming, csm, editor, owner, later)
    fill(others, csm, owner, owner)
    fill(others, support, editor, owner)
    customers, roles, owned = concerned(editor, DAY, role=csm, with_roles=True, with_owner=True)
    assert (customers, roles, owned) == ([coming.pk], 1, 0)
    # A job that lists more than what is the giver's by now hands over only that.
    handed([past.pk, coming.pk, others.pk], editor, contributor, owner, role=csm)
    assert who(past, csm)[-1] == (DAY - timedelta(1), "Olga")
    assert who(coming, csm) == [(FIRST, "Olga"), (later, "Carl")]
    assert who(others, support) == [(FIRST, "Edda")]
    assert Activity.objects.of(others).count() == 3


def test_one_sees_what_it_would_be_before_it_is_and_few_are_done_at_once(client_for, owner, editor, contributor, segment, csm):
    found = [customer(owner, segment, f"Customer {n}", owner=editor) for n in range(3)]
    fill(found[0], csm, editor, owner)
    client = client_for(owner)
    asked = {"giver": editor.pk, "taker": contributor.pk, "from_on": "2026-12-14", "role": "all", "with_owner": "on"}
    text = client.get(address(owner), asked).content.decode()
    for words in ("It is about 3 customers", "1 role from Monday, 14 December 2026 on", "3 of the customers change their owner"):
        assert words in text, words
    assert Handover.objects.count() == 0
    page = client.post(address(owner), asked)["Location"]
    text = client.get(page).content.decode()
    assert "<strong>Done.</strong> 3 of 3 customers" in text
    assert "hx-trigger" not in text.split('id="handover"')[1].split(">")[0]
    assert {row.owner for row in Customer.objects.all()} == {contributor}
    assert "has nothing of that kind" in client.get(address(owner), asked).content.decode()


def test_what_makes_no_sense_is_told_at_its_field(client_for, owner, editor):
    client = client_for(owner)
    asked = {"giver": editor.pk, "taker": editor.pk, "from_on": "9999-12-31", "role": "none"}
    answer = client.post(address(owner), asked)
    text = answer.content.decode()
    assert answer.status_code == 422
    for words in ("That is the same person", "Within 10 years", "Then nothing is left to hand over"):
        assert words in text, words
    odd = {"giver": "\0", "taker": "x", "from_on": "9" * 50, "role": "\0", "page": "\0"}
    assert client.get(address(owner), odd).status_code == 422


def test_who_has_left_can_still_be_relieved_of_what_they_had(client_for, owner, editor, segment, csm):
    found = customer(owner, segment, owner=editor)
    fill(found, csm, editor, owner)
    editor.remove(by=owner, at=timezone.now())
    client = client_for(owner)
    page = client.get(address(owner, "customer", found.pk)).content.decode()
    assert page.count("was Edda (left)") == 2
    assert "Edda (left)" in client.get(address(owner, "customers")).content.decode()
    form = client.get(address(owner)).content.decode()
    assert "Edda (left)</option>" in form.split('name="taker"')[0]
    assert "Edda (left)" not in form.split('name="taker"')[1]
    handed([found.pk], editor, owner, owner)
    assert who(found, csm)[-1] == (DAY, "Olga")


def test_only_editors_hand_over_and_only_their_own(client_for, contributor, stranger, owner, editor, segment):
    job = handed([customer(owner, segment).pk], owner, editor, owner)
    assert client_for(contributor).get(address(contributor)).status_code == 403
    assert client_for(stranger).get(address(stranger, "handover", job.pk)).status_code == 404


def test_thousands_are_handed_over_though_the_worker_is_killed_in_the_middle(
    client_for, owner, editor, contributor, segment, csm
):
    now = timezone.now()
    rows = [
        Customer(
            workspace_id=segment.workspace_id, segment=segment, name=f"Customer {n}", owner=editor, made_at=now, changed_at=now
        )
        for n in range(4000)
    ]
    Customer.objects.bulk_create(rows)
    Assignment.objects.bulk_create(
        Assignment(customer=row, role=csm, member=editor, from_on=FIRST, by=owner, at=now) for row in rows
    )
    client = client_for(owner)
    asked = {"giver": editor.pk, "taker": contributor.pk, "from_on": "2026-12-14", "role": csm.pk, "with_owner": "on"}
    first = start_worker()
    try:
        page = client.post(address(owner), asked)["Location"]
        pk = Handover.objects.get().pk
        until(pk, lambda job: job.seen >= BATCH)
    finally:
        first.kill()
        first.wait()
    half = Handover.objects.get()
    assert half.state == "running"
    assert '<progress max="4000"' in client.get(page, headers={"HX-Request": "true"}).content.decode()
    assert Customer.objects.filter(owner=contributor).count() == half.seen == half.owned_given == half.roles_given
    # Nobody takes it from a worker that is at it; from a dead one the next does.
    sweep_handovers()
    assert Handover.objects.claim(pk, at=timezone.now()) is None
    Handover.objects.update(heard_at=timezone.now() - LEASE - timedelta(seconds=1))
    mine = Handover.objects.claim(pk, at=timezone.now())
    while hand_next(mine, at=timezone.now()):
        pass
    done = until(pk, lambda job: job.state == "done")
    assert (done.seen, done.roles_given, done.owned_given) == (4000, 4000, 4000)
    assert Assignment.objects.filter(from_on=DAY, member=contributor).count() == 4000
    assert Activity.objects.filter(text__startswith="handed over from Edda to Carl").count() == 4000


def until(pk, true, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true(found := Handover.objects.get(pk=pk)):
            return found
        time.sleep(0.02)
    raise AssertionError(f"it is still {found.state}, {found.seen} of {found.total}")
