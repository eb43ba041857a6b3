"""Lanes: one by one, or one for every role at once."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from accounts.models.workspace import STANDARD_ROLES
from journeys.layout import lay_out
from journeys.models import Change, Lane
from journeys.models.element import ActRefused
from journeys.reading import read_document


def names(journey):
    document = read_document(journey)
    return [document["lanes"][id]["name"] for id in lay_out(document).lanes]


def test_every_role_gets_a_lane_between_customer_and_outside_as_one_act_and_one_undo(journey, owner):
    who = {"by": owner, "at": timezone.now()}
    support = Role.objects.get(workspace=owner.workspace, name="Support")
    journey.add_lane("", role=support, **who)
    count = Change.objects.of(journey).count()
    journey.add_lanes(Role.objects.visible_to(owner).as_made(), **who)
    others = [name for name in STANDARD_ROLES if name != "Support"]
    assert names(journey) == ["Customer", "Support", *others, "Outside"]
    assert Change.objects.of(journey).count() == count + 1
    journey.undo(**who)
    assert names(journey) == ["Customer", "Support", "Outside"]


def test_where_every_role_has_a_lane_the_act_is_refused(journey, owner):
    who = {"by": owner, "at": timezone.now()}
    journey.add_lanes(Role.objects.visible_to(owner).as_made(), **who)
    with pytest.raises(ActRefused, match="Every role has a lane already"):
        journey.add_lanes(Role.objects.visible_to(owner).as_made(), **who)


def test_the_door_says_how_many_and_is_for_editors(client_for, journey, owner, viewer, stranger):
    path = reverse("journeys:add_lanes", args=[owner.workspace.slug, journey.pk])
    assert client_for(viewer).post(path).status_code == 403
    assert client_for(stranger).post(path).status_code == 404
    assert client_for(owner).post(path).json()["said"] == f"Added {len(STANDARD_ROLES)} lanes"
    answer = client_for(owner).post(path)
    assert (answer.status_code, answer.json()["message"]) == (422, "Every role has a lane already.")
    assert Lane.objects.filter(journey=journey, kind="role").count() == len(STANDARD_ROLES)
