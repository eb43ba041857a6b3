"""Comments on a map: who says what where, what is settled, and that no undo takes them away."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.ids import new_id
from accounts.models import Notice
from journeys.live import telling
from journeys.models import Change, Comment, Thread, Touchpoint
from journeys.models.element import ActRefused
from journeys.reading import read_document

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def card(journey, owner):
    stage = journey.add_stage("Start", by=owner, at=NOW)
    lane = journey.add_lane("Team", by=owner, at=NOW)
    return Touchpoint.catch(journey, "Kickoff", stage, lane, 0, by=owner, at=NOW)


@pytest.fixture
def begin(journey, card):
    def make(by, text="Is this true?", **more):
        about = more.pop("about", ("touchpoint", card.pk))
        return Thread.objects.begin(journey, about, "Kickoff" if about else "", text, by=by, at=more.pop("at", NOW), **more)

    return make


def mention(member):
    return f"@[{member}]({member.pk})"


def told(member):
    return list(Notice.objects.of(member).newest_first().values_list("text", flat=True))


def open_on(journey):
    return Thread.objects.open_by_element(journey)


def test_a_thread_is_begun_answered_settled_and_opened_again_by_an_answer(journey, card, contributor, owner, begin):
    thread = begin(contributor)
    assert open_on(journey) == {f"touchpoints/{card.pk}/": 1}
    thread.reply("Yes.", by=owner, at=NOW + timedelta(minutes=1))
    assert [one.text for one in thread.comments.in_order()] == ["Is this true?", "Yes."]
    thread.resolve(by=owner, at=NOW)
    assert open_on(journey) == {}
    thread.resolve(by=contributor, at=NOW)
    assert Thread.objects.get().resolved_by == owner
    thread.reply("No!", by=contributor, at=NOW + timedelta(minutes=2))
    assert open_on(journey) == {f"touchpoints/{card.pk}/": 1}
    thread.resolve(by=contributor, at=NOW)
    thread.reopen()
    assert Thread.objects.open().get().resolved_by is None


def test_talking_leaves_the_map_and_its_log_alone(journey, contributor, begin):
    before, changes = read_document(journey), Change.objects.of(journey).count()
    begin(contributor).reply("More", by=contributor, at=NOW)
    begin(contributor, about=None)
    assert read_document(journey) == before
    assert Change.objects.of(journey).count() == changes
    assert open_on(journey)[""] == 1


def test_comments_outlive_their_element_and_are_there_again_when_it_is_brought_back(journey, card, owner, contributor, begin):
    thread = begin(contributor)
    card.remove(by=owner, at=NOW)
    assert Thread.objects.open().get() == thread
    assert thread.called == "Kickoff"
    journey.undo(by=owner, at=NOW)
    assert Touchpoint.objects.filter(pk=thread.element_id).exists()
    journey.redo(by=owner, at=NOW)
    thread.reply("It is gone, isn’t it?", by=contributor, at=NOW)
    journey.undo(by=owner, at=NOW)
    assert open_on(journey) == {f"touchpoints/{Touchpoint.objects.get().pk}/": 1}
    assert thread.comments.count() == 2


def test_a_retried_comment_is_the_same_one_with_the_words_that_came_last(contributor, owner, begin):
    ids = {"id": new_id(), "comment_id": new_id()}
    first = begin(contributor, "Is this", **ids)
    assert begin(contributor, "Is this true?", **ids) == first
    assert Comment.objects.get().text == "Is this true?"
    answer = new_id()
    for text in ("Yes", "Yes", "Yes."):
        first.reply(text, by=owner, at=NOW, id=answer)
    assert [one.text for one in first.comments.in_order()] == ["Is this true?", "Yes."]


def test_an_id_of_somebody_else_is_refused(journey, contributor, owner, begin):
    thread = begin(contributor)
    with pytest.raises(ActRefused):
        begin(owner, id=thread.pk)
    with pytest.raises(ActRefused):
        begin(contributor, id=thread.pk, about=None)
    with pytest.raises(ActRefused):
        thread.reply("Mine", by=owner, at=NOW, id=thread.comments.get().pk)
    assert Comment.objects.get().text == "Is this true?"


@pytest.mark.parametrize(("text", "why"), [("", "Write something"), (" \r\n ", "Write something"), ("x" * 4001, "has 4,001")])
def test_a_comment_says_something_and_not_too_much(contributor, begin, text, why):
    with pytest.raises(ActRefused, match=why):
        begin(contributor, text)
    assert not Thread.objects.exists()


def test_only_who_wrote_a_comment_changes_it_or_takes_it_back(contributor, owner, begin):
    comment = begin(contributor).comments.get()
    for act in (lambda: comment.edit("Ha", by=owner, at=NOW), lambda: comment.remove(by=owner, at=NOW)):
        with pytest.raises(ActRefused, match="Only who wrote"):
            act()
    comment.edit("Is that so?", by=contributor, at=NOW)
    comment.refresh_from_db()
    assert (comment.text, comment.edited_at) == ("Is that so?", NOW)


def test_what_is_taken_back_leaves_its_place_where_others_have_answered(contributor, owner, begin):
    thread = begin(contributor)
    first = thread.comments.get()
    answer = thread.reply("Yes.", by=owner, at=NOW + timedelta(minutes=1))
    first.remove(by=contributor, at=NOW)
    first.refresh_from_db()
    assert (first.text, first.deleted_at) == ("", NOW)
    with pytest.raises(ActRefused, match="has been deleted"):
        first.edit("Back", by=contributor, at=NOW)
    answer.remove(by=owner, at=NOW)
    assert not Thread.objects.exists()
    with pytest.raises(ActRefused, match="has been deleted"):
        thread.reply("Late", by=owner, at=NOW)


def test_each_mentioned_member_is_told_once_and_nobody_of_their_own_words(contributor, owner, editor, stranger, begin):
    thread = begin(
        contributor, f"{mention(owner)} {mention(owner)} {mention(contributor)} {mention(stranger)} @[X]({uuid.uuid4()})"
    )
    assert told(owner) == ["Carl mentioned you: Kickoff, Enterprise journey"]
    assert told(contributor) == told(stranger) == []
    notice = Notice.objects.get()
    assert notice.url.endswith(f"?talk={thread.pk}")
    assert notice.excerpt == "@Olga @Olga @Carl @Sven @X"
    assert notice.mail_at == NOW + timedelta(minutes=2)
    comment = thread.comments.get()
    comment.edit("Nobody", by=contributor, at=NOW)
    comment.edit(f"{mention(owner)} and {mention(editor)}", by=contributor, at=NOW)
    assert (len(told(owner)), len(told(editor))) == (1, 1)
    thread.reply(f"{mention(owner)}?", by=contributor, at=NOW)
    assert len(told(owner)) == 2


def test_who_has_left_is_not_told(contributor, owner, editor, begin):
    editor.remove(by=owner, at=NOW)
    begin(contributor, mention(editor))
    assert told(editor) == []


def test_a_comment_that_is_taken_back_takes_its_unread_notices_along(contributor, owner, editor, begin):
    comment = begin(contributor, f"{mention(owner)} {mention(editor)}").comments.get()
    Notice.objects.of(owner).read(at=NOW)
    comment.remove(by=contributor, at=NOW)
    assert (len(told(owner)), len(told(editor))) == (1, 0)


def test_mine_are_those_i_speak_in_or_am_mentioned_in(contributor, owner, editor, begin):
    spoken, mentioned = begin(contributor), begin(owner, mention(contributor))
    begin(owner)
    assert set(Thread.objects.of_whom(contributor)) == {spoken, mentioned}
    assert not Thread.objects.of_whom(editor).exists()


def test_open_pages_are_told_how_many_threads_are_open_about_what(
    monkeypatch, journey, card, contributor, owner, begin, django_capture_on_commit_callbacks
):
    news = []
    monkeypatch.setattr(telling, "listeners", [news.append])

    def during(act):
        news.clear()
        with django_capture_on_commit_callbacks(execute=True):
            return act()

    path = f"touchpoints/{card.pk}/"
    thread = during(lambda: begin(contributor))
    assert news == [{"journey": str(journey.pk), "event": "talk", "data": {"element": path, "open": 1}}]
    during(lambda: thread.reply(mention(owner), by=contributor, at=NOW))
    assert sorted(one["event"] for one in news) == ["notice", "talk"]
    for act, number in (
        (lambda: thread.resolve(by=owner, at=NOW), 0),
        (thread.reopen, 1),
        (lambda: thread.comments.in_order().last().edit("Nobody", by=contributor, at=NOW), 1),
        (lambda: thread.comments.in_order().last().remove(by=contributor, at=NOW), 1),
        (lambda: thread.comments.get().remove(by=contributor, at=NOW), 0),
    ):
        during(act)
        assert [one["data"] for one in news if one["event"] == "talk"] == [{"element": path, "open": number}]
    assert json.dumps(news)


BAD = {
    "thread_about_an_element_or_the_map": lambda row: Thread.objects.filter(pk=row.thread_id).update(element_kind="playbook"),
    "thread_resolved_by_somebody": lambda row: Thread.objects.filter(pk=row.thread_id).update(resolved_at=NOW),
    "comment_says_something": lambda row: Comment.objects.filter(pk=row.pk).update(text=""),
}


@pytest.mark.parametrize("constraint", BAD)
def test_the_database_refuses_what_makes_no_sense(contributor, begin, constraint):
    row = begin(contributor).comments.get()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        BAD[constraint](row)
