"""A customer's journey on its page: it begins where the customer is, and all of it works by keyboard."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from customers.models.enrolments import stage_order
from tests.browser.troubles import serious_troubles
from tests.touchpoints.sheets import NOW, enrolled, published
from touchpoints.models import ScheduledTouchpoint

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("width", [1440, 390])
def test_it_begins_where_the_customer_is_and_a_card_opens_by_keyboard(visit, owner, width):
    _, version = published("five-stages", owner)
    today = timezone.localdate()
    enrolment = enrolled(version, owner, today - timedelta(60), renewal_on=today + timedelta(200))
    order = stage_order(version.document)
    for n, days in ((1, 40), (2, 15)):
        enrolment.move_to_stage(UUID(order[n]), today - timedelta(days), by=owner, at=NOW)
    done = ScheduledTouchpoint.objects.of(enrolment).in_order()[0]
    fields = {
        "state": "done",
        "settled_on": done.due_on,
        "settled_at": NOW,
        "settled_by": owner,
        "felt": 1,
        "outcome": "They like it.",
    }
    ScheduledTouchpoint.objects.filter(pk=done.pk).update(**fields)

    address = reverse("customers:customer", args=[owner.workspace.slug, enrolment.customer_id])
    page = visit(owner, address, width=width, height=900)
    timeline = page.locator("[data-view][data-arrived]")
    timeline.wait_for()
    stage = page.get_by_role("heading", name=version.document["stages"][order[2]]["name"])
    expect(stage).to_have_count(1)
    if width == 390:
        expect(stage).to_be_in_viewport()
    else:
        expect(page.locator(".stage--now .stage__name")).to_be_in_viewport()
        expect(page.locator(".stage--now")).to_contain_text("here since")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
    assert timeline.locator('[tabindex="0"]').count() == 1

    first = version.document["stages"][order[0]]["name"]
    page.get_by_role("navigation", name="Stages of").get_by_role("button", name=first).click()
    shown = page.get_by_role("heading", name=first) if width == 390 else page.locator(".stage__name", has_text=first)
    expect(shown).to_be_in_viewport()

    title = version.document["touchpoints"][str(done.spot)]["title"]
    timeline.get_by_role("link", name=title).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    expect(timeline.get_by_role("link", name=title)).to_be_focused()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("They like it.")
    expect(dialog).to_contain_text("+1 glad")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert serious_troubles(page) == [], scheme
    page.keyboard.press("Escape")
    expect(timeline.get_by_role("link", name=title)).to_be_focused()
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        assert serious_troubles(page) == [], scheme
