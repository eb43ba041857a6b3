from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import orjson
from django.contrib.postgres.indexes import BrinIndex
from django.db import connection, models
from django.db.models.functions import Cast, Concat, Replace

from accounts.facts_told import told
from accounts.ids import new_id

if TYPE_CHECKING:
    from accounts.models.fact import Fact
    from accounts.models.webhook import Webhook

#: what only says that messages arrive
PING = "webhook.ping"
#: how long after each attempt the next one comes, as the spec proposes; the last one is at the end of the three days
DELAYS = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 60, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)
#: after the first attempt
GIVES_UP_AFTER = timedelta(days=3)
#: whoever asks us to come again later is obeyed so far
LATEST = timedelta(days=1)
#: a worker that has taken one and died gives it up after this: longer than a post may take
LEASE = timedelta(minutes=2)
#: the log
KEPT = timedelta(days=30)
#: rows in one statement
BATCH = 10_000
FORGET = """
    DELETE FROM accounts_webhookdelivery
    WHERE id = ANY(ARRAY(SELECT id FROM accounts_webhookdelivery WHERE made_at < %s AND state <> 'waiting' LIMIT %s))"""


class WebhookDeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    def of(self, webhook: Webhook) -> WebhookDeliveryQuerySet:
        return self.filter(webhook=webhook)

    def in_state(self, state: str) -> WebhookDeliveryQuerySet:
        return self.filter(state=state)

    def waiting(self) -> WebhookDeliveryQuerySet:
        return self.filter(state=WebhookDelivery.State.WAITING)

    def free(self, *, at: datetime) -> WebhookDeliveryQuerySet:
        """Those that nobody is sending just now."""
        return self.waiting().filter(models.Q(leased_until=None) | models.Q(leased_until__lte=at))

    def due(self, *, at: datetime) -> WebhookDeliveryQuerySet:
        return self.free(at=at).filter(next_at__lte=at)

    def with_message_id(self) -> WebhookDeliveryQuerySet:
        """With `message_id`: `message`, for those who read values."""
        text = models.TextField()
        plain = Replace(Cast("id", text), models.Value("-"), models.Value(""), output_field=text)
        return self.annotate(message_id=Concat(models.Value("msg_", text), plain, output_field=text))

    def latest_first(self) -> WebhookDeliveryQuerySet:
        return self.order_by("-id")

    def take_next(self, webhook: UUID, run: UUID, *, at: datetime) -> WebhookDelivery | None:
        """The next one of a webhook that `run` has claimed, for this worker alone until the lease is over. None where nothing is
        due, where it was turned off, or has to rest meanwhile."""
        awake = models.Q(webhook__rests_until=None) | models.Q(webhook__rests_until__lte=at)
        rows = self.due(at=at).filter(awake, webhook=webhook, webhook__claim=run, webhook__is_on=True)
        found = rows.order_by("next_at", "id").values_list("pk", flat=True).first()
        return self.take(found, at=at) if found else None

    def take(self, pk: UUID, *, at: datetime) -> WebhookDelivery | None:
        """This one, whenever it is due; None where it does not wait, or somebody else is at it."""
        if not self.free(at=at).filter(pk=pk).update(leased_until=at + LEASE):
            return None
        return self.select_related("webhook__workspace").filter(pk=pk).first()  # gone, where its webhook was deleted just now

    def left_behind(self, *, at: datetime) -> list[UUID]:
        """Some that a person has asked for and that have waited a while, where no turn comes: the webhook is off, or rests."""
        out_of_turn = models.Q(webhook__is_on=False) | models.Q(webhook__rests_until__gt=at)
        rows = self.free(at=at).filter(out_of_turn, next_at__lte=at - LEASE, is_asked_for=True)
        return list(rows.order_by("next_at", "id").values_list("pk", flat=True)[:20])

    def begin_again(self, *, at: datetime, **more: object) -> int:
        """Have them sent as if they never had been; how many. What is being sent just now is left alone."""
        rows = self.exclude(state=WebhookDelivery.State.WAITING, leased_until__gt=at)
        waiting = {"state": WebhookDelivery.State.WAITING, "leased_until": None, "delivered_at": None}
        return rows.update(attempts=0, first_tried_at=None, next_at=at, **waiting, **more)

    def give_up(self, because: str) -> None:
        self.update(state=WebhookDelivery.State.GIVEN_UP, error=because, leased_until=None)

    def ping(self, webhook: Webhook, *, at: datetime) -> WebhookDelivery:
        """One that says nothing, to see whether it arrives: it is tried once."""
        payload = _written(webhook, PING, webhook.pk, {}, at)
        return self.create(webhook=webhook, type=PING, payload=payload, made_at=at, next_at=at, is_asked_for=True)

    def forget(self, *, at: datetime) -> int:
        """The log of a month ago, but for what still waits. Each batch is a transaction of its own."""
        gone, last = 0, BATCH
        while last == BATCH:
            with connection.cursor() as cursor:
                cursor.execute(FORGET, [at - KEPT, BATCH])
                last = cursor.rowcount
            gone += last
        return gone


class WebhookDelivery(models.Model):
    """A message that is owed to a webhook. It arrives once or more: each attempt bears the same id and body, by which the
    receiver tells that it has it already."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DELIVERED = "delivered", "Delivered"
        GIVEN_UP = "given_up", "Given up"

    #: made in the order of the facts, so it is their order
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    webhook = models.ForeignKey("accounts.Webhook", on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    type = models.CharField(max_length=40)
    #: its number in the log of facts; None of a ping
    fact = models.BigIntegerField(null=True)
    #: as it is sent, to the byte
    payload = models.TextField()
    made_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    #: a person wants to see whether it arrives: it is tried once, be the webhook on or not. From then on it is like any other
    is_asked_for = models.BooleanField(default=False, db_default=False)
    #: since it was sent for the first time, or sent again by a person
    attempts = models.PositiveSmallIntegerField(default=0)
    first_tried_at = models.DateTimeField(null=True, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    #: what was answered last; None: nothing
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    answer = models.CharField(max_length=500, blank=True, default="")
    error = models.CharField(max_length=500, blank=True, default="")

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "delivered", "given_up"]), name="webhook_delivery_state"
            ),
            models.CheckConstraint(
                condition=models.Q(state="delivered", delivered_at__isnull=False)
                | models.Q(~models.Q(state="delivered"), delivered_at=None),
                name="webhook_delivered_when",
            ),
        ]
        indexes = [
            models.Index(fields=["webhook", "next_at", "id"], condition=models.Q(state="waiting"), name="webhook_delivery_due"),
            models.Index(fields=["webhook", "-id"], name="webhook_delivery_latest"),
            models.Index(fields=["webhook", "state", "-id"], name="webhook_delivery_of_state"),
            BrinIndex(fields=["made_at"], autosummarize=True, name="webhook_delivery_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.message}"

    @classmethod
    def telling(cls, webhook: Webhook, fact: Fact, *, at: datetime) -> WebhookDelivery:
        """Not written down yet."""
        payload = _written(webhook, fact.type, fact.subject, fact.body, fact.at)
        return cls(webhook=webhook, type=fact.type, fact=fact.pk, payload=payload, made_at=at, next_at=at)

    @property
    def message(self) -> str:
        """Its id for the receiver, the same with each attempt."""
        return f"msg_{self.pk.hex}"

    @property
    def is_ping(self) -> bool:
        return self.type == PING

    @property
    def is_under_way(self) -> bool:
        """Whether it is about to be tried for the first time: looking again in a moment is worth it."""
        return self.state == self.State.WAITING and self.attempts == 0

    def send_again(self, *, at: datetime) -> bool:
        """Whether it waits to be sent now: not where that is being done already."""
        return bool(WebhookDelivery.objects.filter(pk=self.pk).begin_again(at=at, is_asked_for=True))

    def note_taken(self, status: int, answer: str, *, at: datetime) -> None:
        """Also where somebody else had taken it over, or it was given up meanwhile: it has arrived."""
        rows = WebhookDelivery.objects.filter(pk=self.pk).exclude(state=self.State.DELIVERED)
        rows.update(
            **self._tried(at), state=self.State.DELIVERED, delivered_at=at, status=status, answer=answer, error="",
        )  # fmt: skip
        self.webhook.note_taken(at=at)

    def note_failed(
        self, error: str, *, status: int | None = None, answer: str = "", retry_after: float | None = None, at: datetime,
        is_final: bool = False,
    ) -> bool:  # fmt: skip
        """Whether this worker had it still; where another has taken it over, that one's word counts. It is tried again until
        three days after the first time; a ping is not, nor what is sent to a webhook that is off."""
        last = (self.first_tried_at or at) + GIVES_UP_AFTER
        again = min(at + self._delay(retry_after), last)
        is_final = is_final or self.is_ping or not self.webhook.is_on or at >= last
        after = {"state": self.State.GIVEN_UP} if is_final else {"next_at": again}
        rows = WebhookDelivery.objects.waiting().filter(pk=self.pk, leased_until=self.leased_until)
        return bool(rows.update(**self._tried(at), **after, status=status, answer=answer, error=error[:500]))

    def _tried(self, at: datetime) -> dict[str, object]:
        first = self.first_tried_at or at
        tried = {"attempts": self.attempts + 1, "first_tried_at": first, "tried_at": at}
        return {**tried, "leased_until": None, "is_asked_for": False}

    def _delay(self, retry_after: float | None) -> timedelta:
        """Not all at the same instant: a host that comes back is not to be run over."""
        usual = DELAYS[min(self.attempts, len(DELAYS) - 1)] * (0.9 + secrets.randbelow(200) / 1000)
        return max(usual, min(timedelta(seconds=retry_after or 0), LATEST))


def _written(webhook: Webhook, type: str, subject: UUID, data: dict[str, object], at: datetime) -> str:
    """As the schema MESSAGE in accounts/api/fact_schemas.py says. One receiver may hear of several workspaces."""
    stamp = at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    where = {"timestamp": stamp, "workspace": webhook.workspace.slug}
    return orjson.dumps(told(type, subject, data) | where).decode()
