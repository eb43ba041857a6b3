"""Who draws, and a card to draw on."""

from __future__ import annotations

import pytest
from django.utils import timezone

from journeys.models import Touchpoint


@pytest.fixture
def who(owner):
    return {"by": owner, "at": timezone.now()}


@pytest.fixture
def card(journey, who):
    stage = journey.add_stage("Start", **who)
    lane = journey.add_lane("Team", **who)
    return Touchpoint.catch(journey, "Kickoff", stage, lane, 0, **who)
