"""Send what is due. Rows are claimed, sent, and noted one by one: a run that dies in between sends at most the one it was at
twice, and its others are another run's when the lease is over.

Each channel goes its own way to its own end, so that what is away keeps nothing else waiting.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from accounts.ids import new_id
from touchpoints.models import Reminder
from touchpoints.models.reminders import Channel
from touchpoints.reminding.channels import Away, Bell, Hook, Mailbox, NotSent, Post, Sink
from touchpoints.reminding.letters import Letter, letters_of
from touchpoints.reminding.noting import Notes

logger = logging.getLogger(__name__)

#: looked at again right before they are sent
CHUNK = 100
#: a run ends then at the latest; what is left, the next one finds
LONGEST = timedelta(minutes=5)
SINKS: dict[str, Callable[[], Sink[Any]]] = {Channel.BELL: Bell, Channel.EMAIL: Mailbox, Channel.WEBHOOK: Hook}


def send_due(clock: Callable[[], datetime] = timezone.now) -> int:
    """Send until nothing is due. How many were sent."""
    return sum(send_by(channel, clock) for channel in SINKS)


def send_by(channel: str, clock: Callable[[], datetime] = timezone.now) -> int:
    run = Run(channel, clock)
    if not (claimed := run.claim()):
        return 0  # nothing was opened, nothing has to be closed
    until = time.monotonic() + LONGEST.total_seconds()
    with SINKS[channel]() as sink:
        while claimed:
            run.send(claimed, sink)
            claimed = run.claim() if not sink.is_away and time.monotonic() < until else []
    return run.sent


class Run:
    """One run of one worker over one channel."""

    def __init__(self, channel: str, clock: Callable[[], datetime]):
        self.channel, self.clock = channel, clock
        self.id = new_id()
        self.lease = timedelta(seconds=settings.REMINDER_LEASE)
        self.sent = 0

    def claim(self) -> list[UUID]:
        return Reminder.objects.claim(self.channel, self.id, at=self.clock(), lease=self.lease, most=settings.REMINDER_BATCH)

    def send(self, claimed: list[UUID], sink: Sink[Any]) -> None:
        for first in range(0, len(claimed), CHUNK):
            chunk = claimed[first : first + CHUNK]
            if sink.is_away:
                self._wait(claimed[first:], sink.is_away)
                return
            self._send_some(chunk, sink)

    def _send_some(self, chunk: list[UUID], sink: Sink[Any]) -> None:
        held_until = time.monotonic() + self.lease.total_seconds() / 2
        now = self.clock()
        held = Reminder.objects.hold(chunk, self.id, until=now + self.lease)
        ready = []
        for letter in letters_of([pk for pk in chunk if pk in held], at=now):
            if letter.is_owed_no_more:
                Reminder.objects.filter(pk=letter.reminder.pk).take_back()
            elif letter.wakes_at:
                Reminder.objects.put_off([letter.reminder.pk], letter.wakes_at)
            elif post := self._written(letter, sink):
                ready.append((letter.reminder, post))
        with Notes(is_waited_for=sink.is_of_the_database) as notes:
            for reminder, post in ready:
                if time.monotonic() > held_until:
                    return  # so slow that another run may soon take the rest, this one first of all
                self._send(reminder, post, sink, notes)

    def _written(self, letter: Letter, sink: Sink[Post]) -> Post | None:
        try:
            return sink.write(letter)
        except NotSent as trouble:
            self._note_not_sent(letter.reminder, trouble)
            return None

    def _send(self, reminder: Reminder, post: Post, sink: Sink[Post], notes: Notes) -> None:
        try:
            sink.send(post)
        except Away as trouble:
            notes.settle()
            self._wait([reminder.pk], str(trouble))
        except NotSent as trouble:
            notes.settle()
            self._note_not_sent(reminder, trouble)
        else:
            notes.sent(reminder.pk, at=self.clock())
            self.sent += 1

    def _note_not_sent(self, reminder: Reminder, trouble: NotSent) -> None:
        logger.warning("The reminder %s could not be sent: %s", reminder.pk, trouble)
        reminder.note_not_sent(str(trouble), None if trouble.is_final else self._again(reminder), at=self.clock())

    def _again(self, reminder: Reminder) -> datetime:
        """Twice as long after every try, at most an hour; not all at the same instant."""
        seconds = min(settings.REMINDER_BACKOFF * 2**reminder.attempts, 3600)
        return self.clock() + timedelta(seconds=seconds * (0.5 + secrets.randbelow(1000) / 1000))

    def _wait(self, pks: list[UUID], because: str) -> None:
        now = self.clock()
        Reminder.objects.wait_for_an_answer(pks, now + timedelta(seconds=settings.REMINDER_BACKOFF), because, at=now)
