"""Names of what messages to webhooks are about, for who asks in accounts/naming.py."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.dispatch import receiver
from django.urls import reverse

from accounts.models import Member
from accounts.naming import names_asked
from journeys.models import Journey


@receiver(names_asked)
def name_maps(sender: Any, *, member: Member, ids: set[UUID], **_: Any) -> dict[UUID, tuple[str, str]]:
    found = Journey.objects.visible_to(member).filter(pk__in=ids).values_list("pk", "title")
    return {pk: (title, reverse("journeys:canvas", args=[member.workspace.slug, pk])) for pk, title in found}
