"""Putting those that the list of customers shows on a journey."""

from __future__ import annotations

import re
import uuid

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, Enrolment
from journeys.models import Segment
from tests.touchpoints.sheets import NOW, START, customer, published
from touchpoints.enrolling import enrol_next
from touchpoints.models import PlanningJob
from touchpoints.models.planning_job import BATCH
from touchpoints.tasks import enrol

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def version(owner):
    return published("gitlab-onboarding", owner)[1]


@pytest.fixture
def segment(version):
    return version.journey.segment


def test_the_list_leads_with_its_filter_to_enrolling_just_those(owner, client_for, version, segment):
    wanted = [customer(owner, segment, f"Contoso {n}", health=1).pk for n in range(2)]
    customer(owner, segment, "Contoso happy", health=3)
    customer(owner, Segment.objects.make(owner.workspace, "Else", at=NOW), "Contoso else", health=1)
    client = client_for(owner)
    listed = reverse("customers:customers", args=[owner.workspace.slug])
    page = client.get(listed, {"q": "contoso", "segment": segment.pk, "health": "1", "sort": "-name"}).content.decode()
    address = re.search(r'href="([^"]*/enrol/list/[^"]*)"', page)[1].replace("&amp;", "&")

    asked = client.get(address).content.decode()
    assert "Put 2 customers on a journey" in asked
    for words in ("contoso", "gitlab-onboarding", "At risk"):
        assert f"<strong>{words}</strong>" in asked
    bar = client.post(address, {"journey": version.journey_id, "started_on": START.isoformat()})["Location"]
    job = PlanningJob.objects.get()
    assert bar.endswith(f"/{job.pk}/")
    assert (job.customers, job.total) == (sorted(wanted), 2)
    enrol(str(job.pk))
    assert set(Enrolment.objects.values_list("customer_id", flat=True)) == set(wanted)
    assert set(Enrolment.objects.values_list("started_on", flat=True)) == {START}


def test_a_list_of_nobody_says_so_and_a_wrong_day_keeps_what_was_typed(owner, client_for, version, segment):
    client, address = client_for(owner), reverse("touchpoints:enrol_list", args=[owner.workspace.slug])
    form = {"journey": version.journey_id, "started_on": START.isoformat()}
    assert "No customer is like that." in client.get(address, {"q": "nobody"}).content.decode()
    refused = client.post(f"{address}?q=nobody", form)
    assert refused.status_code == 422
    assert "No customer is like that any longer." in refused.content.decode()
    customer(owner, segment)
    refused = client.post(address, form | {"started_on": "9999-01-01"})
    assert refused.status_code == 422
    assert 'value="9999-01-01"' in refused.content.decode()
    assert "All customers: the list is not filtered." in refused.content.decode()
    assert PlanningJob.objects.count() == 0


def test_a_filter_by_what_is_not_there_enrols_nobody_instead_of_everybody(owner, client_for, version, segment):
    customer(owner, segment)
    client, address = client_for(owner), reverse("touchpoints:enrol_list", args=[owner.workspace.slug])
    for odd in (f"owner={uuid.uuid4()}", "health=9", "stage=Nowhere", "since=soon", "segment=%00"):
        assert "not there any longer" in client.get(f"{address}?{odd}").content.decode(), odd
        sent = client.post(f"{address}?{odd}", {"journey": version.journey_id, "started_on": START.isoformat()})
        assert sent.status_code == 422, odd
    assert PlanningJob.objects.count() == 0


def test_only_editors_are_offered_it(viewer, contributor, owner, client_for, version, segment):
    customer(owner, segment)
    listed, enrolling = (reverse(name, args=[owner.workspace.slug]) for name in ("customers:customers", "touchpoints:enrol_list"))
    for member in (viewer, contributor):
        assert "enrol/list" not in client_for(member).get(listed).content.decode()
        assert client_for(member).get(enrolling).status_code in (403, 404)


def test_what_a_customer_of_another_workspace_is_called_finds_nobody(owner, stranger, version):
    theirs = customer(stranger, Segment.objects.make(stranger.workspace, "Theirs", at=NOW))
    found = Customer.objects.visible_to(owner).filter(pk=theirs.pk)
    assert PlanningJob.objects.ask_to_enrol_found(found, version, START, by=owner, at=NOW) is None


def test_with_many_customers_a_batch_reads_its_own_and_leaves_the_others_where_they_lie(owner, version, segment):
    """The ids of a large job lie outside its row (TOAST). A batch must not write them again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_customer (id, workspace_id, segment_id, name, external_id, notes, made_at, changed_at)"
            " SELECT uuidv7(), %s, %s, 'Customer ' || n, '', '', now(), now() FROM generate_series(1, 5000) AS n",
            [segment.workspace_id, segment.pk],
        )
    found = Customer.objects.in_segment(segment)
    job = PlanningJob.objects.ask_to_enrol_found(found, version, START, by=owner, at=timezone.now())
    assert job.total == 5000
    before = toasted()
    assert before > 0
    claimed = PlanningJob.objects.claim(job.pk, at=timezone.now())
    assert "customers" in claimed.get_deferred_fields()
    assert enrol_next(claimed, at=timezone.now())
    assert enrol_next(claimed, at=timezone.now())
    assert Enrolment.objects.count() == 2 * BATCH
    assert toasted() == before


def toasted() -> int:
    """How many pieces lie outside the rows of the jobs, those of dead rows too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltoastrelid::regclass::text FROM pg_class WHERE relname = 'touchpoints_planningjob'")
        table = cursor.fetchone()[0]
        cursor.execute("SELECT pg_relation_size(%s::regclass)", [table])
        return int(cursor.fetchone()[0])
