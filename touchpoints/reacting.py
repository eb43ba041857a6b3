"""What follows here from what happens to customers: their plans are made anew, in the same transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.dispatch import receiver

from customers.facts import travel_changed
from touchpoints.planning.reconcile import reconcile


@receiver(travel_changed)
def plan_anew(sender: Any, *, enrolments: list[UUID], at: datetime, **_: Any) -> None:
    reconcile(enrolments, at=at)
