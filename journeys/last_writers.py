"""Whose words stand in a field: what somebody else has written since is not one's own to take back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from journeys.models import Change, Journey
from journeys.models.change import Write

if TYPE_CHECKING:
    from accounts.models import Member

Key = tuple[str, str]


class WritesSince:
    """The writes to some elements after a revision. One that was taken back counts as none: whoever changed a title and undid
    it has changed nothing."""

    def __init__(self, journey: Journey, revision: int, elements: Iterable[Key], *, by: Member):
        self.journey = journey
        self.by = by
        self._writes: dict[Key, list[Write]] = {}
        for write in Change.objects.writes(journey, revision, {id for _, id in elements}):
            self._writes.setdefault(write.element, []).append(write)

    def by_others(self, element: Key, fields: Iterable[str]) -> dict[str, int]:
        """The fields that somebody else wrote last, and the id of the change in which they did."""
        last = {field: self._standing(element, field) for field in fields}
        return {field: write.change for field, write in last.items() if write and write.by != self.by.pk}

    def last(self, element: Key) -> int | None:
        """The change that wrote to the element last, whoever made it."""
        found = self._writes.get(element)
        return found[-1].change if found else None

    def _standing(self, element: Key, field: str) -> Write | None:
        standing: list[Write] = []
        for write in self._writes.get(element, ()):
            if write.fields is not None and field not in write.fields:
                continue
            # An undo takes a write away, a redo the undo; what they turned may lie before the revision, then they are writes.
            turned = [one for one in standing if write.reverts and write.reverts in (one.change, one.reverts)]
            if turned:
                standing = [one for one in standing if one not in turned]
            if not turned or (write.kind == Change.Kind.REDO and turned[0].kind == Change.Kind.ACT):
                standing.append(write)
        return standing[-1] if standing else None


def told(change: Change | int | None, by: Member) -> str:
    """Whose act it was and which: "Maria has since “moved Kickoff call to Onboarding”"."""
    if isinstance(change, int):
        change = Change.objects.select_related("by__user").filter(pk=change).first()
    if change is None:
        return "it has changed since"
    return f"{'you have' if change.by_id == by.pk else f'{change.by} has'} since “{change.label}”"
