"""What Touchline knows to fill a message with. Pure."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.models import Member
    from customers.models import Contact, Customer


def facts_for(customer: Customer, contact: Contact | None, member: Member, *, title: str, due_on: date | None) -> dict[str, str]:
    """By the names of `playbooks.placeholders.KNOWN`, "" for what nobody has said. `title`, `due_on`: of the touchpoint."""
    return {
        "customer.name": customer.name,
        "customer.segment": customer.segment.name,
        "customer.renewal_on": _day(customer.renewal_on),
        "customer.owner": str(customer.owner or ""),
        "contact.name": contact.name if contact else "",
        "member.name": str(member),
        "workspace.name": member.workspace.name,
        "touchpoint.title": title,
        "touchpoint.due_on": _day(due_on),
    }


def _day(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else ""
