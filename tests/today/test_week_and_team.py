"""The week as columns, and who has how much to do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Absence, Member
from tests.today.cast import put, today_of, with_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(editor):
    """One row overdue, one of today, one of the day after the next week's Monday."""
    _, rows = with_work(editor)
    today = today_of(editor)
    for n, row in enumerate(rows):
        put(row, today + timedelta({0: -1, 1: 0, 2: 7}.get(n, 100 + n)))
    return rows


def week_of(client, member, **query):
    answer = client.get(reverse("touchpoints:week", args=[member.workspace.slug]), query)
    assert answer.status_code == 200
    return answer


def team_of(client, member):
    answer = client.get(reverse("touchpoints:team", args=[member.workspace.slug]))
    assert answer.status_code == 200
    return {str(row["member"]): row for row in answer.context["rows"]}


def test_each_day_has_its_column_and_what_is_overdue_stands_in_front(client_for, editor, work):
    answer, today = week_of(client_for(editor), editor), today_of(editor)
    assert [item.title for item in answer.context["late"]] == [work[0].title]
    shown = {column["on"]: [item.title for item in column["items"]] for column in answer.context["columns"]}
    assert shown[today] == [work[1].title]
    assert [title for titles in shown.values() for title in titles] == [work[1].title]
    later = week_of(client_for(editor), editor, **{"from": (today + timedelta(7)).isoformat()})
    assert later.context["late"] == []
    columns = {column["on"]: column for column in later.context["columns"]}
    assert columns[today + timedelta(7)]["minutes"] == work[2].card.fields["effort_min"]


@pytest.mark.parametrize("text", ["", "soon", "0001-01-01", "9999-12-31", "2026-13-40"])
def test_a_week_that_makes_no_sense_is_this_one(client_for, editor, text):
    monday = week_of(client_for(editor), editor, **{"from": text}).context["monday"]
    assert monday <= today_of(editor) < monday + timedelta(7)


def test_a_week_is_read_in_as_many_questions_however_much_is_in_it(client_for, editor, work):
    client = client_for(editor)

    def asked():
        week_of(client, editor)
        with CaptureQueriesContext(connection) as found:
            week_of(client, editor)
        return len(found)

    few = asked()
    for row in work[3:]:
        put(row, today_of(editor))
    assert asked() <= few + 1  # what answers an event is asked for once


def test_the_team_with_its_load_its_absences_and_ones_own_people_first(client_for, editor, owner, contributor, work):
    Member.objects.filter(pk=contributor.pk).update(manager=owner)
    today = today_of(editor)
    Absence.objects.add(editor, today, today + timedelta(2), contributor, by=editor, at=timezone.now())
    client = client_for(owner)
    rows = team_of(client, owner)
    assert next(iter(rows)) == str(contributor)
    mine = rows[str(editor)]
    assert (mine["overdue"], mine["today"], mine["next"]) == (1, 1, 1)
    assert mine["minutes"] == sum(row.card.fields["effort_min"] for row in work[:2])
    assert mine["away"].stand_in == contributor
    assert rows[str(owner)]["minutes"] == 0
    with CaptureQueriesContext(connection) as found:
        team_of(client, owner)
    assert len(found) <= 9


def test_one_members_day_is_seen_by_editors_and_their_room_set_by_admins(client_for, editor, owner, contributor, stranger, work):
    address = reverse("touchpoints:team_member", args=["northwind", editor.pk])
    page = client_for(editor).get(address).content.decode()
    assert work[0].title in page
    assert "Room and manager" not in page
    assert client_for(contributor).get(address).status_code == 403
    assert client_for(owner).get(reverse("touchpoints:team_member", args=["northwind", stranger.pk])).status_code == 404
    save, client = reverse("touchpoints:set_capacity", args=["northwind", editor.pk]), client_for(owner)
    assert client.post(save, {"hours": "2.5", "manager": str(owner.pk)}).status_code == 302
    found = Member.objects.get(pk=editor.pk)
    assert (found.capacity, found.manager) == (150, owner)
    refused = client.post(save, {"hours": "25", "manager": str(owner.pk)})
    assert refused.status_code == 422
    assert "less than or equal to 24" in refused.content.decode()
    circle = client.post(
        reverse("touchpoints:set_capacity", args=["northwind", owner.pk]), {"hours": "5", "manager": str(editor.pk)}
    )
    assert circle.status_code == 422
    assert "already" in circle.content.decode()
    assert client_for(editor).post(save, {"hours": "1", "manager": ""}).status_code == 403
