"""What a program does through the API shows on every open page as what a person does."""

from __future__ import annotations

import pytest

from journeys.models import Lane, Touchpoint
from tests.api.conftest import ApiClient, token_of
from tests.live_editing.listener import step_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.alone]


def test_a_card_that_a_program_moves_moves_on_the_open_pages(listen, web, owner, editor, viewer, journey, now):
    stage, later = (journey.add_stage(name, by=owner, at=now) for name in ("Onboarding", "Adoption"))
    lane = Lane.objects.get(journey=journey, kind="customer")
    card = Touchpoint.catch(journey, "Kickoff call", stage, lane, 0, by=owner, at=now)
    streams = [listen(owner, journey), listen(viewer, journey)]
    said = {"stage": str(later.pk), "slot": 2, "title": "First call"}
    answer = ApiClient(token_of(editor)).ask("PATCH", f"journeys/{journey.pk}/touchpoints/{card.pk}", said)
    assert answer["ETag"] == '"5"'
    for stream in streams:
        _, _, data = stream.wait_for(lambda name, id, _: not name and id == "5")
        told = step_of(data)
        assert (told["name"], told["changed"]) == ("Edda", [f"touchpoints/{card.pk}/"])
        assert told["did"] == "moved Kickoff call to Adoption; renamed Kickoff call to First call"
        assert "First call" in data
