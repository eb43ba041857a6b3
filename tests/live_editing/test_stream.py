"""What happens on a map reaches every page that is open on it, once and in order."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest
from django.core.cache import cache
from django.db import connection
from django.urls import reverse

from accounts.models import Access
from journeys.differing import document_at
from journeys.document import apply_patches
from journeys.models import Change, Lane, Stage, Touchpoint
from journeys.reading import read_document
from journeys.rendering import delta, draw
from tests.live_editing.listener import Listener, step_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.alone]


def address(member, journey, web):
    return web.url + reverse("journeys:canvas", args=[member.workspace.slug, journey.pk])


def test_an_act_through_one_process_reaches_the_streams_of_both(listen, web, other_web, owner, editor, viewer, journey, now):
    streams = [listen(owner, journey), listen(editor, journey, on=other_web), listen(viewer, journey, on=other_web)]
    journey.add_stage("Pursuit", by=owner, at=now)  # in this process, which is a third one
    for stream in streams:
        _, _, data = stream.wait_for(lambda name, id, _: not name and id == "2")
        told = step_of(data)
        assert (told["since"], told["name"], told["did"]) == (1, "Olga", "added stage Pursuit")
        assert told["changed"] == [f"stages/{Stage.objects.get().pk}/"]
        assert "Pursuit" in data


def test_the_steps_lead_to_the_very_picture_that_the_page_would_load(listen, owner, journey, now):
    stream = listen(owner, journey)
    roles = {str(role.pk): role.name for role in owner.workspace.roles.all()}
    stage = journey.add_stage("Pursuit", by=owner, at=now)
    customer, outside = Lane.objects.filter(journey=journey).order_by("position")
    for n in range(6):
        Touchpoint.catch(journey, f"Card {n}", stage, customer, n, by=owner, at=now)
    Touchpoint.objects.first().move_to(stage, outside, 3, by=owner, at=now)
    journey.undo(by=owner, at=now)
    journey.refresh_from_db()
    stream.wait_for(lambda name, id, _: id == str(journey.revision))
    reached = 1
    for name, id, data in stream.events:
        if name:
            continue
        assert step_of(data)["since"] == reached
        then, now_ = document_at(journey, reached), document_at(journey, int(id))
        assert data.partition("-->")[2] == delta(draw(then, roles), draw(now_, roles))
        reached = int(id)
    assert reached == journey.revision


def test_who_comes_back_gets_what_was_missed_and_nothing_else(listen, owner, journey, now):
    for n in range(5):
        journey.add_stage(f"Stage {n}", by=owner, at=now)
    stream = listen(owner, journey, since=1, last_event_id=4)
    _, _, data = stream.wait_for(lambda name, id, _: id == "6")
    assert step_of(data)["since"] == 4
    assert ["Stage 2" in data, "Stage 3" in data, "Stage 4" in data] == [False, True, True]
    assert stream.revisions() == [6]


def test_a_gap_that_is_too_large_asks_the_page_to_load_again(listen, owner, journey, now):
    changes = [
        Change(journey=journey, revision=n, label="x", patches=[], by=owner, at=now, standing="none") for n in range(2, 510)
    ]
    Change.objects.bulk_create(changes)
    type(journey).objects.filter(pk=journey.pk).update(revision=509)
    listen(owner, journey, since=3).wait_for(lambda name, *_: name == "live:reload")


def test_without_redis_pages_are_told_a_little_later_and_nothing_is_lost(listen, owner, journey, now, settings):
    stream = listen(owner, journey)
    with connection.cursor() as cursor:  # an act that nobody tells of: what is left of one when Redis is dead
        stage = Stage(journey=journey, name="Untold", position=1.0)
        patch = {"kind": "stage", "id": str(stage.pk), "before": None, "after": stage.snapshot()}
        stage.save()
        cursor.execute("UPDATE journeys_journey SET revision = 2 WHERE id = %s", [journey.pk])
        Change.objects.create(journey=journey, revision=2, label="added stage Untold", patches=[patch], by=owner, at=now)
    _, _, data = stream.wait_for(lambda name, id, _: id == "2", seconds=15)
    assert "Untold" in data


def test_flushall_is_no_trouble(listen, owner, journey, now):
    stream = listen(owner, journey)
    cache._cache.get_client().flushall()
    journey.add_stage("After the flush", by=owner, at=now)
    stream.wait_for(lambda name, id, data: id == "2" and "After the flush" in data, seconds=2)


def test_a_role_with_another_name_is_drawn_anew_without_an_act(listen, owner, journey, now):
    from journeys.models import Handoff

    stage = journey.add_stage("Pursuit", by=owner, at=now)
    card = Touchpoint.catch(journey, "Kick-off", stage, Lane.objects.filter(journey=journey).first(), 0, by=owner, at=now)
    role = owner.workspace.roles.first()
    Handoff.draw(card, role, by=owner, at=now)
    stream = listen(owner, journey)
    role.rename("Chief happiness officer")
    _, id, data = stream.wait_for(lambda name, id, data: not name)
    journey.refresh_from_db()
    assert (id, step_of(data)) == (str(journey.revision), {"since": journey.revision})
    assert "Chief happiness officer" in data


@pytest.mark.parametrize(
    "end", ["demoted", "removed", "signed out", "password"], ids=["demoted", "removed", "signed-out", "password-changed"]
)
def test_streams_are_closed_at_once(listen, client_for, owner, editor, journey, now, end):
    client = client_for(editor)
    stream, other = listen(editor, journey, client=client), listen(owner, journey)
    if end == "demoted":
        editor.change_access(Access.VIEWER, by=owner, at=now)
    elif end == "removed":
        editor.remove(by=owner, at=now)
    elif end == "signed out":
        client.post(reverse("account_logout"))
    else:
        values = {
            "oldpassword": "correct horse battery",
            "password1": "another horse battery",
            "password2": "another horse battery",
        }
        assert client.post(reverse("account_change_password"), values).status_code == 302
    stream.wait_for(lambda name, *_: name == "live:closed", seconds=2)
    stream.wait_for_end(2)
    assert not other.ended


def test_who_may_not_see_the_map_gets_no_stream(web, client_for, owner, stranger, journey, settings):
    def status(cookie, path, method="GET", body=None, headers=()):
        headers = {"Cookie": f"sessionid={cookie}", **dict(headers)}
        try:
            return urllib.request.urlopen(urllib.request.Request(path, body, headers, method=method), timeout=10).status
        except urllib.error.HTTPError as error:
            return error.code

    theirs = client_for(stranger).cookies[settings.SESSION_COOKIE_NAME].value
    ours = client_for(owner).cookies[settings.SESSION_COOKIE_NAME].value
    stream = address(owner, journey, web) + "live/"
    assert status(theirs, f"{stream}?since=1") == 404
    assert status("", f"{stream}?since=1") == status("nonsense", f"{stream}?since=1") == 401
    assert status(ours, stream) == status(ours, f"{stream}?since=x") == status(ours, f"{stream}?since=-1") == 400
    assert status(ours, f"{stream}?since=1", headers={"Last-Event-ID": "nonsense"}) == 400
    assert status(ours, stream, "DELETE") == 405
    for body in (b"", b"[]", b"7", b"{}", b'{"page": 3}', b"{" * 5000):
        assert status(ours, stream, "POST", body) == 400
    assert status(ours, stream, "POST", b'{"page": "nobody", "open": "x", "field": 3}') == 204


def test_a_stream_keeps_no_database_connection(listen, owner, journey):
    def connections():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            return cursor.fetchone()[0]

    first = listen(owner, journey)
    before = connections()
    for _ in range(30):
        listen(owner, journey)
    assert connections() <= before + 4  # the pool of the test's web process
    first.wait_for(lambda name, *_: name == "live:joined")


def test_the_news_of_an_act_are_what_its_log_says(listen, owner, journey, now):
    stream = listen(owner, journey)
    before = read_document(journey)
    journey.add_stage("Pursuit", by=owner, at=now)
    stream.wait_for(lambda name, id, _: id == "2")
    change = Change.objects.get(journey=journey, revision=2)
    after = read_document(journey)
    assert apply_patches(before, change.patches, 2) == after


def test_listeners_are_people_once_however_many_pages_they_have(listen, other_web, owner, editor, journey):
    card = "touchpoints/01a213be-0718-76e5-a824-16b9dde69e5c/"
    first, second = listen(owner, journey), listen(owner, journey, on=other_web)
    theirs = listen(editor, journey, on=other_web)
    second.say(open=card, field="title")
    for stream in (first, second, theirs):
        stream.wait_for_people(lambda people: people == {"Olga": [[card, "title"]], "Edda": []})
    second.say(open="<script>", field="no such thing!")
    theirs.wait_for_people(lambda people: people == {"Olga": [], "Edda": []})
    theirs.close()
    first.wait_for_people(lambda people: people == {"Olga": []})


def test_who_says_nothing_any_more_is_gone_within_15_seconds(listen, owner, editor, journey):
    theirs, mine = listen(editor, journey), listen(owner, journey)
    mine.wait_for_people(lambda people: "Edda" in people)
    for _ in range(5):  # the laptop of the other is closed: its connection stays, and says nothing
        try:
            mine.wait_for_people(lambda people: "Edda" not in people, seconds=3)
        except AssertionError:
            mine.say(open="", field="")
        else:
            break
    assert mine.people() == {"Olga": []}
    assert isinstance(theirs, Listener)
