"""A message of a playbook as a real customer would read it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from accounts.ids import id_text
from customers.models import Contact, Customer
from playbooks.models import Playbook

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
LETTER = id_text()


@pytest.fixture
def preview(client_for, owner, viewer):
    text = (
        "Dear {{ contact.name }}, {{ customer.name }} renews on {{ customer.renewal_on }}. {{ custmer.owner }} {{ member.name }}"
    )
    message = {"id": LETTER, "name": "Hello", "channel": "email", "subject": "For {{ customer.segment }}", "text": text}
    playbook = Playbook.objects.draft(owner.workspace, "Kick-off", at=NOW, body={"messages": [message]})

    def get(by=viewer, **asked):
        url = reverse("customers:message_preview", args=["northwind"])
        return client_for(by).get(url, {"playbook": playbook.pk, "message": LETTER, **asked})

    return get


@pytest.fixture
def customers(journey, owner):
    acme = Customer.objects.add(owner.workspace, "Acme <b>", journey.segment, by=owner, at=NOW, renewal_on=date(2027, 3, 5))
    zeta = Customer.objects.add(owner.workspace, "Zeta", journey.segment, by=owner, at=NOW)
    Contact.objects.create(customer=acme, name="Ada", made_at=NOW)
    return acme, zeta


def test_it_is_filled_in_for_the_first_customer_or_the_chosen_one(preview, customers):
    first = preview().content.decode()
    assert "Dear Ada, Acme &lt;b&gt; renews on 5 March 2027." in first
    assert "For Enterprise" in first
    assert "did you mean customer.owner?" in first
    assert "Vera" in first
    other = preview(customer=customers[1].pk).content.decode()
    assert "Dear {{ contact.name }}, Zeta renews on {{ customer.renewal_on }}." in other
    assert "Nobody has said yet: its renewal date." in other


def test_customers_are_searched(preview, customers):
    found = preview(q="zet").content.decode()
    assert "Zeta" in found
    assert "Acme" not in found
    assert "No customer is called that." in preview(q="nobody").content.decode()
    assert preview(q="\0" + "x" * 10_000).status_code == 200


def test_without_customers_it_says_so(preview):
    assert "No customers yet." in preview().content.decode()


def test_what_is_not_there_is_not_there(preview, customers, stranger):
    for asked in ({"message": id_text()}, {"message": "7"}, {"playbook": "\0"}, {"customer": id_text()}, {"customer": "x"}):
        assert preview(**asked).status_code == 404
    assert preview(by=stranger).status_code == 404
