"""The page of the working calendar: admins change it, everybody looks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.models import OwnDay

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
CHOICE = {"work_week": ["0", "1", "2", "3"], "country": "DE", "region": "BY"}


@pytest.fixture
def address(workspace):
    return lambda name, *more: reverse(f"accounts:{name}", args=[workspace.slug, *more])


def test_an_admin_sets_the_week_the_country_and_its_region(client_for, owner, address):
    client = client_for(owner)
    answer = client.post(address("change_calendar"), CHOICE, follow=True)
    page = answer.content.decode()
    assert "Saved." in page
    assert '<option value="BY" selected>Bayern</option>' in page
    owner.workspace.refresh_from_db()
    assert (owner.workspace.work_week, owner.workspace.holiday_region) == ([0, 1, 2, 3], "BY")


def test_without_script_one_looks_at_the_regions_of_a_country_before_saving(client_for, owner, address):
    answer = client_for(owner).post(address("change_calendar"), {"work_week": ["5"], "country": "CH", "look": "1"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Graubünden" in page
    assert '<option value="CH" selected>' in page
    assert page.count(" checked") == 1
    owner.workspace.refresh_from_db()
    assert owner.workspace.holiday_country == ""


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"work_week": []}, "Tick at least one day"),
        ({"work_week": ["0", "9"]}, "9 is not one of the available choices"),
        ({"country": "XX"}, "XX is not one of the available choices"),
        ({"country": "FR"}, "The country has no region of that name"),
        ({"country": "SG"}, "The country has no region of that name"),
        ({"country": ""}, "The country has no region of that name"),
        ({"region": "\0"}, "The country has no region of that name"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_chosen_stays(client_for, owner, address, wrong, said):
    answer = client_for(owner).post(address("change_calendar"), CHOICE | wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert page.count(" checked") == len([day for day in (CHOICE | wrong)["work_week"] if day != "9"])
    owner.workspace.refresh_from_db()
    assert owner.workspace.holiday_country == ""


def test_days_of_ones_own_are_added_listed_and_removed(client_for, owner, address):
    client = client_for(owner)
    day = {"on": "2026-12-24", "name": "Christmas Eve <off>", "is_worked": ""}
    page = client.post(address("add_own_day"), day, follow=True).content.decode()
    assert "Added 24 December 2026: Christmas Eve &lt;off&gt;." in page
    assert "Nobody works" in page
    again = client.post(address("add_own_day"), day | {"name": "Once more", "is_worked": "yes"})
    assert again.status_code == 422
    assert "That day is in the list already" in again.content.decode()
    assert 'value="Once more"' in again.content.decode()
    found = OwnDay.objects.get()
    assert "Removed" in client.post(address("remove_own_day", found.pk), follow=True).content.decode()
    assert not OwnDay.objects.exists()
    assert client.post(address("remove_own_day", found.pk)).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"on": ""}, {"on": "2026-02-30"}, {"on": "9999-01-01"}, {"on": "1999-12-31"}, {"on": "\0"}, {"name": " "}, {"name": "a\0b"},
     {"name": "x" * 121}, {"is_worked": "perhaps"}],
)  # fmt: skip
def test_a_day_that_is_none_is_refused_at_its_field(client_for, owner, address, wrong):
    answer = client_for(owner).post(address("add_own_day"), {"on": "2026-12-24", "name": "Outing"} | wrong)
    assert answer.status_code == 422
    assert "field__error" in answer.content.decode()
    assert not OwnDay.objects.exists()


def test_who_is_no_admin_looks_and_is_offered_nothing_to_change(client_for, owner, editor, viewer, address):
    owner.workspace.set_calendar([0, 1], "DE", "BY", by=owner, at=NOW)
    found = OwnDay.objects.add(owner.workspace, date(2026, 12, 24), "Outing", is_worked=False, by=owner, at=NOW)
    for member in (viewer, editor):
        page = client_for(member).get(address("calendar")).content.decode()
        assert "Monday and Tuesday" in page
        assert "holidays of Bayern, Germany" in page
        assert "Remove" not in page
        assert "Add a day" not in page
        assert client_for(member).post(address("remove_own_day", found.pk)).status_code == 403
        assert client_for(member).post(address("change_calendar"), CHOICE).status_code == 403


def test_the_days_of_another_workspace_do_not_exist(client_for, owner, stranger, address):
    theirs = OwnDay.objects.add(stranger.workspace, date(2026, 12, 24), "Secret", is_worked=False, by=stranger, at=NOW)
    assert client_for(owner).post(address("remove_own_day", theirs.pk)).status_code == 404
    assert "Secret" not in client_for(owner).get(address("calendar")).content.decode()


def test_the_year_that_is_shown_is_the_one_it_is_in_the_workspace(client_for, owner, address):
    owner.workspace.describe(name="Northwind", time_zone="Pacific/Auckland", by=owner, at=NOW)
    owner.workspace.set_calendar([0], "NZ", "", by=owner, at=NOW)
    with time_machine.travel(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)):
        page = client_for(owner).get(address("calendar")).content.decode()
    assert "Holidays and own days in 2027" in page
    assert "Waitangi Day" in page


@pytest.mark.parametrize(
    ("asked", "shown"), [("2028", 2028), ("1", 2000), ("-5", 2000), ("99999", 2100), ("9" * 5000, 0), ("x", 0)]
)
def test_any_year_may_be_asked_for_and_the_nearest_is_shown(client_for, owner, address, asked, shown):
    with time_machine.travel(NOW):
        page = client_for(owner).get(address("calendar"), {"year": asked}).content.decode()
    assert f"Holidays and own days in {shown or 2026}" in page


def test_a_long_list_is_paged_and_the_year_stays(client_for, owner, address):
    start = date(2027, 1, 1)
    for n in range(51):
        OwnDay.objects.add(owner.workspace, start + timedelta(n), f"Day {n}", is_worked=False, by=owner, at=NOW)
    page = client_for(owner).get(address("calendar"), {"year": "2029"}).content.decode()
    assert "Page 1 of 2" in page
    assert "year=2029&amp;page=2" in page or "page=2&amp;year=2029" in page
