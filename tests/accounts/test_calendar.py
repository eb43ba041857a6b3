"""Which days a workspace works on: its week, the holidays of a country or region, and days of its own."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from accounts.calendars import working_days_of, year_of
from accounts.facts import calendar_changed
from accounts.models import AuditEntry, OwnDay, Workspace
from accounts.public_holidays import countries, holidays_of, regions
from accounts.working_days import week_in_words

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
WEEK = [0, 1, 2, 3, 4]


def worked(workspace, text):
    return working_days_of(workspace.pk).are(date.fromisoformat(text).toordinal())


def audit(member):
    """What was done to the calendar, the latest first."""
    entries = AuditEntry.objects.visible_to(member).exclude(verb="founded").order_by("-id")
    return [f"{entry.verb}: {entry.detail}" for entry in entries]


@pytest.fixture
def told(django_capture_on_commit_callbacks):
    """Runs an act and gives the workspaces whose calendar was said to have changed."""

    def run(act):
        heard = []

        def listen(sender, workspace_id, **_):
            heard.append(workspace_id)

        calendar_changed.connect(listen)
        try:
            with django_capture_on_commit_callbacks(execute=True):
                act()
        finally:
            calendar_changed.disconnect(listen)
        return heard

    return run


def test_a_new_workspace_works_from_monday_to_friday_the_year_round(workspace):
    assert worked(workspace, "2026-12-25")
    assert not worked(workspace, "2026-12-26")
    assert [month.days for month in year_of(workspace, 2027)] == [[]] * 12


def test_the_holidays_of_a_region_are_off_there_and_not_next_door(workspace, owner):
    workspace.set_calendar(WEEK, "DE", "BY", by=owner, at=NOW)
    assert not worked(workspace, "2027-01-06")  # Epiphany, a Wednesday
    workspace.set_calendar(WEEK, "DE", "BE", by=owner, at=NOW)
    assert worked(workspace, "2027-01-06")
    assert not worked(workspace, "2027-03-08")
    assert audit(owner) == [
        "changed the calendar: Monday to Friday; holidays of Berlin, Germany",
        "changed the calendar: Monday to Friday; holidays of Bayern, Germany",
    ]


def test_a_day_of_ones_own_wins_over_the_week_and_the_holidays(workspace, owner):
    workspace.set_calendar([6, 0, 1, 2, 3], "DE", "", by=owner, at=NOW)
    assert [worked(workspace, f"2027-04-{day}") for day in (30, 25)] == [False, True]  # a Friday, a Sunday
    OwnDay.objects.add(workspace, date(2027, 4, 30), "Stocktaking", is_worked=True, by=owner, at=NOW)
    OwnDay.objects.add(workspace, date(2027, 4, 25), "Outing", is_worked=False, by=owner, at=NOW)
    holiday = OwnDay.objects.add(workspace, date(2027, 3, 29), "Launch", is_worked=True, by=owner, at=NOW)  # Easter Monday
    assert [worked(workspace, f"2027-{day}") for day in ("04-30", "04-25", "03-29")] == [True, False, True]
    march = year_of(workspace, 2027)[2].days
    assert [(day.on.day, day.name, day.is_worked) for day in march] == [
        (26, "Good Friday", False),
        (29, "Launch (Easter Monday)", True),
    ]
    assert [day.makes_no_difference for day in march] == [True, False]  # Fridays are off in that week anyway
    holiday.remove(by=owner, at=NOW)
    assert not worked(workspace, "2027-03-29")
    assert audit(owner)[:2] == ["removed a day worked on: 29 March 2027: Launch", "added a day worked on: 29 March 2027: Launch"]


def test_a_change_is_told_once_it_is_true_and_nothing_is_when_nothing_differs(workspace, owner, told):
    assert told(lambda: workspace.set_calendar(WEEK, "FR", "", by=owner, at=NOW)) == [workspace.pk]
    assert told(lambda: workspace.set_calendar(reversed(WEEK), "FR", "", by=owner, at=NOW)) == []
    assert told(lambda: OwnDay.objects.add(workspace, date(2027, 1, 4), "x", is_worked=False, by=owner, at=NOW)) == [workspace.pk]
    assert told(lambda: OwnDay.objects.get().remove(by=owner, at=NOW)) == [workspace.pk]
    assert list(Workspace.objects.whose_calendar_changed_since(NOW)) == [workspace]


def test_the_print_tells_calendars_apart_and_does_not_depend_on_what_was_asked(workspace, owner):
    before = working_days_of(workspace.pk)
    workspace.set_calendar(WEEK, "AT", "", by=owner, at=NOW)
    austrian = working_days_of(workspace.pk)
    told = austrian.print
    for year in (1950, 2026, 2090, 2200):
        austrian.on_or_after(date(year, 1, 1).toordinal())
    assert austrian.print == told != before.print
    day = OwnDay.objects.add(workspace, date(2027, 1, 4), "Outing", is_worked=False, by=owner, at=NOW)
    assert working_days_of(workspace.pk).print not in (told, before.print)
    day.remove(by=owner, at=NOW)
    assert working_days_of(workspace.pk).print == told
    workspace.set_calendar(WEEK, "", "", by=owner, at=NOW)
    assert working_days_of(workspace.pk).print == before.print


def test_what_was_rolled_back_is_not_kept(workspace, owner):
    with transaction.atomic():
        workspace.set_calendar(WEEK, "AT", "", by=owner, at=NOW)
        assert not worked(workspace, "2026-12-25")
        transaction.set_rollback(True)
    assert worked(workspace, "2026-12-25")


def test_one_query_asks_for_it_however_many_days_of_its_own_there_are(workspace, owner, django_assert_num_queries):
    for day in range(1, 29):
        OwnDay.objects.add(workspace, date(2027, 2, day), "Away", is_worked=False, by=owner, at=NOW)
    with django_assert_num_queries(1):
        assert working_days_of(workspace.pk).on_or_after(date(2027, 2, 1).toordinal()) == date(2027, 3, 1).toordinal()


@pytest.mark.parametrize("week", [[], [7], [-1], [0, 8]])
def test_the_database_refuses_a_week_that_is_none(workspace, owner, week):
    with pytest.raises(IntegrityError, match="workspace_works_some_day"), transaction.atomic():
        workspace.set_calendar(week, "", "", by=owner, at=NOW)


def test_the_database_refuses_a_region_of_nowhere_and_a_day_twice(workspace, owner):
    with pytest.raises(IntegrityError, match="workspace_region_of_a_country"), transaction.atomic():
        workspace.set_calendar(WEEK, "", "BY", by=owner, at=NOW)
    OwnDay.objects.add(workspace, date(2027, 1, 4), "x", is_worked=False, by=owner, at=NOW)
    with pytest.raises(IntegrityError, match="own_day_once"):
        OwnDay.objects.add(workspace, date(2027, 1, 4), "y", is_worked=True, by=owner, at=NOW)


def test_countries_and_regions_have_names_and_those_that_are_unknown_have_no_holidays():
    assert len(countries()) > 200
    assert (countries()["US"], countries()["BA"], countries()["CI"]) == (
        "United States",
        "Bosnia and Herzegovina",
        "Côte d'Ivoire",
    )
    assert regions("DE")["BW"] == "Baden-Württemberg"
    assert regions("SG") == regions("XX") == {}
    assert holidays_of("XX") == holidays_of("DE", "XX") == holidays_of("") == {}
    assert holidays_of("GB", "SCT")[date(2027, 11, 30)] == "Saint Andrew's Day"


@pytest.mark.parametrize(
    ("week", "words"),
    [
        (WEEK, "Monday to Friday"),
        ([2], "Wednesday"),
        ([5, 6], "Saturday and Sunday"),
        ([0, 2, 4], "Monday, Wednesday and Friday"),
    ],
)
def test_a_week_is_said_in_words(week, words):
    assert week_in_words(week) == words
