"""The whole map in one document: read, changed by another program, put back as one act; and what has happened to it."""

from __future__ import annotations

import json
from copy import deepcopy
from random import Random

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.ids import id_text
from accounts.models import Role
from journeys.document import apply_patches, empty_document
from journeys.models import Change, Dismissal, Emotion, Journey, Touchpoint
from journeys.reading import read_document
from playbooks.models import Playbook
from tests.api.conftest import ApiClient, problem, token_of
from tests.touchpoints.sheets import published

pytestmark = pytest.mark.django_db


@pytest.fixture
def map_of(owner):
    return published("five-stages", owner)[0]


@pytest.fixture
def client(api, owner):
    return api(owner)


def read(client, journey):
    answer = client.ask("GET", f"journeys/{journey.pk}/document")
    assert answer.status_code == 200
    return answer.json(), answer["ETag"]


def put(client, journey, document, tag, query=""):
    return client.ask("PUT", f"journeys/{journey.pk}/document{query}", document, If_Match=tag)


def revision_of(journey):
    return Journey.objects.get(pk=journey.pk).revision


def test_it_is_read_again_only_when_it_has_changed(api, owner, map_of):
    client = api(owner)
    document, tag = read(client, map_of)
    assert document["id"] == str(map_of.pk)
    assert document["revision"] == map_of.revision
    assert {stage["name"] for stage in document["stages"]} >= {"Pursuit", "Ongoing support"}
    again = client.ask("GET", f"journeys/{map_of.pk}/document", If_None_Match=f'W/"x", {tag}')
    assert again.status_code == 304
    assert not again.content
    assert again["ETag"] == tag
    Touchpoint.objects.filter(journey=map_of)[0].edit({"title": "Something else"}, by=owner, at=timezone.now())
    assert client.ask("GET", f"journeys/{map_of.pk}/document", If_None_Match=tag).status_code == 200


def test_the_name_of_a_role_is_part_of_it(api, owner, map_of):
    client = api(owner)
    _, tag = read(client, map_of)
    Role.objects.visible_to(owner).filter(name="Solutions engineer")[0].rename("Solution architect")
    document, new = read(client, map_of)
    assert new != tag
    assert "Solution architect" in json.dumps(document)


def test_put_back_unchanged_it_changes_nothing_and_says_so(api, owner, map_of):
    client = api(owner)
    document, tag = read(client, map_of)
    answer = put(client, map_of, document, tag)
    assert answer.status_code == 200
    assert answer.json() == {"revision": map_of.revision, "dry_run": False, "changes": [], "ids": {}}
    assert answer["ETag"] == tag
    assert revision_of(map_of) == map_of.revision


def test_what_differs_becomes_one_act_that_can_be_undone(api, owner, map_of):
    client = api(owner)
    document, tag = read(client, map_of)
    before = deepcopy(document)
    gone, moved = document["touchpoints"][0], document["touchpoints"][1]
    document["touchpoints"].remove(gone)
    for name in ("connectors", "handoffs"):
        document[name] = [row for row in document[name] if gone["id"] not in row.values()]
    moved["title"], moved["owner"] = "A new title", "Trainer"
    stage, card = id_text(), id_text()
    document["stages"].insert(1, {"id": stage, "name": "Between"})
    document["touchpoints"].append({"id": card, "title": "Begin", "stage": stage, "lane": moved["lane"], "slot": 0})
    answer = put(client, map_of, document, tag)
    assert answer.status_code == 200, answer.content
    told = {(one["kind"], one["id"]): one for one in answer.json()["changes"]}
    assert told["touchpoint", gone["id"]]["how"] == "deleted"
    assert told["touchpoint", moved["id"]] == {
        "kind": "touchpoint", "id": moved["id"], "how": "changed", "fields": ["owner_id", "title"],
    }  # fmt: skip
    assert told["stage", stage]["how"] == told["touchpoint", card]["how"] == "made"
    assert {kind for kind, _ in told} <= {"touchpoint", "stage", "connector", "handoff"}, "the other stages stay where they are"
    assert revision_of(map_of) == map_of.revision + 1 == answer.json()["revision"]
    after, new = read(client, map_of)
    assert new == answer["ETag"] != tag
    assert [one["name"] for one in after["stages"]][1] == "Between"
    assert Role.objects.visible_to(owner).filter(name="Trainer").count() == 1
    map_of.refresh_from_db()
    map_of.undo(by=owner, at=timezone.now())
    back, _ = read(client, map_of)
    assert {**back, "revision": 0} == {**before, "revision": 0}


def test_a_dry_run_says_what_would_change_and_changes_nothing(api, owner, map_of):
    client = api(owner)
    document, tag = read(client, map_of)
    document["touchpoints"][0]["owner"] = "Somebody nobody knows"
    document["stages"].reverse()
    answer = put(client, map_of, document, tag, "?dry_run=true")
    assert answer.status_code == 200
    said = answer.json()
    assert said["dry_run"] is True
    assert said["revision"] == revision_of(map_of) == map_of.revision
    assert {one["kind"] for one in said["changes"]} == {"stage", "touchpoint"}
    assert answer["ETag"] == tag
    assert not Role.objects.visible_to(owner).filter(name__startswith="Somebody").exists()
    real = put(client, map_of, document, tag)
    assert real.json()["changes"] == said["changes"]


def test_nobody_overwrites_what_they_have_not_seen(api, owner, editor, map_of):
    client = api(owner)
    document, tag = read(client, map_of)
    card = Touchpoint.objects.filter(journey=map_of)[0]
    card.edit({"title": "Somebody was here"}, by=editor, at=timezone.now())
    document["journey"]["summary"] = "Mine"
    for query in ("", "?dry_run=true"):
        answer = put(client, map_of, document, tag, query)
        body = problem(answer, 412, "changed-since")
        assert body["revision"] == map_of.revision + 1
        assert body["ids"] == [str(card.pk)]
    assert "Mine" not in json.dumps(read(client, map_of)[0])
    current, now = read(client, map_of)
    assert answer["ETag"] == now
    current["journey"]["summary"] = "Mine"
    assert put(client, map_of, current, now).status_code == 200


@pytest.mark.parametrize("match", [None, "*", "x", 'W/"1-2"', '"1", "2"'])
def test_it_must_be_said_what_was_changed(api, owner, map_of, match):
    client = api(owner)
    document, _ = read(client, map_of)
    headers = {"If_Match": match} if match else {}
    problem(client.ask("PUT", f"journeys/{map_of.pk}/document", document, **headers), 428, "if-match-missing")


@pytest.mark.parametrize("carried", ['{}-gzip"', 'W/{}"', '{};br"'])
def test_a_tag_that_a_proxy_has_marked_is_the_same_tag(client, map_of, carried):
    document, tag = read(client, map_of)
    marked = carried.format(tag[:-1])
    assert client.ask("GET", f"journeys/{map_of.pk}/document", If_None_Match=marked).status_code == 304
    document["journey"]["summary"] = "Mine"
    assert put(client, map_of, document, marked).status_code == 200


def test_the_fixed_lanes_stay_the_ones_they_are_and_what_became_of_ids_is_told(client, map_of):
    document, tag = read(client, map_of)
    lane = next(one for one in document["lanes"] if one["kind"] == "customer")
    before = lane["id"]
    lane["id"] = "cust"
    for card in document["touchpoints"]:
        card["lane"] = "cust" if card["lane"] == before else card["lane"]
    answer = put(client, map_of, document, tag)
    assert answer.json()["ids"] == {"cust": before}
    assert answer.json()["changes"] == []
    lane["kind"], lane["id"] = "role", before
    document["lanes"].append({"id": "new", "name": "Customer", "kind": "customer"})
    for card in document["touchpoints"]:
        card["lane"] = before if card["lane"] == "cust" else card["lane"]
    assert "stays it" in problem(put(client, map_of, document, tag), 422, "invalid")["detail"]


def test_one_id_in_two_lists_is_refused_where_it_could_not_be_told_what_became_of_it(client, map_of):
    document, tag = read(client, map_of)
    for key in ("stages", "lanes"):
        document[key].append({"id": "1", "name": "New"})
    assert "another list" in problem(put(client, map_of, document, tag), 422, "invalid")["detail"]


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


def test_a_parameter_that_is_mistyped_writes_nothing(client, map_of):
    document, tag = read(client, map_of)
    document["journey"]["summary"] = "Mine"
    problem(put(client, map_of, document, tag, "?dry-run=true"), 400, "bad-parameter")
    assert revision_of(map_of) == map_of.revision


def test_two_who_put_at_once_do_not_both_win(api, owner, map_of):
    client = api(owner)
    document, tag = read(client, map_of)
    document["journey"]["summary"] = "First"
    assert put(client, map_of, document, tag).status_code == 200
    document["journey"]["summary"] = "Second"
    problem(put(client, map_of, document, tag), 412, "changed-since")
    assert read(client, map_of)[0]["journey"]["summary"] == "First"


def test_another_map_takes_it_with_ids_of_its_own_and_says_which(api, owner, stranger, map_of):
    document, _ = read(api(owner), map_of)
    segment = published("five-stages", stranger)[0].segment
    theirs = ApiClient(token_of(stranger))
    made = theirs.ask("POST", "journeys", {"segment": str(segment.pk), "title": "Theirs"}).json()
    other = Journey.objects.get(pk=made["id"])
    empty, tag = read(theirs, other)
    answer = put(theirs, other, document, tag)
    assert answer.status_code == 200, answer.content
    ids = answer.json()["ids"]
    assert {card["id"] for card in document["touchpoints"]} <= set(ids)
    assert not set(ids.values()) & set(ids)
    copied, _ = read(theirs, other)
    assert without_ids(copied) == without_ids(document)
    assert read(api(owner), map_of)[0] == document, "nothing of the first one has moved"
    assert {lane["id"] for lane in empty["lanes"]} <= {lane["id"] for lane in copied["lanes"]}


def without_ids(document):
    """What a map shows, with titles instead of ids, in an order that does not depend on ids."""
    names = {row["id"]: row.get("title") or row.get("name") for key in KEYS for row in document[key]}
    shown = {"journey": document["journey"]}
    for key in KEYS:
        rows = [
            {name: names.get(value, value) if isinstance(value, str) else value for name, value in row.items()}
            for row in document[key]
        ]
        shown[key] = sorted(({**row, "id": ""} for row in rows), key=lambda row: json.dumps(row, sort_keys=True))
    return shown


KEYS = ("stages", "lanes", "touchpoints", "emotions", "connectors", "handoffs", "dismissals")


def test_the_journey_inside_of_a_card_and_the_playbook_stay(api, owner, map_of):
    client = api(owner)
    inner = Journey.objects.begin(map_of.segment, "Inside", by=owner, at=timezone.now())
    card = Touchpoint.objects.filter(journey=map_of, kind="touchpoint")[0]
    with map_of.act("linked", by=owner, at=timezone.now()) as act:
        act.change(card, child_id=inner.pk)
    document, tag = read(client, map_of)
    one = next(row for row in document["touchpoints"] if row["id"] == str(card.pk))
    one["title"], one["playbook"] = "Renamed", "A new playbook"
    assert put(client, map_of, document, tag).status_code == 200
    card.refresh_from_db()
    assert card.child_id == inner.pk
    assert card.playbook == Playbook.objects.get(title="A new playbook")


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


@pytest.mark.parametrize("body", ["null", "[]", "7", '"x"'])
def test_a_body_that_is_no_document_is_refused(api, owner, map_of, body):
    client = api(owner)
    _, tag = read(client, map_of)
    problem(put(client, map_of, body, tag), 422, "invalid")


def test_a_viewer_reads_and_does_not_write(api, viewer, map_of):
    client = api(viewer, "read")
    document, tag = read(client, map_of)
    problem(put(client, map_of, document, tag), 403, "scope-too-small")


def test_who_asks_for_what_makes_no_sense_is_told(api, owner, map_of):
    client = api(owner)
    problem(put(client, map_of, {}, '"x"', "?dry_run=perhaps"), 400, "bad-parameter")
    problem(client.ask("GET", f"journeys/{map_of.pk}/changes?after=-1"), 400, "bad-parameter")


# the log


def test_the_log_applied_to_nothing_is_the_map(api, owner, map_of):
    client = api(owner)
    document, tag = read(client, map_of)
    document["touchpoints"][0]["title"] = "Through the API"
    put(client, map_of, document, tag)
    built, path, pages = empty_document(str(map_of.pk)), f"journeys/{map_of.pk}/changes?limit=1", 0
    while path:
        body = client.ask("GET", path).json()
        for change in body["results"]:
            built = apply_patches(built, change["patches"], change["revision"])
        path = body["next"].partition("/api/v1/")[2] if body["next"] else None
        pages += 1
    assert pages == body["revision"] == built["revision"] == Change.objects.of(map_of).count()
    now = read_document(map_of)
    assert {key: built[key] for key in KEYS} == {key: now[key] for key in KEYS}


def test_it_is_asked_for_what_came_after_a_revision(api, owner, map_of):
    client = api(owner)
    body = client.ask("GET", f"journeys/{map_of.pk}/changes?after={map_of.revision}").json()
    assert body == {"results": [], "next": None, "revision": map_of.revision}
    Touchpoint.objects.filter(journey=map_of)[0].edit({"title": "Later"}, by=owner, at=timezone.now())
    [change] = client.ask("GET", f"journeys/{map_of.pk}/changes?after={map_of.revision}").json()["results"]
    assert change["revision"] == map_of.revision + 1
    assert change["patches"][0]["after"] == {"title": "Later"}
    assert change["by"] == str(owner.pk)


def test_a_page_of_the_log_ends_before_it_is_too_heavy_and_always_gets_on(api, owner, map_of):
    begun, card = map_of.revision, Touchpoint.objects.filter(journey=map_of)[0]
    for n in range(4):
        card.edit({"title": f"Title {n}"}, by=owner, at=timezone.now())
    for n, size in enumerate([3_000_000, 1_000_000, 5_000_000, 10], start=begun + 1):
        Change.objects.of(map_of).filter(revision=n).update(patches=[{"kind": "touchpoint", "id": "x", "after": "y" * size}])
    client, path, pages = api(owner), f"journeys/{map_of.pk}/changes?after={begun}", []
    while path:
        body = client.ask("GET", path).json()
        pages.append([change["revision"] - begun for change in body["results"]])
        path = body["next"] and body["next"].partition("/api/v1/")[2]
    assert pages == [[1, 2], [3], [4]]


# any edit at all


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
