"""Work in the background. Tasks take ids, claim by a conditional update, and may run twice or be lost."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from accounts.mailing_notices import mail_owed_notices


@shared_task(name="accounts.mail_notices")
def mail_notices() -> None:
    """A sweep: what is owed by mail goes out. What more there is than one batch, the next sweep finds."""
    while mail_owed_notices(at=timezone.now()):
        pass
