"""Documents that are no map are refused with what is wrong; and any that is one is taken as it is."""

from __future__ import annotations

import json
from random import Random

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.ids import id_text
from journeys.models import Dismissal, Emotion, Touchpoint
from tests.api.conftest import problem
from tests.api.documents import KEYS, put, read, revision_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(api, owner):
    return api(owner)


def test_what_is_nested_too_deep_or_too_much_is_refused(client, map_of):
    document, tag = read(client, map_of)
    deep = "[" * 900 + "]" * 900
    for place in ("journey", "version"):
        body = json.dumps({**document, place: "DEEP"}).replace('"DEEP"', deep if place == "version" else f'{{"title": {deep}}}')
        assert put(client, map_of, body, tag).status_code in (400, 422)
    body = json.dumps({**document, "handoffs": []}).replace('"handoffs": []', f'"handoffs": [{{"id": "x", "package": {deep}}}]')
    assert put(client, map_of, body, tag).status_code in (400, 422)
    many = [{"id": id_text(), "name": "x"} for _ in range(70_000)]
    problem(put(client, map_of, {**document, "stages": many}, tag), 422, "invalid")


BAD = {
    "nothing": lambda d: d.clear(),
    "another format": lambda d: d.update(format="x"),
    "no list": lambda d: d.update(stages={}),
    "a card without a stage": lambda d: d["touchpoints"][0].update(stage="x"),
    "an id twice": lambda d: d["touchpoints"].append(d["touchpoints"][0]),
    "an id twice, written in two ways": lambda d: d["stages"].append({**d["stages"][0], "id": d["stages"][0]["id"].upper()}),
    "no customer's lane": lambda d: d.update(lanes=[one for one in d["lanes"] if one["kind"] != "customer"], touchpoints=[]),
    "two of them": lambda d: d["lanes"].append({"id": "x", "name": "x", "kind": "customer"}),
    "a title that is a number": lambda d: d["touchpoints"][0].update(title=7),
    "NUL": lambda d: d["touchpoints"][0].update(title="a\0b"),
    "no title": lambda d: d["journey"].update(title=" "),
    "a circle": lambda d: d.update(connectors=[
        {"id": "a", "source": d["touchpoints"][0]["id"], "target": d["touchpoints"][1]["id"]},
        {"id": "b", "source": d["touchpoints"][1]["id"], "target": d["touchpoints"][0]["id"]},
    ]),
    "a card handed over to itself": lambda d: d["handoffs"][0].update(to_touchpoint=d["handoffs"][0]["touchpoint"]),
    "an external id twice": lambda d: [one.update(external_id="x") for one in d["touchpoints"]],
    "a slot below zero": lambda d: d["touchpoints"][0].update(slot=-1),
}  # fmt: skip


@pytest.mark.parametrize("spoil", BAD.values(), ids=BAD)
def test_a_document_that_is_no_map_is_refused_with_what_is_wrong(api, owner, map_of, spoil):
    client = api(owner)
    document, tag = read(client, map_of)
    spoil(document)
    body = problem(put(client, map_of, document, tag), 422, "invalid")
    assert len(body["detail"]) > 10
    assert revision_of(map_of) == map_of.revision


def test_all_that_is_wrong_is_told_at_once_each_at_its_place(api, owner, map_of):
    client = api(owner)
    document, tag = read(client, map_of)
    document["journey"] = {"title": " ", "segment": 7, "color": "red"}
    document["stages"][0] |= {"name": "", "length_days": "long"}
    document["lanes"][-1]["role"] = "x" * 121
    document["touchpoints"][0] |= {"title": 7, "titel": "x", "lane": "nowhere"}
    document["touchpoints"][1] |= {"stage": 4, "slot": -1, "child": "none"}
    document["touchpoints"].append({"title": "Without an id"})
    document["handoffs"][0]["package"] = [{"item": "x"}]
    told = problem(put(client, map_of, document, tag), 422, "invalid")
    last = len(document["touchpoints"]) - 1
    assert [one["pointer"] for one in told["errors"]] == list(dict.fromkeys(one["pointer"] for one in told["errors"]))
    assert {one["pointer"] for one in told["errors"]} == {
        "/journey/title", "/journey/segment", "/journey/color", "/stages/0/name", "/stages/0/length_days",
        f"/lanes/{len(document['lanes']) - 1}/role", "/touchpoints/0/title", "/touchpoints/0/titel", "/touchpoints/0/lane",
        "/touchpoints/1/stage", "/touchpoints/1/slot",
        f"/touchpoints/{last}/id", f"/touchpoints/{last}/stage", f"/touchpoints/{last}/lane", f"/touchpoints/{last}/slot",
        "/handoffs/0/package",
    }  # fmt: skip
    assert all(one["detail"].endswith(".") for one in told["errors"])
    assert "/touchpoints/3/title" in told["hint"]
    assert revision_of(map_of) == map_of.revision


ANOTHER_KIND = [
    ("touchpoints", "slot", "41", "It is a whole number."),
    ("touchpoints", "effort_min", "15", "It is a whole number."),
    ("touchpoints", "slot", True, "It is a whole number."),
    ("touchpoints", "moment_of_truth", 1, "It is true or false."),
    ("touchpoints", "moment_of_truth", "True", "It is true or false."),
    ("touchpoints", "importance", "zz", "It is one of must, should, could."),
    ("connectors", "kind", "zz", "It is one of sequence, unordered."),
]


@pytest.mark.parametrize(("key", "name", "value", "words"), ANOTHER_KIND)
def test_what_is_of_another_kind_than_the_schema_says_is_not_made_to_fit(api, owner, map_of, key, name, value, words):
    client = api(owner)
    document, tag = read(client, map_of)
    document[key][0][name] = value
    told = problem(put(client, map_of, document, tag), 422, "invalid")
    assert told["errors"] == [{"pointer": f"/{key}/0/{name}", "detail": words}]


def test_who_refers_to_a_row_without_an_id_is_not_to_blame(api, owner, map_of):
    client = api(owner)
    document, tag = read(client, map_of)
    assert any(document["touchpoints"][0]["id"] in (one["source"], one["target"]) for one in document["connectors"])
    del document["touchpoints"][0]["id"]
    told = problem(put(client, map_of, document, tag), 422, "invalid")
    assert [one["pointer"] for one in told["errors"]] == ["/touchpoints/0/id"]


WHOLE = {
    "an arrow to itself": (lambda d: d["connectors"][0].update(target=d["connectors"][0]["source"]), "/connectors/0/target"),
    "an arrow twice": (lambda d: d["connectors"].append(d["connectors"][0] | {"id": "new"}), "/connectors/{}/target"),
    "an external id twice": (
        lambda d: [one.update(external_id="x") for one in d["touchpoints"][-2:]], "/touchpoints/{}/external_id"),
    "a second lane outside": (lambda d: d["lanes"].append({"id": "new", "name": "x", "kind": "outside"}), "/lanes/{}/kind"),
    "a journey that is not there": (lambda d: d["touchpoints"][-1].update(child=id_text()), "/touchpoints/{}/child"),
    "a journey in itself": (lambda d: d["touchpoints"][-1].update(child=d["id"]), "/touchpoints/{}/child"),
    "a card handed to itself": (
        lambda d: d["handoffs"][-1].update(to_touchpoint=d["handoffs"][-1]["touchpoint"]), "/handoffs/{}/to_touchpoint"),
}  # fmt: skip


@pytest.mark.parametrize(("spoil", "pointer"), WHOLE.values(), ids=WHOLE)
def test_what_is_wrong_with_the_whole_has_its_place_too(api, owner, map_of, spoil, pointer):
    client = api(owner)
    document, tag = read(client, map_of)
    spoil(document)
    key = pointer.split("/")[1]
    told = problem(put(client, map_of, document, tag), 422, "invalid")
    assert [one["pointer"] for one in told["errors"]] == [pointer.format(len(document[key]) - 1)]


@pytest.mark.parametrize("key", KEYS)
def test_a_list_that_does_not_come_empties_nothing(client, map_of, owner, key):
    document, tag = read(client, map_of)
    was = document.pop(key)
    answer = put(client, map_of, document, tag)
    if was:
        [error] = problem(answer, 422, "invalid")["errors"]
        assert (error["pointer"], "“[]”" in error["detail"]) == (f"/{key}", key != "lanes")
        assert revision_of(map_of) == map_of.revision
    else:
        assert answer.json()["changes"] == []


def test_of_very_many_faults_a_hundred_are_told(api, owner, map_of):
    client = api(owner)
    document, tag = read(client, map_of)
    document["emotions"] = [{"id": str(n), "title": 7} for n in range(5_000)]
    told = problem(put(client, map_of, document, tag), 422, "invalid")
    assert len(told["errors"]) == 100
    assert "at least 97 more" in told["detail"]


@pytest.mark.parametrize("body", ["null", "[]", "7", '"x"'])
def test_a_body_that_is_no_document_is_refused(api, owner, map_of, body):
    client = api(owner)
    _, tag = read(client, map_of)
    problem(put(client, map_of, body, tag), 422, "invalid")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_whatever_is_put_is_what_is_read_next(client, map_of, seed):
    """Stages and cards in any order, some gone, some new: what is read afterwards says the same."""
    chance = Random(seed)
    document, tag = read(client, map_of)
    kept = document["stages"][: max(1, len(document["stages"]) - chance.randint(0, 1))]
    wanted = [*kept, *({"id": id_text(), "name": f"New {n}"} for n in range(chance.randint(0, 2)))]
    chance.shuffle(wanted)
    stages = {row["id"] for row in wanted}
    cards = [row for row in document["touchpoints"] if row["stage"] in stages]
    for row in chance.sample(cards, min(4, len(cards))):
        row["stage"], row["slot"] = chance.choice(wanted)["id"], chance.randint(0, 5)
    left = {row["id"] for row in cards}
    document |= {
        "stages": wanted, "touchpoints": cards,
        "emotions": [row for row in document["emotions"] if row["stage"] in stages],
        "connectors": [row for row in document["connectors"] if row["source"] in left and row["target"] in left],
        "handoffs": [row for row in document["handoffs"] if row["touchpoint"] in left and row["to_touchpoint"] in left | {""}],
        "dismissals": [],
    }  # fmt: skip
    answer = put(client, map_of, document, tag)
    assert answer.status_code == 200, answer.content
    after, new_tag = read(client, map_of)
    assert [row["id"] for row in after["stages"]] == [row["id"] for row in wanted]
    assert {row["id"]: (row["stage"], row["slot"]) for row in after["touchpoints"]} == {
        row["id"]: (row["stage"], row["slot"]) for row in cards
    }
    assert put(client, map_of, after, new_tag).json()["changes"] == []


ODD = (
    None,
    "",
    " ",
    "x" * 5000,
    10**30,
    -1,
    0,
    1.5,
    True,
    [],
    {},
    [{}],
    {"x": 1},
    "a\0b",
    "é",
    "2027-13-45",
    ["x" * 5000],
    -(10**12),
)


@pytest.mark.parametrize("key", KEYS)
def test_no_value_at_any_place_brings_the_server_down(client, map_of, owner, key):
    """Each field of each kind of element, with each odd value: taken or refused, and what is taken can be read and put back."""
    card = Touchpoint.objects.filter(journey=map_of, kind="touchpoint")[0]
    with map_of.act("set something aside", by=owner, at=timezone.now()) as act:
        act.create(Dismissal(rule="no_owner", subject_id=str(card.pk), reason="x"))
        act.create(Emotion(stage=card.stage, slot=0, title="Relief", level=1))
    document, tag = read(client, map_of)
    assert document[key], f"there is one of the {key} to spoil"
    taken = 0
    for name in document[key][0]:
        for value in ODD:
            spoilt = {**document, key: [{**document[key][0], name: value}, *document[key][1:]]}
            answer = put(client, map_of, spoilt, tag, "?dry_run=true")
            assert answer.status_code in (200, 422), (name, value, answer.content)
            taken += answer.status_code == 200
    assert taken
    for value in ODD:
        for place in ("journey", "stages", "lanes", "format", "version"):
            assert put(client, map_of, {**document, place: value}, tag, "?dry_run=true").status_code in (200, 422), (place, value)
