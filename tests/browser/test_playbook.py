"""Writing a playbook: out of nothing in seconds, by keyboard and by pointer, and two people at one field."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from customers.models import Customer
from playbooks.models import Playbook

pytestmark = pytest.mark.django_db(transaction=True)


def titles():
    return [step["title"] for step in Playbook.objects.get().body["steps"]]


def test_a_playbook_is_written_moved_about_and_previewed(visit, owner, journey):
    Customer.objects.add(owner.workspace, "Acme", journey.segment, by=owner, at=timezone.now())
    page = visit(owner, reverse("playbooks:playbooks", args=[owner.workspace.slug]))
    page.get_by_label("New playbook").fill("Ask for help")
    page.keyboard.press("Enter")
    expect(page.get_by_label("New step")).to_be_focused()
    for title in ("Read", "Call"):
        page.keyboard.type(title)
        page.keyboard.press("Enter")
    page.get_by_label("New step").evaluate(
        """field => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text", "Write\\n\\n Wait ");
            field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }"""
    )
    steps, said = page.locator("[data-items=steps] > li"), page.locator("[data-saved]")
    expect(steps).to_have_count(4, timeout=15_000)  # each waits for the one before
    expect(said).to_have_text("Added Wait")
    assert titles() == ["Read", "Call", "Write", "Wait"]

    steps.first.get_by_label("Step", exact=True).focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(said).to_have_text("Moved to place 2 of 4")
    expect(steps.nth(1).get_by_label("Step", exact=True)).to_be_focused()
    assert titles() == ["Call", "Read", "Write", "Wait"]

    steps.nth(2).locator("[data-handle]").hover()
    page.mouse.down()
    box = steps.first.bounding_box()
    page.mouse.move(box["x"] + 10, box["y"] + 4, steps=6)
    page.mouse.up()
    expect(said).to_have_text("Moved to place 1 of 4")
    assert titles() == ["Write", "Call", "Read", "Wait"]

    steps.nth(1).get_by_label("Call: move or take out").click()
    steps.nth(1).get_by_role("button", name="Take out").click()
    expect(steps).to_have_count(3)
    page.get_by_role("button", name="Undo").click()
    expect(steps).to_have_count(4)
    assert titles() == ["Write", "Call", "Read", "Wait"]

    steps.first.get_by_text("Guidance").click()
    steps.first.get_by_role("textbox", name="Guidance").fill("**Soon**")
    expect(steps.first.locator("strong")).to_have_text("Soon")
    page.get_by_label("New message").fill("Hello")
    page.keyboard.press("Enter")
    letter = page.get_by_role("textbox", name="Text of Hello")
    letter.fill("Dear {{ custmer.name }}")
    expect(page.get_by_text("did you mean customer.name?")).to_be_visible()
    page.get_by_text("Preview with a customer").click()
    letter.fill("Dear {{ customer.name }}")
    expect(page.get_by_text("Dear Acme")).to_be_visible()
    expect(page.get_by_text("did you mean")).to_have_count(0)


def test_two_at_one_field_lose_no_word(visit, owner, workspace):
    body = {"steps": [{"title": "Call"}]}
    playbook = Playbook.objects.draft(workspace, "Kick-off", at=timezone.now(), body=body)
    visit.provoked.append("409")
    page = visit(owner, reverse("playbooks:playbook", args=[workspace.slug, playbook.pk]))
    playbook.edit("steps", playbook.body["steps"][0]["id"], {"title": "Ring"}, at=timezone.now())
    page.get_by_label("Step", exact=True).fill("Phone")
    expect(page.get_by_text("Somebody has changed this meanwhile.")).to_be_visible()
    assert titles() == ["Ring"]
    page.get_by_role("button", name="Keep mine").click()
    expect(page.locator("[data-saved]")).to_have_text("Saved")
    assert titles() == ["Phone"]
