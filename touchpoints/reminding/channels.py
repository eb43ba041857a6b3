"""The ways a reminder goes out: the bell, a mail, a webhook."""

from __future__ import annotations

from smtplib import SMTPResponseException, SMTPServerDisconnected
from types import TracebackType
from typing import Generic, Self, TypeVar
from urllib.parse import urlsplit

import orjson
from django.core.mail import get_connection
from django.utils import timezone

from accounts.models import Notice
from accounts.outgoing import Refused, Unreachable, post
from accounts.written_mail import WrittenMail, send_by
from touchpoints.reminding.letters import Letter
from touchpoints.reminding.mails import mail_of

#: a letter as it goes out through a channel
Post = TypeVar("Post")
#: what a webhook answers when trying again will not help
POINTLESS = {400, 401, 403, 404, 405, 410}


class NotSent(Exception):
    """This one could not be sent, others may. Says why, for people."""

    def __init__(self, because: str, *, is_final: bool = False):
        super().__init__(because)
        self.is_final = is_final


class Away(Exception):
    """Where it was to go does not answer at all: it waits, and that is no failure of its own. Says so, for people."""


class Sink(Generic[Post]):
    """Where letters of one channel go. `is_away`: says why nothing more goes there for now. Letters are written one after the
    other, then sent one after the other: each for itself, by turns, took a tenth longer."""

    #: a message of this channel is a row itself
    is_of_the_database = False

    def __init__(self) -> None:
        self.is_away = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        """Let go of what is open."""

    def write(self, letter: Letter) -> Post:
        """Put it as it goes out. Raises NotSent."""
        raise NotImplementedError

    def send(self, post: Post) -> None:
        """Raises NotSent, Away."""
        raise NotImplementedError


class Bell(Sink[Letter]):
    is_of_the_database = True

    def write(self, letter: Letter) -> Letter:
        return letter

    def send(self, letter: Letter) -> None:
        member, now = letter.reminder.member, timezone.now()
        key = f"reminder:{letter.reminder.pk}"
        Notice.objects.give(member, kind="reminder", text=letter.text, url=letter.path, key=key, at=now)


class Mailbox(Sink[WrittenMail]):
    """One connection for all of a run."""

    def __init__(self) -> None:
        super().__init__()
        self.connection = get_connection()

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def write(self, letter: Letter) -> WrittenMail:
        mail = mail_of(letter)
        try:
            mail.write()
        except ValueError as trouble:  # an address that no mail can bear
            raise NotSent(in_words(trouble)) from trouble
        return mail

    def send(self, mail: WrittenMail) -> None:
        self._open()
        try:
            self._post(mail)
        except SMTPServerDisconnected:
            # The server had closed the connection before: that is not this mail's fault.
            self.connection.close()
            self._open()
            self._post_or_fail(mail)
        except Exception as trouble:  # whatever a mail backend raises must keep no other mail from going out
            raise NotSent(in_words(trouble)) from trouble

    def _open(self) -> None:
        try:
            self.connection.open()
        except OSError as trouble:
            self.is_away = "The mail server does not answer."
            raise Away(self.is_away) from trouble

    def _post_or_fail(self, mail: WrittenMail) -> None:
        try:
            self._post(mail)
        except Exception as trouble:
            self.connection.close()
            raise NotSent(in_words(trouble)) from trouble

    def _post(self, mail: WrittenMail) -> None:
        if not send_by(self.connection, mail):
            raise NotSent("The mail has no address to go to.", is_final=True)


class Hook(Sink[Letter]):
    """A host that does not answer is not asked again in this run."""

    def __init__(self) -> None:
        super().__init__()
        self.silent: dict[str, str] = {}

    def write(self, letter: Letter) -> Letter:
        return letter

    def send(self, letter: Letter) -> None:
        url = letter.reading.webhook_url
        host = urlsplit(url).hostname or ""
        if host in self.silent:
            raise Away(self.silent[host])
        try:
            call(url, letter.text, {**letter.facts, "url": letter.address, "id": str(letter.reminder.pk)})
        except Away as trouble:
            self.silent[host] = str(trouble)
            raise NotSent(str(trouble)) from trouble


def call(url: str, text: str, facts: dict[str, object]) -> None:
    """Post a message to a webhook: `text`, as Slack and others take it, and beside it what it was made from. Raises NotSent,
    Away."""
    headers = {"Content-Type": "application/json", "User-Agent": "Touchline"}
    try:
        answer = post(url, orjson.dumps({"text": text, "touchline": facts}), headers)
    except Refused as trouble:
        raise NotSent(str(trouble), is_final=True) from trouble
    except Unreachable as trouble:
        raise Away(str(trouble)) from trouble
    if not 200 <= answer.status < 300:
        said = f": {answer.text[:200].strip()}" if answer.text.strip() else "."
        raise NotSent(f"The webhook answered {answer.status}{said}", is_final=answer.status in POINTLESS)


def in_words(trouble: Exception) -> str:
    if isinstance(trouble, NotSent):
        return str(trouble)
    if isinstance(trouble, SMTPResponseException):
        said = trouble.smtp_error.decode(errors="replace") if isinstance(trouble.smtp_error, bytes) else trouble.smtp_error
        return f"The mail server answered {trouble.smtp_code}: {said}"
    recipients = getattr(trouble, "recipients", None)
    if isinstance(recipients, dict) and recipients:
        code, said = next(iter(recipients.values()))
        return f"The mail server refused the address: {code} {said.decode(errors='replace')}"
    return f"The mail could not be sent: {trouble}"
