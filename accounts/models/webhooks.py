"""Webhooks, many of them: which have to be told something, and who does that next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection, models, transaction

from accounts.facts_told import TYPES
from accounts.models.audit import AuditEntry
from accounts.models.fact import Fact
from accounts.models.member import Member
from accounts.models.webhook_delivery import WebhookDelivery
from accounts.outgoing import check
from accounts.signing import new_key

if TYPE_CHECKING:
    from accounts.models.webhook import Webhook

#: so many a workspace
MOST = 20
#: a worker that tends one and died gives it up after this: longer than all that one turn may take
LEASE = timedelta(minutes=2)

# Those for which something has happened, be it what they are told of or not; and those whose place nobody has begun yet: they
# were restored from a database whose transactions bore higher numbers, and would be told nothing for years.
BEHIND = """
    SELECT hook.id FROM accounts_webhook AS hook WHERE hook.is_on AND (hook.place_transaction > %s OR EXISTS (
        SELECT FROM accounts_fact AS fact WHERE fact.workspace_id = hook.workspace_id
        AND (fact.transaction, fact.id) > (hook.place_transaction, hook.place_id) AND fact.transaction < %s))
    ORDER BY hook.id"""


class TooManyWebhooks(Exception):
    """A workspace has as many as it may; says so, for people."""


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def visible_to(self, member: Member) -> WebhookQuerySet:
        """An admin sees all of the workspace, others none."""
        return self.filter(workspace_id=member.workspace_id) if member.can_administer else self.none()

    def on(self) -> WebhookQuerySet:
        return self.turned(on=True)

    def turned(self, *, on: bool) -> WebhookQuerySet:
        return self.filter(is_on=on)

    def in_order(self) -> WebhookQuerySet:
        return self.select_related("made_by__user").order_by("made_at", "id")

    def make(self, url: str, *, description: str = "", types: Iterable[str] = (), by: Member, at: datetime) -> Webhook:
        """In the workspace of whoever makes it, told of all that happens from now on, or of some `types`. Raises Refused,
        Unreachable, TooManyWebhooks."""
        check(url)
        workspace = by.workspace
        with transaction.atomic():
            # Two who add the last one at once take turns. Whoever refers to the workspace need not wait for that.
            type(workspace).objects.select_for_update(no_key=True).get(pk=workspace.pk)
            if self.filter(workspace=workspace).count() >= MOST:
                raise TooManyWebhooks(f"A workspace has {MOST} webhooks at most. Delete one that is no longer used.")
            place = Fact.objects.now()
            made = self.create(
                workspace=workspace, url=url, description=description, types=in_order_told(types), key=new_key(), made_by=by,
                made_at=at, place_transaction=place.transaction, place_id=place.id,
            )  # fmt: skip
            AuditEntry.objects.note(workspace, by, "added a webhook", str(made), at=at)
        return made

    def behind(self) -> list[UUID]:
        """Those for which something has happened that they were not told of."""
        place, end = Fact.objects.standing()
        with connection.cursor() as cursor:
            cursor.execute(BEHIND, [end, place.transaction])
            return [row[0] for row in cursor.fetchall()]

    def owe(self, pk: UUID, *, at: datetime) -> int:
        """Write down what this one is to be told of what has happened; each fact once, whoever else is at it. How many."""
        with transaction.atomic():
            hook = self.on().filter(pk=pk).select_for_update(skip_locked=True, no_key=True).first()
            return hook.catch_up(at=at) if hook else 0

    def claim(self, run: UUID, *, at: datetime) -> Webhook | None:
        """One that something is due for, for this run alone until the lease is over: its messages go out one after the other. Who
        has waited longest for a turn comes first, so that much for one keeps nobody else waiting."""
        due = WebhookDelivery.objects.due(at=at).filter(webhook=models.OuterRef("pk"))
        free = models.Q(leased_until=None) | models.Q(leased_until__lte=at)
        awake = models.Q(rests_until=None) | models.Q(rests_until__lte=at)
        with transaction.atomic():
            waiting = self.on().filter(free, awake, models.Exists(due)).select_for_update(skip_locked=True, no_key=True)
            hook = waiting.order_by(models.F("tended_at").asc(nulls_first=True), "id").first()
            if hook:
                self.filter(pk=hook.pk).update(claim=run, leased_until=at + LEASE, tended_at=at)
        return hook

    def hold(self, pk: UUID) -> None:
        """Until the transaction ends, those who want to change it wait."""
        self.filter(pk=pk).select_for_update(no_key=True).first()

    def release(self, pk: UUID, run: UUID) -> None:
        self.filter(pk=pk, claim=run).update(claim=None, leased_until=None)

    def forget_old_keys(self, *, at: datetime) -> None:
        self.filter(old_key_until__lte=at).update(old_key="", old_key_until=None)


def in_order_told(types: Iterable[str]) -> list[str]:
    """In the order in which they are told; raises KeyError for one that does not exist."""
    asked = list(types)
    if unknown := set(asked) - set(TYPES):
        raise KeyError(min(unknown))
    return [name for name in TYPES if name in asked]
