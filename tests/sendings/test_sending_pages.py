"""The log of automated messages, the week ahead, the switch, and the pause on a customer's page."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.sendings.conftest import playbook, to_send
from touchpoints.models import Automation, ScheduledTouchpoint, Sending, SendingPause
from touchpoints.sending import prepare_letters

pytestmark = pytest.mark.django_db


def address(name, workspace, *args):
    return reverse(f"touchpoints:{name}", args=[workspace.slug, *args])


def page(client, workspace, **query):
    answer = client.get(address("sendings", workspace), query)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


@pytest.fixture
def row(owner):
    """Due today."""
    return due_today(owner)


def due_today(owner, **more):
    today = owner.workspace.today(timezone.now())
    found = to_send(owner, start=today, **more)
    ScheduledTouchpoint.objects.filter(pk=found.pk).update(due_on=today)  # be it a day on which nobody works
    return found


def test_the_week_ahead_shows_the_letters_filled_in_and_what_would_be_held_and_sends_nothing(client_for, owner, editor, row):
    client = client_for(editor)
    shown = page(client, owner.workspace)
    assert "Off: nothing is sent by itself" in shown
    assert "here is what Contoso does first." in shown
    assert "priya@contoso.example" in shown
    assert "Switch on" not in shown
    SendingPause.objects.pause(row.customer, by=owner, at=timezone.now())
    assert "The customer is paused." in page(client, owner.workspace)
    ScheduledTouchpoint.objects.update(due_on=owner.workspace.today(timezone.now()) + timedelta(days=8))
    assert "Nothing is to be sent by itself in the next seven days." in page(client, owner.workspace)
    assert not Sending.objects.exists()


def test_an_admin_switches_it_on_pauses_it_and_switches_it_off(client_for, owner, editor):
    switch, workspace = address("switch_automation", owner.workspace), owner.workspace
    assert client_for(editor).post(switch, {"to": "on"}).status_code == 403
    client = client_for(owner)
    for to in ("on", "paused", "on", "off"):
        client.post(switch, {"to": to})
        assert str(Automation.objects.of(workspace)) == to
    assert client.post(switch, {"to": "nonsense"}).status_code == 404


def test_the_log_says_what_became_of_each_and_what_is_held_can_be_tried_again(client_for, owner, editor, contributor):
    today = owner.workspace.today(timezone.now())
    row = due_today(owner, by=playbook(owner, "Until {{ customer.renewal_on }}"))
    Automation.objects.of(owner.workspace).switch("on", by=owner, at=timezone.now())
    prepare_letters(owner.workspace, at=timezone.now())
    client = client_for(editor)
    for show in ("log", "held"):
        assert "Nobody has said yet: its renewal date." in page(client, owner.workspace, show=show)
    assert "None is sent." in page(client, owner.workspace, show="sent")
    found = Sending.objects.get(scheduled=row)
    again = address("try_sending_again", owner.workspace, found.pk)
    assert "It still cannot be sent." in client.post(again, follow=True).content.decode()
    row.customer.edit({"renewal_on": today + timedelta(days=300)}, by=owner, at=timezone.now())
    client.post(again)
    found.refresh_from_db()
    assert (found.state, found.because) == ("waiting", "")
    assert client_for(contributor).get(address("sendings", owner.workspace)).status_code == 403
    assert client_for(contributor).post(again).status_code == 403


def test_one_customer_is_paused_and_resumed_on_its_page(client_for, owner, contributor, viewer, row):
    workspace, customer = owner.workspace, row.customer_id
    shown = client_for(viewer).get(reverse("customers:customer", args=[workspace.slug, customer])).content.decode()
    assert address("customer_sendings", workspace, customer) in shown
    client = client_for(contributor)
    client.post(address("pause_sendings", workspace, customer))
    assert "by Carl" in client.get(address("customer_sendings", workspace, customer)).content.decode()
    assert client_for(viewer).post(address("resume_sendings", workspace, customer)).status_code == 403
    client.post(address("resume_sendings", workspace, customer))
    assert "Pause automated messages" in client.get(address("customer_sendings", workspace, customer)).content.decode()


def test_the_week_ahead_and_the_log_take_few_queries_however_many(client_for, owner, row, django_assert_max_num_queries):
    first = ScheduledTouchpoint.objects.get(pk=row.pk)
    values = {field.attname: getattr(first, field.attname) for field in ScheduledTouchpoint._meta.concrete_fields[1:]}
    ScheduledTouchpoint.objects.bulk_create(ScheduledTouchpoint(**values | {"occurrence": n}) for n in range(1, 60))
    client = client_for(owner)
    client.get(address("sendings", owner.workspace))
    with django_assert_max_num_queries(14):
        assert "Page 1 of 3" in page(client, owner.workspace)
    prepare_letters(owner.workspace, at=timezone.now())
    with django_assert_max_num_queries(8):
        assert "Page 2 of 2" in page(client, owner.workspace, show="log", page=2)
