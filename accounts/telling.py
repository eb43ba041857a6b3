"""Tell webhooks what has happened. First it is written down what each is owed, then what is due goes out: rows are claimed, sent
and noted one by one, so a run that dies sends at most those again that it was at, under the same ids.

Many are posted to at the same time, each by one message after the other: so they arrive in order as long as all goes well, and a
host that does not answer keeps nobody waiting but itself. Only one thread speaks to the database.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.ids import new_id
from accounts.models import Webhook, WebhookDelivery
from accounts.outgoing import Answer, Refused, Unreachable, post
from accounts.signing import signed_headers

logger = logging.getLogger(__name__)

#: messages to one webhook, and seconds, before it is another's turn
TURN, TURN_LASTS = 20, 5.0
#: after so many seconds a run begins no more turns: what is left, the next one finds
LONGEST = 10.0
#: how often a run that waits for answers looks for others to send to
LOOKS_EVERY = 1.0
#: one that does not answer is left alone for so many seconds, then twice as long, and so on
RESTS, RESTS_LONGEST = timedelta(seconds=5), timedelta(minutes=15)
#: what one that answers may fail at in a row before it is left alone for a little; so long at most, for it may take the next one
PATIENCE, LITTLE = 5, timedelta(seconds=30)
GONE, TOO_MANY, UNAVAILABLE = 410, 429, 503


def owe(*, at: datetime) -> int:
    """Write down what all webhooks are to be told. How many messages."""
    count = 0
    for pk in Webhook.objects.behind():
        try:
            count += Webhook.objects.owe(pk, at=at)
        except Exception:
            logger.exception("It could not be written down what webhook %s is owed", pk)  # the others are owed theirs
    return count


def send_due(clock: Callable[[], datetime] = timezone.now) -> int:
    """Send until nothing is due. How many have arrived."""
    with ThreadPoolExecutor(settings.WEBHOOK_THREADS, "webhook") as pool:
        return Run(pool, clock).go()


def send_now(pk: UUID, clock: Callable[[], datetime] = timezone.now) -> bool:
    """Send this one, also to a webhook that is off or rests: somebody waits to see whether it arrives. Whether it did."""
    delivery = WebhookDelivery.objects.take(pk, at=clock())
    if delivery is None:
        return False
    return note(delivery, _bring(*_letter(delivery, clock())), at=clock())


def send_left(clock: Callable[[], datetime] = timezone.now) -> None:
    """What people have asked for and was not sent at once, as its worker died or the message to it was lost."""
    found = (WebhookDelivery.objects.take(pk, at=clock()) for pk in WebhookDelivery.objects.left_behind(at=clock()))
    taken = [delivery for delivery in found if delivery]
    with ThreadPoolExecutor(settings.WEBHOOK_THREADS, "webhook") as pool:
        for delivery, coming in [(one, pool.submit(_bring, *_letter(one, clock()))) for one in taken]:
            try:
                note(delivery, coming.result(), at=clock())
            except Exception:
                logger.exception("It could not be noted how %s went", delivery)


@dataclass
class Turn:
    webhook: UUID
    sent: int = 0
    until: float = field(default_factory=lambda: time.monotonic() + TURN_LASTS)

    @property
    def is_over(self) -> bool:
        return self.sent >= TURN or time.monotonic() > self.until


class Run:
    """One run of one worker."""

    def __init__(self, pool: ThreadPoolExecutor, clock: Callable[[], datetime]):
        self.pool, self.clock = pool, clock
        self.id = new_id()
        self.under_way: dict[Future[Outcome], tuple[Turn, WebhookDelivery]] = {}
        self.arrived = 0
        self.until = time.monotonic() + LONGEST
        self.looks_at = 0.0

    def go(self) -> int:
        while True:
            if time.monotonic() >= self.looks_at or not self.under_way:
                self._claim()
            if not self.under_way:
                return self.arrived
            done, _ = wait(self.under_way, timeout=LOOKS_EVERY, return_when=FIRST_COMPLETED)
            for future in done:
                turn, delivery = self.under_way.pop(future)
                try:
                    self.arrived += note(delivery, future.result(), at=self.clock())
                    self._next(turn)
                except Exception:
                    # Of the others it is noted how they went; this one is sent again after its lease.
                    logger.exception("It could not be noted how %s went", delivery)
                    Webhook.objects.release(turn.webhook, self.id)

    def _claim(self) -> None:
        """As many as there are threads free. A turn in which nothing turns out to be due any more is over at once."""
        self.looks_at = time.monotonic() + LOOKS_EVERY
        while len(self.under_way) < settings.WEBHOOK_THREADS and time.monotonic() < self.until:
            hook = Webhook.objects.claim(self.id, at=self.clock())
            if hook is None:
                return
            self._next(Turn(hook.pk))

    def _next(self, turn: Turn) -> None:
        """Each message is looked up right before it goes out: by then the webhook may be off, or elsewhere."""
        now = self.clock()
        delivery = None if turn.is_over else WebhookDelivery.objects.take_next(turn.webhook, self.id, at=now)
        if delivery is None:
            Webhook.objects.release(turn.webhook, self.id)
            if turn.is_over:
                self.looks_at = 0.0  # there may be more for it, after all others that wait for a turn
            return
        turn.sent += 1
        self.under_way[self.pool.submit(_bring, *_letter(delivery, now))] = turn, delivery


Outcome = Answer | Refused | Unreachable


def note(delivery: WebhookDelivery, outcome: Outcome, *, at: datetime) -> bool:
    """Write down how an attempt ended. Whether it arrived."""
    with transaction.atomic():
        # The webhook before its message, as everybody takes them: who turns it on just now waits.
        Webhook.objects.hold(delivery.webhook_id)
        if isinstance(outcome, Answer) and outcome.is_taken:
            delivery.note_taken(outcome.status, outcome.text, at=at)
            return True
        is_gone = isinstance(outcome, Answer) and outcome.status == GONE
        said = in_words(outcome)
        if isinstance(outcome, Answer):
            more = {"status": outcome.status, "answer": outcome.text, "retry_after": outcome.retry_after}
            mine = delivery.note_failed(said, **more, at=at, is_final=is_gone)  # type: ignore[arg-type]
        else:
            mine = delivery.note_failed(said, at=at)
        if mine and is_gone:
            delivery.webhook.disable(said, at=at)
        elif mine and not delivery.is_ping:
            delivery.webhook.note_failed(said, at=at, rests_for=_rest(outcome, delivery.webhook.failures))
        return False


def in_words(outcome: Outcome) -> str:
    if not isinstance(outcome, Answer):
        return str(outcome)
    said = " ".join(outcome.text.split())[:200]
    return f"It answered {outcome.status}{': ' + said if said else ''}."


def _rest(outcome: Outcome, failures: int) -> timedelta | None:
    """How long nothing at all goes there. A host that answers may refuse one message and take the next."""
    if not isinstance(outcome, Answer):
        return _rest_after(failures)
    if outcome.status in (TOO_MANY, UNAVAILABLE) or outcome.retry_after:
        return max(_rest_after(failures), min(timedelta(seconds=outcome.retry_after or 0), RESTS_LONGEST))
    if outcome.status < 500 or failures + 1 < PATIENCE:
        return None  # it does not want this one; each message has its own times
    return min(_rest_after(failures + 1 - PATIENCE), LITTLE)


def _rest_after(failures: int) -> timedelta:
    """How long one that does not answer is left alone after so many failures in a row."""
    return min(RESTS * 2 ** min(failures, 20), RESTS_LONGEST)


def _letter(delivery: WebhookDelivery, at: datetime) -> tuple[str, bytes, dict[str, str]]:
    """(address, body, headers) of an attempt."""
    body = delivery.payload.encode()
    headers = signed_headers(delivery.message, body, delivery.webhook.keys(at=at), at=at)
    return delivery.webhook.url, body, headers | {"Content-Type": "application/json", "User-Agent": "Touchline"}


def _bring(url: str, body: bytes, headers: dict[str, str]) -> Outcome:
    """In a thread of its own: nothing here touches the database."""
    try:
        return post(url, body, headers)
    except (Refused, Unreachable) as trouble:
        return trouble
    except Exception:
        # Whatever an address has brought about that nobody foresaw must not keep all others from being told.
        logger.exception("A webhook could not be posted to")
        return Unreachable("It could not be sent.")
