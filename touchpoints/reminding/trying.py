"""Send somebody a reminder that says nothing, to see whether it arrives."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail

from accounts.models import Member
from touchpoints.reminding.channels import Away, NotSent, call, in_words

__all__ = ["NotSent", "try_mail", "try_webhook"]


def try_mail(member: Member) -> str:
    """What to say when it has gone out. Raises NotSent."""
    text = f"This is what you asked for, to see whether mail from {member.workspace} arrives. It does."
    try:
        send_mail("A test of your reminders", text, settings.DEFAULT_FROM_EMAIL, [member.user.email])
    except OSError as trouble:
        raise NotSent(in_words(trouble)) from trouble
    return f"A test is on its way to {member.user.email}."


def try_webhook(member: Member, url: str) -> str:
    """The same of a webhook. Raises NotSent."""
    if not url:
        raise NotSent("Type the address in first.")
    try:
        call(url, f"A test from {member.workspace} on Touchline: reminders for {member} arrive here.", {"kind": "test"})
    except Away as trouble:
        raise NotSent(str(trouble)) from trouble
    return "The webhook has taken a test message."
