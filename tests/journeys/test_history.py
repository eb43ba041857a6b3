"""The doors to the history: the list, the map at a revision, names, restoring, and what is new since one was last here."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.ids import new_id
from journeys.models import Change, Connector, Journey, Lane, NamedRevision, Segment, Touchpoint, Visit
from journeys.models.element import ActRefused
from journeys.reading import read_document
from tests.conftest import join

pytestmark = pytest.mark.django_db
#: the clock is the domain's own: a sitting each
MORNING = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def journey(owner):
    segment = Segment.objects.make(owner.workspace, "Enterprise", at=MORNING)
    return Journey.objects.begin(segment, "Enterprise journey", by=owner, at=MORNING)


@pytest.fixture
def card(journey, owner):
    """Revisions 2 to 4, by the owner at nine."""
    stage = journey.add_stage("Pursuit", by=owner, at=MORNING)
    lane = journey.add_lane("", role=owner.workspace.roles.get(name="Support"), by=owner, at=MORNING)
    return Touchpoint.catch(journey, "Kickoff <b>", stage, lane, 0, by=owner, at=MORNING + timedelta(minutes=5))


@pytest.fixture
def edited(card, editor):
    """Revisions 5 to 7, by the editor in the afternoon: renamed, moved, and that undone."""
    who = {"by": editor, "at": MORNING + timedelta(hours=5)}
    card.edit({"title": "Kickoff call", "notes": "Bring the plan"}, **who)
    card.refresh_from_db()
    card.move_to(card.stage, Lane.objects.get(journey=card.journey, kind="customer"), 2, **who)
    card.journey.undo(**who)
    return card


def url(journey, name, *ids):
    return reverse(f"journeys:{name}", args=[journey.segment.workspace.slug, journey.pk, *ids])


def text_of(client, address, **asked):
    answer = client.get(address, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def listed(text):
    """The revisions in the list, in its order."""
    return [int(found) for found in re.findall(r'id="change-(\d+)"', text)]


def words(html):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_the_list_tells_who_did_what_in_which_sitting(client_for, viewer, editor, journey, edited):
    client = client_for(viewer)
    text = text_of(client, url(journey, "history"))
    assert listed(text) == [7, 6, 5, 4, 3, 2, 1]
    told = words(text)
    assert "Edda 14:00 · 3 changes Undid: moved Kickoff call to Pursuit Moved Kickoff call to Pursuit undone Renamed" in told
    assert "Olga 09:00–09:05 · 4 changes Added Kickoff <b> Added lane Support Added stage Pursuit Began Enterprise" in told
    assert "Kickoff &lt;b&gt;" in text
    assert re.findall(r'past--undone[^>]*id="change-(\d+)"', text) == ["6"]
    journey.redo(by=editor, at=MORNING + timedelta(hours=6))
    assert "past--undone" not in text_of(client, url(journey, "history"))


def test_times_are_those_of_the_persons_zone(client_for, viewer, journey, edited):
    viewer.user.edit_profile(name="Vera", time_zone="Asia/Tokyo")
    assert "Olga 18:00–18:05 · 4 changes" in words(text_of(client_for(viewer), url(journey, "history")))


def test_it_is_filtered_by_person_by_element_and_to_what_has_a_name(client_for, owner, editor, journey, edited):
    client, history = client_for(owner), url(journey, "history")
    assert listed(text_of(client, history, by=str(editor.pk))) == [7, 6, 5]
    element = f"touchpoints/{edited.pk}"
    assert listed(text_of(client, history, element=element)) == [7, 6, 5, 4]
    assert listed(text_of(client, history, element=f"{element}/", by=str(owner.pk))) == [4]
    assert "History of the card Kickoff call" in text_of(client, history, element=element)
    assert listed(text_of(client, history, element=f"stages/{edited.stage_id}")) == [2]
    assert "No version has a name yet" in text_of(client, history, named="1")
    journey.refresh_from_db()
    NamedRevision.objects.give(journey, 5, "Agreed with sales", by=owner, at=MORNING)
    text = text_of(client, history, named="1")
    assert listed(text) == [5]
    assert "Agreed with sales" in text
    edited.remove(by=owner, at=MORNING + timedelta(hours=6))
    text = text_of(client, history, element=element)
    assert listed(text) == [8, 7, 6, 5, 4]
    assert "a card that is no longer there" in text


@pytest.mark.parametrize("what", ["by", "element", "named", "before", "against"])
def test_what_makes_no_sense_is_not_asked(client_for, owner, journey, card, what):
    client = client_for(owner)
    for value in ("\0", "x" * 10_000, "-1", "9" * 5000, "touchpoints/\0/", "touchpoints/x", f"wires/{card.pk}", "²", "%", "1e9"):
        assert client.get(url(journey, "history"), {what: value}).status_code == 200, value
        assert client.get(url(journey, "revision", 4), {what: value}).status_code == (404 if what == "against" else 200), value


def test_older_changes_are_put_under_it_a_page_at_a_time_each_once(client_for, owner, editor, journey, card):
    for n in range(150):
        card.edit({"notes": f"{n}"}, by=(owner, editor)[n // 40 % 2], at=MORNING + timedelta(days=1, minutes=n))
    client, seen, query = client_for(owner), [], ""
    for _ in range(9):
        text = unescape(text_of(client, url(journey, "history") + query))
        assert ("history__filter" in text) == (not query)
        seen += listed(text)
        more = re.search(r'hx-get="[^"]*(\?[^"]*before=\d+)"', text)
        if not more:
            break
        query = more[1]
    assert len(seen) == 154
    assert sorted(seen) == list(range(1, 155))


def test_the_list_asks_as_many_queries_for_many_changes_as_for_few_and_reads_no_patches(client_for, owner, journey, card):
    client = client_for(owner)
    text_of(client, url(journey, "history"))
    with CaptureQueriesContext(connection) as few:
        text_of(client, url(journey, "history"))
    for n in range(58):
        by = join(owner.workspace, f"M{n}", "editor") if n % 15 == 0 else owner
        card.edit({"notes": f"{n}"}, by=by, at=MORNING + timedelta(hours=n))
    with CaptureQueriesContext(connection) as many:
        text_of(client, url(journey, "history"))
    assert len(many) == len(few) < 15
    assert not any('"patches"' in query["sql"] for query in many)


def test_a_look_up_by_element_uses_the_index(owner, journey, card):
    others = [
        Change(journey=journey, revision=n, label="x", patches=[{"kind": "stage", "id": str(new_id())}], by=owner, at=MORNING)
        for n in range(1000, 4000)
    ]
    Change.objects.bulk_create(others)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE journeys_change")
        statement, values = Change.objects.of(journey).touching("touchpoint", str(card.pk)).listed().query.sql_with_params()
        cursor.execute(f"EXPLAIN {statement}", values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "change_touched" in plan
    assert [change.revision for change in Change.objects.of(journey).touching("touchpoint", str(card.pk))] == [4]
    assert not Change.objects.of(journey).touching("stage", str(card.pk)).exists()


def marks(text):
    return dict(re.findall(r'id="((?:card|stage|lane-label|wire|handoff)-[^"]+)" data-diff="(\w+)"', text))


def test_a_revision_shows_the_map_as_it_was_and_marks_what_the_change_did(client_for, owner, journey, edited):
    text = text_of(client_for(owner), url(journey, "revision", 5))
    assert marks(text) == {f"card-{edited.pk}": "changed"}
    assert f'data-lane="{edited.lane_id}"' in text
    assert "Changed 1 Kickoff call Card · Pursuit, Support Title Kickoff <b> → is now Kickoff call Notes nothing" in words(text)
    assert 'aria-label="Changed: Kickoff call, touchpoint' in text
    text = text_of(client_for(owner), url(journey, "revision", 4))
    assert marks(text) == {f"card-{edited.pk}": "added"}
    assert "Kickoff &lt;b&gt;" in text
    assert "Kickoff call" not in text


def test_until_now_it_marks_what_has_happened_since_and_ghosts_what_was_not_there_yet(client_for, owner, journey, edited):
    other = Touchpoint.catch(journey, "Review", edited.stage, edited.lane, 3, by=owner, at=MORNING)
    arrow = Connector.join(edited, other, "sequence", by=owner, at=MORNING)
    text = text_of(client_for(owner), url(journey, "revision", 4), against="now")
    assert marks(text) == {f"card-{edited.pk}": "changed", f"card-{other.pk}": "added", f"wire-{arrow.pk}": "added"}
    assert re.findall(r'id="([\w-]+)" data-diff="\w+" data-ghost', text) == [f"card-{other.pk}", f"wire-{arrow.pk}"]
    # The other way round: the map of now, and what has happened since revision 4.
    other.remove(by=owner, at=MORNING)
    text = text_of(client_for(owner), url(journey, "revision", 10), against="8")
    assert marks(text) == {f"card-{other.pk}": "removed"}
    assert "data-ghost" in text


def test_one_walks_from_revision_to_revision_and_unknown_ones_do_not_exist(client_for, owner, journey, edited):
    client = client_for(owner)
    text = text_of(client, url(journey, "revision", 4), against="now")
    for neighbour in (3, 5):
        assert f'href="{url(journey, "revision", neighbour)}?against=now"' in text
    assert f'href="{url(journey, "revision", 0)}"' not in text_of(client, url(journey, "revision", 1))
    for unknown in (0, 8, 10**12, 10**30):
        assert client.get(url(journey, "revision", unknown)).status_code == 404
    for against in ("8", "-1", "then"):
        assert client.get(url(journey, "revision", 4), {"against": against}).status_code == 404
    assert client.get(url(journey, "revision", 4), {"against": "0"}).status_code == 200


def test_a_revision_gets_a_name_another_one_and_none(client_for, owner, journey, edited):
    client = client_for(owner)
    for name in ("Before the workshop", " Before the <big> one "):
        answer = client.post(url(journey, "name_revision", 5), {"name": name})
        assert answer.json()["said"] == f"Revision 5 is called {name.strip()}"
    assert answer.json()["revision"] == 7  # it is no act on the map
    for address in (url(journey, "history"), url(journey, "revision", 5)):
        assert "Before the &lt;big&gt; one" in text_of(client, address)
    assert client.post(url(journey, "take_name_away", 5)).status_code == 200
    assert client.post(url(journey, "take_name_away", 5)).status_code == 404
    assert not NamedRevision.objects.exists()


@pytest.mark.parametrize("name", ["", "  ", "a\0b", "x" * 121])
def test_a_name_that_is_none_is_refused_at_its_field(client_for, owner, journey, card, name):
    answer = client_for(owner).post(url(journey, "name_revision", 4), {"name": name})
    assert (answer.status_code, answer.json()["field"]) == (422, "name")


@pytest.mark.parametrize("revision", [0, 5, 10**12, 10**30])
def test_what_does_not_exist_gets_no_name_and_is_not_restored(client_for, owner, journey, card, revision):
    client = client_for(owner)
    assert client.post(url(journey, "name_revision", revision), {"name": "x"}).status_code == 422
    assert client.post(url(journey, "restore", revision)).status_code == 422
    assert client.post(url(journey, "take_name_away", revision)).status_code == 404


def test_the_database_holds_what_a_name_is(owner, journey):
    with pytest.raises(ActRefused):
        NamedRevision.objects.give(journey, 1, " ", by=owner, at=MORNING)
    for wrong in ({"name": " "}, {"revision": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            NamedRevision.objects.create(**{"journey": journey, "revision": 1, "name": "x", "by": owner, "at": MORNING} | wrong)


def test_restoring_is_one_act_that_says_so_and_undo_takes_it_back(client_for, owner, journey, edited):
    client, before = client_for(owner), read_document(journey)
    answer = client.post(url(journey, "restore", 4), {"tell_later": "1"})
    said = "Restored the map as it was at revision 4. Undo brings back what was before."
    assert answer.json() == {"revision": 8, "said": said}
    assert read_document(journey)["touchpoints"][str(edited.pk)]["title"] == "Kickoff <b>"
    assert said in text_of(client, url(journey, "canvas"))
    assert said not in text_of(client, url(journey, "canvas"))
    client.post(url(journey, "undo"))
    assert read_document(journey)["touchpoints"] == before["touchpoints"]
    assert "nothing to restore" in client.post(url(journey, "restore", 9)).json()["said"].lower()
    assert Journey.objects.get(pk=journey.pk).revision == 9


@pytest.mark.parametrize("who", ["viewer", "contributor"])
def test_who_only_looks_sees_all_of_it_and_changes_nothing(client_for, journey, edited, who, request):
    client = client_for(request.getfixturevalue(who))
    text = text_of(client, url(journey, "history"))
    assert listed(text) == [7, 6, 5, 4, 3, 2, 1]
    assert "Restore" not in text + text_of(client, url(journey, "revision", 5))
    assert text_of(client, url(journey, "since")).strip() == ""
    for name in ("name_revision", "take_name_away", "restore"):
        assert client.post(url(journey, name, 5), {"name": "x"}).status_code == 403
    assert client.post(url(journey, "seen"), {"revision": 5}).status_code == 204


def note(client, journey):
    return words(text_of(client, url(journey, "since")))


def test_who_comes_back_is_told_what_others_have_changed(client_for, owner, editor, viewer, journey, edited):
    client = client_for(viewer)
    assert note(client, journey) == ""
    assert client.post(url(journey, "seen"), {"revision": 4}).status_code == 204
    Visit.objects.update(at=datetime(2024, 2, 29, 12, tzinfo=UTC))
    assert note(client, journey).startswith("Since 29 February 2024: 3 changes by Edda.")
    edited.edit({"notes": ""}, by=owner, at=MORNING)
    text = text_of(client, url(journey, "since"))
    assert "4 changes</b> by Edda and Olga." in text
    assert f'href="{url(journey, "revision", 8)}?against=4"' in text
    client.post(url(journey, "seen"), {"revision": 8})
    assert note(client, journey) == ""


def test_ones_own_changes_are_not_told(client_for, editor, journey, edited):
    client = client_for(editor)
    client.post(url(journey, "seen"), {"revision": 4})
    assert note(client, journey) == ""


def test_a_page_that_is_behind_or_makes_things_up_takes_nothing_back(client_for, owner, journey, edited):
    client = client_for(owner)
    for revision, seen in ((5, 5), (3, 5), (10**9, 7)):
        client.post(url(journey, "seen"), {"revision": revision})
        assert Visit.objects.get().revision == seen
    for nonsense in ("", "x", "-1", "9" * 5000, "\0"):
        assert client.post(url(journey, "seen"), {"revision": nonsense}).status_code == 400
    assert client.post(url(journey, "seen")).status_code == 400


def test_to_strangers_none_of_it_exists(client_for, stranger, journey, edited):
    client = client_for(stranger)
    for name, ids in (("history", ()), ("revision", (5,)), ("since", ())):
        assert client.get(url(journey, name, *ids)).status_code == 404
    for name, ids in (("seen", ()), ("restore", (5,)), ("name_revision", (5,)), ("take_name_away", (5,))):
        assert client.post(url(journey, name, *ids), {"revision": 5, "name": "x"}).status_code == 404
