"""A map by the id that another system has for it, with everything on it called as it is called there."""

from __future__ import annotations

import threading
import uuid
from urllib.parse import quote

import jsonschema
import pytest
from django.db import connection
from django.utils import timezone

from journeys.api.document_schema import document_schema
from journeys.breaking_down import break_down
from journeys.models import Change, Connector, ExternalId, Journey, Segment, Touchpoint
from journeys.undoing import undo
from tests.api.conftest import ApiClient, problem, token_of
from tests.touchpoints.sheets import published

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(api, owner):
    return api(owner)


def address(external_id, source="crm", **query):
    more = "?" + "&".join(f"{name}={value}" for name, value in query.items()) if query else ""
    return f"journeys/by-external-id/{source}/{external_id}/document{more}"


def segment_of(member):
    return Segment.objects.create(workspace=member.workspace, name="Theirs", made_at=timezone.now())


def lanes():
    return [
        {"id": "them", "name": "Customer", "kind": "customer"},
        {"id": "we", "name": "CSM", "role": "CSM"},
        {"id": "world", "name": "Outside", "kind": "outside"},
    ]


def small():
    """A map as a program that knows nothing of our ids would write it."""
    return {
        "format": "touchline-journey", "version": 1, "journey": {"title": "From the CRM"},
        "stages": [{"id": "s1", "name": "Onboarding"}, {"id": "s2", "name": "Use"}],
        "lanes": lanes(),
        "touchpoints": [
            {"id": "1", "stage": "s1", "lane": "we", "slot": 0, "title": "Kickoff", "owner": "CSM"},
            {"id": "2", "stage": "s2", "lane": "we", "slot": 1, "title": "Review", "owner": "CSM"},
        ],
        "connectors": [{"id": "1", "source": "1", "target": "2"}],
        "emotions": [{"id": "1", "stage": "s1", "slot": 0, "title": "Glad", "level": 1}],
        "dismissals": [{"id": "1", "rule": "stage_without_goal", "reason": "So be it", "kind": "stage", "subject": "s1"}],
    }  # fmt: skip


def make(client, segment, external_id="42", document=None, source="crm"):
    answer = client.ask("PUT", address(external_id, source, segment=segment.pk), document or small())
    assert answer.status_code == 201, answer.content
    return answer


def read(client, external_id="42", source="crm"):
    answer = client.ask("GET", address(external_id, source))
    assert answer.status_code == 200, answer.content
    return answer.json(), answer["ETag"]


def said_of(document):
    """What it says of itself, where it was given; the rest are defaults."""
    return {key: [row["id"] for row in document[key]] for key in ("stages", "touchpoints", "connectors", "emotions")}


def test_a_map_is_made_by_its_id_elsewhere_and_tells_the_ids_of_elsewhere(client, journey, owner):
    jsonschema.validate(small(), document_schema())
    answer = make(client, journey.segment)
    assert answer.json()["ids"] == {}
    assert {change["id"] for change in answer.json()["changes"] if change["kind"] == "touchpoint"} == {"1", "2"}
    document, tag = read(client)
    assert tag == answer["ETag"]
    assert document["id"] == "42"
    assert said_of(document) == said_of(small())
    assert [row["id"] for row in document["lanes"]] == ["them", "we", "world"]
    assert [(row["source"], row["target"]) for row in document["connectors"]] == [("1", "2")]
    assert [row["subject"] for row in document["dismissals"]] == ["s1"]
    jsonschema.validate(document, document_schema())
    made = Journey.objects.get(title="From the CRM")
    assert Connector.objects.get(journey=made).source.title == "Kickoff"
    assert Change.objects.of(made).count() == 2  # begun, and drawn


@pytest.mark.parametrize("external_id", ["crm/42", "a/b/c", "x/document", "/", "42/", "a%2Fb"])
def test_an_id_of_elsewhere_may_hold_slashes(client, journey, external_id):
    """Packed or not: a server before us may have unpacked them."""
    written = quote(external_id, safe="")
    tag = make(client, journey.segment, written)["ETag"]
    document, _ = read(client, written)
    assert document["id"] == external_id
    if "%" not in external_id:
        assert read(client, external_id)[0] == document
    assert client.ask("PUT", address(written), document, If_Match=tag).json()["changes"] == []
    listed = client.ask("GET", "journeys/by-external-id/crm?order=-title").json()["results"]
    assert external_id in [one["external_id"] for one in listed]


def test_maps_are_listed_with_what_a_source_calls_them(client, journey):
    make(client, journey.segment)
    found = client.ask("GET", "journeys/by-external-id/crm?fields=external_id,title&order=title").json()["results"]
    assert found == [
        {"external_id": str(journey.pk), "title": journey.title}, {"external_id": "42", "title": "From the CRM"},
    ]  # fmt: skip
    assert len(client.ask("GET", "journeys/by-external-id/other?search=crm").json()["results"][0]["external_id"]) == 36


def test_put_again_it_changes_nothing_and_in_part_only_that_part(client, journey):
    tag = make(client, journey.segment)["ETag"]
    assert client.ask("PUT", address(42), small(), If_Match=tag).json()["changes"] == []
    document, tag = read(client)
    document["touchpoints"][0]["title"] = "First call"
    document["touchpoints"].append({"id": "3", "stage": "s2", "lane": "we", "slot": 2, "title": "New"})
    document["connectors"] = []
    changes = client.ask("PUT", address(42), document, If_Match=tag).json()["changes"]
    assert sorted((one["kind"], one["id"], one["how"]) for one in changes) == [
        ("connector", "1", "deleted"), ("touchpoint", "1", "changed"), ("touchpoint", "3", "made"),
    ]  # fmt: skip
    late = problem(client.ask("PUT", address(42), document, If_Match=tag), 412, "changed-since")
    assert late["ids"] == ["1", "1", "3"] or late["ids"] == ["1", "3"]
    problem(client.ask("PUT", address(42), document), 428, "if-match-missing")
    for wrong in ("x", uuid.uuid4()):
        problem(client.ask("PUT", address(42, segment=wrong), document, If_Match=tag), 400, "bad-parameter")


def test_what_was_deleted_and_brought_back_is_called_what_it_was(client, journey, owner):
    make(client, journey.segment)
    made = Journey.objects.get(title="From the CRM")
    before, _ = read(client)
    card = Touchpoint.objects.get(journey=made, title="Review")
    card.remove(by=owner, at=timezone.now())
    without, _ = read(client)
    assert [row["id"] for row in without["touchpoints"]] == ["1"]
    undo(made, by=owner, at=timezone.now())
    again, _ = read(client)
    assert {**again, "revision": 0} == {**before, "revision": 0}
    client.ask("PUT", address(42), without, If_Match=read(client)[1])
    client.ask("PUT", address(42), again, If_Match=read(client)[1])
    assert Touchpoint.objects.get(journey=made, title="Review").pk == card.pk


def test_exported_from_one_workspace_and_brought_into_another_it_is_exported_the_same(owner, stranger, journey):
    ours, theirs = ApiClient(token_of(owner)), ApiClient(token_of(stranger))
    source = published("five-stages", owner)[0]
    card = Touchpoint.objects.filter(journey=source)[0]
    child = break_down(card, by=owner, at=timezone.now())
    segment = segment_of(stranger)
    for one in (child, source):
        document = ours.ask("GET", f"journeys/{one.pk}/document").json()
        make(theirs, segment, document["id"], document, "ours")
        brought, _ = read(theirs, document["id"], "ours")
        assert {**brought, "revision": 0} == {**document, "revision": 0}
    inside = Touchpoint.objects.filter(journey__segment__workspace=stranger.workspace, child__isnull=False)
    assert [one.journey.segment.name for one in inside] == [source.segment.name]
    # Nobody had these ids here; the source is called by its own there.
    assert not ExternalId.objects.filter(workspace=owner.workspace).exists()
    assert {**read(ours, str(source.pk), "ours")[0]} == ours.ask("GET", f"journeys/{source.pk}/document").json()


def test_the_document_says_of_which_segment_the_map_is(client, journey, owner):
    new = small()
    new["journey"]["segment"] = " Small business "
    made = client.ask("PUT", address(42), new)
    assert made.status_code == 201
    assert made["Location"] == f"/api/v1/journeys/{made.json()['id']}"
    assert client.ask("GET", f"journeys/{made.json()['id']}").json()["title"] == "From the CRM"
    document, tag = read(client)
    assert document["journey"]["segment"] == "Small business"
    map_of = Journey.objects.get(title="From the CRM")
    document["journey"]["segment"] = journey.segment.name.upper()
    client.ask("PUT", address(42), document, If_Match=tag)
    map_of.refresh_from_db()
    assert map_of.segment == journey.segment
    undo(map_of, by=owner, at=timezone.now())
    back, tag = read(client)
    assert back["journey"]["segment"] == "Small business"
    map_of.segment.describe(name="Small", description="", expected_customers=None)
    problem(client.ask("PUT", address(42), back, If_Match=tag), 412, "changed-since")
    _, tag = read(client)
    del back["journey"]["segment"]
    assert client.ask("PUT", address(42), back, If_Match=tag).json()["changes"] == []
    for wrong in (4, "", " ", "x" * 121, "a\0b"):
        back["journey"]["segment"] = wrong
        assert "segment" in problem(client.ask("PUT", address(42), back, If_Match=tag), 422, "invalid")["detail"]


def test_a_dry_run_says_what_would_be_made_and_makes_nothing(client, journey):
    answer = client.ask("PUT", address(42, segment=journey.segment_id, dry_run="true"), small())
    assert answer.status_code == 200
    assert len(answer.json()["changes"]) >= 7
    problem(client.ask("GET", address(42)), 404, "not-found")
    assert not Journey.objects.filter(title="From the CRM").exists()
    assert not ExternalId.objects.exists()


def test_a_segment_is_looked_at_where_the_map_is_there_and_moves_it_nowhere(client, journey, owner, stranger):
    seen, made = {"If_Match": make(client, journey.segment)["ETag"]}, Journey.objects.get(title="From the CRM")
    for bad in ("garbage", uuid.uuid4(), segment_of(stranger).pk):
        problem(client.ask("PUT", address(42, segment=bad), small(), **seen), 400, "bad-parameter")
    client.ask("PUT", address(42, segment=segment_of(owner).pk), small() | {"connectors": []}, **seen)
    now = Journey.objects.get(pk=made.pk)
    assert (now.segment_id, now.revision) == (made.segment_id, made.revision + 1)


def test_what_cannot_be_made_is_refused_and_leaves_nothing(client, journey, stranger):
    theirs = segment_of(stranger)
    for more in ({}, {"segment": "x"}, {"segment": uuid.uuid4()}, {"segment": theirs.pk}):
        assert problem(client.ask("PUT", address(42, **more), small()), 400, "bad-parameter")["parameter"] == "segment"
    unseen = client.ask("PUT", address(42, segment=journey.segment_id), small(), If_Match='"1-0123456789abcdef"')
    problem(unseen, 412, "changed-since")
    for method, body in (("PUT", small()), ("GET", None)):
        odd = client.ask(method, address(42, "no such.name"), body)
        assert problem(odd, 400, "bad-parameter")["parameter"] == "source"
        assert problem(client.ask(method, address("x" * 201), body), 400, "bad-parameter")["parameter"] == "external_id"
    for wrong in (None, [], {"journey": 1}, small() | {"journey": {}}, small() | {"stages": 1}, small() | {"color": "red"}):
        problem(client.ask("PUT", address(42, segment=journey.segment_id), wrong), 422, "invalid")
    mistyped = small()
    mistyped["touchpoints"][1]["titel"] = "x"
    told = problem(client.ask("PUT", address(42, segment=journey.segment_id), mistyped), 422, "invalid")
    assert told["errors"][0]["pointer"] == "/touchpoints/1/titel"
    mistyped["journey"] |= {"title": " ", "segment": 7}
    told = problem(client.ask("PUT", address(42, segment=journey.segment_id), mistyped), 422, "invalid")
    assert {one["pointer"] for one in told["errors"]} == {"/journey/title", "/journey/segment", "/touchpoints/1/titel"}
    assert not ExternalId.objects.exists()
    assert Journey.objects.count() == 1


def test_a_journey_inside_of_a_card_is_told_and_put(client, journey, owner, stranger):
    make(client, journey.segment, "outer")
    make(client, journey.segment, "inner")
    document, tag = read(client, "outer")
    document["touchpoints"][0]["child"] = "inner"
    tag = client.ask("PUT", address("outer"), document, If_Match=tag)["ETag"]
    document, _ = read(client, "outer")
    assert [row.get("child") for row in document["touchpoints"]] == ["inner", None]
    # Who does not speak of it leaves it.
    del document["touchpoints"][0]["child"]
    assert client.ask("PUT", address("outer"), document, If_Match=tag).json()["changes"] == []
    others = Journey.objects.begin(segment_of(stranger), "T", by=stranger, at=timezone.now())
    refused = [
        client.ask("PUT", address("outer"), with_child(document, 1, child), If_Match=tag)
        for child in (str(uuid.uuid4()), str(others.pk), "nothing", 7, "inner", "outer")
    ]
    assert [answer.status_code for answer in refused] == [422] * 6
    assert refused[0].content == refused[1].content
    inner, inner_tag = read(client, "inner")
    problem(client.ask("PUT", address("inner"), with_child(inner, 0, "outer"), If_Match=inner_tag), 422, "invalid")
    document["touchpoints"][0]["child"] = None
    assert client.ask("PUT", address("outer"), document, If_Match=tag).json()["changes"][0]["fields"] == ["child"]


def with_child(document, number, child):
    cards = [dict(card) for card in document["touchpoints"]]
    cards[number]["child"] = child
    return document | {"touchpoints": cards}


@pytest.mark.django_db(transaction=True)
def test_two_that_make_the_same_map_at_once_make_one(owner, journey):
    answers, start = [], threading.Barrier(2)

    def put():
        client = ApiClient(token_of(owner))
        start.wait()
        answers.append(client.ask("PUT", address(42, segment=journey.segment_id), small()).status_code)
        connection.close()

    threads = [threading.Thread(target=put) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) in ([201, 409], [201, 428])
    assert Journey.objects.filter(title="From the CRM").count() == 1


def test_what_it_is_called_may_change_and_an_id_in_capitals_is_the_same(client, journey):
    tag = make(client, journey.segment)["ETag"]
    document, _ = read(client)
    document["lanes"][0]["id"] = "buyer"
    answer = client.ask("PUT", address(42), document, If_Match=tag)
    assert answer.status_code == 200
    assert answer["ETag"] != tag
    assert [row["id"] for row in read(client)[0]["lanes"]] == ["buyer", "we", "world"]
    own = str(Touchpoint.objects.get(title="Kickoff").pk)
    document, tag = read(client, str(Journey.objects.get(title="From the CRM").pk), "other")
    next(row for row in document["touchpoints"] if row["id"] == own)["id"] = own.upper()
    for arrow in document["connectors"]:
        arrow.update({end: arrow[end].upper() for end in ("source", "target") if arrow[end] == own})
    assert client.ask("PUT", address(document["id"], "other"), document, If_Match=tag).json()["changes"] == []


def test_ids_and_titles_that_cannot_be_are_refused(client, journey):
    for external_id in ("a" * 201, "a\0b", "a\nb"):
        document = small()
        document["emotions"][0]["id"] = external_id
        problem(client.ask("PUT", address(42, segment=journey.segment_id), document), 422, "invalid")
    titled = small() | {"journey": {"title": "a\0b"}}
    problem(client.ask("PUT", address(42, segment=journey.segment_id), titled), 422, "invalid")
    for path in (address("a%00b"), address("x", "a%00b"), "journeys/by-external-id/a%00b"):
        problem(client.ask("GET", path), 400, "bad-parameter")
    problem(client.ask("PUT", address("a%00b", segment=journey.segment_id), small()), 400, "bad-parameter")


def test_maps_are_inside_of_each_other_to_a_depth(client, journey):
    for level in range(8):
        make(client, journey.segment, f"m{level}")
    answers = []
    for level in range(6, -1, -1):  # from the inside outwards
        document, tag = read(client, f"m{level}")
        answers.append(
            client.ask("PUT", address(f"m{level}"), with_child(document, 0, f"m{level + 1}"), If_Match=tag).status_code
        )
    assert answers == [200] * 5 + [422, 200]  # the outermost holds one that holds none


@pytest.mark.django_db(transaction=True)
def test_two_maps_that_take_the_same_one_at_once_do_not_both_have_it(owner, journey):
    client = ApiClient(token_of(owner))
    for name in ("a", "b", "inner"):
        make(client, journey.segment, name)
    read_both = {name: read(client, name) for name in ("a", "b")}
    answers, start = [], threading.Barrier(2)

    def put(name):
        document, tag = read_both[name]
        start.wait()
        answers.append(ApiClient(token_of(owner)).ask("PUT", address(name), with_child(document, 0, "inner"), If_Match=tag))
        connection.close()

    threads = [threading.Thread(target=put, args=[name]) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) in ([200, 409], [200, 422])
    assert Touchpoint.objects.exclude(child=None).count() == 1
