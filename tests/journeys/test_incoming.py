"""JSON and Mermaid that come in: read, refused in a sentence, or hostile and harmless; and out, for another program to read."""

from __future__ import annotations

import json
import re
import time
import tracemalloc
from datetime import date

import orjson
import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys.exports.json_file import write_json
from journeys.exports.mermaid import write_mermaid
from journeys.exports.sheet import write_csv
from journeys.exports.subject import Subject
from journeys.import_plan import plan_import
from journeys.incoming import JourneyFile, read_incoming
from journeys.models import Journey, Segment, SheetImport
from journeys.sheets import Sheet, SheetRefused
from journeys.tasks import apply_import, read_import
from tests.journeys.documents import PLAYBOOKS, ROLES, documents, ids

HEAD = {"format": "touchline-journey", "version": 1}
STAGES = [{"id": "s", "name": "S"}]
LANES = [{"id": "l", "name": "L"}]


def subject(document):
    return Subject(document, "Enterprise", ROLES, PLAYBOOKS, date(2026, 11, 25))


def card(**fields):
    return {"id": "c", "stage": "s", "lane": "l", "slot": 0, "title": "T", **fields}


def file(**parts):
    return json.dumps(HEAD | parts).encode()


def nested(depth):
    return b'{"format":"touchline-journey","version":1,"stages":[{"id":"s","name":' + b"[" * depth + b"]" * depth + b"}]}"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b'{"format": "touchline-journey",\n "version": }', "Line 2, column 13: this is not JSON"),
        (b"[1, 2]", "not a Touchline journey"),
        (b"{}", "not a Touchline journey"),
        (b'{"format":"touchline-journey","version":NaN}', "this is not JSON"),
        (b'{"format":"touchline-journey","version":1,"stages":[{"id":"s","name":"\xff"}]}', "this is not JSON"),
        (b'{"format":"touchline-journey","version":1,"stages":[{"id":"s","name":"\\ud800"}]}', "this is not JSON"),
        (nested(900), "stages, number 1, name: It is text"),
        (nested(400_000), "more parts than any journey"),
        (nested(20_000), "this is not JSON"),
        (b"{" + b'"a":1,' * 2_100_000, "larger than 10 MB"),
        (b'{"a":[' + b"1," * 2_100_000 + b"1]}", "more parts than any journey"),
        (file(stages="x"), "stages: It must be a list"),
        (file(stages=[{"id": "s", "name": 5}]), "stages, number 1, name: It is text"),
        (file(stages=[{"id": "s", "name": "  "}]), "stages, number 1, name: It is empty"),
        (file(stages=[{"id": "s", "name": "S", "goal": "x" * 4001}]), "goal: It has at most 4,000 letters, this has 4,001"),
        (file(stages=[{"id": "s", "name": "S\0"}]), "a character that cannot be kept"),
        (file(stages=[{"id": "s", "name": "S", "length_days": 1.5}]), "length days: It is a whole number"),
        (file(stages=[{"id": "s", "name": "S", "length_days": 10**30}]), "length days"),
        (file(stages=STAGES, lanes=LANES, touchpoints=[card(slot=-1)]), "touchpoints, number 1, slot"),
        (file(stages=STAGES, lanes=LANES, touchpoints=[card(channel={"a": []})]), "channel: It is text"),
        (file(stages=STAGES, lanes=LANES, touchpoints=[card(moment_of_truth=[[]])]), "moment of truth"),
        (
            file(stages=STAGES, emotions=[{"id": "e", "stage": "s", "slot": 0, "title": "T", "anchor": "moon"}]),
            "anchor: It is one of “” (empty), enrolment, stage",
        ),
        (
            file(
                stages=STAGES,
                lanes=LANES,
                touchpoints=[card()],
                handoffs=[{"id": "h", "touchpoint": "c", "to_role": "R", "package": [{"item": 1, "where": "", "reader": ""}]}],
            ),
            "handoffs, number 1, package: The parts of a package are texts",
        ),
        (b"journey\n  title X\n\xff", "not UTF-8"),
        (b"journey\n" + b"  A: 3: B\n" * 10_001, "more than 10,000 tasks"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(data, told):
    tracemalloc.start()
    begun = time.monotonic()
    with pytest.raises(SheetRefused) as refused:
        read_incoming(data)
    assert told in str(refused.value)
    assert len(str(refused.value)) < 400
    assert time.monotonic() - begun < 20
    assert tracemalloc.get_traced_memory()[1] < 200_000_000
    tracemalloc.stop()


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "stage", "name", "title", "x"]), inner)
        ),
        max_leaves=10,
    ),
    st.sampled_from(["journey", "stages", "lanes", "touchpoints", "emotions", "connectors", "handoffs", "dismissals"]),
)
def test_no_json_at_all_crashes_the_reader(value, key):
    for given_value in (value, [value]):
        try:
            read_incoming(json.dumps(HEAD | {key: given_value}).encode())
        except SheetRefused as refusal:
            assert str(refusal)  # noqa: PT017


@settings(max_examples=50, deadline=None)
@given(documents())
def test_a_json_file_is_read_with_its_title_and_its_numbers(document):
    found = read_incoming(write_json(subject(document)))
    assert isinstance(found, JourneyFile)
    assert found.title == document["journey"]["title"]
    count = len(document["lanes"])
    assert f"{count} lane{'' if count == 1 else 's'}" in found.numbers
    assert orjson.loads(write_json(subject(document)))["format"] == "touchline-journey"


# Mermaid

#: mermaid, packages/mermaid/src/diagrams/user-journey/parser/journey.jison: what a line may be
LINE = re.compile(
    r"\s*(?:journey|title\s[^#\n;]+|section\s[^#:\n;]+|(?!title|section|journey|acc|%%|#)[^#:\n;]+:[^#\n;]+)", re.IGNORECASE
)


@settings(max_examples=100, deadline=None)
@given(documents())
def test_every_line_of_a_diagram_is_one_that_the_grammar_knows_and_every_card_comes_back(document):
    text = write_mermaid(subject(document)).decode()
    lines = text.split("\n")[:-1]
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    assert all(re.fullmatch(r".*: [1-5]: [^:,]+", line) for line in lines if line.startswith("      "))
    sheet = read_incoming(text.encode())
    assert isinstance(sheet, Sheet)
    plan = plan_import(sheet, None, {}, {}, ids(1).__next__)
    assert plan.problems == {}
    came = [fields for kind, _, fields in plan.creates if kind == "touchpoint"]
    assert len(came) == len(document["touchpoints"])
    assert all(row["emotion"] in (-2, -1, 0, 1, 2) for row in came)


def test_what_a_diagram_says_is_on_the_map():
    text = """---
config: {}
---
%% a comment
journey
    title My working day
    section Go to work
      Make tea: 5: Me, Cat
      “Journey： on”: 1: Me
    section Go home
      Sit down
"""
    sheet = read_incoming(text.encode())
    assert sheet.title == "My working day"
    assert [(row.number, row.cells) for row in sheet.rows] == [
        (8, {"stage": "Go to work", "lane": "Me", "title": "Make tea", "emotion": "2"}),
        (9, {"stage": "Go to work", "lane": "Me", "title": "Journey: on", "emotion": "-2"}),
        (11, {"stage": "Go home", "lane": "", "title": "Sit down", "emotion": ""}),
    ]
    bad = plan_import(read_incoming(b"journey\n section S\n  A: 9: Me\n  B: 2\n"), None, {}, {}, ids(1).__next__)
    assert bad.problems == {3: ["emotion: 9 is no score from 1 to 5."]}


@settings(max_examples=50, deadline=None)
@given(documents())
def test_a_diagram_brought_to_its_own_map_makes_no_card_twice(document):
    # An owner who is not the lane's own role would be an actor without that lane: a diagram cannot say both.
    for lane in document["lanes"].values():
        lane["role_id"] = None
    for key, row in document["touchpoints"].items():
        row["owner_id"], row["title"] = None, f"Card {key}"
    for key, row in [*document["lanes"].items(), *document["stages"].items()]:
        row["name"] = f"Name {key}"
    sheet = read_incoming(write_mermaid(subject(document)))
    plan = plan_import(sheet, document, {}, {}, ids(500_000).__next__)
    assert (plan.creates, plan.deletes) == ([], [])
    assert all(set(fields) == {"emotion"} for _, _, fields in plan.updates)


# through the doors


@pytest.fixture
def segment(owner):
    return Segment.objects.make(owner.workspace, "Enterprise", at=timezone.now())


def imported(segment, owner, name, content, title=""):
    """The import of a file, read and confirmed, as the worker does it."""
    made = SheetImport.objects.upload(segment, title, name, content, by=owner, at=timezone.now())
    read_import(str(made.pk))
    made.refresh_from_db()
    if made.confirm(at=timezone.now()):
        apply_import(str(made.pk))
        made.refresh_from_db()
    return made


RICH = file(
    journey={"title": "From a file", "summary": "All of it"},
    stages=STAGES,
    lanes=[{"id": "l", "name": "Coaches", "role": "Coach"}],
    touchpoints=[card(playbook="Warm-up", owner="Coach"), card(id="d", title="=U")],
    connectors=[{"id": "a", "source": "c", "target": "d", "label": "then"}],
)


@pytest.mark.django_db
def test_a_json_file_is_previewed_and_makes_a_new_journey_each_time(client_for, owner, segment):
    made = SheetImport.objects.upload(segment, "", "some-file.json", RICH, by=owner, at=timezone.now())
    read_import(str(made.pk))
    url = reverse("journeys:import_preview", args=[segment.workspace.slug, made.pk])
    page = client_for(owner).get(url).content.decode()
    assert "1 stage, 1 lane, 2 cards, 1 arrow" in page
    assert "New roles: Coach" in page
    assert "empty drafts: Warm-up" in page
    assert "some-file.json → From a file" in client_for(owner).get(url, headers={"HX-Request": "true"}).content.decode()
    assert not Journey.objects.exists()
    assert client_for(owner).post(url + "apply/").status_code == 302
    apply_import(str(made.pk))
    assert "A new journey in Enterprise" in client_for(owner).get(url).content.decode()
    imported(segment, owner, "again.json", RICH)
    assert [journey.title for journey in Journey.objects.all()] == ["From a file", "From a file"]
    assert {journey.summary for journey in Journey.objects.all()} == {"All of it"}


@pytest.mark.django_db
def test_the_title_is_what_was_typed_else_what_the_file_says_else_its_name(owner, segment):
    sheet = b"kind,stage,title\njourney,,Said inside\n,S,T\n"
    files = [("a.json", RICH, "Typed"), ("a.json", RICH, ""), ("b.csv", sheet, ""), ("c-d.csv", b"stage,title\nS,T\n", "")]
    titles = [imported(segment, owner, name, content, title).title for name, content, title in files]
    assert titles == ["Typed", "From a file", "Said inside", "C d"]


@pytest.mark.django_db
def test_a_bad_json_file_is_refused_on_the_page(client_for, owner, segment):
    made = imported(segment, owner, "x.json", file(stages=[{"id": "s"}]))
    page = client_for(owner).get(reverse("journeys:import_preview", args=[segment.workspace.slug, made.pk])).content.decode()
    assert made.state == "refused"
    assert "stages, number 1, name" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("format", "ending", "kind"),
    [
        ("csv", "csv", "text/csv"),
        ("xlsx", "xlsx", "application/vnd.openxmlformats"),
        ("json", "json", "application/json"),
        ("mermaid", "mmd", "text/plain"),
    ],
)
def test_whoever_may_see_the_map_may_take_it_along(client_for, viewer, owner, segment, format, ending, kind):
    journey = imported(segment, owner, "x.json", RICH).journey
    slug = segment.workspace.slug
    answer = client_for(viewer).get(reverse("journeys:export", args=[slug, journey.pk, format]))
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith(kind)
    assert f"From a file - Enterprise.{ending}" in answer["Content-Disposition"]
    assert (
        reverse("journeys:export", args=[slug, journey.pk, format])
        in client_for(viewer).get(reverse("journeys:canvas", args=[slug, journey.pk])).content.decode()
    )
    assert isinstance(read_incoming(answer.content), (Sheet, JourneyFile))


@settings(max_examples=50, deadline=None)
@given(documents())
def test_what_goes_out_is_known_by_its_bytes_alone(document):
    assert isinstance(read_incoming(write_csv(subject(document))), Sheet)
    assert isinstance(read_incoming(write_mermaid(subject(document))), Sheet)
    assert isinstance(read_incoming(write_json(subject(document))), JourneyFile)
