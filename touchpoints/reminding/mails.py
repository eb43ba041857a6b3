"""A reminder as a mail, plain and in HTML. Whoever wants no more of its kind says so with one tap, signed in or not."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.written_mail import WrittenMail
from touchpoints.models.reminders import ReminderKind
from touchpoints.reminding.letters import Letter

SALT = "touchpoints.unsubscribe"
WHY = {
    ReminderKind.BEFORE: "you asked to be told beforehand",
    ReminderKind.DUE: "you asked to be told on the day",
    ReminderKind.OVERDUE: "you asked to be told when something is overdue",
    ReminderKind.DIGEST: "you get a digest on the mornings on which something is due",
    ReminderKind.ESCALATION: "you are told when a must of your team is overdue",
}


class NoSuchLink(Exception):
    """Nobody was sent an unsubscribe link like this."""


def mail_of(letter: Letter) -> WrittenMail:
    """Its Message-ID is the reminder's own: sent twice, it is seen to be one."""
    reminder = letter.reminder
    workspace = reminder.member.workspace
    unsubscribe = _unsubscribe_address(reminder.member_id, reminder.kind)
    context = {
        "text": letter.text, "address": letter.address, "parts": letter.parts, "workspace": workspace.name,
        "why": WHY[ReminderKind(reminder.kind)], "unsubscribe": unsubscribe, "settings": _settings_address(workspace.slug),
    }  # fmt: skip
    return WrittenMail(
        f"reminder-{reminder.pk}",
        to=reminder.member.user.email,
        subject=letter.text,
        text=render_to_string("touchpoints/reminder_mail.txt", context),
        html=render_to_string("touchpoints/reminder_mail.html", context),
        headers={"List-Unsubscribe": f"<{unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )


# Whoever is written to is written to more than once on a morning, and what stands below is the same each time.
@lru_cache(maxsize=10_000)
def _unsubscribe_address(member: UUID, kind: str) -> str:
    return settings.SITE_URL + reverse("unsubscribe", args=[unsubscribe_token(member, kind)])


@lru_cache(maxsize=1000)
def _settings_address(slug: str) -> str:
    return settings.SITE_URL + reverse("touchpoints:reminders", args=[slug])


def unsubscribe_token(member: UUID, kind: str) -> str:
    return signing.dumps([str(member), str(kind)], salt=SALT)


def read_token(token: str) -> tuple[UUID, ReminderKind]:
    """Whom it was sent to, and what kind it is about; it is good for ever. Raises NoSuchLink."""
    try:
        member, kind = signing.loads(token, salt=SALT)
    except signing.BadSignature as trouble:
        raise NoSuchLink from trouble
    return UUID(member), ReminderKind(kind)
