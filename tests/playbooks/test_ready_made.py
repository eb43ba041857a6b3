"""What the ready-made playbooks promise: one for every card of the templates and sheets, short, usable, each its own."""

from __future__ import annotations

import csv
import itertools
import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from uuid import UUID

import pytest
from django.utils.text import slugify

import journeys
from accounts.ids import new_id
from accounts.models.workspace import STANDARD_ROLES
from journeys.models import Touchpoint
from playbooks.ready_made import FOLDER, all_titles, body_of, ready_made

MAPS = Path(journeys.__file__).parent
FILES = sorted(FOLDER.glob("*.json"))
PLACEHOLDERS = {
    "customer.name", "customer.segment", "customer.renewal_on", "customer.owner", "contact.name", "member.name",
    "workspace.name", "touchpoint.title", "touchpoint.due_on",
}  # fmt: skip
NOT_OURS = re.compile(
    r"—|!|\b(?:QBR|EBR|TTV|NPS|CSAT|CSM|KPI|ROI|[Ss]ynerg\w*|[Ll]everag\w*|[Ss]eamless\w*|[Uu]tili[sz]e\w*|[Bb]est.in.class"
    r"|[Rr]each(?:ing)? out|[Tt]ouch base|[Dd]eep dive|[Ll]ow.hanging|[Cc]ircle back"
    r"|\w+(?:ize|ized|izes|izing|ization)|[Cc]olor|[Bb]ehavior|[Cc]enter|[Pp]rogram|[Ff]avor|[Ff]ulfill|[Ee]nrollment)\b"
)
BRITISH_ANYWAY = {"size", "sized", "prize", "seize", "resize"}


def cards():
    """What the templates and the demo sheets put on a map, as (playbook, kind, channel, delivery, owner, minutes)."""
    for file in sorted((MAPS / "journey_templates").glob("*.json")):
        for card in json.loads(file.read_text())["touchpoints"]:
            yield (
                card.get("playbook"), card.get("kind", "touchpoint"), card.get("channel"), card.get("delivery"),
                card.get("owner"), card.get("effort_min"),
            )  # fmt: skip
    for file in sorted((MAPS / "demo_sheets").glob("*.csv")):
        with file.open(newline="") as sheet:
            for row in csv.DictReader(sheet):
                yield (
                    row["playbook"], row["kind"], row["channel"], row["delivery"], row["lane"], int(row["effort_min"] or 0)
                )  # fmt: skip


NAMED = defaultdict(list)
for playbook, *card in cards():
    if playbook:
        NAMED[playbook].append(card)
ROLES = {owner for _, _, _, _, owner, _ in cards() if owner} | set(STANDARD_ROLES)


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def told(request):
    return json.loads(request.param.read_text())


def prose(told):
    yield from (told["title"], told["summary"], told["talk_track"])
    for step in told["steps"]:
        yield from (step["title"], step["guidance"])
    for message in told["messages"]:
        yield from (message["name"], message["subject"], message["text"])


def test_there_is_one_for_every_title_on_a_template_or_a_demo_sheet_and_no_other():
    assert all_titles() == sorted(NAMED, key=str.casefold)
    assert len(FILES) == len(all_titles())


def test_a_file_is_named_by_its_title():
    for file in FILES:
        assert file.stem == slugify(json.loads(file.read_text())["title"])


def test_it_has_the_shape_of_a_playbook(told):
    assert set(told) == {"title", "summary", "minutes", "talk_track", "steps", "messages", "links"}
    assert 0 < len(told["title"]) <= 200
    assert 60 <= len(told["summary"]) <= 400
    assert len(told["talk_track"]) <= 1500
    assert 3 <= len(told["steps"]) <= 7
    assert len(told["messages"]) <= 2
    for step in told["steps"]:
        assert set(step) == {"title", "guidance", "role"}
        assert 0 < len(step["title"]) <= 80
        assert step["role"] is None or step["role"] in ROLES, step
        assert 25 <= len(step["guidance"]) <= 400, step
        assert len(step["guidance"].splitlines()) <= 5, step
    for message in told["messages"]:
        assert set(message) == {"name", "channel", "subject", "text"}
        assert message["channel"] in Touchpoint.Channel.values
        assert 0 < len(message["name"]) <= 80
        assert 0 < len(message["subject"]) <= 100
        assert 60 <= len(message["text"]) <= 1200
    assert all(set(link) == {"title", "url"} for link in told["links"])


def test_the_minutes_are_those_of_its_cards(told):
    efforts = [effort for kind, _, _, _, effort in NAMED[told["title"]] if kind == "touchpoint"]
    assert min(efforts) <= told["minutes"] <= max(efforts)


def test_who_has_to_speak_gets_words_and_who_has_to_write_gets_a_text(told):
    touchpoints = [card for card in NAMED[told["title"]] if card[0] == "touchpoint"]
    channels = {channel for _, channel, _, _, _ in touchpoints}
    spoken = {channel for _, channel, delivery, _, _ in touchpoints if delivery == "person"} & {"call", "meeting", "web"}
    assert told["talk_track"] or not spoken
    assert not channels & {"email", "in_app", "survey"} or {message["channel"] for message in told["messages"]} & channels


def test_messages_are_filled_in_by_what_touchline_knows(told):
    for message in told["messages"]:
        text = message["subject"] + message["text"]
        assert set(re.findall(r"\{\{ ([a-z_.]+) \}\}", text)) <= PLACEHOLDERS
        assert not re.search(r"[{}]", re.sub(r"\{\{ [a-z_.]+ \}\}", "", text)), text
        assert text.count("[") == text.count("]"), text
    assert not re.search(r"\{\{", told["summary"] + told["talk_track"])


def test_no_step_title_or_guidance_or_message_is_said_twice():
    every = [ready_made(title) for title in all_titles()]
    said = Counter(
        text for told in every for text in (told["summary"], told["talk_track"], *(m["text"] for m in told["messages"])) if text
    )
    said.update(step["guidance"] for told in every for step in told["steps"])
    assert [text for text, times in said.items() if times > 1] == []


def test_no_two_are_alike():
    """Two playbooks share few of their runs of five words."""
    runs = {}
    for title in all_titles():
        words = re.findall(r"\w+", " ".join(prose(ready_made(title))).lower())
        runs[title] = {tuple(words[at : at + 5]) for at in range(len(words) - 4)}
    close = [
        (one, other)
        for one, other in itertools.combinations(runs, 2)
        if len(runs[one] & runs[other]) > 0.12 * min(len(runs[one]), len(runs[other]))
    ]
    assert close == []


def test_the_words_are_plain_and_british(told):
    found = [word for text in prose(told) for word in NOT_OURS.findall(text) if word.lower() not in BRITISH_ANYWAY]
    assert found == []


def test_it_is_found_by_its_title_whatever_the_capitals():
    assert ready_made(" kick-OFF ")["title"] == "Kick-off"
    assert ready_made("Dancing lesson") is None


def test_as_a_body_its_roles_are_those_of_the_workspace():
    operations = new_id()
    told, body = ready_made("Order entry"), body_of("order entry", {"operations": operations})
    assert set(body) == {"steps", "messages", "links", "talk_track", "minutes"}
    assert [step["title"] for step in body["steps"]] == [step["title"] for step in told["steps"]]
    assert [step["role_id"] for step in body["steps"]] == [step["role"] and str(operations) for step in told["steps"]]
    assert str(operations) in [step["role_id"] for step in body["steps"]]
    assert body["minutes"] == 20


def test_as_a_body_a_role_that_the_workspace_does_not_have_is_left_to_whoever_delivers_it():
    assert {step["role_id"] for step in body_of("Kick-off", {})["steps"]} == {None}
    assert body_of("Dancing lesson", {}) is None
    assert body_of("Welcome mail", {})["minutes"] is None


def test_each_body_has_ids_of_its_own():
    one, other = body_of("Kick-off", {}), body_of("Kick-off", {})
    ids = [UUID(part["id"]).version for body in (one, other) for key in ("steps", "messages") for part in body[key]]
    assert set(ids) == {7}
    assert one["steps"][0]["id"] != other["steps"][0]["id"]
    assert all("id" not in step for step in ready_made("Kick-off")["steps"])
