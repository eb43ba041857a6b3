from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models.functions import Lower

from accounts.ids import new_id

if TYPE_CHECKING:
    from customers.models.customer import Customer


class ContactQuerySet(models.QuerySet["Contact"]):
    def of(self, customer: Customer) -> ContactQuerySet:
        return self.filter(customer=customer)

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
