"""Undo what was done to a customer or to its travel, from the activity that tells it: the fields as they were before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, models, transaction

from customers.models import Activity, Customer, Enrolment
from customers.models.activity import plain

if TYPE_CHECKING:
    from accounts.models import Member


class CannotUndo(Exception):
    """Says why, to a person."""


def can_be_undone(activity: Activity) -> bool:
    """Whether it tells fields before and after, and nobody has undone it. That somebody has changed them since is seen when it is
    tried."""
    model = Enrolment if activity.enrolment_id else Customer
    known = {field.attname for field in model._meta.concrete_fields} | {"renewal_on"}
    return bool(activity.before) and activity.before.keys() <= known and activity.before.keys() == activity.after.keys()


def mark_what_can_be_undone(activities: Sequence[Activity]) -> None:
    """Give each of a page an attribute `can_be_undone`."""
    undone = Activity.objects.undone(activities)
    for one in activities:
        one.can_be_undone = can_be_undone(one) and one.pk not in undone  # type: ignore[attr-defined]


def undo(activity: Activity, *, by: Member, at: datetime) -> None:
    """Set back what it changed. Raises CannotUndo where somebody has changed that since, or it cannot be as it was any more."""
    if not can_be_undone(activity):
        raise CannotUndo("This cannot be undone.")
    try:
        with transaction.atomic():
            held = Activity.objects.select_for_update(of=("self",), no_key=True).select_related("customer").get(pk=activity.pk)
            if Activity.objects.filter(undoes=held).exists():
                raise CannotUndo("It has been undone already.")
            _set_back(held, by=by, at=at)
    except IntegrityError as trouble:
        raise CannotUndo(_why(trouble)) from trouble


def _set_back(held: Activity, *, by: Member, at: datetime) -> None:
    customer = Customer.objects.select_for_update(no_key=True).get(pk=held.customer_id)
    travels = Enrolment.objects.select_for_update(no_key=True)
    travel = travels.get(pk=held.enrolment_id) if held.enrolment_id else None
    fields: dict[str, Any] = {}
    for name, before in held.before.items():
        one: Customer | Enrolment = customer if travel is None or name == "renewal_on" else travel
        if plain(getattr(one, name)) != held.after[name]:
            raise CannotUndo(f"The {_called(one, name)} has been changed since. Undo that first.")
        fields[name] = _field(one, name).to_python(before)
    text = f"undid: {held.text}"
    if travel is not None:
        travel.change(fields, text, by=by, at=at, undoes=held)
    else:
        customer.edit(fields, by=by, at=at, text=text, undoes=held)


def _called(one: models.Model, name: str) -> str:
    return Customer.editable.get(name) or str(_field(one, name).verbose_name)


def _field(one: models.Model, name: str) -> models.Field[Any, Any]:
    field = one._meta.get_field(name)
    assert isinstance(field, models.Field)  # noqa: S101  # nosec: it is a column
    return field


def _why(trouble: IntegrityError) -> str:
    if "enrolment_once_at_a_time" in str(trouble):
        return "The customer is on this journey again meanwhile."
    if "customer_external_id_once" in str(trouble):
        return "Another customer bears that external id meanwhile."
    return "Something that it rested on is no longer there."
