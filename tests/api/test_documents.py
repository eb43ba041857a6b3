"""The whole map in one document: read, changed by another program, put back as one act; and what has happened to it."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest
from django.utils import timezone

from accounts.ids import id_text
from accounts.models import Role
from journeys.document import apply_patches, empty_document
from journeys.models import Change, Journey, Touchpoint
from journeys.reading import read_document
from journeys.unpacking import outside_name
from playbooks.models import Playbook
from tests.api.conftest import ApiClient, problem, token_of
from tests.api.documents import KEYS, put, read, revision_of
from tests.touchpoints.sheets import published

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(api, owner):
    return api(owner)


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
    same = {"id": str(map_of.pk), "revision": map_of.revision}
    assert answer.json() == same | {"dry_run": False, "changes": [], "ids": {}}
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
        "kind": "touchpoint", "id": moved["id"], "how": "changed", "fields": ["owner", "title"],
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


@pytest.mark.parametrize("match", [None, "*", " "])
def test_it_must_be_said_what_was_changed(api, owner, map_of, match):
    client = api(owner)
    document, _ = read(client, map_of)
    headers = {"If_Match": match} if match else {}
    problem(client.ask("PUT", f"journeys/{map_of.pk}/document", document, **headers), 428, "if-match-missing")


@pytest.mark.parametrize("match", ["x", 'W/"1-2"', '"1", "2"', '"999999999-0123456789abcdef"'])
def test_a_tag_that_no_map_has_is_another_than_its_own(client, map_of, match):
    document, tag = read(client, map_of)
    document["journey"]["summary"] = "Mine"
    answer = put(client, map_of, document, match)
    assert problem(answer, 412, "changed-since")["revision"] == map_of.revision
    assert answer["ETag"] == tag
    assert revision_of(map_of) == map_of.revision


def test_who_read_the_map_before_a_role_got_another_name_hears_that_it_is_a_name(client, map_of, owner):
    document, tag = read(client, map_of)
    role = Role.objects.visible_to(owner).first()
    role.name = "Renewals desk"
    role.save()
    told = problem(put(client, map_of, document, tag), 412, "changed-since")
    assert "name" in told["title"]
    assert (told["revision"], told["ids"]) == (map_of.revision, [])


def test_one_of_several_tags_is_enough(client, map_of):
    document, tag = read(client, map_of)
    document["journey"]["summary"] = "Mine"
    assert put(client, map_of, document, f'"1-0123456789abcdef", {tag}').status_code == 200


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
    assert {key: built[key] for key in KEYS} == {
        key: {id: {outside_name(name): value for name, value in row.items()} for id, row in now[key].items()} for key in KEYS
    }
    assert {"stage", "lane", "owner", "child"} <= next(iter(built["touchpoints"].values())).keys()


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
        patch = {"kind": "touchpoint", "id": "x", "before": None, "after": {"title": "y" * size}}
        Change.objects.of(map_of).filter(revision=n).update(patches=[patch])
    client, path, pages = api(owner), f"journeys/{map_of.pk}/changes?after={begun}", []
    while path:
        body = client.ask("GET", path).json()
        pages.append([change["revision"] - begun for change in body["results"]])
        path = body["next"] and body["next"].partition("/api/v1/")[2]
    assert pages == [[1, 2], [3], [4]]
