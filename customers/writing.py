"""Write what many rows from outside say of customers: a sheet that is imported, a program that keeps them in step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from accounts.many_rows import insert_many, update_many
from customers.facts import travel_changed
from customers.models import Activity, Assignment, Contact, Customer, Enrolment

if TYPE_CHECKING:
    from accounts.models import Member


@dataclass(slots=True, kw_only=True)
class Plan:
    """What becomes of one customer: "new", "updated", "unchanged" or "bad". `detail`: in words; `before`, `after`: fields of the
    customer that change; `roles`: who is to fill them from today on."""

    result: str = ""
    detail: str = ""
    customer: Customer | None = None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    roles: dict[UUID, UUID] = field(default_factory=dict)
    contact: Contact | None = None


def write_plans(plans: Sequence[Plan], told: str, *, by: Member, at: datetime, today: date) -> None:
    """Plans that come to something: new customers, and others that change. `told`: what their history calls it. Be in a
    transaction."""
    # In one order, so that two who bring in the same ones wait for each other instead of dying in each other's arms.
    new = sorted((plan.customer for plan in plans if plan.customer and plan.result == "new"), key=lambda one: one.external_id)
    changed = [plan for plan in plans if plan.customer and plan.before]
    for customer in new:
        customer.made_at = customer.changed_at = at
    for plan in changed:
        for name, value in plan.after.items():
            setattr(plan.customer, name, value)
        plan.customer.changed_at = at  # type: ignore[union-attr]
    insert_many(Customer, new)
    if changed:
        names = sorted({name for plan in changed for name in plan.after})
        update_many(Customer, [plan.customer for plan in changed if plan.customer], [*names, "changed_at"])
    Assignment.objects.bulk_create(
        [
            Assignment(customer=plan.customer, role_id=role, member_id=member, from_on=today, by=by, at=at)
            for plan in plans for role, member in plan.roles.items()
        ],
        update_conflicts=True, unique_fields=["customer", "role", "from_on"], update_fields=["member", "by", "at"],
    )  # fmt: skip
    contacts = [plan.contact for plan in plans if plan.contact]
    for contact in contacts:
        contact.made_at = contact.made_at or at
    Contact.objects.bulk_create(
        contacts, update_conflicts=True, unique_fields=["id"], update_fields=["name", "email", "job"]
    )  # fmt: skip
    insert_many(Activity, [_activity(plan, plan.customer, told, by, at) for plan in plans if plan.customer])
    moved = [plan.customer for plan in plans if plan.result == "updated" and ("renewal_on" in plan.before or plan.roles)]
    enrolments = list(Enrolment.objects.filter(customer__in=moved).active().values_list("pk", flat=True)) if moved else []
    if enrolments:
        travel_changed.send(Customer, enrolments=enrolments, at=at)


def _activity(plan: Plan, customer: Customer, told: str, by: Member, at: datetime) -> Activity:
    text = f"{told}: {plan.detail}" if plan.detail else told
    return Activity.objects.telling(customer.pk, text, by=by, at=at, before=plan.before, after=plan.after)
