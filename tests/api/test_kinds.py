"""What only some kinds of the parts of a map have: places, owners, arrows, handoffs, filters."""

from __future__ import annotations

import uuid

import pytest

from accounts.models import Role
from journeys.models import Connector, Emotion, Lane, Stage, Touchpoint
from tests.api.conftest import problem
from tests.api.drawing import NOW, at, ids_in
from tests.api.test_lists import walk

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(api, editor):
    return api(editor)


def test_stages_and_lanes_take_their_places(client, drawn):
    def names(kind):
        return [one["name"] for one in walk(client, f"{at(drawn, kind)}?limit=2")[0]]

    client.ask("POST", at(drawn, "stages"), {"name": "First", "before": str(drawn["stage"].pk)})
    assert names("stages") == ["First", "Onboarding", "Adoption"]
    client.ask("PATCH", at(drawn, "stages", drawn["stage"].pk), {"before": None})
    assert names("stages") == ["First", "Adoption", "Onboarding"]
    client.ask("PATCH", at(drawn, "lanes", drawn["other_lane"].pk), {"before": str(drawn["lane"].pk)})
    assert names("lanes") == ["Customer", drawn["other_role"].name, drawn["role"].name, "Outside"]
    ends = {kind: str(Lane.objects.get(journey=drawn["journey"], kind=kind).pk) for kind in ("customer", "outside")}
    lane = at(drawn, "lanes", drawn["other_lane"].pk)
    for method, path, said in (("PATCH", lane, {}), ("POST", at(drawn, "lanes"), {"name": "Above all"})):
        above = problem(client.ask(method, path, {**said, "before": ends["customer"]}), 422, "invalid")
        assert above["errors"] == [{"pointer": "/before", "detail": "The lane Customer is always the first one."}]
    assert names("lanes") == ["Customer", drawn["other_role"].name, drawn["role"].name, "Outside"]
    client.ask("PATCH", lane, {"before": ends["outside"]})
    assert names("lanes") == ["Customer", drawn["role"].name, drawn["other_role"].name, "Outside"]
    body = problem(
        client.ask("PATCH", at(drawn, "stages", drawn["stage"].pk), {"before": str(drawn["stage"].pk)}), 422, "invalid"
    )
    assert body["errors"][0]["pointer"] == "/before"
    for method, said in (("DELETE", None), ("PATCH", {"before": None})):
        problem(client.ask(method, at(drawn, "lanes", ends["outside"]), said), 422, "invalid")
    assert client.ask("PATCH", at(drawn, "lanes", ends["outside"]), {"name": "World"}).json()["name"] == "World"


def test_a_stage_goes_with_what_stands_on_it_and_comes_back_with_it(client, editor, drawn):
    Connector.join(drawn["card"], drawn["other"], "sequence", by=editor, at=NOW)
    assert client.ask("DELETE", at(drawn, "stages", drawn["stage"].pk)).status_code == 204
    assert client.ask("GET", at(drawn, "connectors")).json()["results"] == []
    problem(client.ask("GET", at(drawn, "touchpoints", drawn["card"].pk)), 404, "not-found")
    drawn["journey"].undo(by=editor, at=NOW)
    assert len(client.ask("GET", at(drawn, "connectors")).json()["results"]) == 1


def test_owner_and_lane_follow_each_other_unless_both_are_said(client, drawn):
    where = at(drawn, "touchpoints", drawn["card"].pk)
    mine, others = ({"owner": str(drawn[f"{o}role"].pk), "lane": str(drawn[f"{o}lane"].pk)} for o in ("", "other_"))

    def after(said):
        row = client.ask("PATCH", where, said).json()
        return {"owner": row["owner"], "lane": row["lane"]}

    assert after({"lane": others["lane"]}) == others
    assert after({"owner": mine["owner"]}) == mine
    both = {"owner": mine["owner"], "lane": others["lane"]}
    assert after(both) == both
    assert after({"owner": None}) == both | {"owner": None}
    made = client.ask("POST", at(drawn, "touchpoints"), {"title": "x", "stage": str(drawn["stage"].pk), "slot": 5, **both}).json()
    assert {"owner": made["owner"], "lane": made["lane"]} == both
    outside = str(Lane.objects.get(journey=drawn["journey"], kind="outside").pk)
    made = client.ask(
        "POST", at(drawn, "touchpoints"), {"title": "x", "stage": str(drawn["stage"].pk), "slot": 5, "lane": outside}
    )
    assert made.json()["kind"] == "event"


def test_arrows_lead_in_no_circle_and_keep_their_cards(client, editor, drawn):
    third = Touchpoint.catch(drawn["journey"], "Third", drawn["later"], drawn["lane"], 4, by=editor, at=NOW)
    first = client.ask("POST", at(drawn, "connectors"), ids_in({"source": "@card", "target": "@other"}, drawn)).json()
    Connector.join(drawn["other"], third, "sequence", by=editor, at=NOW)
    closing = {"source": str(third.pk), "target": str(drawn["card"].pk)}
    assert "circle" in problem(client.ask("POST", at(drawn, "connectors"), closing), 422, "invalid")["errors"][0]["detail"]
    for again in (("card", "other"), ("other", "card")):
        said = {name: str(drawn[one].pk) for name, one in zip(("source", "target"), again, strict=True)}
        body = problem(client.ask("POST", at(drawn, "connectors"), said), 422, "invalid")
        assert first["id"] in body["errors"][0]["detail"]
    moved = client.ask("PATCH", at(drawn, "connectors", first["id"]), {"target": str(third.pk)})
    assert problem(moved, 422, "invalid")["errors"][0]["pointer"] == "/target"


def test_a_handoff_goes_to_whoever_owns_a_card_if_no_role_is_said(client, drawn):
    said = ids_in({"touchpoint": "@card", "to_touchpoint": "@other"}, drawn)
    made = client.ask("POST", at(drawn, "handoffs"), said).json()
    assert made["to_role"] == str(drawn["other_role"].pk)
    twice = problem(client.ask("POST", at(drawn, "handoffs"), said), 422, "invalid")
    assert twice["errors"][0]["pointer"] == "/to_role"
    nobody = client.ask("POST", at(drawn, "handoffs"), ids_in({"touchpoint": "@card"}, drawn))
    assert problem(nobody, 422, "invalid")["errors"][0]["pointer"] == "/to_role"


def test_a_handoff_leads_to_another_card_and_no_two_say_the_same(client, editor, drawn):
    where, third = at(drawn, "handoffs"), str(Role.objects.visible_to(editor).in_order()[2].pk)
    said = ids_in({"touchpoint": "@card", "to_role": "@other_role"}, drawn)
    first = client.ask("POST", where, said).json()["id"]
    other = f"{where}/{client.ask('POST', where, said | {'to_role': third}).json()['id']}"
    own, giver = {"to_touchpoint": said["touchpoint"]}, str(drawn["card"].owner_id)
    for method, path, body, pointer in (
        ("PATCH", other, {"to_role": said["to_role"]}, "/to_role"), ("PATCH", other, own, "/to_touchpoint"),
        ("POST", where, {**said, **own}, "/to_touchpoint"),
        ("POST", where, {"touchpoint": drawn["card"].pk, **own}, "/to_touchpoint"),
        ("POST", where, said | {"to_role": giver}, "/to_role"), ("PATCH", other, {"to_role": giver}, "/to_role"),
        ("PATCH", other, {"to_role": giver, "note": "Ours"}, "/to_role"),
    ):  # fmt: skip
        assert [one["pointer"] for one in problem(client.ask(method, path, body), 422, "invalid")["errors"]] == [pointer]
    assert client.ask("GET", other).json()["note"] == ""
    # Two that have become the same by an act on something else stay what they are, also when that act is taken back.
    reviewed = ids_in({"to_role": "@other_role", "to_touchpoint": "@other"}, drawn)
    assert client.ask("PATCH", other, reviewed).status_code == 200
    client.ask("DELETE", at(drawn, "touchpoints", drawn["other"].pk))
    assert client.ask("PATCH", other, {"note": "Soon"}).json()["to_touchpoint"] is None
    assert client.ask("GET", f"{where}/{first}").json()["to_role"] == said["to_role"]
    for _ in range(2):
        drawn["journey"].undo(by=editor, at=NOW)
    assert client.ask("GET", other).json()["to_touchpoint"] == reviewed["to_touchpoint"]


def test_cards_are_filtered_and_events_are_those_that_are_events(client, editor, drawn):
    who = {"by": editor, "at": NOW}
    event = Touchpoint.catch(drawn["journey"], "New CIO", drawn["later"], drawn["lane"], 3, kind="event", **who)
    drawn["card"].edit({"owner_id": None}, **who)

    def found(query, kind="touchpoints"):
        return {one["title"] for one in walk(client, f"{at(drawn, kind)}?limit=1&{query}")[0]}

    assert found("") == {"Kickoff call", "Review", "New CIO"}
    assert found("kind=event") == found("", "events") == {"New CIO"}
    assert found(f"stage={drawn['stage'].pk}") == found("search=call+kick") == found("owner=none") == {"Kickoff call"}
    assert found(f"lane={drawn['lane'].pk}&order=-title") == {"Kickoff call", "New CIO"}
    assert found(f"owner={drawn['other_role'].pk}") == {"Review"}
    assert found(f"owner={uuid.uuid4()}") == set()
    few = client.ask("GET", f"{at(drawn, 'touchpoints')}?fields=title,stage&order=slot").json()["results"][0]
    assert set(few) == {"title", "stage"}
    for query in ("kind=card", "stage=x", "owner=", "colour=red"):
        problem(client.ask("GET", f"{at(drawn, 'touchpoints')}?{query}"), 400, "bad-parameter")
    problem(client.ask("GET", at(drawn, "events", drawn["card"].pk)), 404, "not-found")
    problem(client.ask("PATCH", at(drawn, "events", drawn["card"].pk), {"title": "x"}), 404, "not-found")
    assert client.ask("PATCH", at(drawn, "touchpoints", event.pk), {"kind": "touchpoint"}).status_code == 200
    problem(client.ask("GET", at(drawn, "events", event.pk)), 404, "not-found")


def test_an_emotion_says_what_was_sent_and_reads_no_level_out_of_it(client, drawn):
    said = ids_in({"title": "+1 month later: proud", "stage": "@stage", "slot": 0}, drawn)
    made = client.ask("POST", at(drawn, "emotions"), said).json()
    assert (made["title"], made["level"]) == ("+1 month later: proud", 0)
    assert Emotion.objects.get(pk=made["id"]).title == made["title"]
    assert Stage.objects.filter(pk=made["stage"]).exists()
