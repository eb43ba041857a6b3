"""Webhooks: who outside is told what happens, what they were told, and how it went."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.models import Access, TooManyWebhooks, Webhook, WebhookDelivery
from accounts.naming import names_in
from accounts.outgoing import Refused, Unreachable
from accounts.paging import page_of
from accounts.tasks import send_soon
from accounts.webhook_forms import WebhookForm

PER_PAGE = 25
#: the page looks again by itself for so long after something was to be sent
LOOKS_FOR = timedelta(minutes=1)
#: the webhook whose key was just made, which is shown once
MADE = "webhook_made"
ON = {"on": "It is on, and is told what happens from now on.", "on_with_missed": "It is on, and is told what it has missed."}


@door("GET", "POST", access=Access.ADMIN)
def webhooks(request: MemberRequest) -> HttpResponse:
    """All of the workspace's, and one more."""
    form = WebhookForm(request.POST or None)
    if form.is_valid():
        try:
            made = Webhook.objects.make(**form.cleaned_data, by=request.member, at=timezone.now())
        except (TooManyWebhooks, Refused, Unreachable) as trouble:
            form.add_error(None, str(trouble))
        else:
            request.session[MADE] = str(made.pk)
            return redirect("accounts:webhook", request.workspace.slug, made.pk)
    found = Webhook.objects.visible_to(request.member).in_order()
    return render(request, "accounts/webhooks.html", {"webhooks": found, "form": form}, status=422 if form.errors else 200)


@door("GET", "POST", access=Access.ADMIN)
def webhook(request: MemberRequest, pk: UUID) -> HttpResponse:
    """One of them: what it is told, its keys, and the log, of one state or of all."""
    hook = _webhook(request, pk)
    now = timezone.now()
    initial = {"url": hook.url, "description": hook.description, "types": hook.types}
    form = WebhookForm(request.POST or None, initial=initial, was=hook.url)
    if form.is_valid():
        try:
            hook.change(**form.cleaned_data, by=request.member, at=now)
        except (Refused, Unreachable) as trouble:
            form.add_error("url", str(trouble))
        else:
            messages.success(request, "Saved.")
            return redirect("accounts:webhook", request.workspace.slug, hook.pk)
    context = {"webhook": hook, "form": form, "has_two_keys": hook.has_two_keys(now)} | _log(request, hook)
    context["said_gone"] = hook.disabled_at and not hook.is_silent(hook.disabled_at)
    if request.method == "GET" and request.session.get(MADE) == str(hook.pk):
        context["secret"] = request.session.pop(MADE) and hook.key
    return render(request, "accounts/webhook.html", context, status=422 if form.errors else 200)


def _log(request: MemberRequest, hook: Webhook) -> dict[str, Any]:
    rows = WebhookDelivery.objects.of(hook).latest_first()
    state = request.GET.get("state", "")
    if state not in WebhookDelivery.State.values:
        state = ""
    page = page_of(request, rows.in_state(state) if state else rows, PER_PAGE)
    since = timezone.now() - LOOKS_FOR
    told = [json.loads(one.payload) for one in page]
    for one, payload, about in zip(page, told, names_in(told, request.member), strict=True):
        one.shown_payload = json.dumps(payload, indent=2, ensure_ascii=False)
        one.about = about
    looks_again = any(one.is_under_way and one.next_at > since and (hook.is_on or one.is_asked_for) for one in page)
    return {"page": page, "state": state, "states": WebhookDelivery.State.choices, "looks_again": looks_again}


@door("POST", access=Access.ADMIN)
def rotate_webhook_key(request: MemberRequest, pk: UUID) -> HttpResponse:
    hook = _webhook(request, pk)
    hook.rotate(by=request.member, at=timezone.now())
    request.session[MADE] = str(hook.pk)
    messages.success(
        request, "There is a new secret. For 24 hours messages are signed by both: bring the new one to the receiver."
    )
    return redirect("accounts:webhook", request.workspace.slug, pk)


@door("POST", access=Access.ADMIN)
def end_old_webhook_key(request: MemberRequest, pk: UUID) -> HttpResponse:
    _webhook(request, pk).end_old_key(by=request.member, at=timezone.now())
    messages.success(request, "The old secret signs nothing any more.")
    return redirect("accounts:webhook", request.workspace.slug, pk)


@door("POST", access=Access.ADMIN)
def switch_webhook(request: MemberRequest, pk: UUID) -> HttpResponse:
    hook, to = _webhook(request, pk), request.POST.get("to", "")
    if to in ON:
        hook.turn_on(by=request.member, at=timezone.now(), with_missed=to == "on_with_missed")
    elif to == "off":
        hook.turn_off(by=request.member, at=timezone.now())
    else:
        raise Http404
    messages.success(request, ON.get(to, "It is off: nothing is sent there."))
    return redirect("accounts:webhook", request.workspace.slug, pk)


@door("POST", access=Access.ADMIN)
def delete_webhook(request: MemberRequest, pk: UUID) -> HttpResponse:
    hook = _webhook(request, pk)
    hook.remove(by=request.member, at=timezone.now())
    messages.success(request, f"Deleted the webhook {hook}. Nothing is sent there any more.")
    return redirect("accounts:webhooks", request.workspace.slug)


@door("POST", access=Access.ADMIN)
def ping_webhook(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Send a message that says nothing; how it went stands in the log."""
    hook = _webhook(request, pk)
    ping = WebhookDelivery.objects.ping(hook, at=timezone.now())
    send_soon(ping)
    messages.success(request, "A test is on its way. How it goes stands at the top of the log.")
    return redirect("accounts:webhook", request.workspace.slug, pk)


@door("POST", access=Access.ADMIN)
def send_delivery_again(request: MemberRequest, pk: UUID, delivery: UUID) -> HttpResponse:
    found = get_object_or_404(WebhookDelivery.objects.of(_webhook(request, pk)), pk=delivery)
    if found.send_again(at=timezone.now()):
        send_soon(found)
        messages.success(request, f"{found.type} is sent again, under the same id.")
    else:
        messages.error(request, "It is being sent just now.")
    return redirect("accounts:webhook", request.workspace.slug, pk)


def _webhook(request: MemberRequest, pk: UUID) -> Webhook:
    return get_object_or_404(Webhook.objects.visible_to(request.member).select_related("workspace", "made_by__user"), pk=pk)
