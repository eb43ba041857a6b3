"""Send what the map says is sent by itself. Rows are made, claimed, sent and noted: a crash in between is the only way to send
one twice, and then both mails bear the same Message-ID."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime
from email.utils import formataddr, parseaddr
from random import random
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from accounts.models import Member, Workspace
from touchpoints.composing import TOO_LATE, Letter, compose
from touchpoints.models import ScheduledTouchpoint, Sending
from touchpoints.models.scheduled_touchpoints import NotOpen

logger = logging.getLogger(__name__)
#: letters written at a time
BATCH = 200


def prepare_letters(workspace: Workspace, *, at: datetime) -> int:
    """Write down what is due in a workspace and has not been written down yet: to be sent, or held and why. Who is paused waits.
    How many there were."""
    today = workspace.today(at)
    count = 0
    Sending.objects.forget_those_put_on_another_day(workspace)
    rows = ScheduledTouchpoint.objects.sending(until=today).in_workspace(workspace).without_sending().of_nobody_paused()
    while letters := compose(rows.in_order()[:BATCH], today=today):
        made = [_sending(letter, at) for letter in letters]
        Sending.objects.prepare(made)
        count += len(made)
        if len(letters) < BATCH:
            break
    return count


def _sending(letter: Letter, at: datetime) -> Sending:
    row = letter.row
    state = (
        {"state": Sending.State.HELD, "because": letter.held} if letter.held else {"state": Sending.State.WAITING, "owed_at": at}
    )
    return Sending(
        workspace_id=row.workspace_id, customer_id=row.customer_id, scheduled=row, enrolment_id=row.enrolment_id,
        cycle=row.cycle, spot=row.spot, occurrence=row.occurrence, at=at, **letter.fields, **state,
    )  # fmt: skip


def send_owed(workspaces: Iterable[Workspace], *, at: datetime) -> int:
    """Claim a batch of what is to be sent now and send it, over one connection. How many were claimed."""
    claimed = Sending.objects.claim(workspaces, at=at)
    connection = get_connection()
    for place, sending in enumerate(claimed):
        if sending.scheduled and sending.scheduled.is_open and sending.scheduled.due_on > sending.workspace.today(at):
            sending.withdraw()  # it was put on another day, and is written anew then
            continue
        if because := _no_longer(sending, at):
            sending.hold(because)
            continue
        if not sending.renew(at=at):
            continue
        try:
            connection.open()
        except OSError:
            logger.exception("The mail server does not answer: automated messages wait")
            for one in claimed[place:]:
                one.give_back(jitter=random(), at=at)  # noqa: S311  # nosec: no secret
            break
        try:
            connection.send_messages([mail_of(sending)])
        except (OSError, ValueError) as trouble:  # SMTPException is an OSError; ValueError: an address that no mail can bear
            logger.warning("The automated message %s could not be sent: %s", sending.pk, trouble)
            connection.close()
            sending.put_off(_in_words(trouble), jitter=random(), at=at, for_good=_is_final(trouble))  # noqa: S311  # nosec
            continue
        sending.note_sent(at=at)
        tell(sending, at=at)
    connection.close()
    return len(claimed)


def tell(sending: Sending, *, at: datetime) -> None:
    """Finish the touchpoint of what was sent: what follows it is planned, and its customer's history tells it."""
    try:
        if sending.scheduled:
            sending.scheduled.finish(sending.workspace.today(at), by=None, at=at, outcome=f"Sent to {sending.address}")
    except NotOpen:
        pass  # somebody has said so already, or it is no longer planned
    except Exception:
        # What cannot be planned on must not keep the others from being sent; the next sweep tries it again.
        logger.exception("The touchpoint of the automated message %s could not be finished", sending.pk)
        return
    sending.note_told(at=at)


def try_again(sending: Sending, *, at: datetime) -> str:
    """Send one that was held or has failed after all, late or not, with what its letter says now. "" or why it cannot be sent."""
    rows = ScheduledTouchpoint.objects.sent_by(sending).planned()
    letter = next(iter(compose(rows, today=sending.workspace.today(at), late_is_fine=True)), None)
    if letter is None:
        return "It is no longer planned."
    if letter.held:
        return letter.held
    return "" if sending.try_again(letter.fields, at=at) else "Somebody was quicker."


def _no_longer(sending: Sending, at: datetime) -> str:
    """Why it is not to be sent any more, or ""."""
    if sending.scheduled is None or not sending.scheduled.is_open:
        return "It is no longer planned."
    waited = (sending.workspace.today(at) - sending.workspace.today(sending.at)).days
    return f"Too late: it has waited for {waited} days." if waited > TOO_LATE else ""


def mail_of(sending: Sending) -> EmailMessage:
    """Its Message-ID is the sending's own. Answers go to who looks after the customer."""
    owner: Member | None = sending.customer.owner
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    shown = " ".join(f"{sending.sender_name}, {sending.workspace}".split()) if sending.sender_name else name
    return EmailMessage(
        subject=" ".join(sending.subject.split()),  # a name with a line break in it must not become a second header
        body=sending.text,
        from_email=formataddr((shown, address)),
        to=[formataddr((" ".join(sending.contact_name.split()), sending.address))],
        reply_to=[owner.user.email] if owner and not owner.removed_at else None,
        headers={
            "Message-ID": f"<sending-{sending.pk}@{urlsplit(settings.SITE_URL).hostname}>",
            "Auto-Submitted": "auto-generated",
        },
    )


def _is_final(trouble: Exception) -> bool:
    if isinstance(trouble, SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in trouble.recipients.values())
    return isinstance(trouble, ValueError) or (isinstance(trouble, SMTPResponseException) and trouble.smtp_code >= 550)


def _in_words(trouble: Exception) -> str:
    if isinstance(trouble, SMTPRecipientsRefused):
        code, said = next(iter(trouble.recipients.values()))
        return f"The mail server refused the address: {code} {_text(said)}"
    if isinstance(trouble, SMTPResponseException):
        return f"The mail server refused it: {trouble.smtp_code} {_text(trouble.smtp_error)}"
    return f"It could not be sent: {trouble}"


def _text(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said
