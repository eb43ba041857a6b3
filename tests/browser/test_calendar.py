"""The working calendar: a country is chosen, its regions appear, and the year shows what is not worked on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import OwnDay

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_country_brings_its_regions_and_a_day_of_our_own_is_added_by_keyboard(visit, owner):
    page = visit(owner, reverse("accounts:calendar", args=[owner.workspace.slug]), width=390, height=844)
    expect(page.get_by_label("Region")).to_have_count(0)
    page.get_by_label("Friday").uncheck()
    country = page.get_by_label("Public holidays of")
    country.focus()
    country.select_option("DE")
    region = page.get_by_label("Region")
    expect(region).to_be_visible()
    expect(country).to_be_focused()
    expect(page.get_by_label("Friday")).not_to_be_checked()
    region.select_option("Bayern")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label("Region")).to_have_value("BY")
    on = timezone.localdate().replace(month=7, day=1) + timedelta(days=365)
    page.get_by_label("Day", exact=True).fill(on.isoformat())
    page.get_by_label("What for").fill("Company outing")
    page.get_by_label("What for").press("Enter")
    expect(page.get_by_text("Added", exact=False)).to_be_visible()
    page.get_by_role("navigation", name="Years").get_by_text(str(on.year)).click()
    july = page.locator(".calendar__month", has_text="July")
    expect(july).to_contain_text("Company outing")
    expect(page.locator(".calendar")).to_contain_text("Epiphany")
    assert OwnDay.objects.get().on == on
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
