"""Handing a book of business to a colleague: of many customers, who fills the giver's roles from a day on, and who owns them.

Who owns a customer has no day: that changes at once. What the giver is to begin with later goes to the taker, too; what somebody
else is to take over later stays theirs.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from accounts.models import Member, Role
from customers.facts import travel_changed
from customers.models import Activity, Assignment, Customer, Enrolment, Handover
from customers.models.handover import BATCH

STATES = Handover.State


def concerned(
    giver: Member, from_on: date, *, role: Role | None, with_roles: bool, with_owner: bool
) -> tuple[list[UUID], int, int]:
    """(the customers, how many roles of theirs, how many of them are owned) that a handover from that day would be about."""
    roles = []
    if with_roles:
        roles = list(Assignment.objects.held_by(giver, on=from_on, role=role).values_list("customer_id", "role_id").distinct())
    owned = []
    if with_owner:
        owned = list(Customer.objects.visible_to(giver).owned_by(giver.pk).values_list("pk", flat=True))
    return sorted({customer for customer, _ in roles} | set(owned)), len(roles), len(owned)


def hand_next(job: Handover, *, at: datetime) -> bool:
    """Hand over the next batch of a job that this worker has claimed. False if there is nothing more to do, or it is not this
    worker's any longer, because it was silent for too long."""
    with transaction.atomic():
        held = Handover.objects.select_for_update(of=("self",)).select_related("giver__user", "taker__user", "role", "by")
        found = held.filter(pk=job.pk).first()
        if found is None or found.state != STATES.RUNNING or found.worker != job.worker:
            return False
        batch = found.customers[found.seen : found.seen + BATCH]
        found.advance(len(batch), *_hand(found, batch, at=at), at=at)
        return found.state == STATES.RUNNING


def _hand(job: Handover, batch: Iterable[UUID], *, at: datetime) -> tuple[int, int]:
    """(how many roles, how many customers owned) went over."""
    # The locks make two who assign the same customers take turns.
    locked = Customer.objects.filter(pk__in=list(batch), workspace=job.workspace_id).order_by("pk").select_for_update(no_key=True)
    owners = dict(locked.values_list("pk", "owner_id"))
    owned = [pk for pk, owner in owners.items() if job.with_owner and owner == job.giver_id]
    roles: dict[UUID, dict[UUID, str]] = {}
    if job.with_roles:
        held = Assignment.objects.held_by(job.giver, on=job.from_on, role=job.role).filter(customer__in=list(owners))
        rows = list(held.select_related("role").order_by("customer_id", "role__name", "role_id", "from_on"))
        for row in rows:
            roles.setdefault(row.customer_id, {})[row.role_id] = row.role.name
        Assignment.objects.give(rows, job.taker, from_on=job.from_on, by=job.by, at=at)
    Customer.objects.filter(pk__in=owned).update(owner=job.taker, changed_at=at)
    mine = set(owned)
    told = [_told(job, pk, list(roles.get(pk, {}).values()), pk in mine, at) for pk in owners if pk in roles or pk in mine]
    Activity.objects.bulk_create(told)
    enrolments = list(Enrolment.objects.active().filter(customer__in=list(roles)).values_list("pk", flat=True))
    if enrolments:
        travel_changed.send(Handover, enrolments=enrolments, at=at)
    return sum(len(names) for names in roles.values()), len(owned)


def _told(job: Handover, customer: UUID, roles: list[str], owned: bool, at: datetime) -> Activity:
    said = [f"{', '.join(roles)} from {job.from_on:%-d %B %Y}"] if roles else []
    said += ["being the owner"] if owned else []
    text = f"handed over from {job.giver} to {job.taker}: {'; '.join(said)}"
    before, after = ({"owner_id": str(job.giver_id)}, {"owner_id": str(job.taker_id)}) if owned else ({}, {})
    return Activity(customer_id=customer, text=text[:500], before=before, after=after, by=job.by, at=at)
