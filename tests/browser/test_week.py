"""Moving things to another day of the week: dragged, and by keys."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.today.cast import put, today_of, with_work
from touchpoints.models import ScheduledTouchpoint

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def week(visit, owner):
    """(the page of the next week, a row on its Monday, that Monday)"""
    _, (row, *others) = with_work(owner)
    today = today_of(owner)
    monday = today + timedelta(7 - today.weekday())
    put(row, monday)
    for n, other in enumerate(others):
        put(other, today + timedelta(100 + n))
    address = reverse("touchpoints:week", args=[owner.workspace.slug])
    return visit(owner, f"{address}?from={monday}", width=1440, height=900), row, monday


def due(row):
    return ScheduledTouchpoint.objects.get(pk=row.pk).due_on


def column(page, day):
    return page.locator(f'[data-day="{day}"]')


def test_a_card_is_dragged_to_another_day_and_taken_back(week):
    page, row, monday = week
    wednesday = monday + timedelta(2)
    card = page.locator(f"#row-{row.pk}")
    start, end = card.bounding_box(), column(page, wednesday).bounding_box()
    page.mouse.move(start["x"] + 30, start["y"] + 20)
    page.mouse.down()
    page.mouse.move(end["x"] + 40, end["y"] + 150, steps=8)
    page.mouse.up()
    expect(column(page, wednesday).locator(f"#row-{row.pk}")).to_be_visible()
    expect(page.locator("#toast")).to_contain_text(f"is due {wednesday:%A}")
    assert due(row) == wednesday
    page.get_by_role("button", name="Undo").click()
    expect(column(page, monday).locator(f"#row-{row.pk}")).to_be_visible()
    assert due(row) == monday


def test_a_card_goes_on_a_day_by_keys_and_keeps_the_focus(week):
    page, row, monday = week
    page.locator(f"#row-{row.pk} .task__title").focus()
    page.keyboard.press("Alt+ArrowRight")
    tuesday = monday + timedelta(1)
    expect(page.locator("#toast")).to_contain_text(f"is due {tuesday:%A}")
    expect(column(page, tuesday).locator(".task__title")).to_be_focused()
    expect(column(page, tuesday).locator("p.hint")).not_to_contain_text("0 min of")
    assert due(row) == tuesday
