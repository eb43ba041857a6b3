"""A map carries the date on which somebody should look whether it is still true. On that day its owner is told, once."""

from __future__ import annotations

import logging
from datetime import date, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import Notice
from journeys.live.telling import tell
from journeys.models import Journey

logger = logging.getLogger(__name__)
#: on the owner's clock; a mail at midnight is a nuisance
MORNING = 8


def tell_owners(*, at: datetime) -> int:
    """Tell the owners of all maps whose review is due. Any number of workers may do so at once. Returns how many were told.

    A map is claimed, its owner told, and then that is recorded. A worker that dies in between leaves the claim, and when that has
    run out somebody tells again: at worst a mail comes twice, with the same Message-ID, and never not at all.
    """
    told = 0
    for journey in Journey.objects.to_be_told(at=at)[:500]:
        if not is_due(journey, at=at) or not _claim(journey, at=at):
            continue
        try:
            tell_owner(journey, at=at)
        except OSError:  # SMTPException is one too; the claim runs out, and then it is tried again
            logger.exception("The owner of the journey %s could not be told of its review", journey.pk)
            continue
        Journey.objects.filter(pk=journey.pk).update(review_told_for=journey.review_on, review_claimed_at=None)
        told += 1
    return told


def is_due(journey: Journey, *, at: datetime) -> bool:
    """Whether the day has come where the owner is, and its morning."""
    if journey.review_on is None or journey.owner is None:
        return False
    there = at.astimezone(ZoneInfo(journey.owner.user.time_zone))
    return there.date() > journey.review_on or (there.date() == journey.review_on and there.hour >= MORNING)


def _claim(journey: Journey, *, at: datetime) -> bool:
    """One UPDATE, so that of two workers one gets it. Another date or owner than the one read is no claim.

    What was read is compared on the very row: who has waited for another's UPDATE looks at that row once more, and not at a
    subquery, which would let both have it.
    """
    names = ("review_on", "owner_id", "review_told_for", "review_claimed_at")
    read = {name: getattr(journey, name) for name in names}
    return bool(Journey.objects.filter(pk=journey.pk, **read).update(review_claimed_at=at))


def tell_owner(journey: Journey, *, at: datetime) -> None:
    """Tell the owner, under their bell and by mail, that the review is due. Raises OSError where the mail could not be sent."""
    assert journey.owner is not None  # noqa: S101  # nosec: the caller has asked is_due
    workspace = journey.segment.workspace
    path = reverse("journeys:canvas", args=[workspace.slug, journey.pk])
    Notice.objects.give(
        journey.owner,
        kind="review",
        text=f"The review of {journey.title} is due: is it still true?",
        url=path,
        key=f"review.{journey.pk}.{journey.review_on}",
        at=at,
    )
    tell(journey.pk, "notice", {})
    context = {"journey": journey, "workspace": workspace, "address": settings.SITE_URL + path}
    domain = urlsplit(settings.SITE_URL).hostname
    EmailMessage(
        subject=" ".join(f"Is “{journey.title}” still true? Its review is due".split()),
        body=render_to_string("journeys/review_mail.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[journey.owner.user.email],
        headers={"Message-ID": f"<review.{journey.pk}.{journey.review_on}@{domain}>"},
    ).send()


def overdue_words(review_on: date | None, today: date) -> str:
    """ "review is due today", "review was due 3 days ago", "" before that."""
    if review_on is None or review_on > today:
        return ""
    days = (today - review_on).days
    return f"review was due {days} day{'' if days == 1 else 's'} ago" if days else "review is due today"
