"""What an admin sees of a webhook on its page: its secret once, what its messages are about, and why they did not arrive."""

from __future__ import annotations

import json
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Access, Fact, Webhook, WebhookDelivery
from accounts.models.webhook_delivery import GIVES_UP_AFTER
from accounts.telling import send_due, send_now
from customers.models import Customer
from tests.accounts.receivers import again, at, hooked, receiving
from tests.accounts.test_outgoing import say
from tests.conftest import join

pytestmark = pytest.mark.django_db
__all__ = ["at", "hooked", "receiving"]


def address(hook, name="webhook"):
    return reverse(f"accounts:{name}", args=[hook.workspace.slug, hook.pk])


def page(client, hook):
    return unescape(client.get(address(hook)).content.decode())


def told(hook, facts, at):
    """Messages about (type, subject, body)."""
    made = [
        Fact(id=number, transaction=1, workspace_id=hook.workspace_id, type=type, subject=subject, body=body, at=at)
        for number, (type, subject, body) in enumerate(facts, 1)
    ]
    return WebhookDelivery.objects.bulk_create(WebhookDelivery.telling(hook, fact, at=at) for fact in made)


def summaries(text):
    return [part.split("</summary>")[0] for part in text.split("<summary>") if "</code>" in part.split("</summary>")[0]]


def test_a_secret_is_shown_once_to_whoever_has_made_it(client_for, owner, at):
    admin, other = client_for(owner), client_for(join(owner.workspace, "Adam", Access.ADMIN))
    admin.post(reverse("accounts:webhooks", args=[owner.workspace.slug]), {"url": "https://1.1.1.1/hook"})
    hook = Webhook.objects.get()
    assert hook.key not in page(other, hook)
    assert hook.key in page(admin, hook)
    assert hook.key not in page(admin, hook)
    admin.post(address(hook, "rotate_webhook_key"))
    assert again(hook).key in (text := page(admin, hook))
    assert hook.old_key not in text
    # While both sign one may still make another, and is told what that ends.
    assert "Make a new one" in (text := page(admin, hook))
    assert hook.key not in text
    assert "End the old one now" in text
    assert "by two at most" in text
    first = hook.old_key
    admin.post(address(hook, "rotate_webhook_key"))
    assert first not in again(hook).keys(at=at)
    admin.post(address(hook, "end_old_webhook_key"))
    assert "End the old one now" not in page(admin, hook)


def test_a_row_says_which_customer_or_map_it_is_about_without_asking_for_each(client_for, owner, stranger, hooked, journey, at):
    hook = Webhook.objects.make("https://1.1.1.1/hook", by=owner, at=at)
    customers = [
        Customer.objects.add(owner.workspace, f"Customer <{number}>", journey.segment, by=owner, at=at) for number in range(10)
    ]
    facts = [("customer.changed", one.pk, {}) for one in customers]
    facts.append(("scheduled_touchpoint.done", owner.pk, {"customer": str(customers[0].pk), "journey": str(journey.pk)}))
    facts.append(("journey.changed", journey.pk, {"revision": 2}))
    facts.append(("role.made", owner.pk, {}))
    client = client_for(owner)
    counts = []
    for some in (facts[-3:], facts[:-3]):
        told(hook, some, at)
        page(client, hook)
        with CaptureQueriesContext(connection) as asked:
            text = page(client, hook)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    rows = {row.split("<code>")[1].split("</code>")[0]: row for row in summaries(text)}
    assert "Customer <0>, Enterprise journey" in rows["scheduled_touchpoint.done"]
    assert "Enterprise journey" in rows["journey.changed"]
    assert "told__about" not in rows["role.made"]
    for name, pk in (("customers:customer", customers[0].pk), ("journeys:canvas", journey.pk)):
        assert f'<a href="{reverse(name, args=[owner.workspace.slug, pk])}">' in text
    # So does one that is left from when kind and id stood in the data.
    (old,) = told(hook, [("journey.deleted", owner.pk, {})], at)
    payload = {"type": "journey.changed", "data": {"kind": "journey", "id": str(journey.pk), "revision": 2}}
    WebhookDelivery.objects.filter(pk=old.pk).update(payload=json.dumps(payload))
    assert "Enterprise journey" in summaries(page(client, hook))[0]
    # What is gone, or was never to be seen from here, has no name.
    Customer.objects.filter(pk=customers[0].pk).delete()
    theirs = Webhook.objects.make("https://1.1.1.1/hook", by=stranger, at=at)
    told(theirs, facts, at)
    assert "Customer <0>" not in page(client, hook)
    assert "Customer <1>" in page(client, hook)
    assert "Customer <1>" not in page(client_for(stranger), theirs)


def test_why_a_message_did_not_arrive_stands_in_its_row(client_for, owner, receiving, hooked, at):
    client = client_for(owner)
    for answer, words in (
        (say(301, "", Location="http://169.254.169.254/"), "sends on to another"),
        (say(500, "no disk left"), "answered 500: no disk"),
    ):  # fmt: skip
        hook = hooked(receiving(answer))
        ping = WebhookDelivery.objects.ping(hook, at=at)
        send_now(ping.pk, lambda: at)
        assert again(ping).state == "given_up"
        (row,) = summaries(page(client, hook))
        assert words in row


def test_a_page_says_whether_the_receiver_is_gone_or_silent(client_for, owner, receiving, hooked, at):
    gone, silent = hooked(receiving(say(410, ""))), hooked(receiving(say(500, "")))
    told(gone, [("role.made", owner.pk, {})], at)
    send_due(lambda: at)
    Webhook.objects.filter(pk=silent.pk).update(failing_since=at - GIVES_UP_AFTER)
    again(silent).disable("It answered 500.", at=at)
    texts = [page(client_for(owner), hook) for hook in (gone, silent)]
    assert ["said that it is gone" in text for text in texts] == [True, False]
    assert ["for three days" in text.split("Signing secret")[0] for text in texts] == [False, True]
    again(silent).note_taken(at=at)  # a test that arrives while it is off
    assert "said that it is gone" not in page(client_for(owner), silent)


def test_what_is_open_is_lit_and_both_pages_for_programs_lead_to_what_the_api_can_do(client_for, owner):
    for name in ("tokens", "webhooks", "roles", "settings", "calendar", "members"):
        text = client_for(owner).get(here := reverse(f"accounts:{name}", args=[owner.workspace.slug])).content.decode()
        lit = {part.split('href="')[1].split('"')[0] for part in text.split("<a ") if 'aria-current="page"' in part.split(">")[0]}
        assert lit == {here}
        if name in ("tokens", "webhooks"):
            assert 'href="/api/v1/docs"' in text
