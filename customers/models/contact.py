from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models, transaction
from django.db.models.functions import Lower

from accounts.ids import new_id
from customers.models.activity import Activity

if TYPE_CHECKING:
    from accounts.models import Member
    from customers.models.customer import Customer


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, member: Member) -> ContactQuerySet:
        return self.filter(customer__workspace=member.workspace_id)

    def of(self, customer: Customer) -> ContactQuerySet:
        return self.filter(customer=customer)

    def add(self, customer: Customer, *, by: Member, at: datetime, **fields: str) -> Contact:
        with transaction.atomic():
            made = self.create(customer=customer, made_at=at, **fields)
            Activity.objects.note(customer, f"added the contact {made}", by=by, at=at, after=_told(fields))
        return made

    def first_with_address(self, customers: Collection[UUID]) -> dict[UUID, Contact]:
        """By customer, the first of its contacts, in their order, to whom one can write."""
        rows = self.filter(customer__in=list(customers)).exclude(email="")
        return {one.customer_id: one for one in rows.order_by("customer", Lower("name"), "id").distinct("customer")}

    def in_order(self) -> ContactQuerySet:
        return self.order_by(Lower("name"), "id")


class Contact(models.Model):
    """A person who works for a customer."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=200)
    job = models.CharField(max_length=200, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    phone = models.CharField(max_length=60, blank=True, default="")
    made_at = models.DateTimeField()

    objects = ContactQuerySet.as_manager()

    class Meta:
        indexes = [models.Index("customer", Lower("name"), "id", name="contact_in_order")]

    def __str__(self) -> str:
        return self.name

    def edit(self, fields: dict[str, str], *, by: Member, at: datetime) -> None:
        """Set fields; only those that differ are kept and told."""
        with transaction.atomic():
            found = Contact.objects.select_for_update(of=("self",), no_key=True).select_related("customer").get(pk=self.pk)
            before = {name: getattr(found, name) for name in fields if getattr(found, name) != fields[name]}
            if not before:
                return
            for name in before:
                setattr(found, name, fields[name])
                setattr(self, name, fields[name])
            found.save(update_fields=list(before))
            after = {name: fields[name] for name in before}
            text, before, after = f"changed the contact {found}", _told(before), _told(after)
            Activity.objects.note(found.customer, text, by=by, at=at, before=before, after=after)

    def remove(self, *, by: Member, at: datetime) -> None:
        """The activity keeps what was known of them."""
        with transaction.atomic():
            known = {"name": self.name, "job": self.job, "email": self.email, "phone": self.phone}
            Activity.objects.note(self.customer, f"removed the contact {self}", by=by, at=at, before=_told(known))
            self.delete()


def _told(fields: dict[str, str]) -> dict[str, str]:
    """As an activity keeps them: not to be taken for fields of the customer."""
    return {f"contact.{name}": value for name, value in fields.items()}
