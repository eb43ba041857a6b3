"""The doors to comments: who reads, who writes, what is shown where, and what is refused in which words."""

from __future__ import annotations

import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.ids import new_id
from accounts.models import Notice
from journeys.models import Comment, Connector, Emotion, Handoff, Thread, Touchpoint
from tests.conftest import join, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(journey):
    return lambda name, *ids: reverse(f"journeys:{name}", args=[journey.segment.workspace.slug, journey.pk, *ids])


@pytest.fixture
def say(client_for, url, card):
    """say(member, text) -> the answer to a new thread about the card, or about what `about` names."""

    def post(member, text="Is this true?", **values):
        values = {"about": f"touchpoints/{card.pk}/", "text": text} | values
        return client_for(member).post(url("begin_thread"), values)

    return post


def shown(client_for, member, address):
    answer = client_for(member).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("name", "status"), [("contributor", 200), ("editor", 200), ("owner", 200), ("viewer", 403), ("stranger", 404)]
)
def test_from_contributor_on_one_comments(request, say, name, status):
    assert say(request.getfixturevalue(name)).status_code == status
    assert Thread.objects.count() == (status == 200)


@pytest.mark.parametrize(("name", "status"), [("contributor", 200), ("viewer", 403), ("stranger", 404)])
def test_and_answers_settles_and_opens_again(request, client_for, url, say, owner, name, status):
    say(owner)
    thread = Thread.objects.get()
    client = client_for(request.getfixturevalue(name))
    for act in ("reply", "resolve_thread", "reopen_thread"):
        assert client.post(url(act, thread.pk), {"text": "Yes"}).status_code == status
    assert Comment.objects.count() == (2 if status == 200 else 1)


def test_a_viewer_reads_all_of_it_and_finds_no_box(client_for, url, card, say, owner, viewer):
    say(owner)
    for address in (url("element_comments", "touchpoints", card.pk), url("thread", Thread.objects.get().pk)):
        text = shown(client_for, viewer, address)
        assert "Is this true?" in text
        assert "<textarea" not in text
        assert "data-talk-act" not in text
    assert "data-talks" not in shown(client_for, viewer, url("canvas"))
    assert "<textarea" not in shown(client_for, viewer, url("comments"))
    assert client_for(viewer).get(url("mentionable")).status_code == 403


def test_a_contributor_may_comment_on_the_canvas_and_not_draw(client_for, url, contributor):
    text = shown(client_for, contributor, url("canvas"))
    assert 'data-access="viewer" data-talks' in text


def test_every_kind_of_element_has_comments_and_a_name_in_the_list(client_for, url, journey, card, say, who, owner, contributor):
    next_card = Touchpoint.catch(journey, "Go-live", card.stage, card.lane, 1, **who)
    arrow = Connector.join(card, next_card, "sequence", **who)
    feeling = Emotion.place(journey, "Nervous", card.stage, 0, -1, **who)
    handoff = Handoff.draw(card, owner.workspace.roles.first(), **who)
    names = {
        "Kickoff": card,
        "Arrow from Kickoff to Go-live": arrow,
        "Nervous": feeling,
        f"Handoff of Kickoff to {handoff.to_role}": handoff,
        "Start": card.stage,
        "Team": card.lane,
    }
    for element in names.values():
        kind = element.document_key
        panel = shown(client_for, contributor, f"{url('canvas')}{kind}/{element.pk}/")
        assert f'hx-get="{url("element_comments", kind, element.pk)}"' in panel
        assert say(contributor, about=f"{kind}/{element.pk}/").status_code == 200
        assert "Is this true?" in shown(client_for, contributor, url("element_comments", kind, element.pk))
    say(contributor, about="")
    listed = shown(client_for, contributor, url("comments"))
    assert set(re.findall(r"<b>([^<]+)</b>", listed)) == {*names, "The whole map"}
    count = client_for(contributor).get(url("comment_count")).json()
    assert count["open"] == 7
    assert count["elements"] == {f"{one.document_key}/{one.pk}/": 1 for one in names.values()} | {"": 1}


def test_comments_on_what_is_deleted_say_so_stay_readable_and_can_be_answered(client_for, url, card, say, who, contributor):
    say(contributor)
    thread = Thread.objects.get()
    card.remove(**who)
    listed = shown(client_for, contributor, url("comments"))
    assert "<b>Kickoff</b>" in listed
    assert "deleted" in listed
    alone = shown(client_for, contributor, url("thread", thread.pk))
    assert "This card has been deleted" in alone
    assert "Is this true?" in alone
    assert "Is this true?" in shown(client_for, contributor, url("element_comments", "touchpoints", card.pk))
    assert client_for(contributor).post(url("reply", thread.pk), {"text": "Pity"}).status_code == 200
    assert say(contributor, "And this").status_code == 200
    thread.journey.undo(**who)
    assert "has been deleted" not in shown(client_for, contributor, url("thread", thread.pk))


def test_what_has_never_been_there_cannot_be_commented_on(say, contributor, card, who):
    assert "no longer on the map" in say(contributor, about=f"touchpoints/{uuid.uuid4()}/").json()["message"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "  \n "}, "text"),
        ({"text": "a\0b"}, "text"),
        ({"text": "x" * 4001}, "text"),
        ({"text": "x" * 9000}, "text"),
        ({"about": "playbooks/1/"}, "about"),
        ({"about": "touchpoints/1/"}, "about"),
        ({"about": "touchpoints"}, "about"),
        ({"about": "\0"}, "about"),
        ({"thread": "1"}, "thread"),
        ({"comment": "x" * 999}, "comment"),
    ],
)
def test_odd_input_is_refused_at_its_field(say, contributor, values, field):
    answer = say(contributor, **values)
    assert answer.status_code == 422
    assert answer.json()["field"] == field
    assert answer.json()["message"]
    assert not Thread.objects.exists()


def test_four_thousand_letters_with_line_breaks_fit(say, contributor):
    assert say(contributor, "x\r\n" * 1999 + "xx").status_code == 200
    assert len(Comment.objects.get().text) == 4000


@pytest.mark.parametrize(
    "query", ["show=mine", "show=nothing", "show=%00", "page=abc", "page=-1", "page=" + "9" * 5000, "show=resolved&page=2"]
)
def test_an_odd_question_gets_the_nearest_list(client_for, url, contributor, query):
    assert client_for(contributor).get(f"{url('comments')}?{query}").status_code == 200


def test_the_list_is_paged_and_filtered(client_for, url, say, owner, contributor):
    for n in range(25):
        say(owner, f"Number {n}")
    Thread.objects.first().resolve(by=owner, at=timezone.now())
    first = shown(client_for, contributor, url("comments"))
    assert first.count("talk__row") == 20
    assert "Page 1 of 2" in first
    assert shown(client_for, contributor, url("comments") + "?page=2").count("talk__row") == 4
    assert shown(client_for, contributor, url("comments") + "?show=resolved").count("talk__row") == 1
    assert shown(client_for, contributor, url("comments") + "?show=mine").count("talk__row") == 0


def test_a_long_thread_shows_its_end_and_the_rest_on_pages(
    client_for, url, card, say, owner, contributor, django_assert_max_num_queries
):
    say(owner, "The first")
    thread = Thread.objects.get()
    for n in range(70):
        thread.reply(f"Number {n}.", by=owner, at=timezone.now())
    text = shown(client_for, contributor, url("element_comments", "touchpoints", card.pk))
    assert text.count('class="comment"') == 20
    assert "51 earlier comments" in text
    assert "Number 69." in text
    last = shown(client_for, contributor, url("thread", thread.pk))
    assert last.count('class="comment"') == 21
    first = shown(client_for, contributor, url("thread", thread.pk) + "?page=1")
    assert "The first" in first
    assert "Later" in first
    for n in range(5):
        say(owner, f"Another {n}")
    client = client_for(contributor)
    with django_assert_max_num_queries(14):
        client.get(url("element_comments", "touchpoints", card.pk))


def test_nothing_of_a_comment_is_taken_for_markup(client_for, url, card, say, contributor):
    say(contributor, "<script>alert(1)</script> <img src=x onerror=alert(1)>")
    for address in (url("element_comments", "touchpoints", card.pk), url("comments"), url("thread", Thread.objects.get().pk)):
        text = shown(client_for, contributor, address)
        assert "<script" not in text
        assert "<img" not in text


def test_one_edits_what_one_has_written_with_names_in_it(client_for, url, card, say, owner, contributor):
    twin = join(owner.workspace, "Twin", "viewer")
    twin.user.edit_profile(name="Olga", time_zone="UTC")
    say(contributor, f"@[Olga]({owner.pk}) & @[Olga]({twin.pk})")
    text = shown(client_for, contributor, url("element_comments", "touchpoints", card.pk))
    assert "@Olga (olga@example.com) &amp; @Olga (twin@example.com)</textarea>" in text
    assert text.count('<b class="mention">@Olga</b>') == 2
    comment = Comment.objects.get()
    assert "<details" not in shown(client_for, owner, url("element_comments", "touchpoints", card.pk))
    assert client_for(owner).post(url("edit_comment", comment.pk), {"text": "Ha"}).json()["message"].startswith("Only who wrote")
    assert client_for(contributor).post(url("edit_comment", comment.pk), {"text": "Better"}).status_code == 200
    assert ", edited" in shown(client_for, owner, url("element_comments", "touchpoints", card.pk))
    assert client_for(contributor).post(url("remove_comment", comment.pk)).status_code == 200
    assert not Thread.objects.exists()


def test_who_can_be_mentioned_are_the_members_with_labels_of_their_own(client_for, url, owner, contributor, viewer, editor):
    editor.remove(by=owner, at=timezone.now())
    viewer.user.edit_profile(name="Olga", time_zone="UTC")
    people = client_for(contributor).get(url("mentionable")).json()["people"]
    assert {one["label"]: one["detail"] for one in people} == {
        "Olga (olga@example.com)": "Owner",
        "Olga (vera@example.com)": "Viewer",
    }


def test_looking_at_a_comment_is_reading_what_told_of_it(client_for, url, card, say, owner, contributor):
    say(contributor, f"@[Olga]({owner.pk}), look")
    address = url("element_comments", "touchpoints", card.pk)
    assert "HX-Trigger" not in client_for(contributor).get(address)
    assert "HX-Trigger" not in client_for(owner).get(address + "?again=1")
    assert Notice.objects.unread().count() == 1
    assert client_for(owner).get(address)["HX-Trigger"] == "notices:read"
    notice = Notice.objects.get()
    assert notice.read_at is not None
    assert notice.mail_at is None
    assert "HX-Trigger" not in client_for(owner).get(address)


def test_a_link_to_a_thread_knows_its_place_and_only_on_its_own_map(client_for, url, card, say, owner, contributor, stranger):
    say(contributor)
    thread = Thread.objects.get()
    assert client_for(contributor).get(url("thread_place", thread.pk)).json() == {"about": f"touchpoints/{card.pk}/"}
    assert client_for(contributor).get(url("thread_place", uuid.uuid4())).status_code == 404
    assert client_for(contributor).get(url("element_comments", "playbooks", card.pk)).status_code == 404
    assert client_for(stranger).get(url("thread_place", thread.pk)).status_code == 404


def test_comments_of_another_map_are_not_there(client_for, url, journey, say, who, contributor):
    say(contributor)
    thread, comment = Thread.objects.get(), Comment.objects.get()
    other = type(journey).objects.begin(journey.segment, "Another", **who)
    client = client_for(contributor)
    for name, id in (("thread", thread.pk), ("thread_place", thread.pk)):
        assert client.get(reverse(f"journeys:{name}", args=["northwind", other.pk, id])).status_code == 404
    for name, id in (
        ("reply", thread.pk),
        ("resolve_thread", thread.pk),
        ("edit_comment", comment.pk),
        ("remove_comment", comment.pk),
    ):
        assert client.post(reverse(f"journeys:{name}", args=["northwind", other.pk, id]), {"text": "x"}).status_code == 404


def test_a_comment_sent_twice_is_there_once(client_for, url, say, contributor):
    ids = {"thread": str(new_id()), "comment": str(new_id())}
    for _ in range(2):
        assert say(contributor, **ids).status_code == 200
    for _ in range(2):
        answer = {"text": "Yes", "comment": str(uuid.uuid5(uuid.NAMESPACE_URL, "x"))}
        assert client_for(contributor).post(url("reply", ids["thread"]), answer).status_code == 200
    assert (Thread.objects.count(), Comment.objects.count()) == (1, 2)


def test_a_kept_page_stays_kept_when_somebody_comments(client_for, url, say, contributor):
    client = client_for(contributor)
    tag = client.get(url("canvas"))["ETag"]
    say(contributor)
    assert client.get(url("canvas"), headers={"If-None-Match": tag}).status_code == 304


def test_a_name_with_brackets_or_line_breaks_does_no_harm(client_for, url, card, say, owner, contributor):
    join(owner.workspace, "Odd", "viewer").user.edit_profile(name="O]dd\n(x) <b>", time_zone="UTC")
    person("nobody@example.com", "Nobody")
    odd = owner.workspace.members.get(user__email="odd@example.com")
    say(contributor, f"@[O dd  (x) <b>]({odd.pk})!")
    text = shown(client_for, contributor, url("element_comments", "touchpoints", card.pk))
    assert '<b class="mention">@O]dd\n(x) &lt;b&gt;</b>!' in text
    assert Notice.objects.get().member == odd
