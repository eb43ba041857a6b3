"""Send by mail what is owed by mail. Rows are claimed, sent and noted: a crash in between is the only way to send one twice, and
then both mails bear the same Message-ID."""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from django.core.mail import get_connection
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import Notice
from accounts.written_mail import WrittenMail

logger = logging.getLogger(__name__)


def mail_owed_notices(*, at: datetime) -> int:
    """Claim what is owed now and send it, over one connection. How many mails went out; the others are tried again."""
    sent = 0
    connection = get_connection()
    for notice in Notice.objects.claim_mail(at=at):
        if not notice.is_still_owed(at=at):
            notice.owe_no_mail()
            continue
        try:
            connection.open()
        except OSError:
            # A mail server that is away would keep this worker waiting for every single mail.
            logger.exception("The mail server does not answer: notices wait")
            break
        try:
            connection.send_messages([letter(notice)])
        except OSError:  # SMTPException is one too
            logger.exception("The notice %s could not be mailed", notice.pk)
            connection.close()
            continue
        notice.note_mailed(at=at)
        sent += 1
    connection.close()
    return sent


def letter(notice: Notice) -> WrittenMail:
    """The mail of a notice, plain and in HTML. Its Message-ID is the notice's own."""
    workspace = notice.member.workspace
    path = reverse("accounts:open_notice", args=[workspace.slug, notice.pk])
    context = {
        "notice": notice,
        "workspace": workspace,
        "address": settings.SITE_URL + path,
        "profile": settings.SITE_URL + reverse("profile"),
    }
    return WrittenMail(
        f"notice-{notice.pk}",
        to=notice.member.user.email,
        subject=notice.text,
        text=render_to_string("accounts/notice_mail.txt", context),
        html=render_to_string("accounts/notice_mail.html", context),
    )
