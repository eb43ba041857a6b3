"""Names of what messages to webhooks are about, for who asks in accounts/naming.py."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.dispatch import receiver
from django.urls import reverse

from accounts.models import Member
from accounts.naming import names_asked
from customers.models import Customer


@receiver(names_asked)
def name_customers(sender: Any, *, member: Member, ids: set[UUID], **_: Any) -> dict[UUID, tuple[str, str]]:
    found = Customer.objects.visible_to(member).filter(pk__in=ids).values_list("pk", "name")
    return {pk: (name, reverse("customers:customer", args=[member.workspace.slug, pk])) for pk, name in found}
