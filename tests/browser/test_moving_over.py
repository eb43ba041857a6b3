"""Publishing goes on to those who travel an earlier version; a worker moves them over, and the bar is watched."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from customers.models import Customer, Enrolment
from journeys.models import Touchpoint
from journeys.publishing import publish
from tests.browser.test_canvas import canvas_of
from tests.browser.troubles import serious_troubles
from tests.journeys.test_import_page import start_worker

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_travels_an_earlier_version_is_moved_over_from_publishing_on(visit, owner, five_stages):
    now = timezone.now()
    version = publish(five_stages, "", by=owner, at=now)
    one = Customer.objects.add(owner.workspace, "Contoso", five_stages.segment, by=owner, at=now)
    travel = Enrolment.objects.enrol(one, version, date(2026, 11, 30), by=owner, at=now)
    Touchpoint.objects.filter(journey=five_stages, anchor="enrolment").first().edit({"title": "A first word"}, by=owner, at=now)
    page = visit(owner, canvas_of(five_stages), width=1440, height=900)
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("button", name="Publish version 2").click()
    way = page.get_by_role("link", name="Look what moving over changes")
    expect(way).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Move over to version 2")).to_be_visible()
    assert serious_troubles(page) == []
    worker = start_worker()
    try:
        page.get_by_role("button", name="Move 1 over").click()
        expect(page.locator("#planning-job")).to_contain_text("Done.", timeout=20_000)
    finally:
        worker.kill()
        worker.wait()
    travel.refresh_from_db()
    assert travel.version.number == 2
