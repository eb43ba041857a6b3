"""The list of customers, and the page of one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Activity, Assignment, Customer
from journeys.models import Segment
from tests.touchpoints.sheets import START, enrolled, published
from touchpoints.models import ScheduledTouchpoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def segment(workspace):
    return Segment.objects.make(workspace, "Enterprise", at=timezone.now())


@pytest.fixture
def add(owner, segment):
    return lambda name, **fields: Customer.objects.add(owner.workspace, name, segment, by=owner, at=timezone.now(), **fields)


def address(member, name, *more):
    return reverse(f"customers:{name}", args=[member.workspace.slug, *more])


def names(client, member, **wanted):
    text = client.get(address(member, "customers"), wanted).content.decode()
    return [name for name in ("Contoso", "Fabrikam", "Litware") if f">{name}</a>" in text]


def test_a_list_shows_what_its_filters_name(client_for, owner, editor, add, segment):
    today = timezone.localdate()
    add("Contoso", owner=editor, health=1, renewal_on=today + timedelta(20), external_id="C-1")
    add("Fabrikam", health=3, renewal_on=today - timedelta(1))
    add("Litware", renewal_on=today + timedelta(70))
    client = client_for(owner)
    assert names(client, owner) == ["Contoso", "Fabrikam", "Litware"]
    assert names(client, owner, q="toso") == ["Contoso"]
    assert names(client, owner, q="C-1") == ["Contoso"]
    assert names(client, owner, health=3) == ["Fabrikam"]
    assert names(client, owner, owner=editor.pk) == ["Contoso"]
    assert names(client, owner, owner="nobody") == ["Fabrikam", "Litware"]
    assert names(client, owner, renewal="30") == ["Contoso"]
    assert names(client, owner, renewal="90") == ["Contoso", "Litware"]
    assert names(client, owner, renewal="overdue") == ["Fabrikam"]
    assert names(client, owner, segment=segment.pk) == ["Contoso", "Fabrikam", "Litware"]
    # What makes no sense filters nothing, and breaks nothing.
    nonsense = {"health": "x", "owner": "\0", "renewal": "999", "segment": "no", "sort": "?", "page": "-1", "q": "\0"}
    assert client.get(address(owner, "customers"), nonsense).status_code == 200


@pytest.mark.parametrize(
    ("sort", "first"), [("name", "Contoso"), ("renewal", "Litware"), ("health", "Fabrikam"), ("value", "Contoso")]
)
def test_a_list_is_in_the_order_one_asks_for_and_who_has_none_comes_last(client_for, owner, add, sort, first):
    add("Contoso", value=900, renewal_on=date(2028, 1, 1), health=3)
    add("Fabrikam", health=1)
    add("Litware", value=5, renewal_on=date(2027, 1, 1))
    text = client_for(owner).get(address(owner, "customers"), {"sort": sort}).content.decode()
    places = {name: text.index(f">{name}</a>") for name in ("Contoso", "Fabrikam", "Litware")}
    assert min(places, key=places.__getitem__) == first


def test_a_customer_is_added_changed_and_each_change_told(client_for, editor, segment, owner):
    client = client_for(editor)
    form = {"name": "Contoso", "segment": segment.pk, "external_id": "C-1", "renewal_on": "2027-06-30", "value": "1200.50"}
    page = client.post(address(editor, "new_customer"), form)["Location"]
    found = Customer.objects.get()
    assert (found.name, str(found.value), found.renewal_on) == ("Contoso", "1200.50", date(2027, 6, 30))
    changed = form | {"health": "1", "owner": owner.pk, "notes": "Likes to be called"}
    assert client.post(address(editor, "edit_customer", found.pk), changed).status_code == 302
    text = client.get(page).content.decode()
    for words in ("At risk", "Likes to be called", "30 June 2027", "added Contoso", "changed owner, health, notes"):
        assert words in text, words
    client.post(address(editor, "edit_customer", found.pk), changed)
    assert Activity.objects.of(found).count() == 2


def test_an_id_that_is_taken_is_told_at_its_field_and_nothing_typed_is_lost(client_for, editor, add, segment):
    add("Contoso", external_id="C-1")
    answer = client_for(editor).post(
        address(editor, "new_customer"), {"name": "Typed", "segment": segment.pk, "external_id": "C-1", "value": "-3"}
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Contoso has this id already" in text
    assert 'value="Typed"' in text
    assert "greater than or equal to 0" in text


def test_a_viewer_reads_and_changes_nothing(client_for, viewer, add):
    found = add("Contoso")
    client = client_for(viewer)
    text = client.get(address(viewer, "customer", found.pk)).content.decode()
    assert "Assign" not in text
    assert "Enrol" not in text
    assert client.post(address(viewer, "assign", found.pk)).status_code == 403


def test_who_fills_a_role_gets_what_is_due_from_the_day_on(client_for, owner, editor):
    _, version = published("gitlab-onboarding", owner)
    enrolment = enrolled(version, owner)
    role = owner.workspace.roles.get(name="Customer success manager")
    client, where = client_for(owner), address(owner, "assign", enrolment.customer_id)
    client.post(where, {"role": role.pk, "member": owner.pk, "from_on": "2026-01-01"})
    handover = START + timedelta(14)
    client.post(where, {"role": role.pk, "member": editor.pk, "from_on": handover.isoformat()})
    rows = ScheduledTouchpoint.objects.of(enrolment).filter(role=role)
    assert rows.count() > 8
    assert {row.member_id for row in rows if row.due_on < handover} == {owner.pk}
    assert {row.member_id for row in rows if row.due_on >= handover} == {editor.pk}
    assert Assignment.objects.of(enrolment.customer).count() == 2
    assert client.post(where, {"role": "x", "from_on": "soon"}).status_code == 422
    text = client.get(address(owner, "customer", enrolment.customer_id)).content.decode()
    assert "gitlab-onboarding, version 1" in text
    assert "in Pre-sales" in text
