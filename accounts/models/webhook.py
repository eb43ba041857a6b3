from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.ids import new_id
from accounts.models.audit import AuditEntry
from accounts.models.fact import Fact, Place
from accounts.models.member import Access, Member
from accounts.models.notice import Notice
from accounts.models.webhook_delivery import GIVES_UP_AFTER, WebhookDelivery
from accounts.models.webhooks import WebhookQuerySet, in_order_told
from accounts.outgoing import check
from accounts.signing import new_key

#: for so long what is sent is signed by the old key as well
BOTH_KEYS = timedelta(hours=24)
#: messages that are written down ahead; what more there is waits in the log of facts, which is kept for weeks anyway
AHEAD = 1000


class Webhook(models.Model):
    """An address outside that is told what happens in a workspace. See docs/decisions/041.

    Its keys are kept as they are: who signs needs them. `place_…` is where in the log of facts it is.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="webhooks")
    url = models.CharField(max_length=500)
    description = models.CharField(max_length=100, blank=True, default="")
    #: of accounts/facts_told.py; none: all, also those that come to be known later
    types = ArrayField(models.CharField(max_length=40), default=list)
    key = models.CharField(max_length=80)
    old_key = models.CharField(max_length=80, blank=True, default="")
    old_key_until = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey("accounts.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    is_on = models.BooleanField(default=True)
    #: nothing has arrived since; None: the last thing did, or nothing was sent yet
    failing_since = models.DateTimeField(null=True, blank=True)
    #: attempts in a row that went wrong
    failures = models.PositiveIntegerField(default=0)
    rests_until = models.DateTimeField(null=True, blank=True)
    #: when it was turned off because nothing arrived, and why; not where a person turned it off
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_because = models.CharField(max_length=700, blank=True, default="")
    place_transaction = models.BigIntegerField()
    place_id = models.BigIntegerField()
    #: the run that sends to it just now
    claim = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    tended_at = models.DateTimeField(null=True, blank=True)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(old_key="", old_key_until=None) | models.Q(old_key_until__isnull=False),
                name="webhook_old_key_ends",
            ),
            models.CheckConstraint(condition=models.Q(is_on=False) | models.Q(disabled_at=None), name="webhook_on_or_disabled"),
        ]

    def __str__(self) -> str:
        return self.description or self.shown

    @property
    def shown(self) -> str:
        """Where it goes, as the audit list and mails say it: without path and query, for who knows them may be able to post."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}/{'…' if parts.path.strip('/') or parts.query else ''}"

    @property
    def place(self) -> Place:
        return Place(self.place_transaction, self.place_id)

    def keys(self, *, at: datetime) -> list[str]:
        """Those that sign now, the newest first."""
        return [self.key, self.old_key] if self.has_two_keys(at) else [self.key]

    def has_two_keys(self, at: datetime) -> bool:
        return self.old_key_until is not None and self.old_key_until > at

    def change(self, *, url: str, description: str, types: Iterable[str], by: Member, at: datetime) -> None:
        """Raises Refused, Unreachable. What waits already goes to the new address."""
        if url != self.url:
            check(url)
            self.rests_until = None
        self.url, self.description, self.types = url, description, in_order_told(types)
        with transaction.atomic():
            self.save(update_fields=["url", "description", "types", "rests_until"])
            AuditEntry.objects.note(self.workspace, by, "changed a webhook", str(self), at=at)

    def rotate(self, *, by: Member, at: datetime) -> None:
        """A new key. For a day what is sent is signed by the one of until now as well; one that is older still ends at once."""
        with transaction.atomic():
            own = Webhook.objects.select_for_update(no_key=True).get(pk=self.pk)
            self.key, self.old_key, self.old_key_until = new_key(), own.key, at + BOTH_KEYS
            self.save(update_fields=["key", "old_key", "old_key_until"])
            AuditEntry.objects.note(self.workspace, by, "changed the key of a webhook", str(self), at=at)

    def end_old_key(self, *, by: Member, at: datetime) -> None:
        """Sign by the new one alone from now on: the old one has got into other hands. Where there is none it is no act."""
        with transaction.atomic():
            two = Webhook.objects.filter(pk=self.pk, old_key_until__gt=at)
            if two.update(old_key="", old_key_until=None):
                AuditEntry.objects.note(self.workspace, by, "ended the old key of a webhook", str(self), at=at)
        self.refresh_from_db()

    def turn_on(self, *, by: Member, at: datetime, with_missed: bool = False) -> None:
        """From now on; or from where it stopped, with what was left waiting and what has happened meanwhile."""
        with transaction.atomic():
            if not Webhook.objects.select_for_update(no_key=True).get(pk=self.pk).is_on:
                fields: dict[str, object] = {"is_on": True, "failing_since": None, "failures": 0, "rests_until": None}
                fields |= {"disabled_at": None, "disabled_because": ""}
                waiting = self.deliveries.waiting()
                if with_missed:
                    waiting.begin_again(at=at)
                else:
                    place = Fact.objects.now()
                    fields |= {"place_transaction": place.transaction, "place_id": place.id}
                    self.deliveries.free(at=at).exclude(is_asked_for=True).give_up("It was turned off when this was due.")
                Webhook.objects.filter(pk=self.pk).update(**fields)
                AuditEntry.objects.note(self.workspace, by, "turned a webhook on", str(self), at=at)
        self.refresh_from_db()

    def turn_off(self, *, by: Member, at: datetime) -> None:
        """Nothing goes out any more; where it has stopped is kept."""
        with transaction.atomic():
            if Webhook.objects.on().filter(pk=self.pk).update(is_on=False):
                AuditEntry.objects.note(self.workspace, by, "turned a webhook off", str(self), at=at)
        self.refresh_from_db()

    def remove(self, *, by: Member, at: datetime) -> None:
        with transaction.atomic():
            # Whoever writes down messages for it just now is waited for, and nobody does from here on.
            Webhook.objects.select_for_update().get(pk=self.pk)
            AuditEntry.objects.note(self.workspace, by, "deleted a webhook", str(self), at=at)
            self.delete()

    def catch_up(self, *, at: datetime) -> int:
        """Write down what it is to be told. Hold its row. How many there were."""
        now, end = Fact.objects.standing()
        room = AHEAD - self.deliveries.waiting().count()
        found: list[Fact] = []
        place = now
        if self.place.transaction <= end:
            facts = Fact.objects.of_workspace(self.workspace_id).settled(now.transaction).after(self.place)
            found = list((facts.of_types(self.types) if self.types else facts).in_order()[: max(room, 0)])
            # What is running may be seen a little longer at one time than at another: nobody is sent back.
            place = max(self.place, now) if len(found) < room else (found[-1].place if found else self.place)
        WebhookDelivery.objects.bulk_create(WebhookDelivery.telling(self, fact, at=at) for fact in found)
        Webhook.objects.filter(pk=self.pk).update(place_transaction=place.transaction, place_id=place.id)
        return len(found)

    def note_taken(self, *, at: datetime) -> None:
        """Something has arrived. Where it had been away, all that failed meanwhile goes out now, whenever it was to be."""
        if (self.failing_since is None and self.rests_until is None) or self.disabled_at:  # why it is off is still to be told
            return
        Webhook.objects.filter(pk=self.pk).update(failing_since=None, failures=0, rests_until=None)
        if self.rests_until is not None:
            self.deliveries.waiting().filter(next_at__gt=at).update(next_at=at)

    def note_failed(self, because: str, *, at: datetime, rests_for: timedelta | None) -> None:
        """Something has not arrived; `rests_for`: so long nothing else is tried either. Where nothing has arrived for three days,
        it is turned off."""
        rests = {} if rests_for is None else {"rests_until": at + rests_for}
        since = Coalesce("failing_since", models.Value(at, models.DateTimeField()))
        Webhook.objects.filter(pk=self.pk).update(failing_since=since, failures=models.F("failures") + 1, **rests)
        if self.is_silent(at):
            self.disable(because, at=at)

    def is_silent(self, at: datetime) -> bool:
        """Whether nothing has arrived for so long that it is not tried any more."""
        return self.failing_since is not None and self.failing_since <= at - GIVES_UP_AFTER

    def disable(self, because: str, *, at: datetime) -> None:
        """Turn it off, as nothing arrives there or it says that it is gone, and tell all admins, also by mail."""
        with transaction.atomic():
            off = {"is_on": False, "disabled_at": at, "disabled_because": because}
            if not Webhook.objects.on().filter(pk=self.pk).update(**off):
                return
            AuditEntry.objects.note(self.workspace, None, "turned a webhook off", f"{self}: {because}", at=at)
            why, then = self._told_off(at)
            for member in Member.objects.active().filter(workspace=self.workspace_id, access__in=[Access.OWNER, Access.ADMIN]):
                Notice.objects.give(
                    member, kind="webhook", key=f"webhook-off:{self.pk}:{at.isoformat()}", at=at, mail_at=at,
                    url=reverse("accounts:webhook", args=[self.workspace.slug, self.pk]),
                    text=f"A webhook was turned off, as {why}",
                    excerpt=f"{because} Turn it on again on its page, when {then}: what has happened meanwhile can be sent then.",
                )  # fmt: skip

    def _told_off(self, at: datetime) -> tuple[str, str]:
        """Why it is turned off now, and when to turn it on again."""
        where = self.shown[:120]
        if self.is_silent(at):
            since = f"{self.failing_since:%-d %B %Y, %H:%M} UTC"
            return f"nothing has arrived at {where} since {since}", "whoever runs that address has mended it"
        return f"{where} says that it is gone", "there is a receiver again, at that address or at another"
