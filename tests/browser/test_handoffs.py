"""A handoff between two people: offered with something missing, asked about, accepted; both see who owns the moment."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import Access
from tests.conftest import join
from tests.touchpoints.handoffs import reached

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_people_pass_a_customer_on(visit, owner, workspace):
    giver, receiver = join(workspace, "Gina", Access.CONTRIBUTOR), join(workspace, "Rosa", Access.CONTRIBUTOR)
    passage = reached(owner, giver, receiver)
    path = reverse("touchpoints:handoffs", args=[workspace.slug])
    hers = visit(giver, path, width=390, height=844)
    hers.get_by_role("region", name="To give").get_by_role("link", name="Contoso").click()
    hers.get_by_label("Goals").fill("Go live by May")
    offer = hers.get_by_role("button", name="Save and offer to Rosa")
    offer.focus()
    offer.press("Enter")
    expect(hers.get_by_text("Offered to Rosa.")).to_be_visible()
    expect(hers.get_by_text("Until it is accepted, Gina owns the moment.")).to_be_visible()
    assert hers.evaluate("document.documentElement.scrollWidth") <= 390

    theirs = visit(receiver, reverse("customers:customer", args=[workspace.slug, passage.customer_id]), alone=True)
    theirs.get_by_role("region", name="Handoffs").get_by_role("link", name="Sales handoff → Kick-off").click()
    expect(theirs.get_by_text("Until it is accepted, Gina owns the moment.")).to_be_visible()
    expect(theirs.get_by_text("1 of 2 is missing: Known risks.")).to_be_visible()
    theirs.get_by_role("button", name="Ask for more").click()
    expect(theirs.get_by_text("Say what is missing:")).to_be_visible()
    theirs.get_by_label("What you want to say").fill("Which risks?")
    theirs.get_by_role("button", name="Ask for more").click()
    expect(theirs.get_by_text("Gina is asked for more.")).to_be_visible()

    hers.reload()
    expect(hers.get_by_role("blockquote").filter(has_text="Which risks?")).to_be_visible()
    hers.get_by_label("Known risks").fill("A reorganisation")
    offer.click()
    expect(hers.get_by_text("complete", exact=True)).to_be_visible()

    theirs.reload()
    theirs.get_by_role("button", name="Accept").click()
    expect(theirs.get_by_text("Accepted. Rosa owns the moment now.")).to_be_visible()

    # Who did not look meanwhile is told, and nothing is done.
    hers.get_by_role("button", name="Take it back").click()
    expect(hers.get_by_role("alert")).to_contain_text("Somebody was quicker")
    expect(hers.get_by_text("Rosa owns it since")).to_be_visible()
