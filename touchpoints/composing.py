"""The letters that Touchline sends by itself: to whom, what they say, and what keeps one from being sent. Only reads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from accounts.models import Member
from customers.message_facts import facts_for
from customers.models import Contact
from playbooks.body import Item
from playbooks.models import Playbook
from playbooks.placeholders import KNOWN, fill, lacking_in, unknown_in
from touchpoints.models import ScheduledTouchpoint, SendingPause
from touchpoints.models.scheduled_touchpoints import ScheduledTouchpointQuerySet

#: days after which nobody expects it any more
TOO_LATE = 3
#: in ready-made messages this is for the sender to fill in (playbooks/ready_made.py); where nobody sends, nobody does
BLANK = re.compile(r"\[[^\[\]\n]{1,200}\]")
PAUSED = "The customer is paused."


@dataclass
class Letter:
    """`held`: why it is not to be sent; "" if it is."""

    row: ScheduledTouchpoint
    contact: Contact | None = None
    sender: Member | None = None
    subject: str = ""
    text: str = ""
    held: str = ""

    @property
    def fields(self) -> dict[str, Any]:
        """As a sending keeps them."""
        return {
            "title": self.row.title[:300], "due_on": self.row.due_on, "subject": self.subject[:1000], "text": self.text,
            "contact_name": self.contact.name if self.contact else "", "address": self.contact.email if self.contact else "",
            "sender_name": str(self.sender or "")[:200],
        }  # fmt: skip


def compose(rows: ScheduledTouchpointQuerySet, *, today: date, late_is_fine: bool = False) -> list[Letter]:
    """A letter for each row, in their order; as many questions whatever their number."""
    found = rows.select_related(
        "customer__segment", "customer__owner__user", "customer__owner__workspace", "member__user", "member__workspace",
        "playbook_version",
    ).with_cards()  # fmt: skip
    contacts = Contact.objects.first_with_address({row.customer_id for row in found})
    ids = {UUID(id) for row in found if row.card and (id := row.card.fields["playbook_id"])}
    playbooks = {one.pk: one for one in Playbook.objects.filter(pk__in=ids, workspace__in={row.workspace_id for row in found})}
    paused = SendingPause.objects.among({row.customer_id for row in found})
    letters = [_letter(row, contacts.get(row.customer_id), playbooks) for row in found]
    for letter in letters:
        if letter.row.customer_id in paused:
            letter.held = PAUSED
        elif not late_is_fine and (late := (today - letter.row.due_on).days) > TOO_LATE:
            letter.held = f"Too late: it was due {late} days ago."
    return letters


def _letter(row: ScheduledTouchpoint, contact: Contact | None, playbooks: dict[UUID, Playbook]) -> Letter:
    letter = Letter(row, contact, next((one for one in (row.member, row.customer.owner) if one and not one.removed_at), None))
    message = _message_of(row, playbooks)
    if message:
        letter.subject, letter.text = message["subject"] or row.title, message["text"]
    letter.held = _lacks(letter, message)
    if letter.sender:
        facts = facts_for(row.customer, contact, letter.sender, title=row.title, due_on=row.due_on)
        texts = letter.subject, letter.text
        letter.subject, letter.text = (fill(text, facts)[0] for text in texts)
        if not letter.held and (unknown := unknown_in(*texts)):
            letter.held = str(unknown[0])
        elif not letter.held and (lacking := lacking_in("\n".join(texts), facts)):
            letter.held = f"Nobody has said yet: {', '.join(KNOWN[name] for name in lacking)}."
    return letter


def _message_of(row: ScheduledTouchpoint, playbooks: dict[UUID, Playbook]) -> Item | None:
    """The first e-mail of its playbook; where none says that it is one, the first that is for any channel."""
    id = row.card.fields["playbook_id"] if row.card else None
    playbook = playbooks.get(UUID(id)) if id else None
    whole = row.playbook_version.body if row.playbook_version else playbook.whole if playbook else None
    messages: list[Item] = whole["messages"] if whole else []
    for channel in ("email", ""):
        if found := next((one for one in messages if one["channel"] == channel), None):
            return found
    return None


def _lacks(letter: Letter, message: Item | None) -> str:
    if not message:
        return (
            "Its playbook has no e-mail." if letter.row.card and letter.row.card.fields["playbook_id"] else "It has no playbook."
        )
    if not message["text"].strip():
        return "The e-mail of its playbook is empty."
    if blank := BLANK.search(f"{letter.subject}\n{letter.text}"):
        return f"A person would have to fill in {blank[0]}."
    if not letter.contact:
        return "Nobody there has an e-mail address."
    if not letter.sender:
        return "Nobody looks after the customer: it would bear no name."
    return ""
