"""Work in the background. Tasks take ids, claim by a conditional update, and may run twice or be lost."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.mailing_notices import mail_owed_notices
from accounts.models import Fact, KeptAnswer, Webhook, WebhookDelivery
from accounts.telling import owe, send_due, send_left, send_now


@shared_task(name="accounts.mail_notices")
def mail_notices() -> None:
    """A sweep: what is owed by mail goes out. What more there is than one batch, the next sweep finds."""
    while mail_owed_notices(at=timezone.now()):
        pass


@shared_task(name="accounts.forget_answers")
def forget_answers() -> None:
    """What API clients were answered a day ago."""
    KeptAnswer.objects.forget(at=timezone.now())


@shared_task(name="accounts.forget_facts")
def forget_facts() -> None:
    """What nobody may ask for any more who follows the changes of a workspace."""
    Fact.objects.forget(at=timezone.now(), kept=timedelta(days=settings.API_CHANGES_KEPT))


@shared_task(name="accounts.tell_webhooks")
def tell_webhooks() -> None:
    """A sweep: what has happened is written down for those who want to be told, and what is due goes out."""
    owe(at=timezone.now())
    send_due()
    send_left()


@shared_task(name="accounts.send_delivery")
def send_delivery(pk: str) -> None:
    """One that somebody waits for. Should this be lost, the sweep finds it."""
    send_now(UUID(pk))


def send_soon(delivery: WebhookDelivery) -> None:
    """Without waiting for the next sweep, which finds it where the broker is away."""

    def ask() -> None:
        with suppress(OperationalError):
            send_delivery.delay(str(delivery.pk))

    transaction.on_commit(ask)


@shared_task(name="accounts.forget_deliveries")
def forget_deliveries() -> None:
    """The log of what webhooks were told a month ago, and keys that sign nothing any more."""
    WebhookDelivery.objects.forget(at=timezone.now())
    Webhook.objects.forget_old_keys(at=timezone.now())
