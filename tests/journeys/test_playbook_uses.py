"""From a playbook to the cards it delivers, and from a card to its playbook."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from journeys.models import Lane, Stage, Touchpoint
from journeys.names import take_in
from playbooks.models import Playbook
from playbooks.ready_made import ready_made

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


@pytest.fixture
def card(journey, owner):
    stage, lane = (model.objects.filter(journey=journey).first() for model in (Stage, Lane))
    stage = stage or Stage.add(journey, "Start", by=owner, at=NOW)
    return Touchpoint.catch(journey, "Say hello", stage, lane, 0, by=owner, at=NOW)


def draft(client, card, title):
    return client.post(reverse("journeys:draft_playbook", args=["northwind", card.journey_id, card.pk]), {"title": title})


def test_a_playbook_is_made_and_chosen_from_the_panel(client_for, owner, card):
    client = client_for(owner)
    assert draft(client, card, "Hello there").json()["said"] == "Made Hello there for Say hello"
    card.refresh_from_db()
    made = Playbook.objects.get()
    assert card.playbook == made
    panel = client.get(reverse("journeys:touchpoint", args=["northwind", card.journey_id, card.pk])).content.decode()
    assert f'href="{reverse("playbooks:playbook", args=["northwind", made.pk])}"' in panel
    assert "New playbook for it" in panel
    assert draft(client, card, "HELLO THERE").json()["said"] == "Chose Hello there for Say hello"
    assert draft(client, card, "\0").status_code == 422
    assert Playbook.objects.count() == 1


def test_a_playbook_shows_where_it_is_used_a_page_at_a_time(client_for, owner, viewer, card, stranger):
    playbook = Playbook.objects.draft(owner.workspace, "Hello", at=NOW)
    url = reverse("journeys:playbook_uses", args=["northwind", playbook.pk])
    client = client_for(viewer)
    assert "No card of a map names it yet" in client.get(url).content.decode()
    for number in range(21):
        one = Touchpoint.catch(card.journey, f"Card {number}", card.stage, card.lane, number + 1, by=owner, at=NOW)
        one.edit({"playbook_id": playbook.pk}, by=owner, at=NOW)
    first = client.get(url).content.decode()
    assert f"{reverse('journeys:canvas', args=['northwind', card.journey_id])}#card-" in first
    assert ("Card 0<" in first, "Card 20<" in first, "Page 1 of 2" in first) == (True, False, True)
    assert "Card 20<" in client.get(url + "?page=2").content.decode()
    assert client_for(stranger).get(url).status_code == 404


def test_what_comes_in_by_a_template_brings_its_playbooks_with_their_text(owner):
    roles, books = take_in(owner.workspace.pk, ["Account executive", "Dancer"], ["Sales handoff", "Our own way"], at=NOW)
    told = Playbook.objects.get(pk=books["sales handoff"])
    assert told.summary == ready_made("Sales handoff")["summary"]
    assert told.body["steps"][0]["role_id"] == roles["account executive"]
    assert Playbook.objects.for_a_list().get(pk=books["our own way"]).is_empty
    before = Playbook.objects.get(pk=told.pk).changed_at
    take_in(owner.workspace.pk, ["New"], ["SALES HANDOFF"], at=datetime(2027, 1, 1, tzinfo=UTC))
    assert Playbook.objects.get(pk=told.pk).changed_at == before
