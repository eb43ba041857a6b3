"""The working days of a workspace."""

from __future__ import annotations

from uuid import UUID

from accounts.working_days import WorkingDays

USUAL = WorkingDays()


def working_days_of(workspace: UUID) -> WorkingDays:
    return USUAL
