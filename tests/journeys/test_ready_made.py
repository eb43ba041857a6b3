"""The templates that come with Touchline: each loads, can be begun with, and leaves nothing to guess."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from journeys.beginning import begin_from
from journeys.faults import NotPortable
from journeys.models import Segment, Stage
from journeys.names import names_by_id
from journeys.portable import named_in, portable
from journeys.reading import read_document
from journeys.ready_made import FOLDER, ready_made
from journeys.sketching import sketch
from tests.journeys.test_beginning import without_ids

KEYS = sorted(path.stem for path in FOLDER.glob("*.json"))
each = pytest.mark.parametrize("key", KEYS)
TINY = {
    "format": "touchline-journey",
    "version": 1,
    "template": {"name": "Tiny", "summary": "One card", "for": "Tests", "order": 1},
    "journey": {"title": "Tiny", "summary": "Small"},
    "stages": [{"id": "one", "name": "One"}],
    "lanes": [
        {"id": "customer", "name": "Customer", "kind": "customer"},
        {"id": "support", "name": "Support", "role": "Support"},
    ],
    "touchpoints": [{"id": "asks", "title": "Asks", "stage": "one", "lane": "customer", "slot": 0}],
}


def test_a_folder_is_read_in_its_order_with_file_names_as_keys(tmp_path):
    for name, order in (("a", 2), ("b", 1)):
        (tmp_path / f"{name}.json").write_text(json.dumps(TINY | {"template": TINY["template"] | {"order": order}}))
    found = ready_made(tmp_path)
    assert list(found) == ["b", "a"]
    assert (found["a"].name, found["a"].suits, str(found["a"].numbers)) == ("Tiny", "Tests", "1 stage, 1 touchpoint, 1 role")
    assert "template" not in found["a"].content
    assert "thumb__touchpoint" in found["a"].picture


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"template": {"name": "x"}}, "summary"),
        ({"touchpoints": [{"id": "a", "title": "x", "stage": "nowhere"}]}, "no stage “nowhere”"),
        ({"format": "other"}, "not a Touchline journey"),
    ],
)
def test_a_file_that_is_wrong_is_named(tmp_path, wrong, told):
    (tmp_path / "broken.json").write_text(json.dumps(TINY | wrong))
    with pytest.raises(NotPortable) as refused:
        ready_made(tmp_path)
    assert "broken.json" in str(refused.value)
    assert told in str(refused.value)


def test_there_are_at_least_six_and_no_two_of_one_name():
    names = [template.name for template in ready_made().values()]
    assert len(names) >= 6
    assert len(set(names)) == len(names)


@each
@pytest.mark.django_db
def test_a_new_journey_says_what_its_template_says(owner, key):
    template = ready_made()[key]
    segment = Segment.objects.make(owner.workspace, "Enterprise", at=timezone.now())
    made = begin_from(segment, template.name, template.content, by=owner, at=timezone.now())
    told = portable(read_document(made), *names_by_id(owner.workspace_id))
    names = [{name: name for name in found} for found in named_in(template.content)]
    wanted = portable(sketch(template.content), *names)
    assert told["journey"].pop("title") == template.name
    wanted["journey"].pop("title")
    assert without_ids(told) == without_ids(wanted)


@each
def test_every_stage_has_its_whole_brief(key):
    for stage in ready_made()[key].content["stages"]:
        missing = [name for name in Stage.brief if not stage.get(name)]
        assert missing == [], stage["name"]


@each
def test_every_card_says_who_how_and_how_long(key):
    content = ready_made()[key].content
    roles = {lane["id"] for lane in content["lanes"] if lane.get("role")}
    for card in content["touchpoints"]:
        if card.get("kind", "touchpoint") != "touchpoint":
            continue
        needed = ["customer_view", "channel"]
        needed += ["owner"] if card["lane"] in roles else []
        missing = [name for name in needed if not card.get(name)]
        if card["lane"] in roles and card.get("delivery", "person") == "person":
            missing += [] if card.get("effort_min") else ["effort_min"]
        assert missing == [], card["title"]


@each
def test_what_feels_bad_is_answered_and_both_kinds_of_arrows_are_there(key):
    content = ready_made()[key].content
    assert content["emotions"]
    assert [row["title"] for row in content["emotions"] if row["level"] < 0 and not row.get("answer")] == []
    assert {row.get("kind", "sequence") for row in content["connectors"]} == {"sequence", "unordered"}


@each
def test_a_handoff_has_its_package_and_an_outside_event_its_answer(key):
    content = ready_made()[key].content
    assert any(row.get("package") for row in content["handoffs"])
    outside = {lane["id"] for lane in content["lanes"] if lane.get("kind") == "outside"}
    events = [card for card in content["touchpoints"] if card.get("kind") == "event" and card["lane"] in outside]
    led_to = {row["source"] for row in content["connectors"]}
    assert events
    assert [event["title"] for event in events if not event.get("playbook") and event["id"] not in led_to] == []


@each
@pytest.mark.django_db
def test_it_can_be_looked_at_by_everybody(client_for, viewer, key):
    answer = client_for(viewer).get(reverse("journeys:template", args=[viewer.workspace.slug, key]))
    assert answer.status_code == 200
    assert ready_made()[key].content["stages"][0]["success"] in answer.content.decode()
