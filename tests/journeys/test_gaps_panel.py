"""The doors to what is missing: the panel, the count, setting aside and taking up again."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from journeys.demo import FOLDER
from journeys.importing import import_sheet
from journeys.models import Change, Dismissal, Segment, Stage, Touchpoint
from journeys.sheets import read_sheet

pytestmark = pytest.mark.django_db


def drawn_from(owner, content, title="Map"):
    segment = Segment.objects.make(owner.workspace, title, at=timezone.now())
    journey, _, _ = import_sheet(read_sheet(content), segment, title, name="x", by=owner, at=timezone.now())
    return journey


@pytest.fixture
def five_stages(owner):
    return drawn_from(owner, (FOLDER / "five-stages.csv").read_bytes())


def url(journey, name, *ids):
    return reverse(f"journeys:{name}", args=[journey.segment.workspace.slug, journey.pk, *ids])


def listed(client, journey):
    """The ids of the open gaps, in the order of the panel."""
    text = client.get(url(journey, "gaps")).content.decode()
    return re.findall('data-gap="([^"]*)"', text.partition('id="gaps-aside"')[0])


def set_aside(client, journey, gap, reason="Not with us"):
    rule, subject = re.fullmatch("([a-z-]+?)-([0-9a-f]{8}-.*|map)", gap).groups()
    values = {"rule": rule, "subject": "" if subject == "map" else subject, "reason": reason}
    return client.post(url(journey, "set_gap_aside"), values)


def count(client, journey):
    found = re.search(r">(\d+)</span>", client.get(url(journey, "gap_count")).content.decode())
    return int(found[1]) if found else 0


def test_the_panel_lists_every_gap_with_where_it_leads_and_the_count_agrees(client_for, owner, five_stages):
    client = client_for(owner)
    text = client.get(url(five_stages, "gaps")).content.decode()
    gaps = listed(client, five_stages)
    assert len(gaps) == len(set(gaps)) == count(client, five_stages)
    for path in re.findall('data-go="([^"]+)"', text):
        assert client.get(url(five_stages, "canvas") + path).status_code == 200
    for path, field in re.findall('data-go="([^"]+)" data-field="([^"]+)"', text):
        panel = client.get(url(five_stages, "canvas") + path).content.decode()
        assert f'name="{field}"' in panel


def test_setting_aside_is_one_act_that_the_panel_tells_with_its_reason_and_who_did_it(client_for, owner, five_stages):
    client = client_for(owner)
    before = listed(client, five_stages)
    answer = set_aside(client, five_stages, before[0], "Our partners look after that <b>")
    assert answer.json()["said"].startswith("Set aside: Go-live nerves, in Professional services: ")
    assert listed(client, five_stages) == before[1:]
    assert count(client, five_stages) == len(before) - 1
    text = client.get(url(five_stages, "gaps")).content.decode()
    assert "Our partners look after that &lt;b&gt;" in text
    assert "Olga, " in text.partition('id="gaps-aside"')[2]
    dismissal = Dismissal.objects.get(journey=five_stages)
    answer = client.post(url(five_stages, "take_gap_up", dismissal.pk))
    assert answer.json()["said"].startswith("Taken up again: Go-live nerves")
    assert listed(client, five_stages) == before
    labels = list(Change.objects.of(five_stages).order_by("-revision").values_list("label", flat=True)[:2])
    assert [label.split(": ")[0] for label in labels] == ["took up again", "set aside"]


@pytest.mark.parametrize(
    ("change", "field", "told"),
    [
        ({"reason": "  "}, "reason", "Say why"),
        ({"reason": "a\0b"}, "reason", "Null characters"),
        ({"reason": "x" * 501}, "reason", "at most 500"),
        ({"rule": "no-such-rule"}, "reason", "no gap any more"),
        ({"subject": "nothing"}, "reason", "no gap any more"),
        ({"subject": "x" * 99}, "subject", "at most 40"),
        ({"rule": ""}, "rule", "required"),
    ],
)
def test_what_cannot_be_set_aside_is_refused_where_it_was_said(client_for, owner, five_stages, change, field, told):
    client = client_for(owner)
    first = listed(client, five_stages)[0]
    values = {"rule": "emotion-answer", "subject": first.removeprefix("emotion-answer-"), "reason": "x"}
    answer = client.post(url(five_stages, "set_gap_aside"), values | change)
    assert answer.status_code == 422
    assert answer.json()["field"] == field
    assert told in answer.json()["message"]
    assert not Dismissal.objects.exists()


def test_what_somebody_has_set_aside_already_is_refused(client_for, owner, editor, five_stages):
    first = listed(client_for(owner), five_stages)[0]
    assert set_aside(client_for(owner), five_stages, first).status_code == 200
    assert "already" in set_aside(client_for(editor), five_stages, first).json()["message"]


@pytest.mark.parametrize("who", ["viewer", "contributor"])
def test_who_only_looks_sees_the_gaps_and_sets_none_aside(client_for, five_stages, owner, who, request):
    client = client_for(request.getfixturevalue(who))
    assert listed(client, five_stages) == listed(client_for(owner), five_stages)
    assert "set-aside" not in client.get(url(five_stages, "gaps")).content.decode()
    assert set_aside(client, five_stages, listed(client, five_stages)[0]).status_code == 403


def test_many_gaps_of_a_rule_are_folded_and_not_all_listed(client_for, owner):
    lines = ["stage,lane,title", *(f"Start,CSM,Card {n}" for n in range(40))]
    journey = drawn_from(owner, "\n".join(lines).encode())
    client = client_for(owner)
    text = client.get(url(journey, "gaps")).content.decode()
    assert "<summary>40 touchpoints have no playbook</summary>" in text
    assert "and 15 more" in text
    assert len(listed(client, journey)) == 2 * 25 + text.count("<b>Start</b>") + text.count("<b>The whole map</b>") == 54
    assert count(client, journey) == len(listed(client, journey)) + 2 * 15


def test_an_empty_map_and_a_complete_one_say_so(client_for, owner, journey):
    client = client_for(owner)
    text = client.get(url(journey, "gaps")).content.decode()
    assert "0 of 100: a first sketch" in text
    assert "Nothing is drawn yet" in text
    assert client.get(url(journey, "gap_count")).content.decode().strip() == ""
    journey.add_stage("Start", by=owner, at=timezone.now())
    while gaps := listed(client, journey):
        set_aside(client, journey, gaps[0])
    text = client.get(url(journey, "gaps")).content.decode()
    assert "100 of 100: nothing is missing" in text
    assert "Nothing is missing." in text
    assert "none open, 100 of 100 points" in client.get(url(journey, "gap_count")).content.decode()


def test_the_count_is_computed_once_a_revision_and_home_shows_the_score(client_for, owner, five_stages):
    client = client_for(owner)
    home = reverse("journeys:home", args=[owner.workspace.slug])
    told = re.search(r"(\d+) of 100", client.get(url(five_stages, "gaps")).content.decode())[0]
    count(client, five_stages)
    with CaptureQueriesContext(connection) as queries:
        count(client, five_stages)
    assert not any("journeys_touchpoint" in query["sql"] for query in queries)
    assert told in client.get(home).content.decode()
    stage = Stage.objects.filter(journey=five_stages).first()
    lane = five_stages.add_lane("Nobody", by=owner, at=timezone.now())
    before = count(client, five_stages)
    Touchpoint.catch(five_stages, "Bare", stage, lane, 9, by=owner, at=timezone.now())
    assert count(client, five_stages) == before + 3
    assert told not in client.get(home).content.decode()
