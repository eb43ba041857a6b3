"""What the workspace's log of facts tells (accounts/models/fact.py), by its name: a kind of thing, and what has happened to it.

The names are a promise to whoever listens. Triggers write them, in the migrations of the app that owns the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

TYPES: dict[str, str] = {
    "customer.made": "A customer has been added.",
    "customer.changed": "A customer bears another name, segment, owner, renewal date, value, health, external id or note.",
    "customer.deleted": "A customer has been deleted, with all that was planned for it.",
    "customer.assigned": "Somebody else fills a role for a customer, or will from a day on.",
    "enrolment.started": "A customer has begun to travel a journey.",
    "enrolment.changed": "A customer is in another stage, cycle or version of its journey, or began it on another day.",
    "enrolment.planned": "The plan of a customer on a journey is another: touchpoints were made, changed or taken away.",
    "enrolment.ended": "A customer has left a journey.",
    "enrolment.resumed": "A customer has not left a journey after all.",
    "enrolment.deleted": "An enrolment has been deleted, with its customer.",
    "scheduled_touchpoint.changed": "A touchpoint was put on another day, snoozed, begun, or handed to somebody else.",
    "scheduled_touchpoint.done": "A touchpoint was delivered to a customer, or a milestone was reached.",
    "scheduled_touchpoint.skipped": "A touchpoint will not be delivered to a customer.",
    "scheduled_touchpoint.missed": "A touchpoint was still open when its cycle or journey ended.",
    "scheduled_touchpoint.reopened": "A touchpoint that was done, skipped or missed is to be delivered after all.",
    "request.made": "A customer has asked for something.",
    "request.changed": "A request is with somebody else, or its text or outcome is another.",
    "request.done": "What a customer asked for is done.",
    "request.reopened": "What a customer asked for was not done after all.",
    "request.deleted": "A request has been deleted, with its customer.",
    "handoff.reached": "A customer has come to a handoff of its journey: the package is to be prepared.",
    "handoff.changed": "Items of a package were filled in, or others give or receive it.",
    "handoff.offered": "A package is complete for whoever gives it, and waits for the receiver.",
    "handoff.returned": "The receiver has asked for more.",
    "handoff.withdrawn": "The giver has taken an offered package back.",
    "handoff.accepted": "The receiver has taken over.",
    "handoff.deleted": "A handoff has been deleted, with its customer.",
    "segment.made": "A segment has been added.",
    "segment.changed": "A segment bears another name, description or expected number of customers.",
    "segment.deleted": "A segment has been deleted.",
    "journey.made": "A map has been begun.",
    "journey.changed": "A map was drawn on: it has one more revision.",
    "journey.published": "A map has a new version for customers to travel.",
    "journey.deleted": "A map has been deleted.",
    "thread.made": "A talk about a map, or something on it, has begun.",
    "thread.resolved": "A talk is settled.",
    "thread.reopened": "A talk that was settled goes on.",
    "thread.deleted": "A talk in which nothing is said any more is gone.",
    "comment.made": "Somebody has said something about a map.",
    "comment.changed": "Somebody has put what they said in other words.",
    "comment.deleted": "Somebody has taken back what they said.",
    "playbook.made": "A playbook has been drafted.",
    "playbook.changed": "A playbook says something else.",
    "playbook.deleted": "A playbook has been deleted.",
    "member.joined": "Somebody has joined the workspace.",
    "member.changed": "A member has another name, address, access level, manager, capacity, or other roles.",
    "member.left": "A member has left the workspace, or was taken out.",
    "role.made": "A role has been added.",
    "role.changed": "A role bears another name.",
    "role.deleted": "A role has been deleted.",
}
#: after these it is no longer in any list
GONE = frozenset(name for name in TYPES if name.endswith((".deleted", ".left")))


def kind_of(type: str) -> str:
    """What the fact is about: "customer" of "customer.made"."""
    return type.partition(".")[0]


def told(type: str, subject: UUID, data: Mapping[str, Any]) -> dict[str, Any]:
    """A fact as it is told, whichever way: what it is about, whether that is gone, and what else is known of it."""
    return {"type": type, "kind": kind_of(type), "id": subject, "deleted": type in GONE, "data": data}


KINDS: tuple[str, ...] = tuple(dict.fromkeys(map(kind_of, TYPES)))
