"""A request is logged on the page and handed on: the customer found while one types, the words copied."""

from __future__ import annotations

import pytest
from django.urls import reverse

from customers.models import Request
from tests.conftest import join
from tests.touchpoints.handoffs import AE, travelling
from tests.touchpoints.sheets import customer

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_request_is_pushed_back_on_a_phone(visit, context, owner, contributor, workspace):
    rosa = join(workspace, "Rosa", "contributor")
    contoso = travelling(owner, giver=rosa).customer
    customer(owner, contoso.segment, "Contoso Bank")
    page = visit(contributor, reverse("touchpoints:requests", args=[workspace.slug]), width=390, height=844)
    page.get_by_label("Customer").press_sequentially("conto")
    page.locator("label.ask__customer", has_text="Contoso Bank").wait_for()
    page.locator("label.ask__customer", has_text="Mid-market").first.click()
    page.get_by_label("What they asked").fill("When is the sales handoff?")
    page.get_by_role("button", name="Whose is it?").click()
    page.get_by_text("Account executive owns “Sales handoff” on First days").wait_for()
    assert page.get_by_label("Hand on to").locator("option:checked").inner_text() == "Rosa"
    words = page.get_by_label("Words for the customer")
    words.fill(words.input_value() + "\nSee you")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").endswith("Carl\nSee you")
    page.get_by_role("button", name="Hand on").click()
    page.get_by_text("Rosa has it now.").wait_for()
    found = Request.objects.get()
    assert (found.customer, found.holder, found.role.name) == (contoso, rosa, AE)


def test_a_browser_that_refuses_the_clipboard_marks_the_words_instead(visit, owner, contributor):
    contoso = travelling(owner).customer
    asked = Request.objects.log(contoso, "The bill", by=contributor, on=contoso.made_at.date(), at=contoso.made_at)
    page = visit(contributor, reverse("touchpoints:customer_request", args=[owner.workspace.slug, asked.pk]))
    page.evaluate('() => { navigator.clipboard.writeText = () => Promise.reject(new Error("refused")); }')
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Press Ctrl+C to copy").wait_for()
    assert "The bill" in page.evaluate("getSelection().toString()")
