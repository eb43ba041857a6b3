"""The page of the day: what stands on it, in as few questions as can be, and what one does from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Absence, Notice
from tests.today.cast import put, today_of, with_work
from tests.touchpoints.sheets import published
from touchpoints.models import Offer, Reminder, SavedView, ScheduledTouchpoint, SentAct
from touchpoints.tasks import forget

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(contributor):
    """Three rows of one's own: one overdue, one of today, one of tomorrow; the others far ahead."""
    _, rows = with_work(contributor)
    today = today_of(contributor)
    for n, row in enumerate(rows):
        put(row, today + timedelta(n - 1 if n < 3 else 100 + n))
    return rows


def page_of(client, member, **query):
    answer = client.get(reverse("touchpoints:today", args=[member.workspace.slug]), query)
    assert answer.status_code == 200
    return answer


def titles(answer):
    return {section["name"]: [item.title for item in section["items"]] for section in answer.context["sections"]}


def act(client, name, row, data=None, id=None):
    address = reverse(f"touchpoints:{name}", args=[row.customer.workspace.slug, row.pk])
    return client.post(address, data or {}, headers={"Act-Id": str(id or uuid4())})


def fresh(row):
    return ScheduledTouchpoint.objects.get(pk=row.pk)


def test_what_is_overdue_comes_first_then_today_then_the_week(client_for, contributor, work):
    shown = titles(page_of(client_for(contributor), contributor))
    assert shown == {"overdue": [work[0].title], "today": [work[1].title], "later": [work[2].title]}


def test_the_page_asks_eight_questions_at_most(client_for, contributor, work):
    client = client_for(contributor)
    page_of(client, contributor)
    with CaptureQueriesContext(connection) as asked:
        page_of(client, contributor)
    assert len(asked) <= 8, [one["sql"][:80] for one in asked.captured_queries]


def test_of_a_colleagues_work_nothing_is_shown_unless_one_stands_in(client_for, contributor, editor, work):
    client = client_for(editor)
    assert "Nothing is planned for you." in page_of(client, editor).content.decode()
    today = today_of(editor)
    Absence.objects.add(contributor, today, today, editor, by=contributor, at=timezone.now())
    answer = page_of(client, editor)
    assert titles(answer)["today"] == [work[1].title]
    assert f"for {contributor}, who is away" in answer.content.decode()


def test_filters_narrow_and_what_makes_no_sense_in_the_address_is_passed_over(client_for, contributor, work):
    client = client_for(contributor)
    assert not any(titles(page_of(client, contributor, q="nobody is called that")).values())
    assert titles(page_of(client, contributor, q="conto"))["today"] == [work[1].title]
    channels = {row.card.fields["channel"] for row in work[:3]}
    seen = [
        title
        for channel in channels
        for shown in titles(page_of(client, contributor, channel=channel)).values()
        for title in shown
    ]
    assert sorted(seen) == sorted(row.title for row in work[:3])
    assert titles(page_of(client, contributor, channel="pigeon", journey="x", importance="none"))["today"] == [work[1].title]


def test_a_long_list_is_cut_and_shows_more_when_asked(client_for, contributor):
    version = published("five-stages", contributor)[1]
    today, count = today_of(contributor), 0
    for n in range(3):
        for row in with_work(contributor, name=f"Contoso {n}", version=version)[1]:
            put(row, today - timedelta(3))
            count += 1
    assert count > 35
    client = client_for(contributor)
    answer = page_of(client, contributor)
    assert len(titles(answer)["overdue"]) == 15
    assert f"15 of {count} are shown" in answer.content.decode()
    assert len(titles(page_of(client, contributor, more="overdue"))["overdue"]) == count
    assert answer.context["day"].load.minutes > sum(item.minutes for item in answer.context["day"].due), (
        "what is not shown weighs"
    )


def test_done_with_an_outcome_and_a_feeling_and_taken_back(client_for, contributor, work):
    client, row = client_for(contributor), work[1]
    answer = act(client, "finish", row, {"outcome": "They will renew", "felt": "2"})
    assert answer.status_code == 200
    done = fresh(row)
    assert (done.state, done.outcome, done.felt, done.settled_by) == ("done", "They will renew", 2, contributor)
    assert row.title in client.get(reverse("touchpoints:done_today", args=["northwind"])).content.decode()
    undo = answer.json()["undo"]
    assert client.post(undo["path"], undo["body"], headers={"Act-Id": str(uuid4())}).status_code == 200
    assert fresh(row).state == "planned"


def test_an_act_that_is_sent_twice_is_done_once_and_another_one_is_told_that_somebody_was_quicker(client_for, contributor, work):
    client, id = client_for(contributor), uuid4()
    assert act(client, "finish", work[1], id=id).status_code == 200
    assert act(client, "reopen", work[1]).status_code == 200
    assert act(client, "finish", work[1], id=id).status_code == 200
    assert fresh(work[1]).state == "planned", "the late one has been done before"
    assert act(client, "finish", work[1]).status_code == 200
    late = act(client, "finish", work[1])
    assert (late.status_code, late.json()["message"]) == (409, f"{work[1].title} is done already.")


def test_a_refused_act_may_be_sent_again(client_for, contributor, work):
    client, id = client_for(contributor), uuid4()
    work[1].finish(today_of(contributor), by=contributor, at=timezone.now())
    assert act(client, "skip", work[1], {"because": "x"}, id=id).status_code == 409
    assert not SentAct.objects.filter(pk=id).exists()
    fresh(work[1]).reopen(by=contributor, at=timezone.now(), today=today_of(contributor))
    assert act(client, "skip", work[1], {"because": "x"}, id=id).status_code == 200


@pytest.mark.parametrize(
    ("name", "data", "field"),
    [
        ("finish", {"on": "2999-01-01"}, "on"),
        ("finish", {"felt": "7"}, "felt"),
        ("skip", {"because": ""}, "because"),
        ("snooze", {"until": "day", "until_day": ""}, "until_day"),
        ("snooze", {"until": "day", "until_day": "2001-01-01"}, "until_day"),
        ("reschedule", {"day": "soon"}, "day"),
        ("reschedule", {"day": "2020-01-01"}, "day"),
        ("hand_over", {"to": "x"}, "to"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field_with_a_script_and_without(client_for, contributor, work, name, data, field):
    client = client_for(contributor)
    answer = act(client, name, work[1], data)
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]
    address = reverse(f"touchpoints:{name}", args=["northwind", work[1].pk])
    plain = client.post(address, data | {"outcome": "what I typed"} if name == "finish" else data)
    assert plain.status_code == 422
    assert answer.json()["errors"][field].replace("’", "'") in plain.content.decode().replace("&#x27;", "'").replace("’", "'")
    if name == "finish":
        assert "what I typed" in plain.content.decode()
    assert fresh(work[1]).state == "planned"


def test_what_is_snoozed_is_gone_from_the_list_until_then(client_for, contributor, work):
    client = client_for(contributor)
    assert act(client, "snooze", work[1], {"until": "tomorrow"}).status_code == 200
    until = fresh(work[1]).snoozed_until
    tomorrow = timezone.now().date() + timedelta(1)
    assert until == datetime(tomorrow.year, tomorrow.month, tomorrow.day, 8, tzinfo=UTC)
    answer = page_of(client, contributor)
    assert titles(answer)["today"] == []
    assert "1 snoozed." in answer.content.decode()
    assert titles(page_of(client, contributor, snoozed="1"))["today"] == [work[1].title]
    assert act(client, "snooze", work[1], {"until": ""}).status_code == 200
    assert titles(page_of(client, contributor))["today"] == [work[1].title]


def test_on_another_day_and_back(client_for, contributor):
    _, (row, *_) = with_work(contributor)
    client, was, day = client_for(contributor), row.due_on, row.due_on + timedelta(7)
    answer = act(client, "reschedule", row, {"day": day.isoformat()})
    assert fresh(row).due_on == day
    undo = answer.json()["undo"]
    client.post(undo["path"], undo["body"], headers={"Act-Id": str(uuid4())})
    assert fresh(row).due_on == was


def test_a_colleague_is_asked_sees_it_in_their_day_and_takes_it_over(client_for, contributor, editor):
    _, work = with_work(contributor)
    mine, theirs = client_for(contributor), client_for(editor)
    answer = act(mine, "hand_over", work[0], {"to": str(editor.pk), "note": "I am on the train"})
    assert "Until they accept it stays yours" in answer.json()["message"]
    assert Notice.objects.get(member=editor).text.startswith(f"{contributor} asks you to take over")
    assert work[0].title in titles(page_of(mine, contributor))["later"] + titles(page_of(mine, contributor))["today"]
    assert f"{contributor} asks you to take it over" in page_of(theirs, editor).content.decode()
    opened = theirs.get(reverse("touchpoints:open_row", args=["northwind", work[0].pk])).content.decode()
    assert "I am on the train" in opened
    assert act(theirs, "accept_offer", work[0]).status_code == 200
    assert fresh(work[0]).member == editor
    shown = page_of(theirs, editor)
    assert [title for shown_in in titles(shown).values() for title in shown_in] == [work[0].title]
    assert f"from {contributor}" in shown.content.decode()
    assert Notice.objects.get(member=contributor).text.startswith(f"{editor} has taken over")


def test_who_says_no_says_why_and_nobody_else_can_answer(client_for, contributor, editor, owner, work):
    act(client_for(contributor), "hand_over", work[1], {"to": str(editor.pk)})
    assert act(client_for(owner), "accept_offer", work[1]).status_code == 404
    theirs = client_for(editor)
    assert list(act(theirs, "decline_offer", work[1], {"because": " "}).json()["errors"]) == ["because"]
    assert act(theirs, "decline_offer", work[1], {"because": "I am full"}).status_code == 200
    assert Offer.objects.get().because == "I am full"
    assert fresh(work[1]).member == contributor
    assert "I am full" in Notice.objects.get(member=contributor).text


def test_a_day_that_does_not_fit_is_rearranged_in_one_go_and_back(client_for, contributor, work):
    today = today_of(contributor)
    for row in work[:8]:
        put(row, today - timedelta(1), must=False)
    contributor.capacity = 1
    contributor.save()
    client = client_for(contributor)
    address = reverse("touchpoints:rearrange_today", args=["northwind"])
    advice = [one for one in client.get(address).context["spared"] if one.verdict == "wait"]
    if not advice:  # all of these cards are musts: then nothing may be put off, and the page says so
        assert "There is nothing that can wait." in client.get(address).content.decode()
        row = work[0]
        chosen = f"{row.pk}|wait|{(today + timedelta(4)).isoformat()}|x"
    else:
        row = advice[0].item.row
        chosen = f"{row.pk}|wait|{advice[0].until.isoformat()}|{advice[0].why}"
    answer = client.post(address, {"row": [chosen, "nonsense", f"{uuid4()}|skip||x", f"{row.pk}|wait|1999-01-01|"]}, follow=True)
    assert "1 thing rearranged." in answer.content.decode()
    assert fresh(row).due_on > today
    back = client.post(reverse("touchpoints:undo_rearranging_today", args=["northwind"]), follow=True)
    assert "Everything is where it was." in back.content.decode()
    assert fresh(row).due_on <= today


def test_views_are_saved_by_name_and_are_ones_own(client_for, contributor, editor):
    client = client_for(contributor)
    address = reverse("touchpoints:saved_today_views", args=["northwind"])
    answer = client.post(address, {"name": "Calls", "query": "channel=call&page=3&evil=1"})
    assert answer.url == f"{reverse('touchpoints:today', args=['northwind'])}?channel=call"
    client.post(address, {"name": "Calls", "query": "importance=must"})
    view = SavedView.objects.get()
    assert (view.member, view.query) == (contributor, "importance=must")
    assert client.post(address, {"name": " ", "query": ""}).status_code == 422
    remove = reverse("touchpoints:remove_saved_today_view", args=["northwind", view.pk])
    assert client_for(editor).post(remove).status_code == 404
    assert client.post(remove).status_code == 302
    assert not SavedView.objects.exists()


def test_a_viewer_looks_and_changes_nothing(client_for, viewer, work):
    client = client_for(viewer)
    assert page_of(client, viewer).status_code == 200
    assert act(client, "finish", work[1]).status_code == 403
    assert "data-act" not in client.get(reverse("touchpoints:open_row", args=["northwind", work[1].pk])).content.decode()


def test_acts_and_reminders_of_long_ago_are_forgotten(contributor, work):
    now = timezone.now()
    for days in (1, 29, 31):
        SentAct.objects.take(uuid4(), by=contributor, at=now - timedelta(days))
    about = {
        "workspace": contributor.workspace,
        "member": contributor,
        "subject": contributor,
        "channel": "email",
        "kind": "digest",
    }
    for n, (days, state) in enumerate([(179, "sent"), (181, "sent"), (181, "waiting"), (181, "failed")]):
        when = now - timedelta(days)
        sent = {"sent_at": when} if state == "sent" else {}
        Reminder.objects.create(**about, day=when.date() + timedelta(5 * n), owed_at=when, remind_at=when, state=state, **sent)
    forget()
    assert SentAct.objects.count() == 2
    assert sorted(Reminder.objects.values_list("state", flat=True)) == ["sent", "waiting"]


def test_what_was_overdue_goes_back_to_its_day(client_for, contributor):
    _, (row, *_) = with_work(contributor)
    today, client = today_of(contributor), client_for(contributor)
    put(row, today - timedelta(3))
    undo = act(client, "reschedule", row, {"day": (today + timedelta(4)).isoformat()}).json()["undo"]
    assert client.post(undo["path"], undo["body"], headers={"Act-Id": str(uuid4())}).status_code == 200
    assert fresh(row).due_on == today - timedelta(3)


def test_what_a_lost_answer_makes_a_page_send_again_is_not_told_that_it_is_gone(client_for, contributor, editor):
    _, work = with_work(contributor)
    act(client_for(contributor), "hand_over", work[0], {"to": str(editor.pk)})
    theirs, id = client_for(editor), uuid4()
    assert [act(theirs, "accept_offer", work[0], id=id).status_code for _ in range(2)] == [200, 200]


def test_a_viewer_cannot_be_asked(client_for, contributor, viewer, work):
    refused = act(client_for(contributor), "hand_over", work[1], {"to": str(viewer.pk)})
    assert list(refused.json()["errors"]) == ["to"]


def test_every_row_can_be_reached_however_many_there_are(client_for, contributor, work):
    row, today = fresh(work[0]), today_of(contributor)
    ScheduledTouchpoint.objects.bulk_create(
        ScheduledTouchpoint(
            workspace_id=row.workspace_id, customer_id=row.customer_id, enrolment_id=row.enrolment_id, cycle=row.cycle,
            spot=row.spot, occurrence=1000 + n, due_on=today - timedelta(5), member=contributor,
        )
        for n in range(400)
    )  # fmt: skip
    client = client_for(contributor)
    answer = page_of(client, contributor, more="overdue")
    assert (len(titles(answer)["overdue"]), answer.context["sections"][0]["count"]) == (300, 401)
    everything = reverse("touchpoints:all_of_today", args=["northwind"])
    assert everything in answer.content.decode()
    pages = [client.get(everything, {"page": n}).context["items"] for n in range(1, 10)]
    assert sum(len(items) for items in pages) == 403


def test_an_act_counts_on_the_day_on_which_it_was_done_though_it_arrives_later(client_for, contributor, work):
    client, tapped = client_for(contributor), timezone.now() - timedelta(days=2)
    address = reverse("touchpoints:finish", args=["northwind", work[1].pk])
    client.post(address, headers={"Act-Id": str(uuid4()), "Act-At": tapped.isoformat()})
    assert fresh(work[1]).settled_on == contributor.workspace.today(tapped)
    for nonsense in ("soon", "2999-01-01T00:00:00Z", "2001-01-01T00:00:00Z", "2026-01-01T00:00:00"):
        act(client, "reopen", work[1])
        client.post(address, headers={"Act-Id": str(uuid4()), "Act-At": nonsense})
        assert fresh(work[1]).settled_on == today_of(contributor)


def test_an_act_of_somebody_else_waits_for_them(client_for, contributor, editor, work):
    address = reverse("touchpoints:finish", args=["northwind", work[1].pk])
    as_another = client_for(editor).post(address, headers={"Act-Id": str(uuid4()), "Act-By": str(contributor.pk)})
    assert as_another.status_code == 401
    assert fresh(work[1]).state == "planned"
    assert (
        client_for(contributor).post(address, headers={"Act-Id": str(uuid4()), "Act-By": str(contributor.pk)}).status_code == 200
    )


def test_with_work_on_two_journeys_one_may_be_chosen(client_for, contributor, work):
    other = published("gitlab-onboarding", contributor)[1]
    _, rows = with_work(contributor, name="Fabrikam", version=other)
    put(rows[0], today_of(contributor))
    client = client_for(contributor)
    answer = page_of(client, contributor)
    assert {work[1].title, rows[0].title} <= set(titles(answer)["today"])
    assert f'<option value="{other.journey_id}">' in answer.content.decode()
    chosen = page_of(client, contributor, journey=other.journey_id)
    shown = [title for section in titles(chosen).values() for title in section]
    assert rows[0].title in shown
    assert set(shown) <= {row.title for row in rows}
    assert not set(shown) & {row.title for row in work[:3]}
    assert f'<option value="{other.journey_id}" selected>' in chosen.content.decode()


def test_with_work_on_one_journey_none_is_offered(client_for, contributor, work):
    assert 'name="journey"' not in page_of(client_for(contributor), contributor).content.decode()
